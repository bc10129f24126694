// What is told of an error: its code, sentence and facts, and of its causes only what cannot hold a record's value.
import type { MoveErrorCode } from '@records-mover/core'
import { EXIT_CODES, USAGE } from './exit-codes.js'
import { UsageError } from './usage.js'

export interface Failure {
  readonly code: MoveErrorCode | 'usage'
  readonly exitCode: number
  readonly message: string
  readonly context: Readonly<Record<string, string>>
  /** True when the same command may succeed later with nothing changed. */
  readonly temporary: boolean
  /** One line for each error that this one was caused by, the nearest first. */
  readonly causes: readonly string[]
}

// As core brands its errors: two copies of core may be loaded, and none where the command line is wrong.
const BRAND = Symbol.for('records-mover.error')
// Far deeper than any driver wraps.
const MOST_CAUSES = 10

/** What is told of anything that was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return { code: 'usage', exitCode: USAGE, message: error.message, context: {}, temporary: false, causes: [] }
  if (isMoveError(error)) {
    const { code, message, context, temporary } = error
    return { code, exitCode: EXIT_CODES[code], message: withoutPasswords(message), context: masked(context), temporary, causes: causesOf(error) }
  }
  const message = `an unexpected ${error instanceof Error ? error.name : typeof error} stopped it: please report this`
  return { code: 'failed', exitCode: EXIT_CODES.failed, message, context: {}, temporary: false, causes: causesOf({ cause: error }) }
}

/** A last net under core's redaction: what stands where a URL has its password, in whatever text. */
export function withoutPasswords(text: string): string {
  return text.replace(/(\/[^\s/:@]*:)\S*@/g, '$1***@')
}

interface MoveErrorLike extends Error {
  readonly code: MoveErrorCode
  readonly temporary: boolean
  readonly context: Readonly<Record<string, string>>
}

function isMoveError(error: unknown): error is MoveErrorLike {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true
}

function causesOf(error: { readonly cause?: unknown }): string[] {
  const causes: string[] = []
  let { cause } = error
  while (cause !== undefined && causes.length < MOST_CAUSES) {
    causes.push(causeText(cause))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

/** A vendor's message may quote the value it stumbled over, so only messages of kinds that cannot are told. */
function causeText(cause: unknown): string {
  if (!(cause instanceof Error)) return 'something that is no error'
  const code = (cause as { code?: unknown }).code
  const name = typeof code === 'string' && !isMoveError(cause) ? `${cause.name} ${code}` : cause.name
  if (isMoveError(cause)) return withoutPasswords(`${cause.message} (${cause.code})`)
  return holdsNoValues(cause, code) ? `${name}: ${withoutPasswords(cause.message)}` : `${name} (its message may hold values of records, and is left out)`
}

function holdsNoValues(cause: Error, code: unknown): boolean {
  // Errors of the operating system, and of Node about TLS: https://nodejs.org/docs/latest-v20.x/api/errors.html#class-systemerror
  if ('syscall' in cause) return true
  if (typeof code !== 'string') return false
  if (/^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code)) return true
  // SQLSTATE classes about connections, roles, transactions and resources: https://www.postgresql.org/docs/current/errcodes-appendix.html
  return /^(08|25|28|3D|3F|40|53|55|57|58)[0-9A-Z]{3}$/.test(code)
}

function masked(context: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, withoutPasswords(value)]))
}
