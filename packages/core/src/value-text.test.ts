// Proves that canonical text and values are each other, for every type.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchBuilder } from './batch-builder.js'
import type { FieldType, TimeUnit } from './contract/schema.js'
import {
  bigintAt, civil, dateText, daysFromCivil, decimalText, floatText, hex, offsetText, parseDate, parseDecimal, parseTime, parseTimestamp, timestampText, timeText, uuidText, valueText,
} from './value-text.js'

describe('floats', () => {
  test.each([
    [0.1, 64, '0.1'], [-0, 64, '-0'], [1e15, 64, '1e+15'], [999999999999999, 64, '999999999999999'], [1e-4, 64, '0.0001'], [1e-5, 64, '1e-05'],
    [1.7976931348623157e308, 64, '1.7976931348623157e+308'], [5e-324, 64, '5e-324'], [Number.NaN, 64, 'NaN'], [Number.NEGATIVE_INFINITY, 32, '-Infinity'],
    [Math.fround(0.1), 32, '0.1'], [1e6, 32, '1e+06'], [999999, 32, '999999'], [Math.fround(3.4028235e38), 32, '3.4028235e+38'], [Math.fround(1e-45), 32, '1e-45'],
  ] as const)('%d of %d bits is written %s', (value, bits, text) => {
    expect(floatText(value, bits)).toBe(text)
  })

  test('every double reads back as itself', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (value) => Object.is(Number(floatText(value, 64)), value)))
  })

  test('every single reads back as itself, in at most nine digits', () => {
    fc.assert(fc.property(fc.float({ noNaN: true }), (value) => {
      const text = floatText(value, 32)
      return Object.is(Math.fround(Number(text)), value) && text.replace(/e.*|[^0-9]/g, '').replace(/^0+|0+$/g, '').length <= 9
    }))
  })
})

describe('dates', () => {
  test('every day of 800,000 days around the epoch reads back as itself', () => {
    fc.assert(fc.property(fc.integer({ min: -800_000, max: 800_000 }), (days) => parseDate(dateText(days)) === days))
  })

  test('the calendar agrees with the one of the language', () => {
    fc.assert(fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (days) => {
      const date = new Date(days * 86_400_000)
      const { year, month, day } = civil(days)
      return year === date.getUTCFullYear() && month === date.getUTCMonth() + 1 && day === date.getUTCDate() && daysFromCivil(year, month, day) === days
    }))
  })

  test.each(['2023-02-29', '2024-13-01', '2024-00-10', '2024-04-31', '1900-02-29', '0000-01-01', '24-01-01', '2024-1-1', '2024-01-01 '])('%s is no date', (text) => {
    expect(parseDate(text)).toBeUndefined()
  })

  test.each([[0, '1970-01-01'], [-719_528, '0001-01-01 BC'], [-719_529, '0002-12-31 BC'], [2_932_897, '10000-01-01']])('day %d is %s', (days, text) => {
    expect(dateText(days)).toBe(text)
  })
})

describe('times and timestamps', () => {
  const unit = fc.constantFrom<TimeUnit>('s', 'ms', 'us', 'ns')

  test('every timestamp of 64 bits in any unit reads back as itself', () => {
    const wide = { s: 10n ** 11n, ms: 10n ** 14n, us: 2n ** 57n, ns: 2n ** 63n - 1n }
    fc.assert(fc.property(unit.chain((u) => fc.tuple(fc.constant(u), fc.bigInt(-wide[u], wide[u]), fc.boolean())), ([u, units, zoned]) => {
      expect(parseTimestamp(timestampText(units, u, zoned), u)).toEqual({ units, zoned })
    }))
  })

  test('an offset is taken off, and 24:00:00 is the end of the day', () => {
    expect(parseTimestamp('2024-03-01T00:30:00.5+05:30', 'us')).toEqual({ units: parseTimestamp('2024-02-29 19:00:00.5+00', 'us')!.units, zoned: true })
    expect(parseTime('24:00:00', 'us')).toEqual({ units: 86_400_000_000n })
    expect(parseTime('24:00:00.000001', 'us')).toBeUndefined()
    expect(parseTime('23:60:00', 'us')).toBeUndefined()
  })

  test('digits finer than the unit are refused unless they are zeros', () => {
    expect(parseTime('00:00:00.1234567', 'us')).toBeUndefined()
    expect(parseTime('00:00:00.1234560', 'us')).toEqual({ units: 123_456n })
  })

  test('a timestamp past 64 bits of its unit is refused', () => {
    expect(parseTimestamp('2262-04-11 23:47:16.854775807', 'ns')?.units).toBe(2n ** 63n - 1n)
    expect(parseTimestamp('2262-04-11 23:47:16.854775808', 'ns')).toBeUndefined()
  })

  test.each([[0, '+00'], [-18_000, '-05'], [20_700, '+05:45'], [-1, '-00:00:01']])('an offset of %d seconds is %s', (seconds, text) => {
    expect(offsetText(seconds)).toBe(text)
    expect(parseTime(`01:02:03${text}`, 's')).toEqual({ units: 3723n, zone: seconds === 0 ? 0 : seconds })
  })

  test('a time is written without the zeros its fraction ends in', () => {
    expect(timeText(3_723_450_000n, 'us')).toBe('01:02:03.45')
    expect(timeText(0n, 'ns')).toBe('00:00:00')
  })
})

