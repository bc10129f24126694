// That between two PostgreSQL databases every type arrives as it left: by binary, by text, and within one server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { copied, moving, tableAt } from './moving.js'
import { SETUP, TYPES, everything } from './values.js'

const postgres = postgresService()

describe.skipIf(postgres.skip)(postgres.title('types between two databases'), () => {
  let from: string
  let to: string

  beforeAll(async () => {
    const { server } = postgres
    from = await server.createDatabase()
    to = await server.createDatabase()
    for (const database of [from, to]) await server.execute(SETUP, database)
    await server.execute(everything(), from)
    await server.execute(`create table bare as select ${TYPES.map((_, i) => `c${i}`).join(', ')} from everything`, from)
  })
  afterAll(async () => {
    await postgres.server.dropDatabase(from)
    await postgres.server.dropDatabase(to)
  })

  test('a table of all types at once arrives whole, into a table that is made and into one that exists', async () => {
    const { server } = postgres
    const made = await moving(tableAt(server, from, 'everything'), tableAt(server, to, 'everything'))
    expect(made.tally.rows).toBe(Number((await server.execute('select count(*) from everything', from))[0]![0]))
    expect(await copied(server, to, 'select * from everything')).toEqual(await copied(server, from, 'select * from everything'))
    expect(await columnsOf(to, 'everything')).toEqual(await columnsOf(from, 'everything'))
    await moving(tableAt(server, from, 'everything'), tableAt(server, to, 'everything'), { whenExists: 'delete' })
    expect(await copied(server, to, 'select * from everything')).toEqual(await copied(server, from, 'select * from everything'))
  })

  test.each(TYPES.map(({ type }, i) => [type, `c${i}`]))('%s arrives as it left, alone and in its best format', async (type, column) => {
    const { server } = postgres
    const table = `one_${column}`
    await server.execute(`create table ${table} as select row_number() over () as id, ${column} as v from bare where ${column}::text is not null`, from)
    const result = await moving(tableAt(server, from, table), tableAt(server, to, table))
    const route = result.plan.verdicts.find(({ choice }) => choice)!.choice!
    expect(await copied(server, to, `select * from ${table}`)).toEqual(await copied(server, from, `select * from ${table}`))
    expect(await columnsOf(to, table)).toEqual(await columnsOf(from, table))
    expect(route.reads?.format).toBe(['regclass', 'mood[]', '"My Pair"'].includes(type) ? 'delimited' : 'postgres-binary')
  })

  test('all types arrive within one database by one statement', async () => {
    const { server } = postgres
    const result = await moving(tableAt(server, from, 'everything'), tableAt(server, from, 'within'))
    expect(result.plan.verdicts.find(({ choice }) => choice)!.route).toBe('native')
    expect(await copied(server, from, 'select * from within')).toEqual(await copied(server, from, 'select * from everything'))
  })

  test('a type that is not there becomes its base or text, and the plan says so', async () => {
    const { server } = postgres
    const bare = await server.createDatabase()
    await server.execute('create table odd as select 1 as id, \'happy\'::mood as m, \'{happy}\'::mood[] as ms, 1.10::price as p, \'(1,x)\'::"My Pair" as c, \'a=>1\'::hstore as h', from)
    const result = await moving(tableAt(server, from, 'odd'), tableAt(server, bare, 'odd'))
    expect(result.plan.fit.changes.map(({ field }) => field)).toEqual(['m', 'ms', 'p', 'c', 'h'])
    expect(await server.execute('select * from odd', bare)).toEqual([['1', 'happy', '{happy}', '1.10', '(1,x)', '"a"=>"1"']])
    expect(await columnsOf(bare, 'odd')).toEqual([['id', 'integer'], ['m', 'text'], ['ms', 'text'], ['p', 'numeric(12,2)'], ['c', 'text'], ['h', 'text']])
    await server.dropDatabase(bare)
  })

  async function columnsOf(database: string, table: string): Promise<unknown> {
    return postgres.server.execute(
      `select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 order by attnum`, database,
    )
  }
})
