// That postgres-binary loses nothing on the way out and back, however the bytes are cut, and says where it cannot.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Batch, Batches, Chunks, Field, FieldType, Part, RecordsSchema, Run } from '@records-mover/core/plugin'
import { MoveError, batchBuilder, valueText } from '@records-mover/core/plugin'
import { codec } from './binary-codec.js'
import { BINARY, binary } from './binary.js'

const run: Run = {
  id: 'rm-test', signal: new AbortController().signal, concurrency: 1, allow: [],
  limits: { fieldBytes: 64 * 2 ** 20, recordBytes: 256 * 2 ** 20, fields: 16_384 },
  scratch: () => Promise.reject(new Error('no scratch here')), emit: () => undefined,
}

type Value = bigint | number | boolean | string | Uint8Array | null | { readonly units: bigint, readonly zone: number }

// PostgreSQL's last microsecond lies beyond 2^63 when counted from 1970, so only coarser units reach it.
const MICRO_MAX = { s: 9_224_318_015_999n, ms: 9_224_318_015_999_999n, us: 2n ** 63n - 1n }
const MICRO_MIN = -211_813_488_000_000_000n + 946_684_800_000_000n

function within(bound: bigint): fc.Arbitrary<bigint> {
  // Small numbers and the edges as often as the wide middle.
  return fc.oneof(fc.bigInt({ min: -bound, max: bound }), fc.bigInt({ min: -1000n, max: 1000n }).filter((n) => n >= -bound && n <= bound), fc.constantFrom(bound, -bound, 0n))
}

function decimal(precision: number, scale: number): { type: FieldType, values: fc.Arbitrary<Value> } {
  const bound = 10n ** BigInt(precision) - 1n
  const powers = fc.integer({ min: 0, max: precision - 1 }).map((n) => 10n ** BigInt(n))
  return { type: { type: 'decimal', precision, scale }, values: fc.oneof(within(bound), powers, powers.map((n) => -n)) }
}

const TYPES: readonly { readonly type: FieldType, readonly values: fc.Arbitrary<Value> }[] = [
  { type: { type: 'boolean' }, values: fc.boolean() },
  { type: { type: 'integer', bits: 16, signed: true }, values: fc.integer({ min: -32_768, max: 32_767 }) },
  { type: { type: 'integer', bits: 32, signed: true }, values: fc.integer() },
  { type: { type: 'integer', bits: 64, signed: true }, values: within(2n ** 63n - 1n) },
  { type: { type: 'float', bits: 32 }, values: fc.float() },
  { type: { type: 'float', bits: 64 }, values: fc.double() },
  ...[[1, 0], [1, 1], [4, 4], [5, 2], [10, 2], [15, 7], [16, 7], [18, 0], [18, 18], [18, 5], [19, 3], [38, 10], [38, 38], [39, 1], [76, 0], [76, 38], [76, 76]]
    .map(([precision, scale]) => decimal(precision!, scale!)),
  { type: { type: 'string' }, values: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')) },
  { type: { type: 'json' }, values: fc.json() },
  { type: { type: 'bytes' }, values: fc.uint8Array() },
  { type: { type: 'uuid' }, values: fc.uint8Array({ minLength: 16, maxLength: 16 }) },
  { type: { type: 'date' }, values: fc.integer({ min: -2_440_588, max: 2_145_042_905 }) },
  { type: { type: 'time', unit: 's', zoned: false }, values: fc.integer({ min: 0, max: 86_400 }) },
  { type: { type: 'time', unit: 'ms', zoned: false }, values: fc.integer({ min: 0, max: 86_400_000 }) },
  { type: { type: 'time', unit: 'us', zoned: false }, values: fc.bigInt({ min: 0n, max: 86_400_000_000n }) },
  { type: { type: 'time', unit: 'us', zoned: true }, values: fc.record({ units: fc.bigInt({ min: 0n, max: 86_400_000_000n }), zone: fc.integer({ min: -57_599, max: 57_599 }) }) },
  ...(['s', 'ms', 'us'] as const).map((unit) => {
    const per = { s: 1_000_000n, ms: 1000n, us: 1n }[unit]
    const values = fc.oneof(fc.bigInt({ min: MICRO_MIN / per, max: MICRO_MAX[unit] }), within(10n ** 11n), fc.constantFrom(MICRO_MIN / per, MICRO_MAX[unit], 0n, -1n))
    return { type: { type: 'timestamp', unit, zoned: unit === 'us' } satisfies FieldType, values }
  }),
]

const table: fc.Arbitrary<{ readonly schema: RecordsSchema, readonly rows: readonly Value[][] }> = fc
  .array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 6 })
  .chain((types) => fc.record({
    schema: fc.constant({ fields: types.map(({ type }, i): Field => ({ name: `f${i}`, type, nullable: true })) }),
    rows: fc.array(fc.tuple(...types.map(({ values }) => fc.option(values, { freq: 6 }))), { maxLength: 40 }),
  }))

