// Landing: every way of dealing with a table that exists, names matched, and nothing left behind by what fails.
import type { Batch, RecordsSchema, Wish } from '@records-mover/core/plugin'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { address, batchesOf, batchOf, field, folder, get, newRun, put, withSource } from '../test/ends.js'
import { sql } from '../test/sql.js'
import { openTarget } from './target.js'

const ID = field('id', { type: 'integer', bits: 32, signed: true })
const NAME = field('name', { type: 'string' })
const SCHEMA: RecordsSchema = { fields: [ID, NAME] }
const OLD = [['1', 'old one'], ['2', 'old two']]
const NEW = [['2', 'new two'], ['3', 'new three']]

const LANDED: readonly (readonly [Wish['whenExists'], readonly (readonly string[])[]])[] = [
  ['append', [...OLD, ...NEW]],
  ['truncate', NEW],
  ['delete', NEW],
  ['replace', NEW],
  ['merge', [OLD[0]!, ...NEW]],
]

describe('landing', () => {
  test.each(LANDED)('%s lands on a full table as it says', async (whenExists, landed) => {
    using place = folder()
    const at = address(join(place.path, 'a.duckdb'), { fragment: 't' })
    await put(at, { schema: SCHEMA }, OLD)
    expect(await put(at, { schema: SCHEMA, whenExists, key: ['id'] }, NEW)).toBe(2)
    expect((await get(at)).rows.sort()).toEqual([...landed].sort())
  })

  test.each(LANDED.map(([whenExists]) => whenExists))('%s on a table with a primary key keeps the key', async (whenExists) => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    const at = address(path, { fragment: 't' })
    await sql(path, `create table t (id integer primary key, name varchar); insert into t values (1, 'old one'), (2, 'old two')`)
    const rows = whenExists === 'append' ? [['3', 'new three']] : NEW
    await put(at, { schema: SCHEMA, whenExists, key: ['id'] }, rows)
    const back = await get(at)
    expect(back.rows.sort()).toEqual(whenExists === 'append' ? [...OLD, ...rows] : LANDED.find(([way]) => way === whenExists)![1])
    expect(back.schema.key).toEqual(whenExists === 'replace' ? undefined : ['id'])
  })

  test.each(LANDED.map(([whenExists]) => whenExists))('%s lands in a database that is not there yet', async (whenExists) => {
    using place = folder()
    const at = address(join(place.path, 'new.duckdb'), { fragment: 't' })
    await put(at, { schema: SCHEMA, whenExists, key: ['id'] }, NEW)
    expect((await get(at)).rows.sort()).toEqual(NEW)
  })

  test.each(LANDED.map(([whenExists]) => whenExists))('%s leaves the table as it was when the records end in an error, are refused, or the signal fires', async (whenExists) => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    const at = address(path, { fragment: 't' })
    await put(at, { schema: SCHEMA }, OLD)
    for (const fail of ['source', 'confirm', 'signal'] as const) {
      const stop = new AbortController()
      const run = newRun({ signal: stop.signal })
      const target = await openTarget(at)
      await target.look(run)
      const wish: Wish = { schema: SCHEMA, whenExists, key: ['id'], allow: [] }
      const fit = target.fit(wish)
      // More rows than a window holds, so that some were inserted before the end.
      async function* batches(): AsyncGenerator<Batch> {
        for (let k = 0; k < 3; k++) {
          yield batchOf(fit.schema, Array.from({ length: 70_000 }, (_, i) => [String(k * 70_000 + i), 'x']))
          await new Promise(setImmediate)
        }
        if (fail === 'source') throw new Error('the source died')
        if (fail === 'signal') stop.abort(new Error('enough'))
      }
      const confirm = fail === 'confirm' ? () => Promise.reject(new Error('not so many')) : () => Promise.resolve()
      await expect(target.batches!.write(batchesOf(fit.schema, batches()), { ...wish, fit, confirm }, run)).rejects
        .toThrow({ source: 'the source died', confirm: 'not so many', signal: 'stopped' }[fail])
      await target[Symbol.asyncDispose]()
      expect((await get(at)).rows).toEqual(OLD)
    }
    expect(await sql(path, 'select table_name from duckdb_tables()')).toEqual([['t']])
    expect(readdirSync(place.path)).toEqual(['a.duckdb'])
  })

  test('removes a file that it made when nothing was committed to it', async () => {
    using place = folder()
    const at = address(join(place.path, 'new.duckdb'), { fragment: 't' })
    await expect(put(at, { schema: SCHEMA }, NEW, newRun(), { confirm: () => Promise.reject(new Error('no')) })).rejects.toThrow('no')
    expect(readdirSync(place.path)).toEqual([])
    const target = await openTarget(at)
    expect(await target.look(newRun())).toBeUndefined()
    await target[Symbol.asyncDispose]()
    expect(readdirSync(place.path)).toEqual([])
  })

  test('confirms with the count before others see the rows', async () => {
    const at = address('', { fragment: 'confirmed' })
    let seen: unknown
    await put(at, { schema: SCHEMA }, OLD, newRun(), {
      confirm: async (tally) => {
        seen = tally
        await expect(get(at)).rejects.toMatchObject({ code: 'not-found' })
      },
    })
    expect(seen).toEqual({ rows: 2 })
    expect((await get(at)).rows).toEqual(OLD)
  })

  test.each([
    ['a key that arrives twice', [['5', 'a'], ['5', 'b']], 'more than once'],
    ['a key that is null', [[null, 'a']], 'null in the key'],
  ])('merge refuses %s', async (_, rows, why) => {
    const at = address('', { fragment: `merge ${why}` })
    await put(at, { schema: SCHEMA }, OLD)
    await expect(put(at, { schema: SCHEMA, whenExists: 'merge', key: ['id'] }, rows)).rejects.toThrow(why)
    await expect(put(at, { schema: SCHEMA, whenExists: 'merge', key: ['id'] }, rows)).rejects.toMatchObject({ code: 'bad-data', context: { key: 'id' } })
    expect((await get(at)).rows).toEqual(OLD)
  })

  test('refuses a null in a column that takes none, with row and field', async () => {
    const at = address('', { fragment: 'not_null' })
    await put(at, { schema: { fields: [{ ...ID, nullable: false }] } }, [['1']])
    await expect(put(at, { schema: { fields: [ID] }, whenExists: 'append' }, [['2'], [null]])).rejects
      .toMatchObject({ code: 'bad-data', context: { row: '2', field: 'id' } })
    expect((await get(at)).rows).toEqual([['1']])
  })

  test('reports a broken key as bad data, with the values on the cause only', async () => {
    await sql('', `create table keyed (id integer primary key, name varchar); insert into keyed values (1, 'secret')`)
    const failure: unknown = await put(address('', { fragment: 'keyed' }), { schema: SCHEMA, whenExists: 'append' }, [['1', 'x']]).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'bad-data' })
    expect((failure as Error).message).not.toMatch(/"?id: 1|Duplicate/)
    expect((failure as Error).cause).toBeInstanceOf(Error)
  })
})

