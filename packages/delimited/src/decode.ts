// Delimited bytes into batches of typed columns.
import type { Batch, BatchBuilder, Batches, Chunks, ColumnBuilder, Part, RecordsSchema, Run } from '@records-mover/core/plugin'
import { batchBuilder } from '@records-mover/core/plugin'
import { NULL_REFUSED, fieldError, judge, refuseLength, rowOfError, valueError } from './cell.js'
import type { ColumnPlan } from './columns.js'
import { CANONICAL, HEX, TEXT, VALUE, planColumns } from './columns.js'
import type { Dialect } from './dialect.js'
import { dialectOf } from './dialect.js'
import { isNull } from './fields.js'
import { hintsOf } from './hints.js'
import type { Counts } from './losses.js'
import { countLoss, newCounts, tallyOf } from './losses.js'
import { readHex } from './read-other.js'
import { recordsOf } from './records.js'
import type { Records } from './scan.js'
import { ESCAPED } from './scan.js'
import { scratch, unescapeToScratch } from './scratch.js'
import { MALFORMED, LOSSY } from './verdict.js'
import { LONGEST_VALUE, writeHex } from './writers.js'

const BATCH_ROWS = 16_384
const BATCH_BYTES = 1 << 22

/** See `Codec.decode` of the contract. Batches have up to 16,384 rows, and fewer when text makes them larger than about 4 MiB. */
export function decode(from: Chunks, given: RecordsSchema, as: RecordsSchema, run: Run): Batches {
  const dialect = dialectOf(hintsOf(from.format))
  const plans = planColumns(given, as, dialect, CANONICAL)
  const counts = newCounts(run)
  return {
    schema: as,
    parts: partsOf(),
    tally: () => tallyOf(counts),
    [Symbol.asyncDispose]: () => from[Symbol.asyncDispose](),
  }

  async function* partsOf(): AsyncGenerator<AsyncIterable<Batch>> {
    for await (const part of from.parts) yield decodePart(part)
  }

  async function* decodePart(part: Part): AsyncGenerator<Batch> {
    const builder = batchBuilder(as, BATCH_ROWS)
    let rows = 0
    for await (const { records, positions } of recordsOf(part, dialect, given, run)) {
      for (let row = 0; row < records.rows;) {
        const until = Math.min(records.rows, row + BATCH_ROWS - rows)
        take(builder, plans, positions, records, row, until, dialect, counts)
        rows += until - row
        row = until
        if (rows < BATCH_ROWS && textBytes(builder) < BATCH_BYTES) continue
        counts.rows += rows
        rows = 0
        yield builder.finish()
      }
    }
    if (rows === 0) return
    counts.rows += rows
    yield builder.finish()
  }
}

function textBytes(builder: BatchBuilder): number {
  let bytes = 0
  for (const column of builder.columns) bytes += column.byteLength
  return bytes
}

/** Appends the records from `row` to `until`, exclusive, column by column. */
function take(
  builder: BatchBuilder, plans: readonly ColumnPlan[], positions: readonly number[], records: Records, row: number, until: number,
  dialect: Dialect, counts: Counts,
): void {
  let sound = until
  let refused: Error | undefined
  for (let k = 0; k < plans.length; k++) {
    const plan = plans[k]!
    const position = positions[plan.from]!
    const column = builder.columns[k]!
    try {
      if (plan.kind === VALUE && plan.field.type.type !== 'string') takeValues(column, plan, position, records, row, sound, dialect, counts)
      else takeTexts(column, plan, position, records, row, sound, dialect, counts)
    } catch (error) {
      sound = rowOfError(error, records)
      refused = error as Error
    }
  }
  if (refused !== undefined) throw refused
}

// One value; nothing is kept in it between two fields.
const words = new Int32Array(9)

function takeValues(
  column: ColumnBuilder, plan: ColumnPlan, position: number, records: Records, from: number, until: number, dialect: Dialect, counts: Counts,
): void {
  const { bytes, starts, ends, flags, width } = records
  const { nullText } = dialect
  const { read, words: count } = plan
  const nullLength = nullText.length
  // Types whose memory is whole words are read in place; the others by way of `words`.
  const direct = wordsIn(column, plan)
  const target = direct ?? words
  const store = direct === undefined ? storerOf(column, plan) : undefined
  for (let row = from, field = from * width + position; row < until; row++, field += width) {
    const start = starts[field]!
    const end = ends[field]!
    const flag = flags[field]!
    if (end - start === nullLength && isNull(bytes, start, end, flag, nullText)) {
      if (!plan.field.nullable) throw fieldError(NULL_REFUSED, records, row, position)
      column.setNull()
      continue
    }
    const at = direct === undefined ? 0 : column.length * count
    let verdict: number
    if ((flag & ESCAPED) === 0) verdict = read(bytes, start, end, target, at)
    else {
      const length = unescapeToScratch(records, row, position, dialect)
      verdict = read(scratch, 0, length, target, at)
    }
    if (verdict >= LOSSY && (verdict >= MALFORMED || !countLoss(counts, plan.loss))) throw valueError(plan, verdict, records, row, position)
    if (store !== undefined) store(column.length)
    column.length++
  }
}