describe('decimals', () => {
  test('every decimal reads back as itself', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 76 }), fc.integer({ min: 0, max: 76 }), fc.bigInt(0n, 10n ** 76n), fc.boolean(), (precision, scaleWish, wide, negative) => {
      const scale = Math.min(scaleWish, precision)
      const unscaled = (wide % 10n ** BigInt(precision)) * (negative ? -1n : 1n)
      expect(parseDecimal(decimalText(unscaled, scale), { precision, scale })).toBe(unscaled)
    }))
  })

  test.each([['1.239', 10, 2], ['123', 2, 0], ['1e5', 10, 0], ['', 5, 0], ['.', 5, 0], ['-', 5, 0], ['1 ', 5, 0]])('%s does not fit decimal(%d,%d)', (text, precision, scale) => {
    expect(parseDecimal(text, { precision, scale })).toBeUndefined()
  })

  test('zeros that say nothing are no obstacle', () => {
    expect(parseDecimal('0001.2300', { precision: 3, scale: 2 })).toBe(123n)
  })
})

describe('columns', () => {
  const cases: [FieldType, (column: ReturnType<typeof batchBuilder>['columns'][number]) => void, string][] = [
    [{ type: 'boolean' }, (c) => { c.setBoolean(true) }, 'true'],
    [{ type: 'integer', bits: 8, signed: true }, (c) => { c.pushBigInt(-128n) }, '-128'],
    [{ type: 'integer', bits: 32, signed: false }, (c) => { c.pushBigInt(4_294_967_295n) }, '4294967295'],
    [{ type: 'integer', bits: 64, signed: false }, (c) => { c.pushBigInt(18_446_744_073_709_551_615n) }, '18446744073709551615'],
    [{ type: 'decimal', precision: 18, scale: 2 }, (c) => { c.pushBigInt(-1n) }, '-0.01'],
    [{ type: 'decimal', precision: 38, scale: 10 }, (c) => { c.pushBigInt(-(10n ** 38n - 1n)) }, '-9999999999999999999999999999.9999999999'],
    [{ type: 'decimal', precision: 76, scale: 0 }, (c) => { c.pushBigInt(10n ** 76n - 1n) }, '9'.repeat(76)],
    [{ type: 'string' }, (c) => { c.pushString('naïve \u0000 \u{1f600} text longer than the loop') }, 'naïve \u0000 \u{1f600} text longer than the loop'],
    [{ type: 'bytes' }, (c) => { c.pushBytes(Uint8Array.of(0, 255, 16), 1, 3) }, '\\xff10'],
    [{ type: 'float', bits: 32 }, (c) => { c.pushNumber(0.5) }, '0.5'],
    [{ type: 'date' }, (c) => { c.pushNumber(-1) }, '1969-12-31'],
    [{ type: 'time', unit: 'ms', zoned: false }, (c) => { c.pushBigInt(1500n) }, '00:00:01.5'],
    [{ type: 'time', unit: 'us', zoned: true }, (c) => { c.zone[c.length] = -3600; c.pushBigInt(1n) }, '00:00:00.000001-01'],
    [{ type: 'timestamp', unit: 'us', zoned: true }, (c) => { c.pushBigInt(-1n) }, '1969-12-31 23:59:59.999999+00'],
  ]
  test.each(cases)('%j holds its value between two nulls', (type, push, text) => {
    const builder = batchBuilder({ fields: [{ name: 'a', type, nullable: true }] }, 10)
    const column = builder.columns[0]!
    for (let round = 0; round < 2; round++) {
      column.setNull()
      push(column)
      column.setNull()
      const batch = builder.finish()
      expect(batch.rows).toBe(3)
      expect([0, 1, 2].map((row) => valueText(type, batch.columns[0]!, row))).toEqual([null, text, null])
    }
  })

  test('decimals of any width keep every bit', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 76 }), fc.array(fc.bigInt(-(10n ** 76n) + 1n, 10n ** 76n - 1n), { minLength: 1, maxLength: 20 }), (precision, wide) => {
      const type: FieldType = { type: 'decimal', precision, scale: 0 }
      const values = wide.map((value) => value % 10n ** BigInt(precision))
      const builder = batchBuilder({ fields: [{ name: 'a', type, nullable: false }] }, values.length)
      for (const value of values) builder.columns[0]!.pushBigInt(value)
      const column = builder.finish().columns[0]!
      expect(values.map((_, row) => bigintAt(type, column, row))).toEqual(values)
      expect(column.validity).toBeUndefined()
    }))
  })

  test('a batch is not touched by what is built after it', () => {
    const builder = batchBuilder({ fields: [{ name: 'a', type: { type: 'string' }, nullable: false }] }, 2)
    builder.columns[0]!.pushString('first')
    const batch = builder.finish()
    builder.columns[0]!.pushString('other')
    expect(valueText({ type: 'string' }, batch.columns[0]!, 0)).toBe('first')
  })

  test('columns of unequal length are refused', () => {
    const builder = batchBuilder({ fields: ['a', 'b'].map((name) => ({ name, type: { type: 'date' } as const, nullable: true })) }, 4)
    builder.columns[0]!.setNull()
    expect(() => builder.finish()).toThrow('column 1 has 0 rows, want 1')
  })
})

test('a uuid is lower case with dashes', () => {
  const bytes = Buffer.from('00112233445566778899AABBCCDDEEFF', 'hex')
  expect(uuidText(bytes, 0)).toBe('00112233-4455-6677-8899-aabbccddeeff')
  expect(hex(bytes.subarray(0, 2))).toBe('0011')
})
