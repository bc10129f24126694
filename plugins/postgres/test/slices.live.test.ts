// That slices together are the table as it was at one moment, while others go on writing, and that nothing is left of a read that stopped.
import type { Chunks, Run, Source } from '@records-mover/core/plugin'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession } from '../src/connect.js'
import { openSource } from '../src/source.js'
import { addressOf, runOf } from './address.js'
import { textRows } from './text.js'

const postgres = postgresService()
// One row on a page, more or less: enough pages for slices.
const ROWS = 17_000
const TEXT = 1

describe.skipIf(postgres.skip)(postgres.title('reading a large table'), () => {
  let database: string
  beforeAll(async () => {
    database = await postgres.server.createDatabase()
    await sql(`create table accounts (id int, balance int, pad text) with (fillfactor = 10);
      insert into accounts select g, 100, repeat('x', 600) from generate_series(1, ${ROWS}) g`)
  })
  afterAll(() => postgres.server.dropDatabase(database))

  const sql = (text: string): Promise<(string | null)[][]> => postgres.server.execute(text, database)
  const open = (name: string, run: Run, table = 'accounts'): Promise<Source> => openSource(addressOf(postgres.server.url(database, { application_name: name }), { table }), run)
  const begin = async (source: Source, run: Run, format = TEXT): Promise<Chunks> => {
    const { schema } = await source.look('types', run)
    return source.bytes!.read(source.bytes!.formats[format]!, schema, run)
  }
  /** Resolves when the server has no session of this name any more; the test's time limit is the judge. */
  const gone = async (name: string): Promise<void> => {
    while ((await sql(`select count(*) from pg_stat_activity where application_name = '${name}'`))[0]![0] !== '0') await Promise.resolve()
  }

  test('in slices side by side gives every row of one moment once, while others move, add and remove rows', async () => {
    const run = runOf({ concurrency: 3 })
    await using writer = await openSession(addressOf(postgres.server.url(database)), runOf(), { readOnly: false })
    await using source = await open('slices', run)
    const look = await source.look('types', run)
    expect(look.notes?.join()).toMatch(/read in 4 slices of its pages, at most 3 side by side, under one snapshot/)
    await using chunks = await source.bytes!.read(source.bytes!.formats[TEXT]!, look.schema, run)
    let reading = true
    const writing = (async () => {
      for (let i = 1; reading; i++) {
        // Rows move to other pages, and every transaction keeps count and sum.
        await writer.query(`begin; update accounts set balance = balance - 1 where id = ${i % ROWS + 1}; update accounts set balance = balance + 1 where id = ${(i * 7919) % ROWS + 1};
          with gone as (delete from accounts where id = ${(i * 31) % ROWS + 1} returning *) insert into accounts select * from gone; commit`)
      }
      return true
    })()
    const parts = []
    for await (const part of chunks.parts) parts.push(part)
    expect(parts.map((part) => part.name)).toEqual([1, 2, 3, 4].map((i) => `public.accounts, slice ${i} of 4`))
    const rows = (await Promise.all(parts.map(async (part) => {
      const bytes: Uint8Array[] = []
      for await (const chunk of part.read()) bytes.push(chunk)
      return textRows(Buffer.concat(bytes))
    }))).flat()
    reading = false
    await writing
    expect(rows).toHaveLength(ROWS)
    expect(new Set(rows.map(([id]) => id)).size).toBe(ROWS)
    expect(rows.reduce((sum, [, balance]) => sum + Number(balance), 0)).toBe(ROWS * 100)
    expect(chunks.tally()).toEqual({ rows: ROWS })
    await chunks[Symbol.asyncDispose]()
    await source[Symbol.asyncDispose]()
    await gone('slices')
  })

  test('is not cut short by a truncate that comes in between: it waits until the reading is over', async () => {
    await sql('create table emptied as select g as id from generate_series(1, 1000) g')
    const run = runOf()
    await using source = await open('emptied', run, 'emptied')
    await using chunks = await begin(source, run)
    await expect(sql('set lock_timeout = \'50ms\'; truncate emptied')).rejects.toThrow(/lock timeout/)
    let rows = 0
    for await (const part of chunks.parts) for await (const chunk of part.read()) rows += textRows(Buffer.from(chunk)).length
    expect(rows).toBe(1000)
    await chunks[Symbol.asyncDispose]()
    await sql('truncate emptied')
  })

  test.each([[1, 'one session'], [3, 'slices']])('with concurrency %i, a loop that ends early leaves no session at work, and %s can be read again', async (concurrency) => {
    const name = `early${concurrency}`
    const run = runOf({ concurrency })
    const source = await open(name, run)
    for (let again = 0; again < 3; again++) {
      await using chunks = await begin(source, run)
      for await (const part of chunks.parts) {
        for await (const chunk of part.read()) {
          expect(chunk.length).toBeGreaterThanOrEqual(65_536)
          break
        }
        break
      }
      expect(chunks.tally().rows).toBeUndefined()
    }
    expect((await sql(`select state from pg_stat_activity where application_name = '${name}'`))).toEqual([['idle']])
    await source[Symbol.asyncDispose]()
    await gone(name)
  })

  test.each([[1, 'while it is read'], [1, 'while nobody reads on'], [3, 'while it is read']])('with concurrency %i, a signal %s stops the server\'s work and leaves no session', async (concurrency, when) => {
    const name = `stop${concurrency}${when.length}`
    const stop = new AbortController()
    const run = runOf({ concurrency, signal: stop.signal })
    const source = await open(name, run)
    const chunks = await begin(source, run)
    const reading = (async () => {
      for await (const part of chunks.parts) {
        for await (const chunk of part.read()) {
          expect(chunk.length).toBeGreaterThan(0)
          if (when === 'while nobody reads on') await clientWrite(name)
          stop.abort(new Error('enough'))
        }
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'aborted', cause: new Error('enough') })
    await chunks[Symbol.asyncDispose]()
    await source[Symbol.asyncDispose]()
    await gone(name)
  })

  test('a reader that rests makes the server wait, and disposing ends it all the same', async () => {
    const run = runOf()
    const source = await open('resting', run)
    const chunks = await begin(source, run)
    let iterator: AsyncIterator<Uint8Array> | undefined
    for await (const part of chunks.parts) {
      iterator = part.read()[Symbol.asyncIterator]()
      break
    }
    await iterator!.next()
    await clientWrite('resting')
    await chunks[Symbol.asyncDispose]()
    expect((await sql('select state from pg_stat_activity where application_name = \'resting\''))).toEqual([['idle']])
    await expect(iterator!.next()).rejects.toMatchObject({ code: 'busy' })
    await source[Symbol.asyncDispose]()
    await gone('resting')
  })

  test('a session that the server ends in the midst is busy', async () => {
    const run = runOf()
    await using source = await open('killed', run)
    await using chunks = await begin(source, run)
    const reading = (async () => {
      for await (const part of chunks.parts) for await (const chunk of part.read()) if (chunk.length > 0) await sql('select pg_terminate_backend(pid) from pg_stat_activity where application_name = \'killed\'')
    })()
    await expect(reading).rejects.toMatchObject({ code: 'busy', temporary: true })
  })

  async function clientWrite(name: string): Promise<void> {
    while ((await sql(`select 1 from pg_stat_activity where application_name = '${name}' and wait_event = 'ClientWrite'`)).length === 0) await Promise.resolve()
  }
})
