// Checks a column of text against its type without making values, and marks the fields that have to be written anew.
import { NULL_REFUSED, fieldError, judge, refuseLength, rowOfError, valueError } from './cell.js'
import type { ColumnPlan } from './columns.js'
import { TEXT, VALUE } from './columns.js'
import type { Dialect } from './dialect.js'
import { isNull } from './fields.js'
import type { Counts } from './losses.js'
import { countLoss } from './losses.js'
import { countRemoved } from './nul.js'
import type { Records } from './scan.js'
import { ESCAPED } from './scan.js'
import { scratch, unescapeToScratch } from './scratch.js'
import { EXACT, LOSSY, MALFORMED } from './verdict.js'
import { LONGEST_VALUE } from './writers.js'

/**
 * Flag, beside the scanner's own, of a field whose text is not what is to be written: spelled in another way, holding U+0000
 * that is to go, or a text that a server would misread.
 */
export const CHANGED = 4

const BACKSLASH = 92
const POINT = 46
const words = new Int32Array(9)
const canonical = Buffer.alloc(LONGEST_VALUE)

/** Checks every value of a region. True when some field is now flagged `CHANGED`: it cannot go out as it is spelled. */
export function checkRecords(
  plans: readonly ColumnPlan[], positions: readonly number[], records: Records, reading: Dialect, writing: Dialect, counts: Counts,
): boolean {
  let changed = false
  let sound = records.rows
  let refused: Error | undefined
  for (const plan of plans) {
    try {
      if (checkColumn(plan, positions[plan.from]!, records, sound, reading, writing, counts)) changed = true
    } catch (error) {
      sound = rowOfError(error, records)
      refused = error as Error
    }
  }
  if (refused !== undefined) throw refused
  return changed
}

/** Checks one column of the first `rows` records. */
function checkColumn(plan: ColumnPlan, position: number, records: Records, rows: number, reading: Dialect, writing: Dialect, counts: Counts): boolean {
  // Text of values may have bounds; values themselves have none.
  if (plan.kind === VALUE && plan.maxBytes === Infinity && plan.maxChars === Infinity) return checkValues(plan, position, records, rows, reading, counts)
  return checkTexts(plan, position, records, rows, reading, writing, counts)
}

function checkValues(plan: ColumnPlan, position: number, records: Records, rows: number, reading: Dialect, counts: Counts): boolean {
  const { bytes, starts, ends, flags, width } = records
  const { nullText } = reading
  const nullLength = nullText.length
  const { read } = plan
  let changed = false
  for (let row = 0, field = position; row < rows; row++, field += width) {
    const start = starts[field]!
    const end = ends[field]!
    const flag = flags[field]!
    if (end - start === nullLength && isNull(bytes, start, end, flag, nullText)) {
      if (!plan.field.nullable) throw fieldError(NULL_REFUSED, records, row, position)
      continue
    }
    let verdict: number
    if ((flag & ESCAPED) === 0) verdict = read(bytes, start, end, words, 0)
    else {
      const length = unescapeToScratch(records, row, position, reading)
      verdict = read(scratch, 0, length, words, 0)
    }
    if (verdict === EXACT) continue
    acceptOrThrow(verdict, plan, records, row, position, counts)
    flags[field] = flag | CHANGED
    changed = true
  }
  return changed
}

function checkTexts(plan: ColumnPlan, position: number, records: Records, rows: number, reading: Dialect, writing: Dialect, counts: Counts): boolean {
  const text = plan.kind === TEXT
  const bounded = plan.json || plan.maxBytes !== Infinity || plan.maxChars !== Infinity
  const withoutNul = text && writing.removeNul && holdsNul(records)
  // PostgreSQL before 18 takes an unquoted \. alone on a line for the end of the data.
  const endOfData = text && records.width === 1 && reading.quote >= 0
  if (text && !bounded && !withoutNul && !endOfData && plan.field.nullable && reading.escape < 0) return false
  const { bytes, starts, ends, flags, width } = records
  const { nullText } = reading
  const nullLength = nullText.length
  let changed = false
  for (let row = 0, field = position; row < rows; row++, field += width) {
    const start = starts[field]!
    const end = ends[field]!
    const flag = flags[field]!
    if (end - start === nullLength && isNull(bytes, start, end, flag, nullText)) {
      if (!plan.field.nullable) throw fieldError(NULL_REFUSED, records, row, position)
      continue
    }
    let from = bytes
    let p = start
    let q = end
    if ((flag & ESCAPED) !== 0) {
      q = unescapeToScratch(records, row, position, reading)
      from = scratch
      p = 0
    }
    let change = endOfData && flag === 0 && end - start === 2 && bytes[start] === BACKSLASH && bytes[start + 1] === POINT
    if (!text || bounded) {
      const verdict = judge(plan, from, p, q, words)
      if (verdict !== EXACT) {
        acceptOrThrow(verdict, plan, records, row, position, counts)
        change = true
      }
      // The bounds of a string are those of the text that is written.
      const why = plan.kind === VALUE
        ? refuseLength(plan, canonical, 0, plan.write(words, 0, canonical, 0))
        : refuseLength(plan, from, p, q)
      if (why !== undefined) throw fieldError(why, records, row, position)
    }
    if (withoutNul) {
      const nul = from.indexOf(0, p)
      if (nul >= 0 && nul < q) {
        change = true
        countRemoved(counts)
      }
    }
    if (!change) continue
    flags[field] = flag | CHANGED
    changed = true
  }
  return changed
}

function acceptOrThrow(verdict: number, plan: ColumnPlan, records: Records, row: number, position: number, counts: Counts): void {
  if (verdict >= LOSSY && (verdict >= MALFORMED || !countLoss(counts, plan.loss))) throw valueError(plan, verdict, records, row, position)
}

function holdsNul(records: Records): boolean {
  const nul = records.bytes.indexOf(0, records.start)
  return nul >= 0 && nul < records.end
}
