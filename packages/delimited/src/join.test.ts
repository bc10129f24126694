// Proves that parts become one file that reads as all of them, one after the other.
import type { Part, Run } from '@records-mover/core/plugin'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testRun } from '../test/support.js'
import { completeFormat } from './hints.js'
import { join } from './join.js'

const run: Run = testRun()

async function joinedText(texts: readonly string[], hints: Record<string, unknown>, chunk: number): Promise<string> {
  const parts = texts.map((text, i): Part => ({
    name: `p${i}`,
    again: true,
    async *read() {
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += chunk) yield await Promise.resolve(bytes.subarray(at, at + chunk))
    },
  }))
  const from = {
    format: completeFormat({ format: 'csv', hints }),
    parts: (async function* () { for (const part of parts) yield await Promise.resolve(part) })(),
    tally: () => ({ rows: 7 }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const out: Uint8Array[] = []
  let count = 0
  for await (const part of join(from, run).parts) {
    count++
    for await (const bytes of part.read()) out.push(bytes)
  }
  expect(count).toBe(Math.min(1, texts.length))
  return Buffer.concat(out).toString()
}

describe('join', () => {
  test.each([1, 2, 3, 7, 1000])('keeps the first header only, in chunks of %d bytes', async (chunk) => {
    expect(await joinedText(['a,"b\n"\n1,2\n', 'a,"b\n"\n3,4', 'a,"b\n"\n', '\ufeffa,"b\n"\n5,6\n'], {}, chunk)).toBe('a,"b\n"\n1,2\n3,4\n5,6\n')
  })

  test('without a header row only mends the ends of parts', async () => {
    expect(await joinedText(['1\r\n', '2', '3\r\n'], { 'header-row': false, 'record-terminator': '\r\n' }, 1)).toBe('1\r\n2\r\n3\r\n')
  })

  test('one part passes as it is, mark and missing end included', async () => {
    expect(await joinedText(['\ufeffa,b\n1,2'], {}, 4)).toBe('\ufeffa,b\n1,2')
    expect(await joinedText([], {}, 4)).toBe('')
  })

  test('a part with another header is refused, naming it', async () => {
    await expect(joinedText(['a,b\n1,2\n', 'b,a\n1,2\n'], {}, 5)).rejects.toMatchObject({ code: 'bad-data', context: { file: 'p1' } })
  })

  test('any division into parts gives the records in their order', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 4 }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 9 }), async (parts, chunk) => {
      const texts = parts.map((rows) => ['h', ...rows].join('\n') + '\n')
      expect(await joinedText(texts, {}, chunk)).toBe(['h', ...parts.flat()].join('\n') + '\n')
    }))
  })
})
