// The readers against core's slow ones: the same values, the same refusals, and EXACT for canonical spelling alone.
import type { FieldType } from '@records-mover/core/plugin'
import { batchBuilder, decimalText, floatText, parseDate, parseDecimal, parseTime, parseTimestamp, valueText } from '@records-mover/core/plugin'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { field } from '../test/support.js'
import { CANONICAL } from './columns.js'
import { readFloat } from './read-float.js'
import { checkHex, readUuid } from './read-other.js'
import { readerOf, wordsOf } from './readers.js'
import { EXACT, LOSSY, MALFORMED, NO_MOMENT, OUT_OF_RANGE, RESPELL, TOO_FINE } from './verdict.js'

/** The verdict on a text, and the canonical text of what was read. The text lies in the middle of other bytes. */
function read(type: FieldType, text: string, given: FieldType = { type: 'string' }): { verdict: number, text?: string } {
  const bytes = Buffer.from(`7${text}7`)
  const builder = batchBuilder({ fields: [field('a', type)] }, 2)
  const column = builder.columns[0]!
  const words = new Int32Array(9)
  const verdict = readerOf(field('a', given), type, CANONICAL)(bytes, 1, bytes.length - 1, words, 0)
  if (verdict >= MALFORMED) return { verdict }
  const count = wordsOf(type)
  if (type.type === 'boolean') column.setBoolean(words[0] === 1)
  else if (type.type === 'integer' && type.bits < 32) column.pushNumber(words[0]!)
  else {
    const own = type.type === 'time' && type.zoned ? count - 1 : count
    new Int32Array(column.values.buffer).set(words.subarray(0, own))
    if (own < count) column.zone[0] = words[own]!
    column.endValue()
  }
  return { verdict, text: valueText(type, builder.finish().columns[0]!, 0)! }
}

const digits = (max: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '0', '9'), maxLength: max })
const noise = fc.constantFrom('', '', '', '', ' ', '-', '+', '.', 'e5', 'x', '\0', ',')

describe('integers', () => {
  const text = fc.tuple(fc.constantFrom('', '-', '+', '--'), fc.oneof(digits(4), digits(24)), noise).map((parts) => parts.join(''))
  const edges = [7n, 8n, 15n, 16n, 31n, 32n, 63n, 64n].flatMap((bits) => [-1n, 0n, 1n].flatMap((step) => [(1n << bits) + step, -(1n << bits) + step]))

  test('agree with BigInt in every width', () => {
    fc.assert(fc.property(fc.oneof(text, fc.constantFrom(...edges.map(String))), fc.constantFrom(8 as const, 16 as const, 32 as const, 64 as const), fc.boolean(), (told, bits, signed) => {
      const found = read({ type: 'integer', bits, signed }, told)
      if (!/^[+-]?\d+$/.test(told)) {
        expect(found.verdict).toBe(MALFORMED)
        return
      }
      const value = BigInt(told.replace('+', ''))
      const held = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
      if (held !== value) {
        expect(found.verdict).toBe(OUT_OF_RANGE)
        return
      }
      expect(found).toEqual({ verdict: told === String(value) ? EXACT : RESPELL, text: String(value) })
    }), { numRuns: 6000 })
  })

  test('take a decimal whose fraction is zeros', () => {
    const decimal: FieldType = { type: 'decimal', precision: 10, scale: 2 }
    const integer: FieldType = { type: 'integer', bits: 32, signed: true }
    expect(read(integer, '-5.00', decimal)).toEqual({ verdict: RESPELL, text: '-5' })
    expect(read(integer, '5.01', decimal).verdict).toBe(TOO_FINE)
    expect(read(integer, '5.0x', decimal).verdict).toBe(MALFORMED)
    expect(read(integer, '5.00').verdict).toBe(MALFORMED)
  })
})

