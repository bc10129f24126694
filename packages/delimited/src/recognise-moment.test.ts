// Which spellings are dates and times, by the calendar and by the exact parsers of core.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDate, parseTime, parseTimestamp } from '@records-mover/core/plugin'
import { dateAt, fineness, NOT_A_MOMENT, timeAt, timestampAt } from './recognise-moment.js'

// Bytes of the neighbours on both sides must not count.
const inside = (text: string): [Uint8Array, number, number] => {
  const bytes = Buffer.from(`20${text}9Z`)
  return [bytes, 2, bytes.length - 2]
}
const digits = (length: number) => fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), minLength: length, maxLength: length })

describe('dates', () => {
  test.each([
    '2024-02-29', '2000-02-29', '1999-12-31', '0001-01-01', '9999-12-31', '2023-04-30', '2023-08-31', '10000-01-01', '5874897-12-31',
    '0044-03-15 BC', '0005-02-29 BC',
  ])('recognises %s', (text) => {
    expect(dateAt(...inside(text))).toBe(true)
  })

  test.each([
    '2023-02-29', '1900-02-29', '2100-02-29', '2023-04-31', '2023-06-31', '2023-09-31', '2023-11-31', '2023-00-10', '2023-13-01', '2023-01-00',
    '2023-01-32', '0000-01-01', '2023/01/01', '01-02-2023', '2023-1-1', '20230101', '2023-01-01 ', '', '2023-01', '0004-02-29 BC', '2023-W01-1', '010000-01-01',
  ])('leaves %j as text', (text) => {
    expect(dateAt(...inside(text))).toBe(false)
  })

  test('agree with the calendar on every day of 800 years and the days that are not', () => {
    for (let year = 1600; year < 2400; year++) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 27; day <= 32; day++) {
          const text = `${year}-${String(month).padStart(2, '0')}-${day}`
          const real = new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(text)
          if (dateAt(...inside(text)) !== real) expect.fail(text)
        }
      }
    }
  })

  test('are dates to the exact parser too', () => {
    fc.assert(fc.property(digits(4), digits(2), digits(2), (year, month, day) => {
      const text = `${year}-${month}-${day}`
      expect(dateAt(...inside(text))).toBe(parseDate(text) !== undefined)
    }), { numRuns: 3000 })
  })
})

describe('times of day', () => {
  test.each([
    ['00:00:00', 0, 0, false], ['23:59:59', 0, 0, false], ['24:00:00', 0, 0, false], ['24:00:00.000', 3, 0, false], ['12:34:56.5', 1, 1, false],
    ['12:34:56.500', 3, 1, false], ['12:34:56.123456789', 9, 9, false], ['12:34:56Z', 0, 0, true], ['12:34:56+05:30', 0, 0, true],
    ['12:34:56.25-0800', 2, 2, true], ['12:34:56+00:19:32', 0, 0, true],
  ])('recognises %s', (text, written, significant, zoned) => {
    expect(fineness(timeAt(...inside(text)))).toEqual({ written, significant, zoned, far: false })
  })

  test.each([
    '24:00:01', '24:01:00', '24:00:00.1', '25:00:00', '12:60:00', '12:00:60', '12:00', '1:00:00', '12:00:00.', '12:00:00.1234567890', '12-00-00',
    '12:00:00 Z', '12:00:00z', '12:00:00+', '12:00:00+5', '12:00:00+16', '12:00:00+05:60', '12:00:00+05:', '12:00:00+05:30:', '12:00:00ZZ', '',
    '12:00:00 PM',
  ])('leaves %j as text', (text) => {
    expect(timeAt(...inside(text))).toBe(NOT_A_MOMENT)
  })
})

describe('timestamps', () => {
  test.each([
    ['2024-02-29 12:34:56', 0, 0, false, false], ['2024-02-29T12:34:56', 0, 0, false, false], ['2024-02-29T12:34:56Z', 0, 0, true, false],
    ['1677-12-31 00:00:00.1', 1, 1, false, true], ['1678-01-01 00:00:00', 0, 0, false, false], ['2261-12-31 23:59:59', 0, 0, false, false],
    ['2262-01-01 00:00:00', 0, 0, false, true], ['9999-12-31 23:59:59.999999', 6, 6, false, true], ['2024-01-01 00:00:00.120+01', 3, 2, true, false],
    ['10000-01-01 00:00:00.5', 1, 1, false, true], ['0044-03-15 12:00:00+00 BC', 0, 0, true, true],
  ])('recognises %s', (text, written, significant, zoned, far) => {
    expect(fineness(timestampAt(...inside(text)))).toEqual({ written, significant, zoned, far })
  })

  test.each([
    '2024-02-30 12:34:56', '2024-02-29t12:34:56', '2024-02-29  12:34:56', '2024-02-29 24:00:00', '2024-02-29 23:59:60', '2024-02-29 12:34',
    '2024-02-29', '2024-02-29 12:34:56 UTC', '2024-02-29 12:34:56 +01', '2024-02-29 12:34:56 AD', '10000-01-01 24:00:00', '300000-01-01 00:00:00',
    'infinity', '2024-02-29X12:34:56', '010000-01-01 00:00:00', '10000-01-01 00:00:00.1234567',
  ])('leaves %j as text', (text) => {
    expect(timestampAt(...inside(text))).toBe(NOT_A_MOMENT)
  })

  test('and times are what the exact parser reads, in the unit that their digits ask for', () => {
    const unit = { 0: 's', 3: 'ms', 6: 'us', 9: 'ns' } as const
    const clock = fc.tuple(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 61 }), fc.integer({ min: 0, max: 61 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
    const fraction = fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 10 }).chain(digits).map((text) => `.${text}`))
    const zone = fc.constantFrom('', 'Z', '+01', '-0330', '+05:30', '+15:59:59')
    fc.assert(fc.property(fc.integer({ min: 1, max: 9999 }), clock, fraction, zone, (year, time, part, offset) => {
      const text = `${time}${part}${offset}`
      const packed = timeAt(...inside(text))
      const exact = parseTime(text, 'ns')
      expect(packed !== NOT_A_MOMENT).toBe(exact !== undefined)
      if (exact === undefined) return
      const fine = fineness(packed)
      expect(fine.zoned).toBe(exact.zone !== undefined)
      const needed = unit[Math.ceil(fine.significant / 3) * 3 as 0 | 3 | 6 | 9]
      expect(parseTime(text, needed)).toBeDefined()
      const stamp = `${String(year).padStart(4, '0')}-03-01 ${text}`
      const stamped = timestampAt(...inside(stamp))
      expect(stamped !== NOT_A_MOMENT).toBe(!time.startsWith('24'))
      if (stamped === NOT_A_MOMENT || (needed === 'ns' && fineness(stamped).far)) return
      expect(parseTimestamp(stamp, needed)?.zoned).toBe(fine.zoned)
    }), { numRuns: 3000 })
  })
})
