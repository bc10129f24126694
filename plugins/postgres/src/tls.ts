// Which proof of the server's identity a connection asks for, from libpq's spellings and ours.
import type { Address } from '@records-mover/core/plugin'
import { readFile, stat } from 'node:fs/promises'
import { MoveError } from '@records-mover/core/plugin'

/**
 * `verify-full`: certificate and host name are checked. `by-peer`: the same, but a connection that turns out to end on this
 * machine (loopback) goes without TLS. `no-verify` and `plaintext`: the caller asked for less, by name. `none`: a Unix socket.
 */
export interface TlsSettings {
  readonly mode: 'verify-full' | 'by-peer' | 'no-verify' | 'plaintext' | 'none'
  /** Certificate authorities, in PEM. Absent: those of the system. */
  readonly ca?: string
  /** The client's certificate and key, in PEM. */
  readonly cert?: string
  readonly key?: string
}

const INSECURE = { 'insecure-plaintext': 'plaintext', 'insecure-no-verify': 'no-verify' } as const
// https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
const WEAK = ['disable', 'allow', 'prefer', 'require', 'verify-ca']
const PROVING = 'verify-full'

/**
 * The settings for TLS that an address and its surroundings tell.
 *
 * @throws MoveError `untrusted` for an sslmode weaker than verify-full without `tls=insecure-...`, `bad-address` for options that
 *   contradict each other or that are not known, `not-found` and `denied` for files.
 */
export async function tlsSettings(find: (name: string) => string | undefined, at: Address, socket: boolean): Promise<TlsSettings> {
  const insecure = insecureMode(at)
  const sslmode = find('sslmode')
  if (socket) {
    if (insecure === undefined) return { mode: 'none' }
    throw new MoveError('bad-address', 'tls=insecure-... has no meaning on a Unix socket: leave it out', { context: { option: 'tls' } })
  }
  refuseWeakMode(sslmode, insecure)
  const ca = named(at, find, 'tls-ca', 'sslrootcert')
  const cert = named(at, find, 'tls-cert', 'sslcert')
  const key = named(at, find, 'tls-key', 'sslkey')
  if ((cert === undefined) !== (key === undefined)) {
    throw new MoveError('bad-address', 'a client certificate needs tls-cert and tls-key together')
  }
  const files = [ca, cert, key].filter((file) => file !== undefined && file.path !== 'system')
  if (insecure !== undefined) {
    const idle = insecure === 'plaintext' ? files[0] : ca
    if (idle === undefined) return { mode: insecure, ...await readClient(cert, key) }
    throw new MoveError('bad-address', `${idle.option} and tls=insecure-${insecure} contradict each other: keep one`, { context: { option: idle.option } })
  }
  return {
    mode: sslmode === PROVING || ca !== undefined || cert !== undefined ? 'verify-full' : 'by-peer',
    ...(ca === undefined || ca.path === 'system' ? {} : { ca: await readOptionFile(ca.option, ca.path) }),
    ...await readClient(cert, key),
  }
}

interface NamedFile {
  readonly option: string
  readonly path: string
}

function insecureMode(at: Address): 'plaintext' | 'no-verify' | undefined {
  const told = at.setting('tls')?.reveal()
  if (told === undefined) return undefined
  if (told in INSECURE) return INSECURE[told as keyof typeof INSECURE]
  throw new MoveError('bad-address', `tls may be ${Object.keys(INSECURE).join(' or ')}; without it, certificate and host name are checked`, { context: { option: 'tls' } })
}

function refuseWeakMode(sslmode: string | undefined, insecure: string | undefined): void {
  if (sslmode === undefined) return
  if (sslmode === PROVING) {
    if (insecure === undefined) return
    throw new MoveError('bad-address', `sslmode=verify-full and tls=insecure-${insecure} contradict each other: keep one`, { context: { option: 'tls' } })
  }
  if (!WEAK.includes(sslmode)) {
    throw new MoveError('bad-address', `sslmode may be ${PROVING}: "${sslmode}" is not known`, { context: { option: 'sslmode' } })
  }
  if (insecure !== undefined) return
  throw new MoveError('untrusted', `sslmode=${sslmode} does not prove who the server is: write sslmode=verify-full (with tls-ca for a private `
    + 'certificate authority), or accept the risk in the address itself with tls=insecure-no-verify or tls=insecure-plaintext', { context: { option: 'sslmode' } })
}

/** A file by our name of the option, or by libpq's. */
function named(at: Address, find: (name: string) => string | undefined, ours: string, libpq: string): NamedFile | undefined {
  const own = at.setting(ours)?.reveal()
  if (own !== undefined && own !== '') return { option: ours, path: own }
  const path = find(libpq)
  return path === undefined ? undefined : { option: libpq, path }
}

async function readClient(cert: NamedFile | undefined, key: NamedFile | undefined): Promise<{ cert?: string, key?: string }> {
  if (cert === undefined || key === undefined) return {}
  await refuseOpenKey(key)
  return { cert: await readOptionFile(cert.option, cert.path), key: await readOptionFile(key.option, key.path) }
}

/** As libpq: a key that others may read is no secret; a key of root may be read by its group. */
async function refuseOpenKey(key: NamedFile): Promise<void> {
  if (process.platform === 'win32') return
  const found = await stat(key.path).catch(() => undefined)
  if (found === undefined) return
  const closed = found.uid === 0 ? 0o037 : 0o077
  if ((found.mode & closed) === 0) return
  throw new MoveError('untrusted', `others may read the key ${key.path}: run chmod 600 on it`, { context: { option: key.option, file: key.path } })
}

/** The content of a file that an option names; `not-found` or `denied` naming option and path. */
async function readOptionFile(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new MoveError(missing ? 'not-found' : 'denied', `cannot read the file of ${option}: ${path}`, { cause: error, context: { option, file: path } })
  }
}