describe('decimals', () => {
  const text = fc.tuple(fc.constantFrom('', '', '-', '+'), fc.oneof(digits(3), digits(80)), fc.constantFrom('', '.', '.', '.'), fc.oneof(digits(3), digits(80)), noise)
    .map((parts) => parts.join(''))

  test('agree with core to 76 digits', () => {
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 76 }), fc.nat(), (told, precision, seed) => {
      const scale = seed % (precision + 1)
      const found = read({ type: 'decimal', precision, scale }, told)
      const value = parseDecimal(told, { precision, scale })
      if (value === undefined) {
        expect(found.verdict).toBeGreaterThanOrEqual(MALFORMED)
        return
      }
      const canonical = decimalText(value, scale)
      expect(found).toEqual({ verdict: told === canonical ? EXACT : RESPELL, text: canonical })
    }), { numRuns: 6000 })
  })

  test('keep every digit where doubles end', () => {
    for (const text of ['9999999999999999', '-9007199254740993', '999999999999999', '1000000000000000']) {
      expect(read({ type: 'decimal', precision: 16, scale: 0 }, text)).toEqual({ verdict: EXACT, text })
    }
  })

  test('say whether the range or the fraction is at fault', () => {
    const type: FieldType = { type: 'decimal', precision: 10, scale: 2 }
    expect(read(type, '12345678.90').verdict).toBe(EXACT)
    expect(read(type, '12345678.9').verdict).toBe(RESPELL)
    expect(read(type, '12345678.9000').verdict).toBe(RESPELL)
    expect(read(type, '123456789.00').verdict).toBe(OUT_OF_RANGE)
    expect(read(type, '1.239').verdict).toBe(TOO_FINE)
    expect(read(type, '1e2').verdict).toBe(MALFORMED)
    expect(read(type, '').verdict).toBe(MALFORMED)
  })
})

describe('floats', () => {
  const decimal = fc.tuple(fc.constantFrom('', '-', '+'), fc.oneof(digits(4), digits(20)), fc.constantFrom('', '.'), fc.oneof(digits(5), digits(20)), fc.constantFrom('', '', 'e5', 'E-7', 'e+308', 'e-320', 'e'))
    .map((parts) => parts.join(''))
  const shortest = fc.double({ noNaN: true }).map((value) => floatText(value, 64))
  const cents = fc.integer().map((value) => String(value / 100))

  test('are the nearest double, and EXACT in shortest digits alone', () => {
    fc.assert(fc.property(fc.oneof(decimal, shortest, cents), (told) => {
      const found = read({ type: 'float', bits: 64 }, told)
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(told) && !told.endsWith('Infinity')) {
        expect(found.verdict).toBe(MALFORMED)
        return
      }
      const value = Number(told)
      const lost = told.endsWith('Infinity') ? false : !Number.isFinite(value) || (value === 0 && /[1-9]/.test(told.split(/e/i)[0]!))
      if (lost) {
        expect(found.verdict).toBe(OUT_OF_RANGE)
        return
      }
      const canonical = floatText(value, 64)
      expect(found).toEqual({ verdict: told === canonical ? EXACT : RESPELL, text: canonical })
    }), { numRuns: 6000 })
  })

  test('of 32 bits are rounded once, also where a double lies halfway between two of them', () => {
    // 1 + 2^-24 is halfway between 1 and the next float; a digit far behind decides.
    const half = '1.000000059604644775390625'
    expect(read({ type: 'float', bits: 32 }, half).text).toBe('1')
    expect(read({ type: 'float', bits: 32 }, `${half}${'0'.repeat(40)}1`).text).toBe('1.0000001')
    expect(read({ type: 'float', bits: 32 }, `-${half}0000000000001`).text).toBe('-1.0000001')
    expect(read({ type: 'float', bits: 32 }, '1.00000017881393432617187499').text).toBe('1.0000001')
    expect(read({ type: 'float', bits: 32 }, '1.000000178813934326171875').text).toBe('1.0000002')
    expect(read({ type: 'float', bits: 32 }, '3.5e38').verdict).toBe(OUT_OF_RANGE)
    expect(read({ type: 'float', bits: 32 }, '1e-50').verdict).toBe(OUT_OF_RANGE)
    expect(read({ type: 'float', bits: 32 }, '0.1')).toEqual({ verdict: EXACT, text: '0.1' })
  })

  test('take the spellings of what is no number', () => {
    for (const [told, text] of [['NaN', 'NaN'], ['nan', 'NaN'], ['inf', 'Infinity'], ['-INFINITY', '-Infinity'], ['+inf', 'Infinity']]) {
      expect(read({ type: 'float', bits: 64 }, told!)).toEqual({ verdict: told === text ? EXACT : RESPELL, text })
    }
    for (const told of ['', '.', '-', 'e5', '1e', '0x10', '1_000', ' 1', '1 ', 'infinit']) expect(read({ type: 'float', bits: 64 }, told).verdict).toBe(MALFORMED)
  })

  test('that stand for a decimal or an integer say when they are not that number', () => {
    const decimal: FieldType = { type: 'decimal', precision: 20, scale: 2 }
    const integer: FieldType = { type: 'integer', bits: 64, signed: true }
    expect(read({ type: 'float', bits: 64 }, '0.50', decimal)).toEqual({ verdict: RESPELL, text: '0.5' })
    expect(read({ type: 'float', bits: 64 }, '0.10', decimal)).toEqual({ verdict: LOSSY, text: '0.1' })
    expect(read({ type: 'float', bits: 64 }, '9007199254740992', integer).verdict).toBeLessThan(LOSSY)
    expect(read({ type: 'float', bits: 64 }, '9007199254740993', integer).verdict).toBe(OUT_OF_RANGE)
    expect(read({ type: 'float', bits: 64 }, '0e99999999', integer).verdict).toBe(MALFORMED)
    expect(read({ type: 'float', bits: 32 }, '0.1', { type: 'float', bits: 64 }).verdict).toBe(TOO_FINE)
    expect(read({ type: 'float', bits: 32 }, '0.5', { type: 'float', bits: 64 }).verdict).toBe(EXACT)
  })

  test('of endless digits are refused, not computed', () => {
    const bytes = Buffer.from(`0.${'1'.repeat(100_000)}`)
    expect(readFloat(bytes, 0, bytes.length, 64, new Int32Array(2), 0)).toBe(MALFORMED)
  })
})

