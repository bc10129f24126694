// Vectors under random batches: windows whose batches start anywhere, nulls anywhere, text of every length.
import type { Batch, RecordsSchema } from '@records-mover/core/plugin'
import { valueText } from '@records-mover/core/plugin'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { address, batchesOf, batchOf, field, get, newRun } from '../test/ends.js'
import { openTarget } from '../src/target.js'

const SCHEMA: RecordsSchema = {
  fields: [
    field('i', { type: 'integer', bits: 64, signed: true }),
    field('t', { type: 'string' }),
    field('b', { type: 'boolean' }),
    field('d', { type: 'decimal', precision: 7, scale: 2 }),
    field('w', { type: 'decimal', precision: 30, scale: 5 }),
    field('z', { type: 'time', unit: 'us', zoned: true }),
    field('u', { type: 'uuid' }),
    field('x', { type: 'bytes' }),
  ],
}

let tables = 0

async function roundTrip(schema: RecordsSchema, batches: readonly Batch[]): Promise<(string | null)[][]> {
  const at = address('', { fragment: `vectors_${++tables}` })
  const run = newRun()
  const target = await openTarget(at)
  await target.look(run)
  const wish = { schema, whenExists: 'fail' as const, allow: [] }
  await target.batches!.write(batchesOf(schema, batches), { ...wish, fit: target.fit(wish), confirm: () => Promise.resolve() }, run)
  await target[Symbol.asyncDispose]()
  return (await get(at)).rows
}

const value = {
  i: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  t: fc.oneof(fc.string({ unit: 'binary', maxLength: 14 }), fc.string({ unit: 'binary', maxLength: 200 })),
  b: fc.boolean().map(String),
  d: fc.integer({ min: -9_999_999, max: 9_999_999 }).map((n) => `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`),
  w: fc.bigInt({ min: 0n, max: 10n ** 25n - 1n }).map((n) => `${n}.00001`),
  z: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: -15, max: 15 })).map(([hour, east]) => `${String(hour).padStart(2, '0')}:00:00.000001${east < 0 ? '-' : '+'}${String(Math.abs(east)).padStart(2, '0')}`),
  u: fc.uuid(),
  x: fc.uint8Array({ maxLength: 40 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`),
}

const row = fc.tuple(...Object.values(value).map((arbitrary) => fc.option(arbitrary, { freq: 4 })))

describe('vectors', () => {
  test('keep random rows in batches of any size', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 12 }), async (batches) => {
      const rows = await roundTrip(SCHEMA, batches.map((batch) => batchOf(SCHEMA, batch)))
      expect(rows).toEqual(batches.flat())
    }), { numRuns: 60 })
  })

  test('keep nulls and long text across many windows of uneven batches', async () => {
    const schema: RecordsSchema = { fields: [field('n', { type: 'integer', bits: 32, signed: true }), field('t', { type: 'string' })] }
    const batches: Batch[] = []
    let next = 0
    for (const size of [1, 7, 2047, 2049, 60_000, 3, 130_000, 64_001, 5]) {
      batches.push(batchOf(schema, Array.from({ length: size }, () => {
        const n = next++
        return [n % 3 === 0 ? null : String(n), n % 5 === 0 ? null : n % 7 === 0 ? `row ${n} with text that is longer than twelve bytes` : `s${n}`]
      })))
    }
    const rows = await roundTrip(schema, batches)
    expect(rows).toHaveLength(next)
    const wrong = rows.findIndex(([n, t], k) => n !== (k % 3 === 0 ? null : String(k))
      || t !== (k % 5 === 0 ? null : k % 7 === 0 ? `row ${k} with text that is longer than twelve bytes` : `s${k}`))
    expect(wrong).toBe(-1)
  })

  test('take text whose offsets do not start at zero and whose null rows hold rubbish', async () => {
    const schema: RecordsSchema = { fields: [field('t', { type: 'string' })] }
    const text = Buffer.from('xxxfirst text that is long\xffsecond text that is long', 'latin1')
    const batch: Batch = { rows: 3, columns: [{ values: text, offsets: Int32Array.of(3, 26, 27, text.length), validity: Uint8Array.of(0b101) }] }
    await expect(roundTrip(schema, [batch])).rejects.toThrow(/UTF-8/)
    const clean = Buffer.from('xxxfirst text that is long?second text that is long')
    expect(await roundTrip(schema, [{ rows: 3, columns: [{ values: clean, offsets: Int32Array.of(3, 26, 27, clean.length), validity: Uint8Array.of(0b101) }] }]))
      .toEqual([['first text that is long'], [null], ['second text that is long']])
  })

  test.each([
    ['a lone continuation byte', Buffer.from([0x61, 0x80])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['an overlong form', Buffer.from([0xc0, 0x80])],
  ])('refuse %s with row and field', async (_, bytes) => {
    const schema: RecordsSchema = { fields: [field('t', { type: 'string' })] }
    const values = Buffer.concat([Buffer.from('ok'), bytes])
    await expect(roundTrip(schema, [{ rows: 2, columns: [{ values, offsets: Int32Array.of(0, 2, values.length) }] }]))
      .rejects.toMatchObject({ code: 'bad-data', context: { row: '2', field: 't' } })
  })

  test('refuse a character cut in two by a boundary of rows', async () => {
    const schema: RecordsSchema = { fields: [field('t', { type: 'string' })] }
    await expect(roundTrip(schema, [{ rows: 2, columns: [{ values: Buffer.from('é'), offsets: Int32Array.of(0, 1, 2) }] }]))
      .rejects.toMatchObject({ code: 'bad-data' })
  })

  test.each([
    ['a date that would be infinity', { type: 'date' } as const, Int32Array.of(0, 2 ** 31 - 1)],
    ['a timestamp that would be minus infinity', { type: 'timestamp', unit: 'us', zoned: true } as const, BigInt64Array.of(0n, -(2n ** 63n) + 1n)],
    ['a timestamp before the first one', { type: 'timestamp', unit: 's', zoned: false } as const, BigInt64Array.of(0n, -9_223_372_022_401n)],
    ['a time past midnight', { type: 'time', unit: 'us', zoned: false } as const, BigInt64Array.of(0n, 86_400_000_001n)],
    ['a decimal of too many digits', { type: 'decimal', precision: 4, scale: 0 } as const, BigInt64Array.of(0n, 10_000n)],
  ])('refuse %s with row and field', async (_, type, values) => {
    await expect(roundTrip({ fields: [field('v', type)] }, [{ rows: 2, columns: [{ values }] }]))
      .rejects.toMatchObject({ code: 'bad-data', context: { row: '2', field: 'v' } })
    // The same number in a null row is nothing.
    expect(await roundTrip({ fields: [field('v', type)] }, [{ rows: 2, columns: [{ values, validity: Uint8Array.of(1) }] }])).toEqual([[valueText(type, { values }, 0)], [null]])
  })

  test('refuse arrays shorter than their rows instead of reading past them', async () => {
    await expect(roundTrip({ fields: [field('v', { type: 'date' })] }, [{ rows: 3, columns: [{ values: Int32Array.of(1, 2) }] }])).rejects.toThrow(/bytes of values/)
    await expect(roundTrip({ fields: [field('v', { type: 'string' })] }, [{ rows: 1, columns: [{ values: Buffer.from('ab'), offsets: Int32Array.of(0, 3) }] }])).rejects.toThrow(/offsets/)
    await expect(roundTrip({ fields: [field('v', { type: 'string' })] }, [{ rows: 2, columns: [{ values: Buffer.from('ab'), offsets: Int32Array.of(0, 2, 1) }] }])).rejects.toThrow(/offsets/)
  })
})
