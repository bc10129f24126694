// Properties over any table and any hints: what is written is what is read.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyHints, anyTable, anyUnquotedHints, asText, batchesOf, bytesOf, chunksOf, format, rowsOf, testRun } from '../test/support.js'
import { codec } from './codec.js'

const run = testRun()
const hints = fc.oneof({ weight: 3, arbitrary: anyHints }, { weight: 1, arbitrary: anyUnquotedHints })

describe('any table under any hints', () => {
  test('is the same table after encode and decode, wherever chunks end', async () => {
    await fc.assert(fc.asyncProperty(anyTable, hints, fc.integer({ min: 1, max: 40 }), async (table, told, step) => {
      const bytes = await bytesOf(codec.encode(batchesOf(table), format(told), run))
      const read = codec.decode(chunksOf(bytes, format(told), step), table.schema, table.schema, run)
      expect(await rowsOf(read)).toEqual(await rowsOf(batchesOf(table)))
      expect(read.tally()).toEqual({ rows: table.rows.length })
    }), { numRuns: 700 })
  })

  test('reads as text what reads as values, in canonical spelling', async () => {
    await fc.assert(fc.asyncProperty(anyTable, hints, async (table, told) => {
      const as = format({ ...told, 'boolean-text': ['true', 'false'] })
      const bytes = await bytesOf(codec.encode(batchesOf(table), as, run))
      const texts = codec.decode(chunksOf(bytes, as), table.schema, asText(table.schema), run)
      expect(await rowsOf(texts)).toEqual(await rowsOf(batchesOf(table)))
    }), { numRuns: 500 })
  })

  test('transcoded to any other hints is the file that encode writes under them', async () => {
    await fc.assert(fc.asyncProperty(anyTable, hints, hints, fc.integer({ min: 1, max: 60 }), async (table, told, wanted, step) => {
      const bytes = await bytesOf(codec.encode(batchesOf(table), format(told), run))
      const moved = await bytesOf(codec.transcode!(chunksOf(bytes, format(told), step), table.schema, format(wanted), table.schema, run))
      const expected = await bytesOf(codec.encode(batchesOf(table), format(wanted), run))
      expect(moved.toString()).toBe(expected.toString())
    }), { numRuns: 700 })
  })

  test('is passed through untouched when hints and spelling are the same', async () => {
    await fc.assert(fc.asyncProperty(anyTable, hints, async (table, told) => {
      const bytes = await bytesOf(codec.encode(batchesOf(table), format(told), run))
      const moved = await bytesOf(codec.transcode!(chunksOf(bytes, format(told)), table.schema, format(told), table.schema, run))
      expect(moved.equals(bytes)).toBe(true)
    }), { numRuns: 300 })
  })

  test('keeps the chosen fields in the order they are asked for', async () => {
    await fc.assert(fc.asyncProperty(anyTable, anyHints, anyHints, fc.nat(), async (table, told, wanted, seed) => {
      const picked = table.schema.fields.map((_, k) => k).filter((k) => ((seed >> k) & 1) === 0).reverse()
      if (picked.length === 0) return
      const as = { fields: picked.map((k) => table.schema.fields[k]!) }
      const bytes = await bytesOf(codec.encode(batchesOf(table), format(told), run))
      const moved = await bytesOf(codec.transcode!(chunksOf(bytes, format(told)), table.schema, format(wanted), as, run))
      const expected = (await rowsOf(batchesOf(table))).map((row) => picked.map((k) => row[k]))
      expect(await rowsOf(codec.decode(chunksOf(moved, format(wanted)), as, as, run))).toEqual(expected)
      expect(await rowsOf(codec.decode(chunksOf(bytes, format(told)), table.schema, as, run))).toEqual(expected)
    }), { numRuns: 300 })
  })
})
