// The table of values is canonical itself: each text turns into a batch and back unchanged.
import { typeText } from '@records-mover/core/plugin'
import { expect, test } from 'vitest'
import { batchesOf, holds, retype, rowsOf } from './rows.js'
import { TYPE_CASES } from './values.js'

test.each(TYPE_CASES.map((each) => [typeText(each.type), each] as const))('%s', async (_, { type, values }) => {
  const rows = values.map((value) => [value])
  const schema = { fields: [{ name: 'value', type, nullable: true }] }
  expect((await rowsOf(batchesOf({ schema, rows }))).rows).toEqual(rows)
  for (const value of values) {
    expect(holds(type, value)).toBe(true)
    expect(retype(value, type, type)).toBe(value)
  }
})

test('a value turns into another type with the text that the type writes', () => {
  expect(retype('1.20', { type: 'decimal', precision: 5, scale: 2 }, { type: 'decimal', precision: 9, scale: 4 })).toBe('1.2000')
  expect(retype('-7', { type: 'integer', bits: 8, signed: true }, { type: 'decimal', precision: 5, scale: 1 })).toBe('-7.0')
  expect(retype('12', { type: 'decimal', precision: 5, scale: 0 }, { type: 'integer', bits: 16, signed: true })).toBe('12')
  expect(retype('0.1', { type: 'float', bits: 32 }, { type: 'float', bits: 64 })).toBe('0.10000000149011612')
  expect(retype('true', { type: 'boolean' }, { type: 'string' })).toBe('true')
})

test('a type holds what lies within it', () => {
  expect(holds({ type: 'integer', bits: 8, signed: false }, '-1')).toBe(false)
  expect(holds({ type: 'integer', bits: 8, signed: false }, '255')).toBe(true)
  expect(holds({ type: 'integer', bits: 8, signed: true }, '1.5')).toBe(false)
  expect(holds({ type: 'timestamp', unit: 'us', zoned: false }, '2024-01-01 00:00:00.0000001')).toBe(false)
  expect(holds({ type: 'string', maxBytes: 3 }, '漢')).toBe(true)
  expect(holds({ type: 'string', maxChars: 1 }, '漢字')).toBe(false)
})
