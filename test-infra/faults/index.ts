// The public face of the failing network and of the server that only listens.
export { faultProxy } from './proxy.js'
export type { Cut, Direction, FaultProxy, FaultProxyOptions } from './proxy.js'
export { recordingServer } from './recorder.js'
export type { Recording, RecordingOptions, RecordingServer, TlsIdentity } from './recorder.js'
export type { CutHow } from './gate.js'
export type { PasswordRequest } from './postgres-protocol.js'
