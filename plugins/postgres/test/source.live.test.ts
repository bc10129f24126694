// What is read is what is there: every type, every form, every name.
import type { Field, RecordsFormat, RecordsSchema, Source } from '@records-mover/core/plugin'
import { pipeline } from 'node:stream/promises'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession } from '../src/connect.js'
import { openSource } from '../src/source.js'
import { addressOf, runOf } from './address.js'
import { matching } from './matching.js'
import { bytesOf, csvRows, textRows } from './text.js'
import { everything, SETUP, textsOf, TYPES } from './values.js'

const postgres = postgresService()

describe.skipIf(postgres.skip)(postgres.title('a table or a query as a source'), () => {
  let database: string
  beforeAll(async () => {
    database = await postgres.server.createDatabase()
    for (const sql of [SETUP, everything()]) await postgres.server.execute(sql, database)
  })
  afterAll(() => postgres.server.dropDatabase(database))

  const sql = (text: string): Promise<(string | null)[][]> => postgres.server.execute(text, database)
  const open = (what: { readonly table: string } | { readonly query: string }, role?: string): Promise<Source> => {
    const url = postgres.server.url(database)
    return openSource(addressOf(role === undefined ? url : url.replace(/\/\/[^@]*@/, `//${role}:x@`), what), runOf())
  }
  const favourite = (source: Source, id: 'binary' | 'text' | 'csv'): RecordsFormat => source.bytes!.formats[['binary', 'text', 'csv'].indexOf(id)]!

  async function read(what: { readonly table: string } | { readonly query: string }, id: 'binary' | 'text' | 'csv', as?: (schema: RecordsSchema) => RecordsSchema): Promise<{ bytes: Buffer, schema: RecordsSchema, rows: number | undefined }> {
    await using source = await open(what)
    const { schema } = await source.look('types', runOf())
    const wanted = as === undefined ? schema : as(schema)
    expect(source.bytes!.refuse(favourite(source, id), schema, wanted)).toBeUndefined()
    await using chunks = await source.bytes!.read(favourite(source, id), wanted, runOf())
    const bytes = await bytesOf(chunks)
    return { bytes, schema, rows: chunks.tally().rows }
  }

  const all = (): (string | null)[][] => Array.from({ length: Math.max(...TYPES.map(({ values }) => values.length)) + 1 }, (_, i) => textsOf(i + 1))

  test('every type at its extremes comes out as text in its one spelling', async () => {
    const { bytes, rows } = await read({ table: 'everything' }, 'text')
    expect(textRows(bytes)).toEqual(all())
    expect(rows).toBe(all().length)
  })

  test('every type at its extremes comes out as CSV, null apart from empty text and booleans as words', async () => {
    const { bytes, schema } = await read({ table: 'everything' }, 'csv')
    const [header, ...rows] = csvRows(bytes)
    const words = (text: string | null): string | null => text === 't' ? 'true' : text === 'f' ? 'false' : text
    expect(header).toEqual(schema.fields.map((field) => field.name))
    expect(rows).toEqual(all().map((row) => [row[0], words(row[1]!), ...row.slice(2)]))
  })

  test('every type comes out in binary so that a table of the same types holds the same values', async () => {
    await sql('create table again (like everything)')
    await using source = await open({ table: 'everything' })
    const { schema } = await source.look('types', runOf())
    const refused = schema.fields.filter((field) => source.bytes!.refuse(favourite(source, 'binary'), schema, { fields: [field] }) !== undefined)
    // These carry identifiers of their database.
    expect(refused.map((field) => field.origin?.type)).toEqual(['regclass', 'public.mood[]', 'public."My Pair"'])
    const portable = (): RecordsSchema => ({ fields: schema.fields.filter((field) => !refused.includes(field)) })
    const { bytes } = await read({ table: 'everything' }, 'binary', portable)
    await using session = await openSession(addressOf(postgres.server.url(database)), runOf(), { readOnly: false })
    const into = session.copyIn(`copy again (${portable().fields.map((field) => field.name).join(', ')}) from stdin with (format binary)`)
    await pipeline([bytes], into)
    expect(into.rowCount).toBe(all().length)
    expect((await read({ table: 'again' }, 'text', portable)).bytes.equals((await read({ table: 'everything' }, 'text', portable)).bytes)).toBe(true)
  })

  test('every type is delivered as text to a target that asks for text, in text and in binary', async () => {
    const strings = (schema: RecordsSchema): RecordsSchema => ({ fields: schema.fields.map(({ name, nullable }): Field => ({ name, nullable, type: { type: 'string' } })) })
    const words = all().map((row) => [row[0], row[1] === 't' ? 'true' : row[1] === 'f' ? 'false' : row[1], ...row.slice(2)])
    expect(textRows((await read({ table: 'everything' }, 'text', strings)).bytes)).toEqual(words)
    await sql(`create table words (${TYPES.map((_, i) => `c${i} text`).join(', ')}, id text)`)
    const { bytes } = await read({ table: 'everything' }, 'binary', strings)
    await using session = await openSession(addressOf(postgres.server.url(database)), runOf(), { readOnly: false })
    await pipeline([bytes], session.copyIn(`copy words (id, ${TYPES.map((_, i) => `c${i}`).join(', ')}) from stdin with (format binary)`))
    const read2 = await read({ query: `select id, ${TYPES.map((_, i) => `c${i}`).join(', ')} from words order by id::int` }, 'text')
    expect(textRows(read2.bytes)).toEqual(words)
  })

  test('fields are picked, put in order and widened by SQL, and never rounded', async () => {
    await sql('create table widths (a smallint, b integer, c numeric(5,2), d real, e varchar(3), f timestamp(0), g bigint, h char(3)); insert into widths values (1, -2, 1.5, 0.1, \'x\', \'2024-01-02 03:04:05\', 7, \'a\')')
    const to = (fields: readonly Field[]): RecordsSchema => ({ fields })
    const field = (name: string, type: Field['type']): Field => ({ name, type, nullable: true })
    const wide = to([
      field('c', { type: 'decimal', precision: 20, scale: 4 }), field('b', { type: 'decimal', precision: 12, scale: 2 }), field('a', { type: 'integer', bits: 64, signed: true }),
      field('d', { type: 'float', bits: 64 }), field('e', { type: 'string' }), field('f', { type: 'timestamp', unit: 'us', zoned: false }), field('h', { type: 'string' }),
    ])
    expect(textRows((await read({ table: 'widths' }, 'text', () => wide)).bytes)).toEqual([['1.5000', '-2.00', '1', '0.10000000149011612', 'x', '2024-01-02 03:04:05', 'a  ']])
    await using source = await open({ table: 'widths' })
    const { schema } = await source.look('types', runOf())
    for (const narrow of [field('c', { type: 'decimal', precision: 5, scale: 1 }), field('g', { type: 'integer', bits: 32, signed: true }), field('e', { type: 'string', maxChars: 2 }), field('b', { type: 'boolean' }), field('z', { type: 'string' })]) {
      for (const format of source.bytes!.formats) expect(source.bytes!.refuse(format, schema, to([narrow]))).toMatch(/SQL does not turn|there is no field/)
    }
  })

  test('hostile names of schemas, tables and columns are names and nothing more', async () => {
    const names = ['select', 'a"b', 'a\'b', 'a;drop table everything;--', 'a\nb', 'ä😀', ' ', '%s', '\\', '$$', '{}', 'A', 'x'.repeat(63), 'null']
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
    for (const [i, name] of names.entries()) {
      await sql(`create schema ${quoted(`s${name}`.slice(0, 63))}; create table ${quoted(`s${name}`.slice(0, 63))}.${quoted(name)} (${names.map((column) => `${quoted(column)} int`).join(', ')}); insert into ${quoted(`s${name}`.slice(0, 63))}.${quoted(name)} (${quoted(name)}) values (${i})`)
      const table = { table: `${quoted(`s${name}`.slice(0, 63))}.${quoted(name)}` }
      expect(textRows((await read(table, 'text')).bytes)).toEqual([names.map((column) => column === name ? String(i) : null)])
      const csv = await read(table, 'csv')
      expect(csvRows(csv.bytes)[0]).toEqual(names)
      expect(csv.schema.fields.map((field) => field.name)).toEqual(names)
    }
  })

  test('views, materialised views, partitioned tables and tables with children are read whole', async () => {
    await sql(`create table parted (a int, b text) partition by list (a); create table parted_1 partition of parted for values in (1); create table parted_2 partition of parted default;
      insert into parted values (1, 'x'), (2, 'y'), (null, 'z'); create view seen as select a, b from parted where a is not null; create materialized view kept as select * from seen;
      create table parent (a int); create table child (more int) inherits (parent); insert into parent values (1); insert into child values (2, 3)`)
    const texts = async (table: string): Promise<string[]> => textRows((await read({ table }, 'text')).bytes).map((row) => row.join('|')).sort()
    expect(await texts('parted')).toEqual(['1|x', '2|y', '|z'])
    expect(await texts('seen')).toEqual(['1|x', '2|y'])
    expect(await texts('kept')).toEqual(['1|x', '2|y'])
    expect(await texts('parent')).toEqual(['1', '2'])
    await using view = await open({ table: 'seen' })
    expect((await view.look('types', runOf())).notes?.join()).toMatch(/a view: it is read as it stands/)
  })

  test('generated columns are read, dropped ones are not, and a table may be empty or have no columns', async () => {
    await sql('create table odd (a int, b int, c int generated always as (a * 2) stored); alter table odd drop column b; insert into odd values (21); create table nothing (); insert into nothing default values; insert into nothing default values; create table empty_one (a int)')
    expect(textRows((await read({ table: 'odd' }, 'text')).bytes)).toEqual([['21', '42']])
    expect(textRows((await read({ table: 'empty_one' }, 'text')).bytes)).toEqual([])
    expect((await read({ table: 'empty_one' }, 'csv')).bytes.toString()).toBe('a\n')
    const nothing = await read({ table: 'nothing' }, 'binary')
    expect(nothing.rows).toBe(2)
    await using source = await open({ table: 'nothing' })
    expect(source.bytes!.refuse(favourite(source, 'text'), nothing.schema, nothing.schema)).toMatch(/without fields/)
  })

  test('a query is a source with the types of its result, whatever its last line looks like', async () => {
    for (const query of ['select 1 as a, \'x\'::char(2) as b, null as c', 'select 1 as a, \'x\'::char(2) as b, null as c;\n ; ', 'with q as (select 1 as a) select a, \'x\'::char(2) as b, null as c from q -- the end', 'values (1, \'x\'::char(2), null) ']) {
      const { bytes, schema } = await read({ query }, 'text')
      expect(textRows(bytes)).toEqual([['1', 'x ', null]])
      expect(schema.fields.map((field) => field.origin?.type)).toEqual(['integer', matching(/^(character\(2\)|bpchar)$/), 'text'])
    }
    await using source = await open({ query: 'select 1 as a' })
    expect((await source.look('types', runOf())).again).toBe(false)
    expect(source.native?.relation).toBe('(\nselect 1 as a\n)')
  })

  test.each([
    ['two statements', 'select 1; drop table everything', /multiple commands|syntax error/],
    ['an escape from its parentheses', 'select 1) as q; drop table everything; select * from (select 1', /multiple commands/],
    ['a statement that writes', 'with w as (delete from everything returning id) select * from w', /data-modifying/],
    ['no query', 'drop table everything', /syntax error/],
    ['two columns of one name', 'select 1 as a, 2 as a', /two columns named "a"/],
    ['a missing table', 'select * from nowhere', /nowhere/],
  ])('%s is refused', async (_what, query, text) => {
    await using source = await open({ query })
    await expect(source.look('types', runOf())).rejects.toMatchObject({ code: matching(/refused|not-found/), message: matching(text) })
    expect((await sql('select count(*) > 0 from everything'))[0]).toEqual(['t'])
  })

  test('what is not there, is no table, may not be read, or is not named is refused with the remedy', async () => {
    await sql('create table "Capital" (a int); create table closed (a int, b int); create table half (a int, b int); create role nobody_much login password \'x\'; grant select (a) on half to nobody_much; create index an_index on closed (a); create schema shut; create table shut.t (a int)')
    await expect(open({ table: 'nowhere' })).rejects.toMatchObject({ code: 'not-found', message: matching(/there is no table nowhere/) })
    await expect(open({ table: 'Capital' })).rejects.toMatchObject({ code: 'not-found', message: matching(/double quotes/) })
    await expect(open({ table: 'no_schema.t' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(open({ table: 'x'.repeat(64) })).rejects.toMatchObject({ code: 'not-found' })
    await expect(open({ table: 'an_index' })).rejects.toMatchObject({ code: 'bad-address', message: matching(/no table or view/) })
    await expect(open({ table: 'closed' }, 'nobody_much')).rejects.toMatchObject({ code: 'denied', message: matching(/grant select/) })
    await expect(open({ table: 'shut.t' }, 'nobody_much')).rejects.toMatchObject({ code: 'denied' })
    // A refusal leaves no session behind.
    while ((await sql('select 1 from pg_stat_activity where application_name = \'records-mover\' and datname = current_database()')).length > 0) await Promise.resolve()
    await expect(openSource(addressOf(postgres.server.url(database)), runOf())).rejects.toMatchObject({ code: 'bad-address', message: matching(/neither/) })
    await expect(openSource(addressOf(postgres.server.url(database), { table: 'closed', query: 'select 1' }), runOf())).rejects.toMatchObject({ code: 'bad-address', message: matching(/both/) })
    await using half = await open({ table: 'half' }, 'nobody_much')
    const { schema } = await half.look('types', runOf())
    await using some = await half.bytes!.read(favourite(half, 'text'), { fields: [schema.fields[0]!] }, runOf())
    expect(textRows(await bytesOf(some))).toEqual([])
    await some[Symbol.asyncDispose]()
    await using whole = await half.bytes!.read(favourite(half, 'text'), schema, runOf())
    await expect(bytesOf(whole)).rejects.toMatchObject({ code: 'denied' })
    await sql('drop owned by nobody_much; drop role nobody_much')
  })

  test('rows that row security hides are named in the plan', async () => {
    await sql('create table guarded (a int); insert into guarded values (1), (2); alter table guarded enable row level security; create policy one on guarded using (a = 1); create role seer login password \'x\'; grant select on guarded to seer')
    await using source = await open({ table: 'guarded' }, 'seer')
    const { schema, notes } = await source.look('types', runOf())
    expect(notes?.join()).toMatch(/row security is on: only the rows that seer may see/)
    await using chunks = await source.bytes!.read(favourite(source, 'text'), schema, runOf())
    expect(textRows(await bytesOf(chunks))).toEqual([['1']])
    await chunks[Symbol.asyncDispose]()
    await sql('drop owned by seer; drop role seer')
  })

  test('a table that changed its shape after the look is busy, not read under its old types', async () => {
    await sql('create table shifting (a int); insert into shifting values (1)')
    await using source = await open({ table: 'shifting' })
    const { schema } = await source.look('types', runOf())
    await sql('alter table shifting alter a type bigint')
    await expect(source.bytes!.read(favourite(source, 'binary'), schema, runOf())).rejects.toMatchObject({ code: 'busy', message: matching(/was changed/) })
  })

  test('two ends are of one server exactly when database, user and server are the same', async () => {
    await using a = await open({ table: 'everything' })
    await using b = await open({ query: 'select 1 as a' })
    expect(a.native?.server).toBe(b.native?.server)
    expect(a.native?.relation).toBe('"public"."everything"')
    // Settings of the session may give the same words another meaning.
    await using d = await openSource(addressOf(postgres.server.url(database, { options: '-csearch_path=pg_catalog' }), { query: 'select 1 as a' }), runOf())
    expect(d.native).toBeUndefined()
    await sql('create role other login superuser password \'x\'')
    await using c = await open({ table: 'everything' }, 'other')
    expect(c.native?.server).not.toBe(a.native?.server)
    await c[Symbol.asyncDispose]()
    await sql('drop role other')
  })

  test('text of a database in another encoding comes out in UTF-8; of one without, unchecked, and the plan says so', async () => {
    for (const [encoding, value] of [['LATIN1', 'chr(252)'], ['SQL_ASCII', 'convert_from(\'\\xc3bc\', \'SQL_ASCII\')']] as const) {
      const name = `${database}_${encoding.toLowerCase()}`
      await postgres.server.execute(`create database ${name} encoding '${encoding}' locale 'C' template template0`)
      const source = await openSource(addressOf(postgres.server.url(name), { query: `select ${value} as a` }), runOf())
      const { schema, notes } = await source.look('types', runOf())
      const chunks = await source.bytes!.read(favourite(source, 'text'), schema, runOf())
      expect(textRows(await bytesOf(chunks))).toEqual([['ü']])
      expect(notes?.some((note) => note.includes('SQL_ASCII'))).toBe(encoding === 'SQL_ASCII')
      await source[Symbol.asyncDispose]()
      await postgres.server.dropDatabase(name)
    }
  })

  test('an error of a value in the midst of reading says nothing of the value', async () => {
    await using source = await open({ query: 'select case when g < 500 then g else (\'s3cret\' || g)::int end as a from generate_series(1, 1000) g' })
    const { schema } = await source.look('types', runOf())
    await using chunks = await source.bytes!.read(favourite(source, 'text'), schema, runOf())
    await expect(bytesOf(chunks)).rejects.toMatchObject({ code: 'bad-data', message: matching(/^(?!.*s3cret)/) })
    expect(chunks.tally().rows).toBeUndefined()
  })
})
