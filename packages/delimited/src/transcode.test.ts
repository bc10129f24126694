// Values on their way from bytes to bytes: spelled anew, counted when lossy, refused with their place when they do not fit.
import { describe, expect, test } from 'vitest'
import type { FieldType, RecordsSchema } from '@records-mover/core/plugin'
import { asText, bytesOf, chunksOf, errorOf, field, format, rowsOf, schemaOf, testRun } from '../test/support.js'
import { codec } from './codec.js'

const run = testRun()
const csv = format()

async function transcode(text: string, as: RecordsSchema, to = csv, from = csv, given = asText(as), own = run): Promise<string> {
  return (await bytesOf(codec.transcode!(chunksOf(text, from), given, to, as, own))).toString()
}

const INTEGER: FieldType = { type: 'integer', bits: 32, signed: true }
const MONEY: FieldType = { type: 'decimal', precision: 10, scale: 2 }
const STAMP: FieldType = { type: 'timestamp', unit: 'us', zoned: true }
const STRING: FieldType = { type: 'string' }

describe('transcoding', () => {
  test('passes the bytes of the file itself when every value stands as it is to be', async () => {
    // Needless quotes stay: nothing was written anew.
    const text = 'a,b\n"1",2.00\n"3",4.50\n'
    const as = schemaOf(field('a', INTEGER), field('b', MONEY))
    expect(await transcode(text, as)).toBe(text)
    const chunk = Buffer.from(text)
    const from = chunksOf(chunk, csv)
    let shared = false
    const own = { ...from, parts: (async function* () {
      await Promise.resolve()
      yield { name: 'a.csv', again: true, read: async function* () {
        await Promise.resolve()
        yield chunk
      } }
    })() }
    for await (const part of codec.transcode!(own, asText(as), csv, as, run).parts) {
      for await (const out of part.read()) shared ||= out.buffer === chunk.buffer && out.byteOffset > chunk.byteOffset
    }
    expect(shared).toBe(true)
  })

  test('writes values in canonical spelling', async () => {
    const as = schemaOf(field('i', INTEGER), field('d', MONEY), field('t', STAMP), field('b', { type: 'boolean' }), field('x', { type: 'bytes' }))
    expect(await transcode('i,d,t,b,x\n+007,.5,2024-01-01T02:00:00.500+02:00,TRUE,\\xDEAD\n', as))
      .toBe('i,d,t,b,x\n7,0.50,2024-01-01 00:00:00.5+00,true,\\xdead\n')
  })

  test('writes text of typed fields in their canonical spelling', async () => {
    const given = schemaOf(field('d', MONEY), field('b', { type: 'boolean' }), field('x', { type: 'bytes' }))
    const to = format({ 'boolean-text': ['yes', 'no'] })
    expect(await transcode('d,b,x\n1.5,T,\\xAB\n,f,\n', asText(given), to, csv, given)).toBe('d,b,x\n1.50,true,\\xab\n,false,\n')
  })

  test('bounds text of values by the text that is written', async () => {
    const given = schemaOf(field('i', INTEGER))
    const as = schemaOf(field('i', { type: 'string', maxBytes: 2 }))
    expect(await transcode('i\n+0042\n', as, csv, csv, given)).toBe('i\n42\n')
    expect((await errorOf(transcode('i\n-42\n', as, csv, csv, given))).message).toContain('longer than 2 bytes')
    expect(await rowsOf(codec.decode(chunksOf('i\n+0042\n', csv), given, as, run))).toEqual([['42']])
  })

  test('reads values that are longer with their escapes than any before', async () => {
    const as = schemaOf(field('x', { type: 'bytes' }), field('i', INTEGER))
    const from = format({ 'escape': '\\' })
    const text = `x,i\n\\\\x${'\\a\\b'.repeat(5000)},\\1\n`
    expect(await transcode(text, as, csv, from)).toBe(`x,i\n\\x${'ab'.repeat(5000)},1\n`)
  })

  test('adds, keeps and drops the header row', async () => {
    const as = schemaOf(field('a', STRING), field('b', STRING))
    const bare = format({ 'header-row': false })
    expect(await transcode('a,b\n1,2\n', as, bare)).toBe('1,2\n')
    expect(await transcode('1,2\n', as, csv, bare)).toBe('a,b\n1,2\n')
    expect(await transcode('b,a\n1,2\n', as)).toBe('a,b\n2,1\n')
    expect(await transcode('a,b\n', as)).toBe('a,b\n')
    expect(await transcode('', as, csv, bare)).toBe('a,b\n')
  })

  test('gives the last record the terminator that it lacks', async () => {
    expect(await transcode('a\n1', schemaOf(field('a', INTEGER)))).toBe('a\n1\n')
    expect(await transcode('a\n01', schemaOf(field('a', INTEGER)))).toBe('a\n1\n')
  })

  test('quotes a lone \\. that a server would take for the end of the data', async () => {
    expect(await transcode('a\nx\n\\.\ny\n', schemaOf(field('a', STRING)))).toBe('a\nx\n"\\."\ny\n')
  })

  test('removes U+0000 where that is told, and counts it', async () => {
    const as = schemaOf(field('a', STRING), field('b', STRING))
    const to = format({ nul: 'remove' })
    const moved = codec.transcode!(chunksOf('a,b\nx\0y,1\n"\0",\0\0\n', csv), as, to, as, run)
    expect((await bytesOf(moved)).toString()).toBe('a,b\nxy,1\n"",""\n')
    expect(moved.tally()).toEqual({ rows: 2, losses: { 'nul-removed': 3 } })
    expect(await transcode('a,b\nx\0y,1\n', as)).toBe('a,b\nx\0y,1\n')
  })

  test('cuts fractions of a second only when that is allowed, and counts them', async () => {
    const as = schemaOf(field('t', { type: 'timestamp', unit: 'ms', zoned: false }))
    const text = 't\n2024-01-01 00:00:00.1239\n2024-01-01 00:00:00.1230\n'
    expect((await errorOf(transcode(text, as))).message).toContain('allow timestamp-precision')
    const moved = codec.transcode!(chunksOf(text, csv), asText(as), csv, as, testRun({ allow: ['timestamp-precision'] }))
    expect((await bytesOf(moved)).toString()).toBe('t\n2024-01-01 00:00:00.123\n2024-01-01 00:00:00.123\n')
    expect(moved.tally()).toEqual({ rows: 2, losses: { 'timestamp-precision': 1 } })
    const decoded = codec.decode(chunksOf(text, csv), asText(as), as, testRun({ allow: ['timestamp-precision'] }))
    expect(await rowsOf(decoded)).toEqual([['2024-01-01 00:00:00.123'], ['2024-01-01 00:00:00.123']])
    expect(decoded.tally()).toEqual({ rows: 2, losses: { 'timestamp-precision': 1 } })
  })
})