describe('fit', () => {
  async function fitted(table: string, wish: Partial<Wish> & { schema: RecordsSchema }): Promise<ReturnType<Awaited<ReturnType<typeof openTarget>>['fit']>> {
    const run = newRun()
    const target = await openTarget(address('', { fragment: table }))
    try {
      await target.look(run)
      return target.fit({ whenExists: 'append', allow: [], ...wish })
    } finally {
      await target[Symbol.asyncDispose]()
    }
  }

  test('matches names exactly first, then as DuckDB does, whatever their order', async () => {
    await sql('', `create table cased ("Name" varchar, id bigint)`)
    const fit = await fitted('CASED', { schema: SCHEMA })
    expect(fit.refused).toEqual([])
    expect(fit.schema.fields.map(({ name, type }) => [name, type.type])).toEqual([['id', 'integer'], ['name', 'string']])
    expect(fit.changes).toEqual([
      { field: 'id', change: 'integer 32 becomes integer 64' },
      { field: 'name', change: 'goes to the column "Name"' },
    ])
    await put(address('', { fragment: 'cased' }), { schema: SCHEMA, whenExists: 'append' }, OLD)
    expect((await get(address('', { fragment: 'cased' }))).rows).toEqual([['old one', '1'], ['old two', '2']])
  })

  test('names missing and extra columns', async () => {
    await sql('', `create table odd (id integer, must integer not null, may integer, has integer default 7, g integer generated always as (id + 1))`)
    const fit = await fitted('odd', { schema: { fields: [ID, NAME, field('g', ID.type)] } })
    expect(fit.refused).toEqual([
      expect.stringContaining('field "name" has no column'),
      expect.stringContaining('field "g": the column is generated'),
      expect.stringContaining('column "must"'),
    ])
    expect(fit.changes.map(({ change }) => change)).toEqual(['column "may" is null: no field has its name', 'column "has" gets its default'])
  })

  test('prints the statement that makes the table, with hostile names quoted', async () => {
    const fit = await fitted('"a ""b""; drop table x"', { schema: { fields: [field('x"; --', { type: 'decimal', precision: 12, scale: 2 }), field('select', { type: 'json' }, { nullable: false })] } })
    expect(fit.creates).toEqual([`create table "main"."a ""b""; drop table x" ("x""; --" DECIMAL(12,2), "select" JSON not null)`])
  })

  test('says what is not kept and what is lost', async () => {
    const fit = await fitted('losses', {
      schema: {
        fields: [
          field('t', { type: 'timestamp', unit: 'ns', zoned: true }),
          field('s', { type: 'string', maxChars: 5 }),
          field('m', { type: 'time', unit: 'ms', zoned: false }),
          field('a', { type: 'string' }, { origin: { system: 'postgres', type: 'text[]' } }),
          field('r', { type: 'string' }, { origin: { system: 'postgres', type: 'int4range' } }),
        ],
        key: ['s'],
      },
      allow: ['timestamp-precision'],
    })
    expect(fit.refused).toEqual([])
    expect(fit.changes).toEqual([
      { field: 't', change: 'timestamp ns with zone becomes timestamp us with zone', loss: 'timestamp-precision' },
      { field: 's', change: 'string(5) becomes string: DuckDB keeps no bound of text' },
      { field: 'm', change: 'time ms becomes time us' },
      { field: 'r', change: 'int4range arrives as text' },
      { change: expect.stringContaining('the key (s) is not kept') as string },
    ])
  })

  test.each<[string, Partial<Wish> & { schema: RecordsSchema }, RegExp]>([
    ['nanoseconds in a zone', { schema: { fields: [field('t', { type: 'timestamp', unit: 'ns', zoned: true })] } }, /allow timestamp-precision/],
    ['decimals of 39 digits', { schema: { fields: [field('d', { type: 'decimal', precision: 39, scale: 2 })] } }, /38 of DuckDB/],
    ['names that differ in case only', { schema: { fields: [field('a', ID.type), field('A', ID.type)] } }, /differ in case only/],
    ['a name with U+0000', { schema: { fields: [field('a\0', ID.type)] } }, /name that DuckDB cannot have/],
    ['no fields', { schema: { fields: [] } }, /at least one column/],
    ['grants', { schema: SCHEMA, grants: [{ privilege: 'select', to: 'me' }] }, /no privileges/],
    ['a merge without a key', { schema: SCHEMA, whenExists: 'merge' }, /--key/],
    ['a merge by a field that is not there', { schema: SCHEMA, whenExists: 'merge', key: ['no'] }, /no field "no"/],
  ])('refuses %s', async (_, wish, why) => {
    expect((await fitted('not_there', wish)).refused).toEqual([expect.stringMatching(why)])
  })

  test('takes text for types that have none of their own and checks that it is spelled the same again', async () => {
    await sql('', `create table texts (e enum ('a', 'b'), l integer[], i interval)`)
    const at = address('', { fragment: 'texts' })
    const texts: RecordsSchema = { fields: [field('e', { type: 'string' }), field('l', { type: 'string' }), field('i', { type: 'string' })] }
    const rows = [['a', '[1, NULL, 3]', '1 year 2 days 03:04:05.6'], [null, null, null]]
    await put(at, { schema: texts, whenExists: 'append' }, rows)
    await expect(put(at, { schema: texts, whenExists: 'append' }, [['c', '[1]', '1 day']])).rejects.toMatchObject({ code: 'bad-data' })
    await expect(put(at, { schema: texts, whenExists: 'append' }, [['a', '[1.7]', '1 day']])).rejects.toMatchObject({ code: 'bad-data' })
    await expect(put(at, { schema: texts, whenExists: 'append' }, [['a', '[1]', '90 minutes']])).rejects.toMatchObject({ code: 'bad-data' })
    const back = await get(at)
    expect(back.rows).toEqual(rows)
    expect(back.schema.fields.map(({ type, origin }) => [type.type, origin?.type])).toEqual([['string', `ENUM('a', 'b')`], ['string', 'INTEGER[]'], ['string', 'INTERVAL']])
  })

  test('refuses text that is no JSON', async () => {
    await expect(put(address('', { fragment: 'no_json' }), { schema: { fields: [field('j', { type: 'json' })] } }, [['{']])).rejects.toMatchObject({ code: 'bad-data' })
  })

  test('keeps the huge integers of DuckDB as they are', async () => {
    await sql('', `create table huge as select (-170141183460469231731687303715884105727)::hugeint - 1 h, 340282366920938463463374607431768211455::uhugeint u`)
    const there = await get(address('', { fragment: 'huge' }))
    expect(there.rows).toEqual([[String(-(2n ** 127n)), String(2n ** 128n - 1n)]])
    await put(address('', { fragment: 'huge_too' }), { schema: there.schema }, [])
    const at = address('', { fragment: 'huge_three' })
    const run = newRun()
    await withSource(address('', { fragment: 'huge' }), async (source) => {
      const look = await source.look('types', run)
      const target = await openTarget(at)
      await target.look(run)
      const wish: Wish = { schema: look.schema, whenExists: 'fail', allow: [] }
      const fit = target.fit(wish)
      await target.batches!.write(await source.batches!.read(fit.schema, run), { ...wish, fit, confirm: () => Promise.resolve() }, run)
      await target[Symbol.asyncDispose]()
    })
    expect((await get(at)).rows).toEqual(there.rows)
    expect(await sql('', `select typeof(h), typeof(u) from huge_three`)).toEqual([['HUGEINT', 'UHUGEINT']])
  })
})

test('a target in a schema that is not there is not found', async () => {
  const target = await openTarget(address('', { fragment: 'nowhere.t' }))
  await expect(target.look(newRun())).rejects.toMatchObject({ code: 'not-found', context: { schema: 'nowhere' } })
  await target[Symbol.asyncDispose]()
})

test('a file that is no database is named as such and stays', async () => {
  using place = folder()
  const path = join(place.path, 'a.csv')
  writeFileSync(path, 'id,name\n'.repeat(1000))
  const target = await openTarget(address(path, { fragment: 't' }))
  await expect(target.look(newRun())).rejects.toMatchObject({ code: 'bad-address' })
  await target[Symbol.asyncDispose]()
  expect(existsSync(path)).toBe(true)
})
