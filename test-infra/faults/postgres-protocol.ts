// The few messages of PostgreSQL's protocol that a server says before it knows who is there.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
import type { Socket } from 'node:net'

/** How a server asks for a password. */
export type PasswordRequest = 'cleartext' | 'md5' | 'scram'

/** SSLRequest and GSSENCRequest. */
export const requestCodes = { tls: 80877103, gss: 80877104 } as const

/** The first message of a client's opening, which starts with its length and a code; undefined when not all is there. */
export function firstMessage(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 8) return undefined
  const length = Math.max(8, bytes.readUInt32BE(0))
  return bytes.length < length ? undefined : bytes.subarray(0, length)
}

/** Asks for the password once the startup message is there; what comes after it is left to the recording. */
export function askAfterStartup(socket: Socket, ask: PasswordRequest): void {
  let seen = 0
  const listen = (chunk: Buffer): void => {
    seen += chunk.length
    if (seen < 8) return
    socket.off('data', listen)
    socket.write(messageOf(ask))
  }
  socket.on('data', listen)
}

/** The bytes of AuthenticationCleartextPassword, AuthenticationMD5Password or AuthenticationSASL. */
export function messageOf(ask: PasswordRequest): Buffer {
  if (ask === 'cleartext') return authentication(3)
  if (ask === 'md5') return authentication(5, Buffer.of(1, 2, 3, 4))
  return authentication(10, Buffer.from('SCRAM-SHA-256\0\0'))
}

function authentication(kind: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const message = Buffer.alloc(9)
  message.write('R')
  message.writeUInt32BE(8 + rest.length, 1)
  message.writeUInt32BE(kind, 5)
  return Buffer.concat([message, rest])
}