describe('a value that does not fit is refused with its place, decoding and transcoding alike', () => {
  const cases: readonly (readonly [string, RecordsSchema, string, Record<string, string>])[] = [
    ['more digits behind the point than the scale', schemaOf(field('a', STRING), field('d', MONEY)), 'a,d\n"x\ny",1.00\nü,1.239\n', { line: '4', column: '3', field: 'd', record: '2' }],
    ['more digits than the precision', schemaOf(field('d', MONEY)), 'd\n123456789.00\n', { line: '2', column: '1', field: 'd', record: '1' }],
    ['text in a number', schemaOf(field('i', INTEGER)), 'i\n"abc"\n', { line: '2', column: '2', field: 'i', record: '1' }],
    ['an empty text in a number', schemaOf(field('i', INTEGER)), 'i\n""\n', { line: '2', column: '2', field: 'i', record: '1' }],
    ['an integer past its range', schemaOf(field('i', INTEGER)), 'i\n2147483647\n2147483648\n', { line: '3', column: '1', field: 'i', record: '2' }],
    ['a day that no month has', schemaOf(field('d', { type: 'date' })), 'd\n2023-02-29\n', { line: '2', column: '1', field: 'd', record: '1' }],
    ['a timestamp without its zone', schemaOf(field('t', STAMP)), 't\n2023-02-28 00:00:00\n', { line: '2', column: '1', field: 't', record: '1' }],
    ['a null where none is taken', schemaOf(field('a', INTEGER), field('i', INTEGER, false)), 'a,i\n1,\n', { line: '2', column: '3', field: 'i', record: '1' }],
    ['a null text where none is taken', schemaOf(field('a', INTEGER), field('i', STRING, false)), 'a,i\n1,\n', { line: '2', column: '3', field: 'i', record: '1' }],
    ['more characters than the bound', schemaOf(field('s', { type: 'string', maxChars: 2 })), 's\nüü\nüüü\n', { line: '3', column: '1', field: 's', record: '2' }],
    ['more bytes than the bound', schemaOf(field('s', { type: 'string', maxBytes: 3 })), 's\nü\n"üü"\n', { line: '3', column: '2', field: 's', record: '2' }],
    ['broken JSON', schemaOf(field('j', { type: 'json' })), 'j\n"{""a"":1}"\n{]\n', { line: '3', column: '1', field: 'j', record: '2' }],
    ['half a byte', schemaOf(field('x', { type: 'bytes' })), 'x\n\\xabc\n', { line: '2', column: '1', field: 'x', record: '1' }],
  ]
  for (const [name, as, text, place] of cases) {
    test(name, async () => {
      for (const work of [transcode(text, as), transcode(text, as, format({}, 'tsv')), rowsOf(codec.decode(chunksOf(text, csv, 3), asText(as), as, run))]) {
        const error = await errorOf(work)
        expect(error.code).toBe('bad-data')
        expect(error.context).toEqual({ file: 'a.csv', ...place })
      }
    })
  }

  test('the first record to be refused is named, wherever chunks end and in whichever field it lies', async () => {
    const as = schemaOf(field('a', INTEGER), field('b', INTEGER), field('c', STRING, false))
    const text = 'a,b,c\n1,1,x\n2,2,y\n3,x,z\n4,4,\nx,5,z\n'
    for (const step of [1, 5, 12, 19, 1000]) {
      const transcoded = await errorOf(bytesOf(codec.transcode!(chunksOf(text, csv, step), asText(as), csv, as, run)))
      const decoded = await errorOf(rowsOf(codec.decode(chunksOf(text, csv, step), asText(as), as, run)))
      expect(transcoded.context).toEqual({ file: 'a.csv', line: '4', column: '3', field: 'b', record: '3' })
      expect(decoded.context).toEqual(transcoded.context)
    }
  })

  test('and the message never holds the value', async () => {
    const error = await errorOf(transcode('i\nsecret\n', schemaOf(field('i', INTEGER))))
    expect(`${error.message}${JSON.stringify(error.context)}`).not.toContain('secret')
    expect(error.message).toBe('a.csv line 2, column 1, field "i": the value is not of this type (integer 32)')
  })

  test('a header that lacks a field, or has one more, is refused by its name', async () => {
    const as = schemaOf(field('a', STRING), field('b', STRING))
    expect((await errorOf(transcode('a,c\n1,2\n', as))).context).toEqual({ file: 'a.csv', line: '1', field: 'b', record: '0' })
    expect((await errorOf(transcode('a,b,c\n1,2,3\n', as))).context).toEqual({ file: 'a.csv', line: '1', column: '5', field: 'c', record: '0' })
    expect((await errorOf(transcode('', as))).message).toContain('empty where a header row is expected')
  })

  test('a text that needs quotes where there are none is refused with row and field', async () => {
    const as = schemaOf(field('a', STRING), field('b', STRING))
    const bare = format({ 'quoting': null, 'header-row': false })
    const error = await errorOf(transcode('a,b\n1,2\n3,"x,y"\n', as, bare))
    expect(error.context).toEqual({ file: 'a.csv', field: 'b', row: '2' })
    expect((await errorOf(transcode('a,b\n1,""\n', as, bare))).context).toEqual({ file: 'a.csv', field: 'b', row: '1' })
  })
})

test('a stopped move rejects with aborted', async () => {
  const stop = new AbortController()
  stop.abort(new Error('enough'))
  const error = await errorOf(transcode('a\n1\n', schemaOf(field('a', STRING)), csv, csv, undefined, testRun({ signal: stop.signal })))
  expect(error.code).toBe('aborted')
  expect(error.cause).toBe(stop.signal.reason)
})

test('parts are read one by one and each has its own header row', async () => {
  const as = schemaOf(field('a', INTEGER), field('b', STRING))
  const texts = ['a,b\n1,x\n', 'b,a\ny,2\n']
  const from = { ...chunksOf('', csv), parts: (async function* () {
    await Promise.resolve()
    for (const [k, text] of texts.entries()) yield { name: `${k}.csv`, again: true, read: async function* () {
      await Promise.resolve()
      yield Buffer.from(text)
    } }
  })() }
  const parts: string[] = []
  for await (const part of codec.transcode!(from, asText(as), csv, as, run).parts) {
    let text = ''
    for await (const chunk of part.read()) text += Buffer.from(chunk).toString()
    parts.push(`${part.name}: ${text}`)
  }
  expect(parts).toEqual(['0.csv: a,b\n1,x\n', '1.csv: a,b\n2,y\n'])
})
