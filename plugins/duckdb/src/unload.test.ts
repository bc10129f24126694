// DuckDB's own unload against our encoder: the same bytes, or a refusal.
import type { Chunks, RecordsFormat, RecordsSchema, Source } from '@records-mover/core/plugin'
import { delimited } from '@records-mover/delimited'
import fc from 'fast-check'
import { readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { address, field, folder, newRun, put, withSource } from '../test/ends.js'
import { sql } from '../test/sql.js'

const descriptor = delimited.formats!.delimited!
const format = (hints: Readonly<Record<string, unknown>> = {}): RecordsFormat => descriptor.complete({ format: 'delimited', hints })

async function unloaded(source: Source, schema: RecordsSchema, how: RecordsFormat): Promise<Buffer> {
  using place = folder()
  const stage = { url: pathToFileURL(join(place.path, 'stage/')) }
  expect(source.files!.refuse(how, schema, schema)).toBeUndefined()
  const manifest = await source.files!.unload(stage, how, schema, newRun())
  expect(statSync(fileURLToPath(stage.url)).mode & 0o777).toBe(0o700)
  const { url, byteLength } = manifest.files[0]!
  expect(await readdir(fileURLToPath(stage.url))).toEqual([url.pathname.split('/').at(-1)])
  const bytes = readFileSync(url)
  expect(byteLength).toBe(bytes.length)
  return how.hints.compression === 'GZIP' ? gunzipSync(bytes) : bytes
}

async function streamed(source: Source, schema: RecordsSchema, how: RecordsFormat): Promise<Buffer> {
  using place = folder()
  const chunks = await source.bytes!.read(how, schema, newRun({ scratch: () => Promise.resolve(place.path) }))
  const bytes = await bytesOf(chunks)
  expect(await readdir(place.path)).toEqual([])
  return bytes
}

async function bytesOf(chunks: Chunks): Promise<Buffer> {
  const bytes: Uint8Array[] = []
  for await (const part of chunks.parts) for await (const chunk of part.read()) bytes.push(chunk)
  await chunks[Symbol.asyncDispose]()
  return Buffer.concat(bytes)
}

async function encoded(source: Source, schema: RecordsSchema, how: RecordsFormat): Promise<Buffer> {
  const codec = await descriptor.codec()
  return bytesOf(codec.encode(await source.batches!.read(schema, newRun()), how, newRun()))
}

async function expectSame(at: ReturnType<typeof address>, hints: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return withSource(at, async (source) => {
    const { schema } = await source.look('types', newRun())
    const how = format(hints)
    const [own, ours] = [await unloaded(source, schema, how), await encoded(source, schema, how)]
    expect(own.toString('latin1')).toBe(ours.toString('latin1'))
    // Core compresses what it is given as bytes.
    expect((await streamed(source, schema, how)).equals(ours)).toBe(true)
    return own.toString()
  })
}

const HINTS: readonly Readonly<Record<string, unknown>>[] = [
  {}, { 'field-delimiter': '\t' }, { 'field-delimiter': '|', 'quotechar': '\'' }, { 'record-terminator': '\r\n' }, { 'null-text': '\\N' }, { 'null-text': 'NULL' },
  { quoting: 'all' }, { quoting: 'nonnumeric' }, { compression: 'GZIP' },
]

const EVERY = `create or replace table every_type as select * from (values
  (true, -1::tinyint, 2::usmallint, 3::integer, 18446744073709551615::ubigint, -0.05::decimal(10,2), -0.05::decimal(2,2), 1.5::decimal(38,10), (-170141183460469231731687303715884105727)::hugeint,
   'plain', '\\xAB'::blob, '{"a": 1}'::json, '12345678-9abc-def0-1234-56789abcdef0'::uuid, date '2020-02-29', time '12:34:56.700', timetz '12:00:00+05:30',
   timestamp '2020-02-29 12:34:56.1', timestamptz '2020-02-29 12:34:56.123456+00', timestamp_s '2020-02-29 12:34:56', timestamp_ms '2020-02-29 12:34:56.120', timestamp_ns '2020-02-29 12:34:56.123456789', [1, 2], interval '1 day'),
  (false, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '[]', '00000000-0000-0000-0000-000000000000', '0044-03-15 (BC)', '24:00:00', '00:00:00-15:59:59',
   '0044-03-15 (BC) 01:02:03', '0044-03-15 (BC) 01:02:03.5+00', '0044-03-15 (BC) 01:02:03', '0044-03-15 (BC) 01:02:03', '1677-09-22 00:00:00', [], interval '-1 month'),
  (null, null, null, null, null, null, null, null, null, null, null, null, null, '10000-01-01', null, null, '10000-01-01 00:00:00', '294247-01-10 04:00:54.775806+00', null, null, '2262-04-11 23:47:16.854775806', null, null),
  (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
) v (b, i1, u2, i4, u8, d, dd, w, h, s, x, j, u, dt, t, tz, ts, tstz, tss, tsm, tsn, l, iv)`

describe('unload', () => {
  test.each(HINTS)('writes every type as our encoder does, with %o', async (hints) => {
    await sql('', EVERY)
    const text = await expectSame(address('', { fragment: 'every_type' }), hints)
    expect(text).toContain('0044-03-15 BC')
  })

  test.each(HINTS)('writes random text as our encoder does, with %o', async (hints) => {
    const piece = fc.oneof(fc.constantFrom(',', '"', '\'', '\n', '\r', '\r\n', '#', '\\.', '\\N', 'NULL', '\t', '|', ' ', '\ufeff', '\0', '', 'é', '😀', '\\'), fc.string())
    const cell = fc.option(fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')), { freq: 5 })
    const schema: RecordsSchema = { fields: [field('a', { type: 'string' }), field('#b', { type: 'string' })] }
    let tables = 0
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 12 }), async (rows) => {
      const at = address('', { fragment: `texts_${++tables}` })
      await put(at, { schema, whenExists: 'replace' }, rows)
      await expectSame(at, hints)
    }), { numRuns: 25 })
  })

  test.each([['a,b'], ['a"b'], ['#a'], ['a b'], ['\\.'], ['\ufeffa'], ['NULL'], ['a\nb']])('writes the name %j in a header as our encoder does', async (name) => {
    const at = address('', { fragment: `names ${name}`.replaceAll('"', '""').replace(/^(.*)$/s, '"$1"') })
    await put(at, { schema: { fields: [field(name, { type: 'string' }), field('z', { type: 'date' })] }, whenExists: 'replace' }, [['x', '2020-01-01']])
    await expectSame(at)
    await expectSame(at, { 'null-text': 'NULL' })
  })

  test('writes a header for no rows, and no header when told so', async () => {
    await sql('', 'create or replace table none (a integer, b varchar)')
    expect(await expectSame(address('', { fragment: 'none' }))).toBe('a,b\n')
    expect(await expectSame(address('', { fragment: 'none' }), { 'header-row': false })).toBe('')
  })

  test.each([
    ['a float', 'select 1.5::double as v', {}, /float 64/],
    ['text without quotes', 'select 1 as v', { quoting: null }, /quoting/],
    ['an escape', 'select 1 as v', { escape: '\\' }, /escape/],
    ['other texts for booleans', 'select 1 as v', { 'boolean-text': 'yes,no' }, /boolean-text/],
    ['removing U+0000', 'select 1 as v', { nul: 'remove' }, /nul/],
    ['a null text that a number may be', 'select 1 as v', { 'null-text': '0' }, /null-text/],
    ['a delimiter that moments hold', 'select 1 as v', { 'field-delimiter': ':' }, /field-delimiter/],
    ['text first without a header', `select 'x' as v`, { 'header-row': false }, /byte order mark/],
  ])('refuses %s', async (_, query, hints, why) => {
    await withSource(address('', { query }), async (source) => {
      const { schema } = await source.look('types', newRun())
      expect(source.files!.refuse(format(hints), schema, schema)).toMatch(why)
    })
  })

  test('refuses another format, an unknown hint and other types', async () => {
    await withSource(address('', { query: 'select 1 as v' }), async (source) => {
      const { schema } = await source.look('types', newRun())
      expect(source.files!.refuse({ format: 'parquet', hints: {} }, schema, schema)).toMatch(/parquet/)
      expect(source.files!.refuse({ format: 'delimited', hints: { ...format().hints, fancy: true } }, schema, schema)).toMatch(/fancy/)
      expect(source.files!.refuse(format(), schema, { fields: [field('v', { type: 'string' })] })).toMatch(/into string/)
    })
  })

  test('calls an infinite moment bad data and leaves no file', async () => {
    using place = folder()
    await withSource(address('', { query: `select 'infinity'::date as v union all select '2020-01-01'::date` }), async (source) => {
      const { schema } = await source.look('types', newRun())
      await expect(source.files!.unload({ url: pathToFileURL(`${place.path}/`) }, format(), schema, newRun())).rejects.toMatchObject({ code: 'bad-data', context: { field: 'v' } })
    })
    expect(await readdir(place.path)).toEqual([])
  })

  test('streams a file of many megabytes while it is written, and counts its rows', async () => {
    const query = `select range as n, 'row ' || range || repeat('x', 100) as t, date '2000-01-01' + (range % 5000)::integer as d from range(300000)`
    await withSource(address('', { query }), async (source) => {
      const { schema } = await source.look('types', newRun())
      using place = folder()
      const chunks = await source.bytes!.read(format(), schema, newRun({ scratch: () => Promise.resolve(place.path) }))
      const bytes = await bytesOf(chunks)
      expect(chunks.tally()).toEqual({ rows: 300_000 })
      expect(bytes.equals(await encoded(source, schema, format()))).toBe(true)
    })
  })

  test('bytes that are left early, never read, fail or are stopped leave no file and no session', async () => {
    using place = folder()
    const scratch = (): Promise<string> => Promise.resolve(place.path)
    await withSource(address('', { query: `select case when range = 900000 then error('boo') else range end as n from range(1000000)` }), async (source) => {
      const { schema } = await source.look('types', newRun())
      await expect(bytesOf(await source.bytes!.read(format(), schema, newRun({ scratch })))).rejects.toMatchObject({ code: 'failed' })
      await (await source.bytes!.read(format(), schema, newRun({ scratch })))[Symbol.asyncDispose]()
      for await (const part of (await source.bytes!.read(format(), schema, newRun({ scratch }))).parts) {
        for await (const chunk of part.read()) {
          expect(chunk.length).toBeGreaterThan(0)
          break
        }
      }
      const stop = new AbortController()
      setTimeout(() => {
        stop.abort()
      }, 20)
      await expect(bytesOf(await source.bytes!.read(format(), schema, newRun({ scratch, signal: stop.signal })))).rejects.toThrow()
    })
    expect(await readdir(place.path)).toEqual([])
    await put(address('', { fragment: 'after' }), { schema: { fields: [field('a', { type: 'date' })] }, whenExists: 'replace' }, [])
  })

  test('removes its file when the signal fires', async () => {
    using place = folder()
    const stop = new AbortController()
    const run = newRun({ signal: stop.signal })
    await withSource(address('', { query: 'select range as n from range(2000000000)' }), async (source) => {
      const { schema } = await source.look('types', run)
      setTimeout(() => {
        stop.abort()
      }, 300)
      await expect(source.files!.unload({ url: pathToFileURL(`${place.path}/`) }, format(), schema, run)).rejects.toMatchObject({ code: 'aborted' })
    })
    expect(await readdir(place.path)).toEqual([])
  })
})
