// One field of text against its plan: null or not, checked, and the errors that say where it is wrong.
import { MoveError, typeText } from '@records-mover/core/plugin'
import type { ColumnPlan } from './columns.js'
import { HEX, VALUE } from './columns.js'
import { badField, charactersBetween } from './place.js'
import { checkHex } from './read-other.js'
import type { Records } from './scan.js'
import { EXACT, LOSSY, MALFORMED, VERDICT_TEXTS } from './verdict.js'

/** Reads or checks a text, quotes and escapes gone; a value goes into `words` from 0. Bounds of strings are checked by `refuseLength`. */
export function judge(plan: ColumnPlan, bytes: Buffer, start: number, end: number, words: Int32Array): number {
  if (plan.kind === VALUE) return plan.read(bytes, start, end, words, 0)
  if (plan.kind === HEX) return checkHex(bytes, start, end)
  if (plan.json && !isJson(bytes, start, end)) return MALFORMED
  return EXACT
}

/** What is wrong with a text of this length; undefined when nothing is. */
export function refuseLength(plan: ColumnPlan, bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > plan.maxBytes) return `the text is longer than ${plan.maxBytes} bytes`
  if (end - start > plan.maxChars && charactersBetween(bytes, start, end) > plan.maxChars) return `the text is longer than ${plan.maxChars} characters`
  return undefined
}

/** The error for a verdict other than EXACT and RESPELL. */
export function valueError(plan: ColumnPlan, verdict: number, records: Records, row: number, position: number): Error {
  const at = records.starts[row * records.width + position]!
  const wanted = typeText(plan.spelled)
  if (verdict === LOSSY) {
    const allow = plan.loss === undefined ? '' : `: allow ${plan.loss} to accept the loss`
    return badField(records, at, position, `the value does not fit ${wanted} exactly${allow}`, row)
  }
  return badField(records, at, position, `the value ${VERDICT_TEXTS[verdict]!} (${wanted})`, row)
}

/**
 * Where in a region an error of `valueError` or `fieldError` lies. Columns are looked at one after the other: the ones behind
 * a refused field are looked at up to its row only, so that the first record to be refused is named, wherever regions end.
 *
 * Throws any other error.
 */
export function rowOfError(error: unknown, records: Records): number {
  const record = MoveError.is(error) && error.code === 'bad-data' ? Number(error.context.record) : NaN
  if (Number.isNaN(record)) throw error
  return record - records.record
}

/** The error for any other reason, at a field. */
export function fieldError(reason: string, records: Records, row: number, position: number): Error {
  return badField(records, records.starts[row * records.width + position]!, position, reason, row)
}

/** Said of a null in a field that takes none. */
export const NULL_REFUSED = 'the field is null, and takes no nulls'
/** Said of an escape that unescape() does not read. */
export const ESCAPE_REFUSED = 'an octal or hexadecimal escape stands in this field: write the byte itself'

function isJson(bytes: Buffer, start: number, end: number): boolean {
  try {
    JSON.parse(bytes.toString('utf8', start, end))
    return true
  } catch {
    return false
  }
}
