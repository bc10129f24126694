// Makes a test that claims to be hermetic fail when it opens a socket; live and conformance tests may, they start servers.
import { Socket } from 'node:net'
import { expect } from 'vitest'

const mayConnect = /\.live\.test\.ts$|[\\/]conformance\.test\.ts$/

const file = expect.getState().testPath ?? ''
if (!mayConnect.test(file)) Socket.prototype.connect = refuseToConnect

function refuseToConnect(): never {
  throw new Error(`a hermetic test opened a socket: move it to a *.live.test.ts file (${file})`)
}
