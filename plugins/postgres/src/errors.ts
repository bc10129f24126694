// What PostgreSQL's and the socket's errors mean to a move: SQLSTATE or system code in, MoveError out.
import type { MoveErrorCode } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** What the caller knows that the vendor's error does not say. */
export interface ErrorFacts {
  /** What was being done, as `cannot <doing>: ...` goes on, such as `read public.orders`. */
  readonly doing: string
  /** The run's signal: an error after it fired is `aborted`. */
  readonly signal?: AbortSignal
  /** `host:port` or the socket's path, for errors of the connection. */
  readonly server?: string
  /** More for the error's context: table, file ... */
  readonly context?: Readonly<Record<string, string>>
}

/**
 * Turns any error of the driver, the socket or the server into a MoveError; a MoveError passes through unchanged.
 *
 * Texts of the server appear in the message except for classes 22 and 23 and where the server was reading records: those
 * quote values. The vendor's error is always on `cause`.
 *
 * SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function moveError(vendor: unknown, facts: ErrorFacts): MoveError {
  if (MoveError.is(vendor)) return vendor
  if (facts.signal?.aborted === true) {
    return new MoveError('aborted', `stopped while it was to ${facts.doing}`, { cause: facts.signal.reason, ...withContext(facts, {}) })
  }
  const error = asVendorError(vendor)
  const known = sqlState(error) ?? socketError(error, facts) ?? tlsError(error, facts) ?? OTHER
  const at = position(error)
  const text = known.say ?? (quotesValues(error) ? VALUES[error.code ?? ''] ?? QUIET : error.message)
  const where = at.line === undefined ? '' : ` at line ${at.line}${at.column === undefined ? '' : `, column ${at.column}`}`
  const remedy = known.remedy === undefined ? '' : `; ${known.remedy}`
  return new MoveError(known.code, `cannot ${facts.doing}: ${text}${where}${remedy}`, {
    cause: vendor,
    ...withContext(facts, { ...(isSqlState(error.code) ? { sqlstate: error.code } : {}), ...at, ...names(error) }),
  })
}

interface Known {
  readonly code: MoveErrorCode
  /** In place of the server's text. */
  readonly say?: string
  readonly remedy?: string
}

interface VendorError {
  readonly message: string
  readonly code?: string | undefined
  readonly where?: string | undefined
  readonly schema?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
  readonly constraint?: string | undefined
}

const OTHER: Known = { code: 'failed' }
const QUIET = 'the server refuses a record'

/** By whole SQLSTATE. */
const STATES: { readonly [state: string]: Known } = {
  // Poolers answer so when they know no such database or user.
  '08P01': { code: 'failed' },
  '28P01': { code: 'denied', remedy: 'check user and password' },
  '28000': { code: 'denied', remedy: 'check user, database and the server\'s pg_hba.conf' },
  '42501': { code: 'denied', remedy: 'grant the right, or connect as a user that has it' },
  '0LP01': { code: 'denied' },
  '25006': { code: 'denied', say: 'the session is read only' },
  '42P01': { code: 'not-found' },
  '42704': { code: 'not-found' },
  '42883': { code: 'not-found' },
  '42703': { code: 'not-found' },
  '3F000': { code: 'not-found' },
  '3D000': { code: 'not-found', remedy: 'check the database in the address' },
  '42P07': { code: 'already-exists' },
  '42710': { code: 'already-exists' },
  '42P06': { code: 'already-exists' },
  '53300': { code: 'busy', remedy: 'the server takes no more connections; repeat later' },
  '53200': { code: 'busy' },
  '55P03': { code: 'busy', remedy: 'another session holds a lock; repeat later' },
  '55006': { code: 'busy' },
  '40001': { code: 'busy', remedy: 'another transaction changed the same rows; repeat' },
  '40P01': { code: 'busy', remedy: 'the server broke a deadlock; repeat' },
  '57014': { code: 'busy', remedy: 'the server cancelled the statement (a timeout, or an administrator)' },
  '57P01': { code: 'busy' },
  '57P02': { code: 'busy' },
  '57P03': { code: 'busy', remedy: 'the server is starting or stopping; repeat later' },
  '57P05': { code: 'busy' },
  '54000': { code: 'over-limit' },
  '54001': { code: 'over-limit' },
  '54011': { code: 'over-limit' },
  '54023': { code: 'over-limit' },
}

/** What classes 22 and 23 mean, in place of texts that quote values. */
const VALUES: { readonly [state: string]: string } = {
  '22001': 'text is longer than its column allows',
  '22003': 'a number is out of the range of its type',
  '22007': 'a date or time is not spelled as one',
  '22008': 'a date or time is out of the range of its type',
  '22012': 'division by zero',
  '22021': 'text is not valid in the encoding',
  '22023': 'a value is not allowed here',
  '22032': 'text is not valid JSON',
  '22P02': 'text is not spelled as its type wants',
  '22P03': 'a value is not in the binary form of its type',
  '22P04': 'a record has too few or too many fields, or is not quoted right',
  '22P05': 'a character has no place in the other encoding',
  '23502': 'a null stands where the table wants a value',
  '23503': 'a record refers to one that is not there, or is referred to',
  '23505': 'a record is there already under its unique key',
  '23514': 'a record fails a check of the table',
}

