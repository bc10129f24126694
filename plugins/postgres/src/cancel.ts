// Asks a server to cancel what one of its sessions is doing.
import type { Settings } from './libpq.js'
import type { Socket } from 'node:net'
import { openSocket } from './tls-socket.js'

// https://www.postgresql.org/docs/current/protocol-message-formats.html: CancelRequest
const CANCEL_CODE = 80_877_102
const CANCEL_BYTES = 16
const CANCEL_MS = 10_000

/**
 * Sends the request over a connection of its own, to the very address that `session` is connected to. Resolves when the server has closed
 * it, which it does after it has signalled the session; rejects when it cannot be reached.
 */
export async function sendCancel(settings: Settings, session: Socket, processId: number, secretKey: number): Promise<void> {
  const request = Buffer.alloc(CANCEL_BYTES)
  request.writeInt32BE(CANCEL_BYTES, 0)
  request.writeInt32BE(CANCEL_CODE, 4)
  request.writeInt32BE(processId, 8)
  request.writeInt32BE(secretKey, 12)
  const { socket } = await openSocket(settings, AbortSignal.timeout(CANCEL_MS), session.remoteAddress)
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(CANCEL_MS, () => { socket.destroy(new Error('the request to cancel was not answered')) })
    socket.on('error', reject).on('close', () => { resolve() })
    socket.end(request)
    socket.resume()
  })
}
