// Opens the socket of a session: proves the peer before a single byte of the login is sent.
import type { Socket } from 'node:net'
import type { Settings } from './libpq.js'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { MoveError } from '@records-mover/core/plugin'
import { moveError } from './errors.js'

/** A socket that is ready for the login. */
export interface Ready {
  readonly socket: Socket
  /** For the plan: how the server was proved, when it was not by TLS. */
  readonly note?: string
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const YES = 0x53
const NO = 0x4e

/** What messages call the server: `host:port`, or the path of the socket. */
export function serverText(settings: Settings): string {
  if (settings.host.startsWith('/')) return socketPath(settings)
  return settings.host.includes(':') ? `[${settings.host}]:${settings.port}` : `${settings.host}:${settings.port}`
}

/**
 * Connects, and with TLS checks certificate and host name. Resolves before any credential, or even the user's name, was sent.
 *
 * With `address`, connects to that address of the host.
 *
 * @throws MoveError `busy` or `not-found` for a server out of reach, `untrusted` when it cannot prove itself, `aborted`.
 */
export async function openSocket(settings: Settings, signal: AbortSignal, address?: string): Promise<Ready> {
  const server = serverText(settings)
  let plain: Socket | undefined
  try {
    plain = await connectedSocket(settings, signal, address)
    const peer = plain.remoteAddress ?? ''
    if (settings.tls.mode === 'none') return { socket: plain, note: `connected over the Unix socket ${server}, which needs no TLS` }
    if (settings.tls.mode === 'plaintext') return { socket: plain, note: `INSECURE: connected to ${server} without TLS, as tls=insecure-plaintext asks` }
    if (settings.tls.mode === 'by-peer' && isLoopback(peer)) {
      return { socket: plain, note: `connected to ${server} without TLS: ${peer} is this machine (tls-ca or sslmode=verify-full turn TLS on)` }
    }
    await requestTls(plain, server, signal)
    const socket = await securedSocket(plain, settings, signal)
    const insecure = settings.tls.mode === 'no-verify'
    return insecure ? { socket, note: `INSECURE: the certificate of ${server} was not checked, as tls=insecure-no-verify asks` } : { socket }
  } catch (error) {
    plain?.destroy()
    throw moveError(error, { doing: 'connect', server, ...(MoveError.is(error) ? {} : { signal }) })
  }
}

/** True for an address of this machine: 127.0.0.0/8, ::1, and the first written as IPv6. */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address) || address === '::1'
}

function socketPath(settings: Settings): string {
  return `${settings.host}/.s.PGSQL.${settings.port}`
}

async function connectedSocket(settings: Settings, signal: AbortSignal, address = settings.host): Promise<Socket> {
  const socket = settings.host.startsWith('/')
    ? connectTcp({ path: socketPath(settings) })
    : connectTcp({ host: address, port: settings.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 })
  await eventOf(socket, 'connect', signal)
  return socket
}

/** Asks the server to go on in TLS. */
async function requestTls(socket: Socket, server: string, signal: AbortSignal): Promise<void> {
  socket.write(SSL_REQUEST)
  const answer = await eventOf<Buffer>(socket, 'data', signal)
  socket.pause()
  if (answer[0] === YES && answer.length === 1) return
  // More bytes than the answer would be text that somebody slipped in before the encryption (CVE-2021-23222).
  const why = answer[0] === NO ? 'it offers no TLS' : 'its answer to the question for TLS is not understood'
  throw new MoveError('untrusted', `cannot trust ${server}: ${why}; turn TLS on at the server, or accept the risk with tls=insecure-plaintext`, { context: { server } })
}

async function securedSocket(plain: Socket, settings: Settings, signal: AbortSignal): Promise<Socket> {
  const { tls, host } = settings
  const secure = connectTls({
    socket: plain,
    host,
    // An address has no place in SNI (RFC 6066); `host` is then what the certificate is checked against.
    ...(isAddress(host) ? {} : { servername: host }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: tls.mode !== 'no-verify',
    ...(tls.mode === 'no-verify' ? { checkServerIdentity: () => undefined } : {}),
  })
  await eventOf(secure, 'secureConnect', signal)
  return secure
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host)
}

/** The first argument of an event; rejects with the socket's error, at its end, or when the signal fires. */
async function eventOf<T = undefined>(socket: Socket, event: 'connect' | 'data' | 'secureConnect', signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const settle = (then: () => void): void => {
      socket.off(event, arrived).off('error', failed).off('close', closed)
      signal.removeEventListener('abort', stopped)
      then()
    }
    const arrived = (value: T): void => { settle(() => { resolve(value) }) }
    const failed = (error: Error): void => { settle(() => { reject(error) }) }
    const closed = (): void => { settle(() => { reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })) }) }
    const stopped = (): void => {
      settle(() => { reject(signal.reason instanceof Error ? signal.reason : new Error('aborted')) })
      socket.on('error', () => { /* the socket is given up */ })
      socket.destroy()
    }
    socket.on(event, arrived).on('error', failed).on('close', closed)
    signal.addEventListener('abort', stopped, { once: true })
    if (signal.aborted) stopped()
  })
}