/** By the first two characters, where no whole state is listed. */
const CLASSES: { readonly [class_: string]: Known } = {
  '08': { code: 'busy', remedy: 'the connection was lost; repeat later' },
  '22': { code: 'bad-data' },
  '23': { code: 'bad-data' },
  '42': { code: 'refused' },
  '0A': { code: 'refused' },
  '53': { code: 'failed', remedy: 'the server is out of room' },
}

/** Node's codes for what happens to a socket: https://nodejs.org/api/errors.html#common-system-errors */
const SOCKET: { readonly [code: string]: Known } = {
  ECONNREFUSED: { code: 'busy', say: 'nothing listens there', remedy: 'check host and port, and that the server runs' },
  ENOTFOUND: { code: 'not-found', say: 'the host name is unknown', remedy: 'check the host in the address' },
  EAI_AGAIN: { code: 'busy', say: 'the name service did not answer', remedy: 'repeat later' },
  ETIMEDOUT: { code: 'busy', say: 'no answer in time', remedy: 'check host, port and firewalls, or raise connect_timeout' },
  EHOSTUNREACH: { code: 'busy', say: 'no way to the host', remedy: 'check host and network' },
  ENETUNREACH: { code: 'busy', say: 'no way to the host', remedy: 'check host and network' },
  ENOENT: { code: 'not-found', say: 'there is no such socket', remedy: 'check the folder in host and the port' },
  EACCES: { code: 'denied', say: 'the socket may not be opened' },
  ECONNRESET: { code: 'busy', say: 'the connection was cut' },
  EPIPE: { code: 'busy', say: 'the connection was cut' },
}

function sqlState(error: VendorError): Known | undefined {
  if (!isSqlState(error.code)) return undefined
  // PostgreSQL 10 to 18 say so when pg_hba.conf has no entry for connections without TLS.
  if (error.code === '28000' && error.message.includes('no encryption')) {
    return { code: 'denied', remedy: 'the server asks for TLS: name its certificate authority with tls-ca' }
  }
  return STATES[error.code] ?? CLASSES[error.code.slice(0, 2)]
}

function socketError(error: VendorError, facts: ErrorFacts): Known | undefined {
  const known = error.code === undefined ? undefined : SOCKET[error.code]
  if (known !== undefined) return { ...known, say: `${facts.server ?? 'the server'}: ${known.say ?? error.message}` }
  // What pg 8.23 says when the socket closed in the middle of something.
  if (/^(Connection terminated|Client has encountered a connection error|Client was closed)/.test(error.message)) {
    return { code: 'busy', say: `${facts.server ?? 'the server'} closed the connection`, remedy: 'repeat later' }
  }
  return undefined
}

function tlsError(error: VendorError, facts: ErrorFacts): Known | undefined {
  const server = facts.server ?? 'the server'
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { code: 'untrusted', say: `the certificate of ${server} is for another host`, remedy: 'connect by a name that the certificate carries' }
  }
  if (error.code !== undefined && CERTIFICATE.test(error.code)) {
    return { code: 'untrusted', say: `the certificate of ${server} is not trusted (${error.code})`, remedy: 'name its certificate authority with tls-ca' }
  }
  if (error.code?.startsWith('ERR_SSL_') === true || error.code?.startsWith('ERR_TLS_') === true) {
    return { code: 'untrusted', say: `no TLS with ${server} (${error.code})`, remedy: 'check the server\'s TLS settings' }
  }
  return undefined
}

// OpenSSL's verification results as Node spells them: https://nodejs.org/api/tls.html#x509-certificate-error-codes
const CERTIFICATE = /^(UNABLE_TO_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_|INVALID_|PATH_LENGTH_|HOSTNAME_MISMATCH|CERTIFICATE_|AUTHORITY_|SUITE_B_|EE_KEY_|CA_KEY_)/

/** Line, column of the table and its name, from a COPY error's `where`. */
function position(error: VendorError): { readonly line?: string, readonly column?: string } {
  // PostgreSQL 9 to 18: `COPY orders, line 3, column amount: "x"`, in the server's language; the name may hold anything.
  const found = /^COPY .*?, (?:line|Zeile|ligne|línea|linha|riga) (\d+)(?:, (?:column|Spalte|colonne|columna|coluna|colonna) ([^:]*))?/.exec(error.where ?? '')
  if (found === null) return {}
  return { line: found[1]!, ...(found[2] === undefined ? {} : { column: found[2] }) }
}

function names(error: VendorError): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of ['schema', 'table', 'column', 'constraint'] as const) {
    const value = error[name]
    if (typeof value === 'string' && value !== '') found[name] = value
  }
  return found
}

function quotesValues(error: VendorError): boolean {
  return isSqlState(error.code) && (/^2[23]/.test(error.code) || (error.where ?? '').startsWith('COPY '))
}

function isSqlState(code: string | undefined): code is string {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !(code in SOCKET)
}

function asVendorError(vendor: unknown): VendorError {
  if (vendor instanceof Error) return vendor
  return { message: String(vendor) }
}

function withContext(facts: ErrorFacts, more: Readonly<Record<string, string>>): { context: Record<string, string> } {
  return { context: { ...(facts.server === undefined ? {} : { server: facts.server }), ...more, ...facts.context } }
}
