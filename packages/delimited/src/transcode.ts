// Delimited bytes of one set of hints into another, every value checked, and passed through untouched where nothing has to change.
import type { Chunks, Part, RecordsFormat, RecordsSchema, Run } from '@records-mover/core/plugin'
import { checkRecords } from './check.js'
import type { ColumnPlan } from './columns.js'
import { planColumns } from './columns.js'
import type { Dialect } from './dialect.js'
import { dialectOf } from './dialect.js'
import type { Hints } from './hints.js'
import { hintsOf } from './hints.js'
import { newCounts, tallyOf } from './losses.js'
import { recordsOf } from './records.js'
import { rewrite, rowWriter } from './rewrite.js'
import type { Records } from './scan.js'
import { Sink } from './sink.js'
import { writeHeader } from './style.js'

/** See `Codec.transcode` of the contract. */
export function transcode(from: Chunks, given: RecordsSchema, to: RecordsFormat, as: RecordsSchema, run: Run): Chunks {
  const readHints = hintsOf(from.format)
  const writeHints = hintsOf(to)
  const reading = dialectOf(readHints)
  const writing = dialectOf(writeHints)
  const plans = planColumns(given, as, reading, writing)
  const alike = sameRecords(readHints, writeHints)
  const writer = rowWriter(plans, reading, writing)
  const counts = newCounts(run)
  return {
    format: to,
    parts: partsOf(),
    tally: () => tallyOf(counts),
    [Symbol.asyncDispose]: () => from[Symbol.asyncDispose](),
  }

  async function* partsOf(): AsyncGenerator<Part> {
    for await (const part of from.parts) yield { name: part.name, again: false, read: () => transcodePart(part) }
  }

  async function* transcodePart(part: Part): AsyncGenerator<Uint8Array> {
    const sink = new Sink()
    writeHeader(writer.style, as, sink, part.name)
    for await (const { records, positions } of recordsOf(part, reading, given, run)) {
      const changed = checkRecords(plans, positions, records, reading, writing, counts)
      if (!changed && alike && isIdentity(plans, positions, records)) pass(records, writing, sink)
      else rewrite(writer, positions, records, sink)
      counts.rows += records.rows
      yield* sink.take()
    }
    sink.flush()
    yield* sink.take()
  }
}

/** True when data records of one set of hints are data records of the other, byte for byte. */
function sameRecords(a: Hints, b: Hints): boolean {
  // Headers are written apart, and booleans and U+0000 are marked where they have to change.
  const data = (hints: Hints): unknown => ({ ...hints, 'header-row': true, 'compression': null, 'boolean-text': null, 'nul': 'keep' })
  return JSON.stringify(data(a)) === JSON.stringify(data(b))
}

function isIdentity(plans: readonly ColumnPlan[], positions: readonly number[], records: Records): boolean {
  return plans.length === records.width && plans.every((plan, k) => positions[plan.from] === k)
}

function pass(records: Records, dialect: Dialect, sink: Sink): void {
  sink.pass(records.bytes, records.start, records.end)
  // Parts may be joined by their receiver: each ends as a record ends.
  if (!records.terminated) sink.pass(Buffer.from(dialect.terminator), 0, dialect.terminator.length)
}
