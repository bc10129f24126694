// Names of unfinished files.
import { expect, test } from 'vitest'
import { partName, unfinished } from './part-name.js'

test('an unfinished file is hidden, and carries its own name and the run\'s', () => {
  expect(partName('orders.csv', 'rm-20240229-1a2b')).toBe('.orders.csv.rm-20240229-1a2b.part')
  expect(partName('orders.csv', 'x1')).toBe('.orders.csv.rm-x1.part')
})

test.each(['x'.repeat(255), '漢'.repeat(85), '🎈'.repeat(63)])('a name as long as names can be gives one that still fits', (name) => {
  const part = partName(name, 'rm-20240229-1a2b3c4d5e')
  expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255)
  expect(part).toMatch(/^\..*\.rm-20240229-1a2b3c4d5e\.part$/)
  expect(part).not.toMatch(/\ufffd/)
})

test('its name tells that it is unfinished, and others do not', () => {
  expect(unfinished(partName('a\nb', 'rm-1'))).toBe(true)
  for (const name of ['orders.csv', '.orders.csv', 'orders.part', '.hidden.part', '.a.rm-1.part.csv']) expect(unfinished(name)).toBe(false)
})
