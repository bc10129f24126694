// Records as positions in bytes: what the scanner gives and everything behind it reads.

/** Flag of a field that stood in quotes; `starts` and `ends` leave the quotes out. */
export const QUOTED = 1
/** Flag of a field that holds a doubled quote or an escape, which its text does not. */
export const ESCAPED = 2

/**
 * Whole records, as positions in `bytes`. Field `i` of record `r` has index `r * width + i` in `starts`, `ends` (exclusive) and
 * `flags`. `bytes` is never written and may be passed on; the other arrays are written anew by the next `next()`.
 *
 * All text is valid UTF-8. A null is not told apart here: see `isNull` in fields.ts.
 */
export interface Records {
  bytes: Buffer
  /** Where the first of these records begins, and where the last one ends, its terminator included. */
  start: number
  end: number
  starts: Uint32Array
  ends: Uint32Array
  flags: Uint8Array
  /** Fields of each record. */
  width: number
  rows: number
  /** Number of the first of these records in its part: data counts from 1, the header row is 0 and comes alone. */
  record: number
  /** Number of the line on which the first of these records begins, from 1. */
  line: number
  /** False when the last of these records ended with the part and not with a terminator. */
  terminated: boolean
  /** For messages: the part's name, the names of the fields where known, and what ends a line. */
  readonly file: string
  names: readonly string[] | undefined
  readonly lineEnd: number
}

/** Doubles the room for fields, keeping the positions so far. */
export function grow(records: Records): Records {
  const starts = new Uint32Array(records.starts.length * 2)
  const ends = new Uint32Array(starts.length)
  const flags = new Uint8Array(starts.length)
  starts.set(records.starts)
  ends.set(records.ends)
  flags.set(records.flags)
  records.starts = starts
  records.ends = ends
  records.flags = flags
  return records
}