describe('postgres-binary', () => {
  test('gives back every value of every type it encodes, however the chunks are cut', async () => {
    await fc.assert(fc.asyncProperty(table, fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 15 }), async ({ schema, rows }, chunk, perBatch) => {
      const bytes = await encoded(schema, rows, perBatch)
      const back = codec.decode(chunks(bytes, chunk), schema, schema, run)
      expect(await texts(schema, back)).toEqual(expected(schema, rows))
      expect(back.tally()).toEqual({ rows: rows.length })
    }), { numRuns: 400 })
  })

  test('picks the wanted fields by name, in the wanted order', async () => {
    await fc.assert(fc.asyncProperty(table, async ({ schema, rows }) => {
      const bytes = await encoded(schema, rows, 7)
      const as = { fields: [...schema.fields].reverse().slice(0, 2) }
      const back = await texts(as, codec.decode(chunks(bytes, 999), schema, as, run))
      expect(back).toEqual(expected(schema, rows).map((row) => [...row].reverse().slice(0, 2)))
    }), { numRuns: 50 })
  })

  test('says so when the stream is cut anywhere', async () => {
    const schema = { fields: [field('a', { type: 'string' }), field('b', { type: 'integer', bits: 32, signed: true })] }
    const bytes = await encoded(schema, [['one', 1], [null, 2], ['three', null]], 2)
    for (let end = 0; end < bytes.length; end++) {
      await expect(texts(schema, codec.decode(chunks(bytes.subarray(0, end), 7), schema, schema, run))).rejects.toMatchObject({ code: 'bad-data' })
    }
    await expect(texts(schema, codec.decode(chunks(Buffer.concat([bytes, Uint8Array.of(0)]), 7), schema, schema, run)))
      .rejects.toThrow('bytes follow the end')
  })

  test('never crashes, hangs or grows on bytes that are damaged', async () => {
    const schema = { fields: [field('a', { type: 'decimal', precision: 20, scale: 4 }), field('b', { type: 'timestamp', unit: 'ms', zoned: false }), field('c', { type: 'string' })] }
    const bytes = await encoded(schema, [[12_345n, 1n, 'x'], [-1n, null, 'yy'], [null, -7n, null]], 3)
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
      const damaged = Uint8Array.from(bytes)
      damaged[at] = value
      try {
        await texts(schema, codec.decode(chunks(damaged, 64), schema, schema, run))
      } catch (error) {
        expect(MoveError.is(error) && ['bad-data', 'over-limit'].includes(error.code), String(error)).toBe(true)
      }
    }), { numRuns: 1000 })
  })

  test('names row and field of U+0000, and removes and counts it when that is allowed', async () => {
    const schema = { fields: [field('a', { type: 'integer', bits: 32, signed: true }), field('note', { type: 'string' })] }
    const rows: Value[][] = [[1, 'fine'], [2, 'a\0b\0'], [3, null], [4, '\0']]
    await expect(encoded(schema, rows, 2)).rejects.toMatchObject({ code: 'bad-data', context: { row: '2', field: 'note' } })
    const chunksOut = codec.encode(batches(schema, rows, 2), BINARY, { ...run, allow: ['nul-removed'] })
    const bytes = await collect(chunksOut)
    expect(await texts(schema, codec.decode(chunks(bytes, 9), schema, schema, run))).toEqual([['1', 'fine'], ['2', 'ab'], ['3', null], ['4', '']])
    expect(chunksOut.tally()).toEqual({ rows: 4, losses: { 'nul-removed': 2 } })
  })

  test.each<[string, FieldType, bigint]>([
    ['date', { type: 'date' }, -2_440_589n],
    ['date', { type: 'date' }, 2_145_042_906n],
    ['timestamp', { type: 'timestamp', unit: 'us', zoned: false }, MICRO_MIN - 1n],
    ['timestamp', { type: 'timestamp', unit: 's', zoned: false }, 9_224_318_016_000n],
    ['timestamp', { type: 'timestamp', unit: 's', zoned: false }, 2n ** 62n],
    ['time', { type: 'time', unit: 'us', zoned: false }, 86_400_000_001n],
  ])('refuses a %s that PostgreSQL does not reach', async (_name, type, value) => {
    const narrow = type.type === 'date' ? Number(value) : value
    await expect(encoded({ fields: [field('when', type)] }, [[narrow]], 1)).rejects.toMatchObject({ code: 'bad-data', context: { row: '1', field: 'when' } })
  })

  test('refuses what has no binary form here, and hints that it does not know', () => {
    const given = { fields: [field('tags', { type: 'string' }, { kind: 'base', schema: 'pg_catalog', name: 'interval', modifier: -1 })] }
    expect(binary.refuse(BINARY, given, given, 'decode')).toContain('known as text only')
    expect(binary.refuse(BINARY, given, given, 'encode')).toContain('known as text only')
    const tiny = { fields: [field('n', { type: 'integer', bits: 8, signed: false })] }
    expect(binary.refuse(BINARY, tiny, tiny, 'encode')).toContain('field "n"')
    expect(binary.refuse({ ...BINARY, hints: { quoting: 'all' } }, given, given, 'decode')).toBe('postgres-binary has no hint "quoting"')
    expect(() => binary.complete({ hints: { quoting: 'all' } })).toThrow(MoveError)
  })
})

