// What a plugin sees of the address it is asked to open.

/** A value that may be used but is never shown: its string, JSON and inspect forms are `[redacted]`. */
export interface Secret {
  /** The value itself. Call it at the last moment, and pass the result on to nothing but the driver. */
  reveal(): string
  toString(): '[redacted]'
  toJSON(): '[redacted]'
}

/** One parsed address. Secret references are resolved before a plugin sees it. */
export interface Address {
  /** As the user wrote it, with the password and secret-looking options replaced: safe to print. */
  readonly text: string
  /** Lower case, without the colon. */
  readonly scheme: string
  /** Without brackets for IPv6; absent when the address names none. */
  readonly host?: string
  readonly port?: number
  /** Percent-decoded for URLs; verbatim for plain paths. Empty when there is none. */
  readonly path: string
  /** What stands after `#`, percent-decoded: the table. Absent for plain paths, where `#` is a letter like any other. */
  readonly fragment?: string
  /** The query whose result is the source, in place of a table. */
  readonly query?: string
  /** Names of the options written after `?`, in order. A plugin refuses one that it does not know. */
  readonly options: readonly string[]
  /** One setting by name: `user`, `password`, or an option. Undefined when the address does not say. */
  setting(name: string): Secret | undefined
}