const two = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 61 }).map((n) => String(n).padStart(2, '0')) }, { weight: 1, arbitrary: digits(3) })
const year = fc.oneof(fc.constantFrom('1970', '2000', '1900', '2024', '0001', '0000', '9999', '10000', '02024', '294276', '9999999'), digits(8))
const date = fc.tuple(year, fc.constantFrom('-', '-', '-', '/'), two, fc.constantFrom('-', '-', '-', ''), two).map((parts) => parts.join(''))
const fraction = fc.oneof(fc.constantFrom('', '', '.', '.5', '.50', '.123456', '.1234567', '.000001', '.1234560'), digits(9).map((text) => `.${text}`))
const zone = fc.constantFrom('', '', 'Z', '+00', '-00', '+00:00', '+02', '-05:30', '+0530', '+05:30:15', '+053015', '+15:59:59', '+1', '+', ' ')
const clock = fc.tuple(two, two, two, fraction, zone).map(([hour, minute, second, rest, offset]) => `${hour}:${minute}:${second}${rest}${offset}`)
const era = fc.constantFrom('', '', '', ' BC', ' AD', 'BC')
const unit = fc.constantFrom('s' as const, 'ms' as const, 'us' as const, 'ns' as const)
const UNIT_DIGITS = { s: 0, ms: 3, us: 6, ns: 9 }

/** True when core refuses a time for its fraction alone. */
function isTooFine(text: string, digitsHeld: number): boolean {
  const found = /\.(\d+)/.exec(text)?.[1] ?? ''
  return found.replace(/0+$/, '').length > digitsHeld
}

