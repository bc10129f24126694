// A server that serves nothing and keeps every byte it is sent: the proof of what a client says before it trusts.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { askAfterStartup, firstMessage, messageOf, requestCodes } from './postgres-protocol.js'
import type { PasswordRequest } from './postgres-protocol.js'

/** PEM text, as the `cert`, `key` and `ca` of node:tls. */
export interface TlsIdentity {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

export interface RecordingOptions {
  /**
   * What it speaks. `tcp`: nothing, or `greeting`. `tls`: TLS from the first byte. `postgres`: answers a request for
   * TLS with `answer` and a startup message by asking for the password as `ask` says. Default: `'tcp'`.
   */
  readonly protocol?: 'tcp' | 'tls' | 'postgres'
  /** The certificate for `tls` and for a postgres `answer` of `'S'`. */
  readonly tls?: TlsIdentity
  /** The answer to SSLRequest; `S` is followed by a TLS handshake, all else by clear text. Default: `'S'` with `tls`, else `'N'`. */
  readonly answer?: 'S' | 'N' | Buffer
  /** How the password is asked for, the most careless way first. Default: `'cleartext'`. */
  readonly ask?: PasswordRequest
  /** Sent once a `tcp` connection is open or a `tls` one is secured. */
  readonly greeting?: string | Buffer
}

/** What one connection brought; grows while it is open. */
export interface Recording {
  /** Sent in clear text. */
  readonly plain: Buffer
  /** Sent through TLS, decrypted. */
  readonly secure: Buffer
  /** The client got through the TLS handshake. */
  readonly secured: boolean
  /** Why the handshake failed, as node:tls names it. */
  readonly tlsError: string | undefined
  readonly closed: boolean
}

export interface RecordingServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly recordings: readonly Recording[]
  /** Every byte of every connection, clear text and decrypted: where a credential must not be found. */
  received(): Buffer
  /** Resolves when `connections` have come (default: 1) and none is open. */
  idle(connections?: number): Promise<void>
  close(): Promise<void>
}

class Tape implements Recording {
  plainChunks: Buffer[] = []
  secureChunks: Buffer[] = []
  secured = false
  tlsError: string | undefined = undefined
  closed = false
  /** Received in clear text and not yet understood. */
  pending: Buffer = Buffer.alloc(0)
  get plain(): Buffer { return Buffer.concat([...this.plainChunks, this.pending]) }
  get secure(): Buffer { return Buffer.concat(this.secureChunks) }
}

/** Starts a recording server on a free loopback port. */
export async function recordingServer(options: RecordingOptions = {}): Promise<RecordingServer> {
  const protocol = options.protocol ?? 'tcp'
  const ask = options.ask ?? 'cleartext'
  const answer = options.answer ?? (options.tls ? 'S' : 'N')
  if (options.tls === undefined && (protocol === 'tls' || answer === 'S')) throw new Error('a recording server that speaks TLS needs a certificate in `tls`')
  const tapes: Tape[] = []
  const sockets = new Set<Socket>()
  let whenIdle: (() => void)[] = []

  const listener = createServer((socket) => {
    const tape = new Tape()
    tapes.push(tape)
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      tape.closed = true
      sockets.delete(socket)
      if (sockets.size > 0) return
      for (const resolve of whenIdle) resolve()
      whenIdle = []
    })
    if (protocol === 'tls') secure(socket, tape, greet)
    else if (protocol === 'postgres') speakPostgres(socket, tape)
    else {
      socket.on('data', (chunk) => { tape.plainChunks.push(chunk) })
      greet(socket)
    }
  })

  function greet(socket: Socket): void {
    if (options.greeting !== undefined) socket.write(options.greeting)
  }

  function secure(socket: Socket, tape: Tape, then: (secured: Socket) => void): void {
    const secured = new TLSSocket(socket, { isServer: true, ...options.tls })
    secured.on('secure', () => {
      tape.secured = true
      then(secured)
    })
    secured.on('error', (error: NodeJS.ErrnoException) => { tape.tlsError ??= error.code ?? error.message })
    secured.on('data', (chunk: Buffer) => { tape.secureChunks.push(chunk) })
  }

  function speakPostgres(socket: Socket, tape: Tape): void {
    socket.on('data', listen)
    function listen(chunk: Buffer): void {
      tape.pending = Buffer.concat([tape.pending, chunk])
      for (;;) {
        // 0x16 opens a TLS handshake: the client talks TLS without asking first (sslnegotiation=direct).
        if (tape.pending[0] === 0x16 && options.tls) {
          turnSecure()
          return
        }
        const message = firstMessage(tape.pending)
        if (message === undefined) return
        tape.plainChunks.push(message)
        tape.pending = tape.pending.subarray(message.length)
        const code = message.readUInt32BE(4)
        if (code === requestCodes.gss) socket.write('N')
        else if (code === requestCodes.tls) {
          socket.write(answer)
          if (answer === 'S') {
            turnSecure()
            return
          }
        } else {
          socket.off('data', listen)
          socket.on('data', (more) => { tape.plainChunks.push(more) })
          socket.write(messageOf(ask))
          return
        }
      }
    }
    function turnSecure(): void {
      const handshake = tape.pending
      tape.pending = Buffer.alloc(0)
      socket.off('data', listen)
      socket.pause()
      if (handshake.length > 0) socket.unshift(handshake)
      secure(socket, tape, (secured) => { askAfterStartup(secured, ask) })
    }
  }

  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  return {
    host: '127.0.0.1',
    port,
    recordings: tapes,
    received: () => Buffer.concat(tapes.flatMap((tape) => [tape.plain, tape.secure])),
    async idle(connections = 1) {
      while (tapes.length < connections || sockets.size > 0) await new Promise<void>((resolve) => { whenIdle.push(resolve) })
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      if (!listener.listening) return
      listener.close()
      await once(listener, 'close')
    },
  }
}