function wordsIn(column: ColumnBuilder, plan: ColumnPlan): Int32Array | undefined {
  const { type } = plan.field
  const narrow = type.type === 'boolean' || (type.type === 'integer' && type.bits < 32) || (type.type === 'time' && type.zoned)
  return narrow ? undefined : new Int32Array(column.values.buffer)
}

/** Puts what lies in `words` into a column whose values are no whole words. */
function storerOf(column: ColumnBuilder, plan: ColumnPlan): (row: number) => void {
  const { type } = plan.field
  if (type.type === 'boolean') {
    const bits = column.bytes
    return (row) => {
      if (words[0] !== 0) bits[row >> 3]! |= 1 << (row & 7)
    }
  }
  if (type.type === 'integer') {
    const values = column.values as Int8Array
    return (row) => {
      values[row] = words[0]!
    }
  }
  const { zone } = column
  const count = plan.words - 1
  const target = new Int32Array(column.values.buffer)
  return (row) => {
    for (let k = 0; k < count; k++) target[row * count + k] = words[k]!
    zone[row] = words[count]!
  }
}

function takeTexts(
  column: ColumnBuilder, plan: ColumnPlan, position: number, records: Records, from: number, until: number, dialect: Dialect, counts: Counts,
): void {
  const { bytes, starts, ends, flags, width } = records
  const { nullText } = dialect
  const nullLength = nullText.length
  const plain = plan.kind === TEXT && !plan.json && plan.maxBytes === Infinity && plan.maxChars === Infinity
  for (let row = from, field = from * width + position; row < until; row++, field += width) {
    const start = starts[field]!
    const end = ends[field]!
    const flag = flags[field]!
    if (end - start === nullLength && isNull(bytes, start, end, flag, nullText)) {
      if (!plan.field.nullable) throw fieldError(NULL_REFUSED, records, row, position)
      column.setNull()
      continue
    }
    if ((flag & ESCAPED) === 0) {
      if (plain) column.pushBytes(bytes, start, end)
      else takeText(column, plan, bytes, start, end, records, row, position, counts)
    } else {
      const length = unescapeToScratch(records, row, position, dialect)
      if (plain) column.pushBytes(scratch, 0, length)
      else takeText(column, plan, scratch, 0, length, records, row, position, counts)
    }
  }
}

/** Appends a text that has to be checked, or turned into bytes or into canonical text first. */
function takeText(
  column: ColumnBuilder, plan: ColumnPlan, bytes: Buffer, start: number, end: number, records: Records, row: number, position: number, counts: Counts,
): void {
  const verdict = judge(plan, bytes, start, end, words)
  if (verdict >= LOSSY && (verdict >= MALFORMED || !countLoss(counts, plan.loss))) throw valueError(plan, verdict, records, row, position)
  if (plan.kind === HEX && plan.field.type.type === 'bytes') {
    column.reserve((end - start) / 2 - 1)
    column.endText(readHex(bytes, start, end, column.bytes, column.byteLength))
    return
  }
  if (plan.kind === VALUE) {
    const value = Buffer.alloc(LONGEST_VALUE)
    pushChecked(column, plan, value, 0, plan.write(words, 0, value, 0), records, row, position)
  } else if (plan.kind === HEX) {
    const raw = Buffer.alloc((end - start) / 2 - 1)
    const text = Buffer.alloc(end - start)
    readHex(bytes, start, end, raw, 0)
    pushChecked(column, plan, text, 0, writeHex(raw, 0, raw.length, text, 0), records, row, position)
  } else pushChecked(column, plan, bytes, start, end, records, row, position)
}

function pushChecked(
  column: ColumnBuilder, plan: ColumnPlan, bytes: Buffer, start: number, end: number, records: Records, row: number, position: number,
): void {
  const why = refuseLength(plan, bytes, start, end)
  if (why !== undefined) throw fieldError(why, records, row, position)
  column.pushBytes(bytes, start, end)
}
