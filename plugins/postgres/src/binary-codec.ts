// The codec of postgres-binary: parts of COPY BINARY against batches.
import type { Batch, Batches, Chunks, Codec, Field, Look, Part, RecordsFormat, RecordsSchema, Run, Tally } from '@records-mover/core/plugin'
import { MoveError, batchBuilder } from '@records-mover/core/plugin'
import { decodeColumn } from './binary-decode.js'
import type { EncodeColumn } from './binary-encode.js'
import { encodeBatch } from './binary-encode.js'
import { withoutNul } from './binary-nul.js'
import type { DecodeColumn } from './binary-stretch.js'
import { SIGNATURE, readTuples } from './binary-tuples.js'
import { wireOf } from './binary-wire.js'

export const codec: Codec = { look, decode, encode }

const BATCH_ROWS = 8192
// A batch of wide rows ends earlier: this many bytes of the stream are enough for one.
const BATCH_BYTES = 4 * 2 ** 20
const TRAILER: Uint8Array = Uint8Array.of(0xff, 0xff)
const HEADER: Uint8Array = Uint8Array.of(...SIGNATURE, 0, 0, 0, 0, 0, 0, 0, 0)

/** A stream tells neither names nor types, so a file of it is no source by itself. */
function look(parts: readonly Part[]): Promise<Look & { readonly format: RecordsFormat }> {
  return Promise.reject(new MoveError('refused', `${parts[0]?.name ?? 'a postgres-binary file'} is a COPY BINARY stream, which tells neither names nor types of its fields: load it with COPY FROM of PostgreSQL, and move the table`))
}

function decode(from: Chunks, given: RecordsSchema, as: RecordsSchema, run: Run): Batches {
  const columns = as.fields.map((field) => decodeColumnOf(field, given))
  let rows = 0
  return {
    schema: as,
    parts: mapParts(from.parts, (part) => decodePart(part, given.fields.length, columns, as, run, (count) => { rows += count })),
    tally: () => ({ rows }),
    [Symbol.asyncDispose]: () => from[Symbol.asyncDispose](),
  }
}

function decodeColumnOf(field: Field, given: RecordsSchema): DecodeColumn {
  const at = given.fields.findIndex(({ name }) => name === field.name)
  const found = given.fields[at]
  const wire = found === undefined ? undefined : wireOf(found)
  if (wire === undefined) throw new MoveError('refused', `field "${field.name}" cannot be read from postgres-binary`, { context: { field: field.name } })
  return { field, at, wire }
}

async function* decodePart(
  part: Part, fields: number, columns: readonly DecodeColumn[], as: RecordsSchema, run: Run, count: (rows: number) => void,
): AsyncGenerator<Batch> {
  const builder = batchBuilder(as, BATCH_ROWS)
  let filled = 0
  let bytes = 0
  for await (const tuples of readTuples(part, fields, run)) {
    for (let from = 0; from < tuples.rows;) {
      const to = Math.min(tuples.rows, from + BATCH_ROWS - filled)
      for (const [c, column] of columns.entries()) decodeColumn(column, builder.columns[c]!, tuples, fields, from, to)
      filled += to - from
      from = to
      if (filled === BATCH_ROWS) {
        yield finish()
        bytes = 0
      }
    }
    bytes += tuples.bytes.length
    if (filled > 0 && bytes >= BATCH_BYTES) {
      yield finish()
      bytes = 0
    }
  }
  if (filled > 0) yield finish()

  function finish(): Batch {
    count(filled)
    filled = 0
    const batch = builder.finish()
    // A schema without fields still has rows.
    return batch
  }
}

function encode(from: Batches, format: RecordsFormat, run: Run): Chunks {
  const columns = from.schema.fields.map(encodeColumnOf)
  const allowed = run.allow.includes('nul-removed')
  let removed = 0
  return {
    format,
    parts: encodeParts(from, columns, allowed ? (count) => { removed += count } : undefined),
    tally: () => withLoss(from.tally(), removed),
    [Symbol.asyncDispose]: () => from[Symbol.asyncDispose](),
  }
}

function encodeColumnOf(field: Field): EncodeColumn {
  const wire = wireOf(field)
  if (wire === undefined) throw new MoveError('refused', `field "${field.name}" cannot be written as postgres-binary`, { context: { field: field.name } })
  return { field, wire }
}

async function* encodeParts(from: Batches, columns: readonly EncodeColumn[], removed: ((count: number) => void) | undefined): AsyncGenerator<Part> {
  let number = 0
  for await (const batches of from.parts) {
    yield { name: `part ${++number}`, again: false, read: () => encodePart(batches, columns, removed) }
  }
}

async function* encodePart(
  batches: AsyncIterable<Batch>, columns: readonly EncodeColumn[], removed: ((count: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  // A chunk belongs to its receiver, so the constants are copied.
  yield HEADER.slice()
  let rows = 0
  for await (const batch of batches) {
    yield* encodeBatch(withoutNul(batch, columns, rows, removed), columns, rows)
    rows += batch.rows
  }
  yield TRAILER.slice()
}

async function* mapParts<From, To>(parts: AsyncIterable<From>, change: (part: From) => To): AsyncGenerator<To> {
  for await (const part of parts) yield change(part)
}

function withLoss(tally: Tally, removed: number): Tally {
  return removed === 0 ? tally : { ...tally, losses: { ...tally.losses, 'nul-removed': (tally.losses?.['nul-removed'] ?? 0) + removed } }
}
