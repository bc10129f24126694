// Proves that the data of the benchmarks is the same on every machine.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COLUMNS, sha256, writeLineitem } from './lineitem.js'
import { median } from './timing.js'

test('the same number of rows is always the same bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'records-mover-bench-test-'))
  try {
    const made = await writeLineitem(join(folder, 'a.csv'), 10_000)
    expect(made.sha256).toBe(await sha256(join(folder, 'a.csv')))
    const again = await writeLineitem(join(folder, 'b.csv'), 10_000)
    expect(again).toEqual(made)
    const lines = (await readFile(join(folder, 'a.csv'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(10_001)
    expect(lines[0]!.split(',')).toHaveLength(COLUMNS.length)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the median of an even number is between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3, 1, 2])).toBe(2)
})
