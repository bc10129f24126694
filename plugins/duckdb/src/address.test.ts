// What addresses mean and which are refused.
import fc from 'fast-check'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { address } from '../test/ends.js'
import { parsePlace, parseTable, quoteIdentifier, quoteText } from './address.js'

describe('addresses', () => {
  test('name a file, a table and settings', () => {
    expect(parsePlace(address('shop.duckdb', { fragment: 'sales.orders', options: { 'memory-limit': '2GB', 'threads': '3' } }))).toEqual({
      text: 'duckdb:shop.duckdb#sales.orders',
      path: resolve('shop.duckdb'),
      table: { schema: 'sales', name: 'orders' },
      settings: { memoryLimit: '2GB', threads: 3 },
    })
  })

  test.each(['', ':memory:'])('"%s" is the database in memory', (path) => {
    expect(parsePlace(address(path)).path).toBe(':memory:')
  })

  test.each([
    ['orders', { name: 'orders' }],
    ['Orders', { name: 'Orders' }],
    ['sales.orders', { schema: 'sales', name: 'orders' }],
    ['"a.b"', { name: 'a.b' }],
    ['"a""b".c d', { schema: 'a"b', name: 'c d' }],
    ['"".x', undefined],
    ['a.b.c', undefined],
    ['', undefined],
    ['.a', undefined],
    ['a.', undefined],
    ['"a', undefined],
    ['a"b', undefined],
    ['a\0b', undefined],
  ])('#%s', (text, table) => {
    if (table === undefined) expect(() => parseTable(text)).toThrow(expect.objectContaining({ code: 'bad-address' }))
    else expect(parseTable(text)).toEqual(table)
  })

  test('quoted names are read back, whatever they hold', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'))
    fc.assert(fc.property(name, name, (schema, table) => {
      expect(parseTable(`${quoteIdentifier(schema)}.${quoteIdentifier(table)}`)).toEqual({ schema, name: table })
    }))
  })

  test.each([
    [{ 'memory-limit': 'lots' }, 'memory-limit'],
    [{ 'memory-limit': '0GB' }, 'memory-limit'],
    [{ threads: '0' }, 'threads'],
    [{ threads: 'two' }, 'threads'],
    [{ threads: '1025' }, 'threads'],
    [{ speed: 'fast' }, 'speed'],
  ])('the option %o is refused', (options, name) => {
    expect(() => parsePlace(address('a.duckdb', { options }))).toThrow(expect.objectContaining({ code: 'bad-address', context: expect.objectContaining({ option: name }) as unknown }))
  })

  test('a host is refused', () => {
    expect(() => parsePlace({ ...address('/a'), host: 'server' })).toThrow(/lives in this process/)
  })

  test('text is quoted for SQL', () => {
    expect(quoteText(`it's`)).toBe(`'it''s'`)
    expect(() => quoteText('\0')).toThrow(/U\+0000/)
  })
})
