// The text of one field without its escapes, in memory that is used again for the next.
import { ESCAPE_REFUSED, fieldError } from './cell.js'
import type { Dialect } from './dialect.js'
import { unescape } from './fields.js'
import type { Records } from './scan.js'

/** What `unescapeToScratch` wrote last. Nothing is kept in it between two fields. */
export let scratch: Buffer = Buffer.alloc(1 << 12)

/** Writes the text of a field flagged `ESCAPED` to `scratch` and returns its length. */
export function unescapeToScratch(records: Records, row: number, position: number, dialect: Dialect): number {
  const field = row * records.width + position
  const start = records.starts[field]!
  const end = records.ends[field]!
  if (end - start > scratch.length) scratch = Buffer.alloc(2 * (end - start))
  const length = unescape(records.bytes, start, end, records.flags[field]!, dialect, scratch, 0)
  if (length < 0) throw fieldError(ESCAPE_REFUSED, records, row, position)
  return length
}
