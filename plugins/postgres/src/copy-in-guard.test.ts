// That the end mark is found wherever PostgreSQL would see it, and nowhere else, however the chunks are cut.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MoveError } from '@records-mover/core/plugin'
import type { GuardedText } from './copy-in-guard.js'
import { guardText } from './copy-in-guard.js'

const CSV: GuardedText = { text: false, quote: 0x22, version: 170_000, name: 'a.csv' }
const TEXT: GuardedText = { ...CSV, text: true }

test.each<[string, GuardedText, string]>([
  ['a line of its own', CSV, 'a\n\\.\nb\n'],
  ['the first line', CSV, '\\.\nb\n'],
  ['the last line without an end', CSV, 'a\n\\.'],
  ['a line that ends as on Windows', CSV, 'a\r\n\\.\r\nb\r\n'],
  ['a line behind quotes', CSV, '"a"\n\\.\n'],
  ['a line in text', TEXT, 'a\n\\.\nb\n'],
  ['the end of a line in text', TEXT, 'a\\.\nb\n'],
  ['the end of the data in text', TEXT, 'a\n\\.'],
  ['a mark behind an escaped backslash in text', TEXT, 'a\\\\\\.\nb\n'],
])('refuses %s', async (_, guard, data) => {
  for (let size = 1; size <= data.length; size++) {
    const failed = await passed(data, guard, size).catch((error: unknown) => error)
    expect(MoveError.is(failed) && failed.code, `chunks of ${size}`).toBe('bad-data')
  }
})

test.each<[string, GuardedText, string]>([
  ['a point behind a backslash in a line', CSV, 'a,\\.\n\\.b\n\\..\n'],
  ['a line inside quotes', CSV, '"a\n\\.\nb"\n'],
  ['a line inside quotes with doubled quotes', CSV, '"a""\n\\.\n""b"\n'],
  ['a quoted value', CSV, '"\\."\n'],
  ['a line of its own from PostgreSQL 18 on', { ...CSV, version: 180_000 }, 'a\n\\.\nb\n'],
  ['an escaped backslash before a point in text', TEXT, 'a\\\\.\nb\n'],
  ['a mark in the middle of a line in text, which PostgreSQL refuses by itself', TEXT, 'a\\.b\n'],
  ['nothing', CSV, ''],
])('passes %s unchanged', async (_, guard, data) => {
  for (let size = 1; size <= Math.max(1, data.length); size++) expect(await passed(data, guard, size)).toBe(data)
})

test('passes what has no mark unchanged, however it is cut', async () => {
  const letters = fc.array(fc.constantFrom('a', '\n', '\r', '"', ',', '\\', '\\\\', '. '), { maxLength: 60 }).map((parts) => parts.join(''))
  await fc.assert(fc.asyncProperty(letters, fc.integer({ min: 1, max: 20 }), fc.boolean(), async (data, size, text) => {
    expect(await passed(data, text ? TEXT : CSV, size)).toBe(data)
  }), { numRuns: 500 })
})

test('takes a byte order mark off the start only', async () => {
  for (let size = 1; size < 6; size++) expect(await passed('\ufeffa,\ufeffb\n', CSV, size)).toBe('a,\ufeffb\n')
  expect(await passed('\ufeff', CSV, 1)).toBe('')
  expect(await passed('a', CSV, 1)).toBe('a')
})

async function passed(data: string, guard: GuardedText, size: number): Promise<string> {
  const bytes = Buffer.from(data)
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
  }
  const all: Uint8Array[] = []
  for await (const chunk of guardText(chunks(), guard)) all.push(chunk)
  return Buffer.concat(all).toString()
}