describe('dates and times', () => {
  test('dates agree with core', () => {
    fc.assert(fc.property(fc.tuple(date, era).map((parts) => parts.join('')), (told) => {
      const days = parseDate(told)
      const found = read({ type: 'date' }, told)
      if (days === undefined) {
        expect([MALFORMED, NO_MOMENT]).toContain(found.verdict)
        return
      }
      if (BigInt.asIntN(32, BigInt(days)) !== BigInt(days)) {
        expect(found.verdict).toBe(OUT_OF_RANGE)
        return
      }
      expect(found.verdict).toBe(found.text === told ? EXACT : RESPELL)
      expect(parseDate(found.text!)).toBe(days)
    }), { numRuns: 6000 })
  })

  test('times agree with core', () => {
    fc.assert(fc.property(clock, unit, fc.boolean(), (told, counts, zoned) => {
      const found = read({ type: 'time', unit: counts, zoned }, told)
      if (isTooFine(told, UNIT_DIGITS[counts])) {
        expect(found.verdict).toBeGreaterThanOrEqual(LOSSY)
        return
      }
      const time = parseTime(told, counts)
      if (time === undefined || (time.zone !== undefined) !== zoned) {
        expect(found.verdict).toBeGreaterThanOrEqual(MALFORMED)
        return
      }
      expect(found.verdict).toBe(found.text === told ? EXACT : RESPELL)
      const again = parseTime(found.text!, counts)!
      expect(again.units).toBe(time.units)
      // `-00` is the same offset as `+00`.
      expect((again.zone ?? 0) + 0).toBe((time.zone ?? 0) + 0)
    }), { numRuns: 6000 })
  })

  test('timestamps agree with core', () => {
    fc.assert(fc.property(fc.tuple(date, fc.constantFrom(' ', ' ', 'T', 't'), clock, era).map((parts) => parts.join('')), unit, fc.boolean(), (told, counts, zoned) => {
      const found = read({ type: 'timestamp', unit: counts, zoned }, told)
      if (isTooFine(told, UNIT_DIGITS[counts])) {
        expect(found.verdict).toBeGreaterThanOrEqual(LOSSY)
        return
      }
      const moment = parseTimestamp(told, counts)
      if (moment?.zoned !== zoned) {
        expect(found.verdict).toBeGreaterThanOrEqual(MALFORMED)
        return
      }
      expect(found.verdict).toBe(found.text === told ? EXACT : RESPELL)
      expect(parseTimestamp(found.text!, counts)).toEqual(moment)
    }), { numRuns: 6000 })
  })

  test('say by themselves what is no moment, and what is cut off', () => {
    const stamp: FieldType = { type: 'timestamp', unit: 'us', zoned: false }
    expect(read({ type: 'date' }, '2023-02-29').verdict).toBe(NO_MOMENT)
    expect(read({ type: 'date' }, '1900-02-29').verdict).toBe(NO_MOMENT)
    expect(read({ type: 'date' }, '0005-02-29 BC').verdict).toBe(EXACT)
    expect(read({ type: 'date' }, '0000-01-01').verdict).toBe(NO_MOMENT)
    expect(read(stamp, '2024-01-01 24:00:00')).toEqual({ verdict: RESPELL, text: '2024-01-02 00:00:00' })
    expect(read(stamp, '2024-01-01 24:00:00.1').verdict).toBe(NO_MOMENT)
    expect(read(stamp, '1969-12-31 23:59:59.9999999')).toEqual({ verdict: LOSSY, text: '1969-12-31 23:59:59.999999' })
    expect(read(stamp, '2024-01-01 00:00:00+00').verdict).toBe(MALFORMED)
    expect(read({ type: 'timestamp', unit: 'ns', zoned: false }, '2262-04-11 23:47:16.854775807').verdict).toBe(EXACT)
    expect(read({ type: 'timestamp', unit: 'ns', zoned: false }, '2262-04-11 23:47:16.854775808').verdict).toBe(OUT_OF_RANGE)
    expect(read({ type: 'timestamp', unit: 'ns', zoned: false }, '1677-09-21 00:12:43.145224192').verdict).toBe(EXACT)
    expect(read({ type: 'timestamp', unit: 'ns', zoned: false }, '1677-09-21 00:12:43.145224191').verdict).toBe(OUT_OF_RANGE)
  })
})

describe('booleans, UUIDs and bytes', () => {
  test('booleans take the told spelling, and true, false, t and f in any case', () => {
    for (const told of ['true', 'TRUE', 'tRuE', 't', 'T']) expect(read({ type: 'boolean' }, told)).toEqual({ verdict: told === 'true' ? EXACT : RESPELL, text: 'true' })
    for (const told of ['false', 'FALSE', 'f', 'F']) expect(read({ type: 'boolean' }, told)).toEqual({ verdict: told === 'false' ? EXACT : RESPELL, text: 'false' })
    for (const told of ['', '1', '0', 'yes', 'tru', 'truee', 'TRUe ', '\x14rue', 'F\x01LSE']) expect(read({ type: 'boolean' }, told).verdict).toBe(MALFORMED)
  })

  test('UUIDs take either case and nothing but dashes in their places', () => {
    const text = '550e8400-e29b-41d4-a716-446655440000'
    expect(read({ type: 'uuid' }, text)).toEqual({ verdict: EXACT, text })
    expect(read({ type: 'uuid' }, text.toUpperCase())).toEqual({ verdict: RESPELL, text })
    fc.assert(fc.property(fc.nat({ max: 35 }), fc.constantFrom('-', 'g', ' ', '0'), (at, letter) => {
      const told = text.slice(0, at) + letter + text.slice(at + 1)
      const sound = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(told)
      const bytes = Buffer.from(`${told}00`)
      expect(readUuid(bytes, 0, 36, new Int32Array(4), 0) < MALFORMED).toBe(sound)
    }), { numRuns: 500 })
    expect(read({ type: 'uuid' }, text.replaceAll('-', '')).verdict).toBe(MALFORMED)
  })

  test('bytes are \\x and pairs of digits', () => {
    const verdict = (text: string): number => checkHex(Buffer.from(text), 0, text.length)
    expect(verdict('\\x')).toBe(EXACT)
    expect(verdict('\\x00ff')).toBe(EXACT)
    expect(verdict('\\x00FF')).toBe(RESPELL)
    for (const text of ['', 'x00', '\\x0', '\\x0g', '\\X00', 'deadbeef']) expect(verdict(text)).toBe(MALFORMED)
  })
})
