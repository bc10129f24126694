// The exit codes of mvrec: stable, one per family of errors, so that a script can tell them apart.
import type { MoveErrorCode } from '@records-mover/core'

export const DONE = 0
/** The command line itself is wrong; nothing was opened. */
export const USAGE = 2

/** The exit code of each error code. */
export const EXIT_CODES: { readonly [code in MoveErrorCode]: number } = {
  'failed': 1,
  'unknown-scheme': 3,
  'foreign-contract': 3,
  'bad-address': 3,
  'no-route': 3,
  'refused': 3,
  'not-found': 4,
  'already-exists': 4,
  'denied': 5,
  'untrusted': 5,
  'bad-data': 6,
  'lost-rows': 6,
  'over-limit': 6,
  'busy': 7,
  'in-doubt': 8,
  'aborted': 130,
}

/** The reader of standard output closed it before the end: 128 and the number of SIGPIPE. */
export const READER_GONE = 141

/** The signals that stop a move, with the exit code of each: 128 and the signal's number, as shells have it. */
export const SIGNAL_EXITS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof SIGNAL_EXITS
