// Checks the layout of tables: everything where it fits, cut values where it does not, and never past the width.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tableLines } from './table.js'
import { textWidth } from './text-width.js'

test('lays out what fits as it is, numbers to the right', () => {
  const { lines, left } = tableLines([{ title: 'id', align: 'right' }, { title: 'name' }], [['1', 'Ada'], ['200', '日本']], 80)
  expect(lines).toEqual([
    ' id  name',
    '---  ----',
    '  1  Ada',
    '200  日本',
  ])
  expect(left).toBe(0)
})

test('cuts long values first and leaves out columns last', () => {
  const wide = 'x'.repeat(50)
  const two = tableLines([{ title: 'a' }, { title: 'b' }], [[wide, wide]], 40)
  expect(two.lines[2]).toBe(`${'x'.repeat(18)}~  ${'x'.repeat(18)}~`)
  const many = tableLines(Array.from({ length: 9 }, (_, k) => ({ title: `c${k}` })), [Array.from({ length: 9 }, () => wide)], 40)
  expect(many.left).toBe(6)
  expect(many.lines.every((line) => textWidth(line) <= 40)).toBe(true)
})

test('gives all the room to a column that is alone', () => {
  expect(tableLines([{ title: 'info' }], [['y'.repeat(200)]], 60).lines[2]).toBe(`${'y'.repeat(59)}~`)
})

test('never passes the width, and shows a line for every row', () => {
  const cells = fc.array(fc.tuple(fc.string(), fc.string({ unit: 'grapheme' }), fc.string()), { maxLength: 5 })
  fc.assert(fc.property(cells, fc.integer({ min: 12, max: 120 }), (rows, width) => {
    const { lines, left } = tableLines([{ title: 'one' }, { title: 'two' }, { title: 'three', align: 'right' }], rows, width)
    expect(lines).toHaveLength(rows.length + 2)
    expect(left).toBeLessThan(3)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
  }))
})
