// Finds the field that holds U+0000 in delimited text, once the server has refused it by its line alone.
import type { Part, RecordsFormat } from '@records-mover/core/plugin'
import { isText } from './copy-in-options.js'

export interface NulPlace {
  /** Record, counted from 1 without the header. */
  readonly row: number
  /** Line of the part, counted from 1 with the header, as PostgreSQL counts. */
  readonly line: number
  /** Position of the field, from 0. */
  readonly field: number
}

const LINE_FEED = 0x0a
const RETURN = 0x0d
const BACKSLASH = 0x5c

/** Reads a part again up to its first U+0000. Undefined when it has none. */
export async function findNul(part: Part, { hints }: RecordsFormat): Promise<NulPlace | undefined> {
  const text = isText(hints)
  const delimiter = (hints['field-delimiter'] as string).charCodeAt(0)
  const quote = text ? -1 : (hints.quotechar as string).charCodeAt(0)
  let row = hints['header-row'] === true ? 0 : 1
  let line = 1
  let field = 0
  let quoted = false
  let escaped = false
  let before = 0
  for await (const chunk of part.read()) {
    for (const byte of chunk) {
      if (byte === 0) return { row, line, field }
      // A return and a line feed together are one end.
      const ends = byte === RETURN || (byte === LINE_FEED && before !== RETURN)
      if (ends) line++
      if (escaped) escaped = false
      else if (text && byte === BACKSLASH) escaped = true
      else if (byte === quote) quoted = !quoted
      else if (!quoted && byte === delimiter) field++
      else if (!quoted && ends) {
        row++
        field = 0
      }
      before = byte
    }
  }
  return undefined
}
