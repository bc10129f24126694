// That every name a table can have is found again in an address, and that nothing else is taken for one.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTable, quoteIdentifier, quoteLiteral, quoteTable, tableText } from './address.js'

const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0'))

describe('table names', () => {
  test('are read back from the way SQL quotes them', () => {
    fc.assert(fc.property(name, fc.option(name, { nil: undefined }), (table, schema) => {
      const wanted = schema === undefined ? { name: table } : { schema, name: table }
      expect(parseTable(quoteTable(wanted))).toEqual(wanted)
      expect(parseTable(tableText(wanted))).toEqual(wanted)
    }))
  })

  test('without quotes are folded to lower case, ASCII letters only', () => {
    expect(parseTable('Public.OrdersÄ')).toEqual({ schema: 'public', name: 'ordersÄ' })
  })

  test('may mix quoted and unquoted parts, with points and quotes inside', () => {
    expect(parseTable('shop."My.""Orders"""')).toEqual({ schema: 'shop', name: 'My."Orders"' })
    expect(parseTable('"a.b".c')).toEqual({ schema: 'a.b', name: 'c' })
  })

  test.each(['', '.', 'a.', '.a', 'a.b.c', '"a', 'a"', '"a"b', '""', 'a..b', '"a".', '"a\0"', 'x"y"'])('%j is refused', (text) => {
    expect(() => parseTable(text)).toThrow(/names no table/)
  })

  test('refuse U+0000 and the empty name', () => {
    expect(() => quoteIdentifier('a\0b')).toThrow(/U\+0000/)
    expect(() => quoteIdentifier('')).toThrow(/empty/)
  })
})

test('a literal with a backslash is written with E, so that the server\'s settings do not matter', () => {
  expect(quoteLiteral('it\'s')).toBe('\'it\'\'s\'')
  expect(quoteLiteral('\\N\'')).toBe('E\'\\\\N\'\'\'')
})
