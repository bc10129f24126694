// The one error of Records Mover: which codes there are, and what an error carries.

/**
 * Why something did not happen, for programs. The set is closed for this contract number.
 *
 * `busy` left nothing behind and may be repeated; `in-doubt` must be looked at first.
 */
export type MoveErrorCode =
  | 'unknown-scheme'
  | 'foreign-contract'
  | 'bad-address'
  | 'no-route'
  | 'refused'
  | 'not-found'
  | 'already-exists'
  | 'denied'
  | 'untrusted'
  | 'busy'
  | 'bad-data'
  | 'over-limit'
  | 'lost-rows'
  | 'in-doubt'
  | 'aborted'
  | 'failed'

export interface MoveErrorOptions {
  /** The vendor's own error, kept whole. */
  readonly cause?: unknown
  /** Facts for a log line: file, line, row, field, table, limit ... Never credentials, never record values. */
  readonly context?: Readonly<Record<string, string>>
  /** True when the same call may succeed later with nothing changed. Default: true for `busy`, else false. */
  readonly temporary?: boolean
}

// Two copies of core may be loaded in one process, so identity hangs on a registered symbol and not on the class.
const BRAND = Symbol.for('records-mover.error')

/** An error with a code for programs and, for people, a lower-case clause that names the thing and the remedy. */
export class MoveError extends Error {
  readonly code: MoveErrorCode
  readonly temporary: boolean
  readonly context: Readonly<Record<string, string>>

  constructor(code: MoveErrorCode, message: string, options: MoveErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'MoveError'
    this.code = code
    this.temporary = options.temporary ?? code === 'busy'
    this.context = Object.freeze({ ...options.context })
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** True for a MoveError of this or of any other loaded copy of core. */
  static is(value: unknown): value is MoveError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true
  }
}
