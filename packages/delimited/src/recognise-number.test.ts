// Which spellings are numbers, by examples, by the grammar, and at the ends of what types hold.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digitsAfter, digitsBefore, exponentAt, fitsFloat64, fitsInt64, NOT_A_NUMBER, numberAt } from './recognise-number.js'

// Bytes of the neighbours on both sides must not count.
const inside = (text: string): [Buffer, number, number] => {
  const bytes = Buffer.from(`-9${text}9.5`)
  return [bytes, 2, bytes.length - 3]
}
const numberish = fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', '+', 'e', 'E', ' '), maxLength: 12 })

describe('plain numbers', () => {
  test.each([
    ['0', 1, 0], ['-1', 1, 0], ['1234567890', 10, 0], ['0.5', 1, 1], ['.5', 0, 1], ['-.25', 0, 2], ['-0.00', 1, 2], ['100.10', 3, 2],
  ])('recognises %s', (text, before, after) => {
    const packed = numberAt(...inside(text))
    expect([digitsBefore(packed), digitsAfter(packed)]).toEqual([before, after])
  })

  test.each(['', '-', '.', '-.', '5.', '007', '-01', '00.5', '+1', ' 1', '1 ', '1,5', '1.2.3', '0x1F', '1e5', 'NaN', 'NA', '--1', '١'])(
    'leaves %j as text',
    (text) => {
      expect(numberAt(...inside(text))).toBe(NOT_A_NUMBER)
    },
  )

  test('agrees with the grammar on any text', () => {
    fc.assert(fc.property(numberish, (text) => {
      expect(numberAt(...inside(text)) !== NOT_A_NUMBER).toBe(/^-?((0|[1-9]\d*)(\.\d+)?|\.\d+)$/.test(text))
    }), { numRuns: 5000 })
  })

  test('takes more digits than any decimal has for text once they cannot be counted', () => {
    expect(numberAt(...inside('9'.repeat(1023)))).toBe(1023)
    expect(numberAt(...inside('9'.repeat(1024)))).toBe(NOT_A_NUMBER)
    expect(numberAt(...inside(`0.${'9'.repeat(1024)}`))).toBe(NOT_A_NUMBER)
  })
})

describe('integers of 64 bits', () => {
  test('end exactly where the type ends', () => {
    const edge = fc.bigInt({ min: -12n, max: 12n })
    const ends = fc.constantFrom(2n ** 63n, -(2n ** 63n), 10n ** 18n, 10n ** 19n, -(10n ** 19n), 0n)
    fc.assert(fc.property(ends, edge, (end, more) => {
      const value = end + more
      expect(fitsInt64(...inside(String(value)))).toBe(BigInt.asIntN(64, value) === value)
    }))
  })

  test('are not told apart by a minus that stands before the field', () => {
    const bytes = Buffer.from('-9223372036854775808')
    expect(fitsInt64(bytes, 0, bytes.length)).toBe(true)
    expect(fitsInt64(bytes, 1, bytes.length)).toBe(false)
  })
})

describe('numbers with an exponent', () => {
  test('are told by the grammar, with at most three digits of exponent', () => {
    fc.assert(fc.property(numberish, (text) => {
      expect(exponentAt(...inside(text))).toBe(/^-?((0|[1-9]\d*)(\.\d+)?|\.\d+)[eE][+-]?\d{1,3}$/.test(text))
    }), { numRuns: 5000 })
    expect(exponentAt(...inside('1e0000'))).toBe(false)
    expect(exponentAt(...inside('-1.50E-07'))).toBe(true)
    expect(exponentAt(...inside('01e5'))).toBe(false)
  })

  test.each(['1e5', '0.1', '1.7976931348623157e308', '5e-324', '0.30000000000000004', '1e+15', '-0.0', '1.50e-7', '123456789012345000000'])(
    'keeps %s in 64 bits',
    (text) => {
      expect(fitsFloat64(...inside(text))).toBe(true)
    },
  )

  test.each(['1e309', '1e-400', '9007199254740993', '0.1000000000000000055', '1.23456789012345678e5', '2.47e-324'])(
    'does not keep %s in 64 bits',
    (text) => {
      expect(fitsFloat64(...inside(text))).toBe(false)
    },
  )

  test('keeps every number of 64 bits that was written in its shortest form, and every decimal of up to 15 digits', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(fitsFloat64(...inside(String(value)))).toBe(true)
    }))
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), fc.integer({ min: -250, max: 250 }), (digits, power) => {
      expect(fitsFloat64(...inside(`${digits}e${power}`))).toBe(true)
    }))
  })
})