function field(name: string, type: FieldType, facts?: unknown): Field {
  return { name, type, nullable: true, ...(facts !== undefined && { origin: { system: 'postgres', type: 'x', facts: { type: facts } } }) }
}

async function encoded(schema: RecordsSchema, rows: readonly Value[][], perBatch: number): Promise<Uint8Array> {
  return collect(codec.encode(batches(schema, rows, perBatch), BINARY, run))
}

async function collect(from: Chunks): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const part of from.parts) for await (const chunk of part.read()) all.push(chunk)
  return Buffer.concat(all)
}

function chunks(bytes: Uint8Array, size: number): Chunks {
  async function* read(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.slice(at, at + size))
  }
  const part: Part = { name: 'test.pgcopy', again: true, read }
  return { format: BINARY, parts: iterate([part]), tally: () => ({}), [Symbol.asyncDispose]: () => Promise.resolve() }
}

function batches(schema: RecordsSchema, rows: readonly Value[][], perBatch: number): Batches {
  function* make(): Generator<Batch> {
    for (let from = 0; from < rows.length; from += perBatch) yield batchOf(schema, rows.slice(from, from + perBatch))
  }
  return { schema, parts: iterate([iterate(make())]), tally: () => ({ rows: rows.length }), [Symbol.asyncDispose]: () => Promise.resolve() }
}

async function* iterate<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item)
}

function batchOf(schema: RecordsSchema, rows: readonly Value[][]): Batch {
  const builder = batchBuilder(schema, Math.max(1, rows.length))
  for (const row of rows) {
    for (const [c, value] of row.entries()) {
      const column = builder.columns[c]!
      const { type } = column.type
      if (value === null) column.setNull()
      else if (typeof value === 'boolean') column.setBoolean(value)
      else if (typeof value === 'bigint') column.pushBigInt(value)
      else if (typeof value === 'number') column.pushNumber(value)
      else if (typeof value === 'string') column.pushString(value)
      else if (value instanceof Uint8Array && type === 'bytes') column.pushBytes(value, 0, value.length)
      else if (value instanceof Uint8Array) {
        column.bytes.set(value, column.length * 16)
        column.endValue()
      } else {
        column.zone[column.length] = value.zone
        column.pushBigInt(value.units)
      }
    }
  }
  return builder.finish()
}

/** What the rows look like as text, by the reference of core. */
function expected(schema: RecordsSchema, rows: readonly Value[][]): (string | null)[][] {
  return textsOf(schema, batchOf(schema, rows))
}

async function texts(schema: RecordsSchema, from: Batches): Promise<(string | null)[][]> {
  const all: (string | null)[][] = []
  for await (const part of from.parts) for await (const batch of part) all.push(...textsOf(schema, batch))
  return all
}

function textsOf(schema: RecordsSchema, batch: Batch): (string | null)[][] {
  return Array.from({ length: batch.rows }, (_, row) => schema.fields.map(({ type }, c) => valueText(type, batch.columns[c]!, row)))
}
