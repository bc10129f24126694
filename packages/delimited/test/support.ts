// What the tests of this package share: a run, parts made of bytes, and tables of values for properties.
import type { Batches, Chunks, Field, FieldType, RecordsFormat, RecordsSchema, Run, Tally } from '@records-mover/core/plugin'
import { MoveError, batchBuilder, valueText } from '@records-mover/core/plugin'
import fc from 'fast-check'
import { completeFormat } from '../src/hints.js'

export function testRun(change: Partial<Run> = {}): Run {
  return {
    id: 'test', signal: new AbortController().signal, concurrency: 1, allow: [],
    limits: { fieldBytes: 1 << 26, recordBytes: 1 << 28, fields: 16_384 },
    scratch: () => Promise.reject(new Error('nothing here needs a folder')),
    emit: () => undefined,
    ...change,
  }
}

export function format(hints: Record<string, unknown> = {}, variant = 'csv'): RecordsFormat {
  return completeFormat({ hints }, variant)
}

export function field(name: string, type: FieldType, nullable = true): Field {
  return { name, type, nullable }
}

export function schemaOf(...fields: Field[]): RecordsSchema {
  return { fields }
}

export function asText(schema: RecordsSchema): RecordsSchema {
  return { fields: schema.fields.map(({ name }) => field(name, { type: 'string' })) }
}

/** One part of these bytes, in chunks of `step` bytes. */
export function chunksOf(bytes: Uint8Array | string, as: RecordsFormat, step = Infinity, name = 'a.csv'): Chunks {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return {
    format: as,
    parts: once({
      name, again: true,
      read: () => once(...slices(all, step)),
    }),
    tally: () => ({}),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

export function slices(all: Uint8Array, step: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  // Each chunk is memory of its own, as from a file, so that a scanner that keeps a position across chunks is caught.
  for (let at = 0; at < all.length; at += step) chunks.push(Uint8Array.from(all.subarray(at, at + step)))
  return chunks
}

export async function* once<T>(...values: T[]): AsyncGenerator<T> {
  await Promise.resolve()
  yield* values
}

export async function bytesOf(chunks: Chunks): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const part of chunks.parts) for await (const chunk of part.read()) all.push(chunk)
  return Buffer.concat(all)
}

export type Row = readonly (string | null)[]

/** Every row as canonical texts. */
export async function rowsOf(batches: Batches): Promise<Row[]> {
  const rows: Row[] = []
  for await (const part of batches.parts) {
    for await (const batch of part) {
      for (let row = 0; row < batch.rows; row++) {
        rows.push(batches.schema.fields.map(({ type }, k) => valueText(type, batch.columns[k]!, row)))
      }
    }
  }
  return rows
}

