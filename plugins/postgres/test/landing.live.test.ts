// That every landing is one transaction: whole or not at all, for those who look on and for those who come after.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Row, WhenExists } from '@records-mover/core'
import { MoveError, rows } from '@records-mover/core'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { BINARY, binary } from '../src/binary.js'
import { openTarget } from '../src/target.js'
import { addressOf, runOf } from './address.js'
import { moving, sessions, tableAt } from './moving.js'

const postgres = postgresService()
const MODES: readonly Exclude<WhenExists, 'fail'>[] = ['append', 'truncate', 'delete', 'replace', 'merge']
const SCHEMA = {
  fields: [
    { name: 'id', type: { type: 'integer', bits: 32, signed: true }, nullable: false },
    { name: 'note', type: { type: 'string' }, nullable: true },
  ],
  key: ['id'],
} as const
const NEW: readonly Row[] = [{ id: 2, note: 'new two' }, { id: 3, note: null }]

describe.skipIf(postgres.skip)(postgres.title('landing'), () => {
  let database: string

  beforeAll(async () => { database = await postgres.server.createDatabase() })
  afterAll(() => postgres.server.dropDatabase(database))
  beforeEach(() => sql('drop schema public cascade; create schema public'))

  describe.each(MODES)('%s', (whenExists) => {
    const key = whenExists === 'merge' ? { key: ['id'] } : {}

    test('makes a table where there is none', async () => {
      const { tally } = await land(NEW, { whenExists, ...key })
      expect(tally).toEqual({ rows: 2 })
      expect(await content()).toEqual([['2', 'new two'], ['3', null]])
      expect(await sql('select indisprimary from pg_index where indrelid = \'orders\'::regclass')).toEqual([['t']])
    })

    test('fills an empty table', async () => {
      await sql('create table orders (id int not null, note text)')
      await land(NEW, { whenExists, ...key })
      expect(await content()).toEqual([['2', 'new two'], ['3', null]])
    })

    test('does what its name says to a full table', async () => {
      await full()
      await land(NEW, { whenExists, ...key })
      expect(await content()).toEqual({
        append: [['1', 'old one'], ['2', 'new two'], ['2', 'old two'], ['3', null]],
        merge: [['1', 'old one'], ['2', 'new two'], ['3', null]],
        truncate: [['2', 'new two'], ['3', null]], delete: [['2', 'new two'], ['3', null]], replace: [['2', 'new two'], ['3', null]],
      }[whenExists])
    })

    test('lands no rows at all', async () => {
      await full()
      const { tally } = await land([], { whenExists, ...key })
      expect(tally.rows).toBe(0)
      expect(await content()).toEqual(whenExists === 'append' || whenExists === 'merge' ? OLD : [])
    })

    test.each([['that exists', true], ['that is to be made', false]])('leaves a table %s as it was when the source fails midway', async (_, exists) => {
      if (exists) await full()
      const before = await everything()
      await expect(land(failing(20_000), { whenExists, ...key })).rejects.toThrow('the source broke')
      expect(await everything()).toEqual(before)
    })

    test('leaves the table as it was when the caller does not confirm', async () => {
      await full()
      const before = await everything()
      const confirm = async (tally: unknown): Promise<void> => {
        expect(tally).toEqual({ rows: 2 })
        // What is to be seen from outside while the caller thinks: the old rows, or nobody gets through.
        await expect(sql('set lock_timeout = 50; select id, note from orders order by 1, 2').catch(() => OLD)).resolves.toEqual(OLD)
        throw new Error('no')
      }
      await expect(land(NEW, { whenExists, ...key, confirm })).rejects.toThrow('no')
      expect(await everything()).toEqual(before)
    })

    test('leaves the table as it was, and no session, when it is stopped midway', async () => {
      await full()
      const before = await everything()
      const stop = new AbortController()
      const source = (async function* (): AsyncGenerator<Row> {
        for (let id = 1; ; id++) {
          if (id === 30_000) stop.abort(new Error('enough'))
          yield await Promise.resolve({ id, note: 'x' })
        }
      })()
      await expect(land(source, { whenExists, ...key, signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' })
      expect(await everything()).toEqual(before)
      expect(await sessions(postgres.server, database)).toBe(0)
    })

    test('shows a statement of another session the old rows or the new, never less', async () => {
      await sql('create table orders (id int not null, note text); insert into orders select i, \'old\' from generate_series(1, 1000) i')
      const watch = watching()
      const many = Array.from({ length: 1000 }, (_, i) => ({ id: i + 1, note: 'new' }))
      for (let round = 0; round < 3; round++) await land(many, { whenExists: whenExists === 'append' ? 'append' : whenExists, ...key })
      const seen = await watch.stop()
      expect(seen.length).toBeGreaterThan(3)
      const allowed = whenExists === 'append' ? ['1000', '2000', '3000', '4000'] : ['1000']
      expect(seen.filter(([count]) => !allowed.includes(count!))).toEqual([])
      // Old or new, never a mixture, but for append, which adds.
      if (whenExists !== 'append') expect(seen.filter(([, notes]) => notes !== '1')).toEqual([])
    })
  })

  test('fail makes a table, and leaves one that exists alone', async () => {
    await land(NEW, {})
    await expect(land(NEW, {})).rejects.toMatchObject({ code: 'already-exists' })
    expect(await content()).toEqual([['2', 'new two'], ['3', null]])
  })

  describe('between the look and the verb', () => {
    test('a table made by somebody else is left alone', async () => {
      await expect(afterLook('fail', 'create table orders (id text)')).rejects.toMatchObject({ code: 'already-exists' })
      expect(await sql('select count(*) from orders')).toEqual([['0']])
    })

    test.each(MODES)('a table made anew by somebody else is noticed by %s', async (whenExists) => {
      await full()
      await expect(afterLook(whenExists, 'drop table orders; create table orders (id int, note text); insert into orders values (9, \'other\')'))
        .rejects.toMatchObject({ code: 'busy' })
      expect(await content()).toEqual([['9', 'other']])
    })

    test.each(MODES)('a column changed by somebody else is noticed by %s', async (whenExists) => {
      await full()
      await expect(afterLook(whenExists, 'alter table orders alter note type varchar(100)')).rejects.toMatchObject({ code: 'busy' })
      expect(await content()).toEqual(OLD)
    })
  })

  test.each(['truncate', 'replace'] as const)('%s waits for a long reader without making others wait, and goes on when it has ended', async (whenExists) => {
    await full()
    const reader = sql('begin; select * from orders; select pg_sleep(4)')
    const landing = land(NEW, { whenExists })
    let looks = 0
    const others = (async () => {
      const until = performance.now() + 3500
      while (performance.now() < until) {
        await sql('set lock_timeout = 2500; select count(*) from orders')
        looks++
      }
    })()
    await Promise.all([reader, landing, others])
    expect(looks).toBeGreaterThan(1)
    expect(await content()).toEqual([['2', 'new two'], ['3', null]])
  })

  test('a stop while waiting for a lock is a stop', async () => {
    await full()
    const reader = sql('begin; select * from orders; select pg_sleep(3)')
    await expect(land(NEW, { whenExists: 'truncate', signal: AbortSignal.timeout(600) })).rejects.toMatchObject({ code: 'aborted' })
    await reader
    expect(await content()).toEqual(OLD)
  })

  test('merge refuses a key that comes twice or is null, naming the row', async () => {
    await full()
    const before = await everything()
    await expect(land([{ id: 5, note: 'a' }, { id: 6, note: 'b' }, { id: 5, note: 'c' }], { whenExists: 'merge', key: ['id'] }))
      .rejects.toMatchObject({ code: 'bad-data', context: { row: '3', field: 'id' } })
    await expect(land([{ id: 5, note: 'a' }, { id: 6, note: null }], { whenExists: 'merge', key: ['note'] }))
      .rejects.toMatchObject({ code: 'bad-data', context: { row: '2', field: 'note' } })
    expect(await everything()).toEqual(before)
  })

  test('two merges at once leave one row for each key', async () => {
    await sql('create table orders (id int not null, note text)')
    const many = Array.from({ length: 500 }, (_, i) => ({ id: i, note: 'x' }))
    await Promise.all([1, 2, 3].map(() => land(many, { whenExists: 'merge', key: ['id'] })))
    expect(await sql('select count(*), count(distinct id) from orders')).toEqual([['500', '500']])
  })

  test('names with every letter arrive, in table, schema and columns', async () => {
    const name = 'Ünï "quoted" \'; drop table x; --\t\\ 表'
    await sql(`create schema "${name.replaceAll('"', '""')}"`)
    const schema = { fields: [{ name, type: { type: 'string' }, nullable: true }, { name: 'select', type: { type: 'boolean' }, nullable: true }] } as const
    const table = `"${name.replaceAll('"', '""')}"."${name.replaceAll('"', '""')}"`
    for (const whenExists of ['fail', ...MODES] as const) {
      await moving(rows([{ [name]: whenExists, select: true }], { schema }), tableAt(postgres.server, database, table), { whenExists, ...(whenExists === 'merge' && { key: [name] }) })
    }
    expect(await sql(`select * from ${table} order by 1`)).toEqual([['merge', 't'], ['replace', 't']])
  })

  test('names of 63 bytes stay, longer ones are cut with a word, and two that become one are refused', async () => {
    const long = 'é'.repeat(31) + 'x'
    const schema = (names: string[]) => ({ fields: names.map((name) => ({ name, type: { type: 'string' } as const, nullable: true })) })
    const fine = await moving(rows([], { schema: schema([long, 'ü'.repeat(40)]) }), tableAt(postgres.server, database, `"${'t'.repeat(63)}"`))
    expect(fine.plan.fit.changes).toHaveLength(1)
    expect(await sql(`select attname from pg_attribute where attrelid = '"${'t'.repeat(63)}"'::regclass and attnum > 0`)).toEqual([[long], ['ü'.repeat(31)]])
    await expect(moving(rows([], { schema: schema(['ü'.repeat(40), 'ü'.repeat(41)]) }), tableAt(postgres.server, database, 'other')))
      .rejects.toMatchObject({ code: 'refused' })
    await expect(moving(rows([], { schema: schema(['ctid']) }), tableAt(postgres.server, database, 'other'))).rejects.toMatchObject({ code: 'refused' })
  })

  test('a value that the server refuses is told with its row and field, and nothing is kept', async () => {
    await sql('create table orders (id int, note varchar(3) check (note <> \'no\'))')
    const failed = await land([{ id: 1, note: 'yes' }, { id: 2, note: 'no' }], { whenExists: 'append' }).catch((error: unknown) => error)
    expect(MoveError.is(failed) && failed.code).toBe('bad-data')
    expect((failed as MoveError).context).toMatchObject({ line: '2' })
    expect((failed as MoveError).message).not.toContain('no)')
    expect(await content()).toEqual([])
  })

  const OLD = [['1', 'old one'], ['2', 'old two']]

  function sql(text: string): Promise<readonly (readonly (string | null)[])[]> {
    return postgres.server.execute(text, database)
  }

  async function full(): Promise<void> {
    await sql('create table orders (id int not null, note text); insert into orders values (1, \'old one\'), (2, \'old two\')')
  }

  function content(): ReturnType<typeof sql> {
    return sql('select id, note from orders order by 1, 2')
  }

  /** All that is in the schema: relations with their rows. */
  async function everything(): Promise<unknown> {
    const names = await sql('select relname from pg_class where relnamespace = \'public\'::regnamespace and relkind in (\'r\', \'i\', \'S\') order by 1')
    return [names, names.some(([name]) => name === 'orders') ? await content() : []]
  }

  function land(records: Iterable<Row> | AsyncIterable<Row>, options: Parameters<typeof moving>[2]): ReturnType<typeof moving> {
    return moving(rows(records, { schema: SCHEMA }), tableAt(postgres.server, database, 'orders'), options)
  }

  async function* failing(after: number): AsyncGenerator<Row> {
    for (let id = 1; id <= after; id++) yield { id, note: 'x'.repeat(20) }
    await Promise.resolve()
    throw new Error('the source broke')
  }

  /** Lands NEW after another session has run a statement behind the back of the look. */
  async function afterLook(whenExists: WhenExists, statement: string): Promise<unknown> {
    const run = runOf({ id: 'rm-test' })
    await using target = await openTarget(addressOf(postgres.server.url(database), { table: 'orders' }), run)
    await target.look(run)
    const wish = { schema: SCHEMA, whenExists, allow: [], ...(whenExists === 'merge' && { key: ['id'] }) }
    const fit = target.fit(wish)
    expect(fit.refused).toEqual([])
    await sql(statement)
    await using batches = await (await rows(NEW, { schema: SCHEMA }).source!(run)).batches!.read(fit.schema, run)
    const chunks = (await binary.codec()).encode(batches, BINARY, run)
    return await target.bytes!.write(chunks, fit.schema, { ...wish, fit, confirm: () => Promise.resolve() }, run)
  }

  /** A second session that counts again and again. */
  function watching(): { stop: () => Promise<readonly (readonly (string | null)[])[]> } {
    const seen: (readonly (string | null)[])[] = []
    let going = true
    const looks = (async () => {
      while (going) seen.push(...await sql('select count(*), count(distinct note) from orders'))
    })()
    return {
      stop: async () => {
        going = false
        await looks
        return seen
      },
    }
  }
})
