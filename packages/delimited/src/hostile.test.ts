// Whatever the bytes: an answer or a refusal with its place, the same for every way of reading, and never a wrong value.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Field } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { anyHints, anyTable, anyText, anyTypeWithValues, anyUnquotedHints, asText, batchesOf, bytesOf, chunksOf, field, format, rowsOf, testRun } from '../test/support.js'
import { codec } from './codec.js'

const run = testRun({ allow: ['timestamp-precision'] })

/** What came of it: the result, or the refusal's code and place. */
async function outcome<T>(work: Promise<T>): Promise<T | { code: string, context: unknown }> {
  try {
    return await work
  } catch (error) {
    if (MoveError.is(error) && (error.code === 'bad-data' || error.code === 'over-limit')) return { code: error.code, context: error.context }
    throw error
  }
}

const SPELLINGS: { readonly [type: string]: readonly string[] } = {
  string: ['a', 'ü', '"a"', '"x""y"', '""'],
  json: ['1', '{}', '[1,2]', '"{""a"":null}"', '"[1]"'],
  bytes: ['\\x', '\\x00', '\\xABcd', '"\\x41"'],
  boolean: ['true', 'T', 'yes', 'false', '"t"'],
  integer: ['1', '+07', '-0', '-128', '255', '"12"', '65536'],
  decimal: ['0', '0.5', '-0.00', '"1.10"', '+1', '.5', '12.345'],
  float: ['1e5', '0.10', 'NaN', '-inf', '0.1', '123456789.123456789', '-0'],
  date: ['2024-02-29', '0044-03-15 BC', '"10000-01-01"', '02024-01-01'],
  time: ['12:00:00', '12:00:00.5', '24:00:00', '12:00:00+01', '00:00:00.1234567Z', '23:59'],
  timestamp: ['2024-02-29 12:00:00', '2024-02-29T12:00:00.50Z', '1969-12-31 23:59:59.1234567890+01', '0001-01-01 00:00:00 BC'],
  uuid: ['550e8400-e29b-41d4-a716-446655440000', '550E8400-E29B-41D4-A716-446655440000'],
}

const columns: fc.Arbitrary<Field[]> = fc.array(anyTypeWithValues.map(([type]) => type), { minLength: 1, maxLength: 3 })
  .map((types) => types.map((type, k) => field(`f${k}`, type, k !== 2)))

/** Fields, hints, and bytes: any at all, or records of likely values with a hostile one among them. */
const file = fc.tuple(columns, anyHints).chain(([fields, told]) => {
  const cells = fields.map(({ type }) => fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...SPELLINGS[type.type]!, '') }, { weight: 1, arbitrary: anyText }))
  const records = fc.array(fc.tuple(...cells), { maxLength: 5 }).map((rows) =>
    Buffer.from(rows.map((row) => row.join(told['field-delimiter'] as string) + (told['record-terminator'] as string)).join('')))
  const anything = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
  return fc.oneof({ weight: 5, arbitrary: records }, { weight: 1, arbitrary: anything }).map((bytes) => ({ fields, told: { ...told, 'header-row': false }, bytes }))
})

describe('any bytes under any hints as any fields', () => {
  test('decode to rows or to a refusal, the same wherever chunks end', async () => {
    let read = 0
    await fc.assert(fc.asyncProperty(file, fc.integer({ min: 1, max: 9 }), async ({ bytes, told, fields }, step) => {
      const from = format(told)
      const as = { fields }
      const decode = (size: number): Promise<unknown> => outcome(rowsOf(codec.decode(chunksOf(bytes, from, size), asText(as), as, run)))
      const whole = await decode(Infinity)
      expect(await decode(step)).toEqual(whole)
      if (Array.isArray(whole) && whole.length > 0) read++
    }), { numRuns: 2000 })
    expect(read).toBeGreaterThan(200)
  })

  test('transcode to what they decode to, or to the same refusal', async () => {
    let moved = 0
    await fc.assert(fc.asyncProperty(file, anyHints, async ({ bytes, told, fields }, wanted) => {
      const [from, to] = [format(told), format(wanted)]
      const as = { fields }
      const decoded = await outcome(rowsOf(codec.decode(chunksOf(bytes, from), asText(as), as, run)))
      const written = await outcome(bytesOf(codec.transcode!(chunksOf(bytes, from), asText(as), to, as, run)))
      if (!Buffer.isBuffer(written)) {
        expect(decoded).toEqual(written)
        return
      }
      expect(await rowsOf(codec.decode(chunksOf(written, to), as, as, run))).toEqual(decoded)
      if (Array.isArray(decoded) && decoded.length > 0) moved++
    }), { numRuns: 2000 })
    expect(moved).toBeGreaterThan(200)
  })
})

test('text that a dialect without quotes or escapes cannot hold is refused, and every other text comes back', async () => {
  let refused = 0
  let kept = 0
  const poor = fc.oneof(anyUnquotedHints.map((told) => ({ ...told, 'escape': null, 'letter-escapes': false })), anyHints.map((told) => ({ ...told, 'doublequote': false, 'escape': null, 'letter-escapes': false })))
  await fc.assert(fc.asyncProperty(anyTable, poor, async (table, told) => {
    const written = await outcome(bytesOf(codec.encode(batchesOf(table), format(told), run)))
    if (!Buffer.isBuffer(written)) {
      refused++
      return
    }
    kept++
    expect(await rowsOf(codec.decode(chunksOf(written, format(told)), table.schema, table.schema, run))).toEqual(await rowsOf(batchesOf(table)))
  }), { numRuns: 1000 })
  expect(refused).toBeGreaterThan(100)
  expect(kept).toBeGreaterThan(100)
})