/** The error that a promise is rejected with, as a MoveError. */
export async function errorOf(work: Promise<unknown>): Promise<MoveError> {
  try {
    await work
  } catch (error) {
    if (MoveError.is(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** A value as the builder takes it: text, raw bytes, a number, a boolean, or units with an offset. */
export type Value = string | Uint8Array | number | bigint | boolean | { units: bigint, zone: number } | null

export interface Table { readonly schema: RecordsSchema, readonly rows: readonly (readonly Value[])[] }

/** The rows of a table as batches of up to `size` rows. */
export function batchesOf(table: Table, size = 3): Batches {
  return {
    schema: table.schema,
    parts: once(batchesIn(table, size)),
    tally: (): Tally => ({ rows: table.rows.length }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function* batchesIn(table: Table, size: number): AsyncGenerator<ReturnType<ReturnType<typeof batchBuilder>['finish']>> {
  await Promise.resolve()
  const builder = batchBuilder(table.schema, size)
  for (let at = 0; at < table.rows.length; at += size) {
    for (const row of table.rows.slice(at, at + size)) {
      row.forEach((value, k) => {
        const column = builder.columns[k]!
        if (value === null) column.setNull()
        else if (typeof value === 'string') column.pushString(value)
        else if (typeof value === 'boolean') column.setBoolean(value)
        else if (typeof value === 'bigint') column.pushBigInt(value)
        else if (typeof value === 'number') column.pushNumber(value)
        else if (value instanceof Uint8Array) {
          if (column.type.type === 'uuid') {
            column.bytes.set(value, column.length * 16)
            column.endValue()
          } else column.pushBytes(value, 0, value.length)
        } else {
          column.zone[column.length] = value.zone
          column.pushBigInt(value.units)
        }
      })
    }
    yield builder.finish()
  }
}

const HOSTILE = [
  '', ' ', ',', '"', '""', '\n', '\r', '\r\n', '\t', '\\', '\\N', '\\.', '\\\\', '\ufeff', '\ufeffa', 'NULL', 'a,b', 'a"b', '\'', ';', '|', '\0', '\u0001', '\b\f\v',
  'ü', '漢字', '😀', '\u2028', 'true', 't', '0', '-1', 'x'.repeat(300), 'n', 'N', '\\n', '\\x41', '\\101', '""""', '"a"', 'a\\', '#',
]

export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...HOSTILE), { maxLength: 4 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text).toString()) },
)

/** Types with the values they take. */
export const anyTypeWithValues: fc.Arbitrary<readonly [FieldType, fc.Arbitrary<Value>]> = fc.oneof(
  fc.constant<readonly [FieldType, fc.Arbitrary<Value>]>([{ type: 'string' }, anyText]),
  fc.constant<readonly [FieldType, fc.Arbitrary<Value>]>([{ type: 'boolean' }, fc.boolean()]),
  fc.constant<readonly [FieldType, fc.Arbitrary<Value>]>([{ type: 'bytes' }, fc.uint8Array({ maxLength: 40 })]),
  fc.constant<readonly [FieldType, fc.Arbitrary<Value>]>([{ type: 'json' }, fc.json()]),
  fc.constant<readonly [FieldType, fc.Arbitrary<Value>]>([{ type: 'uuid' }, fc.uint8Array({ minLength: 16, maxLength: 16 })]),
  fc.constant<readonly [FieldType, fc.Arbitrary<Value>]>([{ type: 'date' }, fc.oneof(fc.integer(), fc.integer({ min: -800_000, max: 60_000 }))]),
  fc.tuple(fc.constantFrom(8 as const, 16 as const, 32 as const, 64 as const), fc.boolean()).map(([bits, signed]) => {
    const [min, max] = signed ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n]
    return [{ type: 'integer', bits, signed }, fc.oneof(anyBigInt(min, max), fc.constantFrom(min, max, 0n))] as const
  }),
  fc.integer({ min: 1, max: 76 }).chain((precision) => fc.integer({ min: 0, max: precision }).map((scale) => {
    const limit = 10n ** BigInt(precision) - 1n
    return [{ type: 'decimal', precision, scale }, fc.oneof(anyBigInt(-limit, limit), fc.constantFrom(-limit, limit, 0n))] as const
  })),
  fc.constantFrom(32 as const, 64 as const).map((bits) => {
    const noNaN = bits === 32 ? fc.float({ noNaN: true }) : fc.double({ noNaN: true })
    const cents = fc.integer().map((n) => bits === 32 ? Math.fround(n / 100) : n / 100)
    return [{ type: 'float', bits }, fc.oneof(noNaN, cents, fc.constantFrom(NaN, Infinity, -Infinity, -0, 0))] as const
  }),
  anyTime(),
  anyTimestamp(),
)

/** Any number between these, small ones as often as large ones. */
function anyBigInt(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  return fc.tuple(fc.bigInt({ min, max }), fc.nat({ max: 250 })).map(([value, shift]) => value / (1n << BigInt(shift % (value.toString(2).length + 1))))
}

const UNITS = { s: 1n, ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n }

function anyTime(): fc.Arbitrary<readonly [FieldType, fc.Arbitrary<Value>]> {
  return fc.tuple(fc.constantFrom('s' as const, 'ms' as const, 'us' as const, 'ns' as const), fc.boolean()).map(([unit, zoned]) => {
    const units = anyBigInt(0n, 86_400n * UNITS[unit])
    const zone = fc.oneof(fc.integer({ min: -57_599, max: 57_599 }), fc.integer({ min: -15, max: 15 }).map((hours) => hours * 3600))
    return [{ type: 'time', unit, zoned }, zoned ? fc.record({ units, zone }) : units] as const
  })
}

function anyTimestamp(): fc.Arbitrary<readonly [FieldType, fc.Arbitrary<Value>]> {
  return fc.tuple(fc.constantFrom('s' as const, 'ms' as const, 'us' as const, 'ns' as const), fc.boolean()).map(([unit, zoned]) => {
    // Years of up to seven digits, before Christ and after.
    const [first, last] = [-315_569_400_000_000n, 315_507_300_000_000n]
    const clamp = (value: bigint): bigint => BigInt.asIntN(64, value) === value ? value : value < 0n ? -(1n << 63n) : (1n << 63n) - 1n
    return [{ type: 'timestamp', unit, zoned }, anyBigInt(clamp(first * UNITS[unit]), clamp(last * UNITS[unit]))] as const
  })
}

/** Any table: up to five fields of any type, up to eight rows, nulls everywhere. */
export const anyTable: fc.Arbitrary<Table> = fc.uniqueArray(anyText.filter((name) => name !== ''), { minLength: 1, maxLength: 5 }).chain((names) =>
  fc.tuple(...names.map(() => anyTypeWithValues)).chain((columns) => {
    const schema = schemaOf(...columns.map(([type], k) => field(names[k]!, type)))
    const row = fc.tuple(...columns.map(([, values]) => fc.option(values, { freq: 5 })))
    return fc.array(row, { maxLength: 8 }).map((rows) => ({ schema, rows }))
  }))

/** Hints under which any text can be written: with quotes or an escape, and with nulls that no text is. */
export const anyHints: fc.Arbitrary<Record<string, unknown>> = fc.record({
  'header-row': fc.boolean(),
  'field-delimiter': fc.constantFrom(',', '\t', ';', '|', ':', ' ', '\u0001'),
  'record-terminator': fc.constantFrom('\n', '\r\n', '\r'),
  'quoting': fc.constantFrom('minimal', 'all', 'nonnumeric'),
  'quotechar': fc.constantFrom('"', '\'', '`'),
  'doublequote': fc.boolean(),
  'escape': fc.constantFrom('\\', null),
  'letter-escapes': fc.boolean(),
  'null-text': fc.constantFrom('', '\\N', 'NULL', '-', '0', 'NaN', 'a'),
  'boolean-text': fc.constantFrom(['true', 'false'], ['t', 'f'], ['yes', 'no'], ['1', '2']),
}).map((hints) => ({
  ...hints,
  // Quotes need a way to stand inside quotes, and letters need an escape.
  ...(hints.escape === null && { 'doublequote': true, 'letter-escapes': false }),
}))

/** Hints of files without quotes, under which any text can be written. */
export const anyUnquotedHints: fc.Arbitrary<Record<string, unknown>> = fc.record({
  'header-row': fc.boolean(),
  'field-delimiter': fc.constantFrom('\t', '|', ','),
  'record-terminator': fc.constantFrom('\n', '\r\n', '\r'),
  'quoting': fc.constant(null),
  'escape': fc.constant('\\'),
  'letter-escapes': fc.boolean(),
  'null-text': fc.constantFrom('\\N', 'NULL', '-'),
})
