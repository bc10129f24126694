// Moves with the real command to, from and between tables of a real PostgreSQL server, and what goes wrong there.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ran } from './run-mvrec.js'
import { jsonLines, runMvrec, scratchFolder } from './run-mvrec.js'

const postgres = postgresService()
const directory = await scratchFolder()
const CANARY = 'canary-Pg5'
const ORDERS = 'id,name,price,seen\n1,Ada,10.50,2024-02-29 23:59:59.000001\n9007199254740993,日本,-0.01,\n-3,"",99999999.99,1969-12-31 00:00:00\n'

describe.skipIf(postgres.skip)(postgres.title('mvrec and PostgreSQL'), () => {
  let database: string
  const table = (name: string): string => `${postgres.server.url(database)}#${name}`
  const sql = (statement: string): Promise<unknown[][]> => postgres.server.execute(statement, database)
  async function mvrec(...words: string[]): Promise<Ran> {
    const ran = await runMvrec(words, { directory })
    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    return ran
  }

  beforeAll(async () => {
    database = await postgres.server.createDatabase()
    await writeFile(join(directory, 'orders.csv'), ORDERS)
  })
  afterAll(() => postgres.server.dropDatabase(database))

  test('moves a file of which nothing is known into a new table and back', async () => {
    const { stdout } = await mvrec('orders.csv', table('public.orders'))
    expect(stdout).toMatch(/creates +create table/)
    expect(stdout).toMatch(/^moved 3 rows in /m)
    expect(await sql('select id::text, name, price::text from orders order by id')).toEqual([['-3', '', '99999999.99'], ['1', 'Ada', '10.50'], ['9007199254740993', '日本', '-0.01']])
    await mvrec(table('public.orders'), 'back.csv', '--quiet')
    expect((await readFile(join(directory, 'back.csv'), 'utf8')).split('\n').sort()).toEqual(ORDERS.split('\n').sort())
  })

  test('shows a table with its types', async () => {
    await sql('create table shown (id bigint primary key, price numeric(10,2), note text); insert into shown values (1, 1.5, null)')
    const { stdout } = await mvrec('inspect', table('public.shown'))
    expect(stdout).toMatch(/ {2}key +id\n/)
    expect(stdout).toMatch(/ {2}price +decimal\(10,2\) +yes\n/)
    expect(stdout).toMatch(/ +1 +1\.50 +null\n/)
  })

  test('moves between two tables without loading DuckDB', async () => {
    await sql('create table here as select g as id, \'name \' || g as name from generate_series(1, 1000) g')
    const file = join(directory, 'modules.txt')
    await writeFile(file, '')
    const watch = fileURLToPath(new URL('fixtures/watch-modules.mjs', import.meta.url))
    const ran = await runMvrec([table('public.here'), table('public.there'), '--json'], { directory, node: ['--import', watch], environment: { MODULES_FILE: file } })
    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    expect(jsonLines(ran.stdout).at(-1)).toMatchObject({ rows: 1000 })
    const loaded = await readFile(file, 'utf8')
    expect(loaded).toContain('plugins/postgres/dist')
    expect(loaded).not.toMatch(/duckdb|plugins\/file/)
    expect(await sql('select count(*)::text from here join there using (id, name)')).toEqual([['1000']])
  })

  test('moves a query, merges by key, grants, and takes the route it is told', async () => {
    const role = `analyst_${database}`
    await sql(`create role ${role}`)
    await sql('create table kept (id int primary key, v text); insert into kept values (1, \'old\'), (2, \'old\')')
    await mvrec(postgres.server.url(database), table('public.fresh'), '--query', 'select 2 as id, \'new\'::text as v', '--grant', `select, insert to ${role}`, '--not-route', 'native')
    expect(await sql(`select privilege_type::text from information_schema.table_privileges where grantee = '${role}' order by 1`)).toEqual([['INSERT'], ['SELECT']])
    await mvrec(table('public.fresh'), table('public.kept'), '--if-exists', 'merge', '--key', 'id', '--route', 'bytes-to-bytes')
    expect(await sql('select id::text, v from kept order by id')).toEqual([['1', 'old'], ['2', 'new']])
    await sql(`drop owned by ${role}; drop role ${role}`)
  })

  test.each<[string, () => string[], number, RegExp]>([
    ['a wrong password', () => [withPassword(table('public.orders')), 'x.csv'], 5, /\(denied/],
    ['a server that is not there', () => [`postgres://app:${CANARY}@127.0.0.1:1/d#t`, 'x.csv'], 7, /\(busy, may succeed later/],
    ['a missing table', () => [table('public.absent'), 'x.csv'], 4, /\(not-found/],
    ['a table that exists', () => ['orders.csv', table('public.existing')], 4, /\(already-exists/],
    ['a table with other columns', () => ['orders.csv', table('public.existing'), '--if-exists', 'append'], 3, /price/],
    ['a value that does not fit', () => ['letters.csv', table('public.narrow'), '--if-exists', 'append'], 6, /\(bad-data/],
    ['a table onto itself', () => [table('public.existing'), table('public.existing'), '--if-exists', 'replace'], 3, /\(refused/],
    ['a weak sslmode', () => [`${postgres.server.url(database)}&sslmode=prefer#public.orders`, 'x.csv'], 5, /\(untrusted/],
  ])('%s ends with its own code, shows no secret and changes nothing', async (_what, words, code, says) => {
    await writeFile(join(directory, 'letters.csv'), `n\n1\n${CANARY}\n`)
    await sql('drop table if exists existing, narrow; create table existing (id int, other text); create table narrow (n int); insert into narrow values (7)')
    const ran = await runMvrec([...words(), '--verbose'], { directory, environment: { PGPASSWORD: CANARY } })
    expect(ran, ran.stderr).toMatchObject({ code })
    expect(ran.stderr).toMatch(says)
    expect(ran.stdout + ran.stderr).not.toContain(CANARY)
    expect(await sql('select n::text from narrow union all select id::text from existing')).toEqual([['7']])
  })

  test('Ctrl-C amid a load leaves the table as it was and no session behind', async () => {
    await writeFile(join(directory, 'big.csv'), `id,name\n${Array.from({ length: 1_500_000 }, (_, k) => `${k},name ${k}\n`).join('')}`)
    await sql('create table stopped (id bigint, name text); insert into stopped values (1, \'old\')')
    let sent = false
    const ran = await runMvrec(['big.csv', table('public.stopped'), '--if-exists', 'truncate', '--json'], {
      directory,
      onOutput: (written, child) => {
        if (!sent && written.includes('records-moved')) sent = child.kill('SIGINT')
      },
    })
    expect(ran, ran.stderr).toMatchObject({ code: 130 })
    expect(jsonLines(ran.stdout).at(-1)).toMatchObject({ code: 'aborted', message: 'stopped: the target is as it was' })
    expect(await sql('select id::text, name from stopped')).toEqual([['1', 'old']])
    expect(await sql('select count(*)::text from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()')).toEqual([['0']])
  }, 60_000)

  test('says in the unknown scheme what an mvrec outside the project would need', async () => {
    const project = join(directory, 'project')
    await mkdir(project, { recursive: true })
    await writeFile(join(project, 'package.json'), JSON.stringify({ dependencies: { '@records-mover/mysql': '*' } }))
    const ran = await runMvrec(['mysql://h/d#t', 'x.csv'], { directory: project })
    expect(ran).toMatchObject({ code: 3 })
    expect(ran.stderr).toContain(`this mvrec is not installed in ${project}`)
  })
})

function withPassword(address: string): string {
  return address.replace(/:\/\/([^:@]*)(:[^@]*)?@/, `://$1:${CANARY}@`)
}
