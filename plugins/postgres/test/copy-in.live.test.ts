// That delimited text goes into a table as its hints mean it: passed on where the server reads it so, checked on the way where it does not.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { MoveOptions } from '@records-mover/core'
import { move, registry } from '@records-mover/core'
import { delimited } from '@records-mover/delimited'
import { file } from '@records-mover/file'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { postgres as plugin } from '../src/index.js'
import { tableAt } from './moving.js'

const postgres = postgresService()
const plugins = registry([plugin, file, delimited])

describe.skipIf(postgres.skip)(postgres.title('delimited text into a table'), () => {
  let database: string
  let folder: string

  beforeAll(async () => {
    database = await postgres.server.createDatabase()
    folder = await mkdtemp(join(tmpdir(), 'copy-in-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
    await postgres.server.dropDatabase(database)
  })
  beforeEach(() => sql('drop table if exists t; create table t (id int, note text)'))

  test('passes on what the server reads as it is meant', async () => {
    const { plan } = await load('id,note\r\n1,"a ""b"", c\nd"\r\n2,\r\n3,""\r\n4, x \r\n5,\\N\r\n', { sourceFormat: { hints: { 'null-text': '' } } })
    expect(plan.verdicts.find(({ choice }) => choice)!.choice).toMatchObject({ route: 'bytes-to-bytes', middle: 'nothing' })
    expect(await sql('select * from t order by id')).toEqual([['1', 'a "b", c\nd'], ['2', null], ['3', ''], ['4', ' x '], ['5', '\\N']])
  })

  test('puts fields into columns by name, whatever their order', async () => {
    await load('note,id\nx,1\n')
    expect(await sql('select * from t')).toEqual([['1', 'x']])
  })

  test('takes a byte order mark for no part of a value', async () => {
    await sql('drop table t; create table t (column_1 text, column_2 text)')
    await load('\ufeff1,x\n', { sourceFormat: { hints: { 'header-row': false } } })
    await load('\ufeffcolumn_1,column_2\n2,y\n', { sourceFormat: { hints: { 'header-row': true } } })
    expect(await sql('select * from t order by 1')).toEqual([['1', 'x'], ['2', 'y']])
  })

  test('reads the text format of PostgreSQL as PostgreSQL does', async () => {
    await sql('drop table t; create table t (column_1 int, column_2 text)')
    await load('1\ta\\tb\\n\\\\c\n2\t\\N\n3\t\n', { sourceFormat: { format: 'postgres-text' } })
    expect(await sql('select * from t order by 1')).toEqual([['1', 'a\tb\n\\c'], ['2', null], ['3', '']])
  })

  test('loses no record behind a mark that ends data', async () => {
    const landed = await load('note\na\n\\.\nb\n').then(() => true, (error: unknown) => {
      expect(error).toMatchObject({ code: 'bad-data' })
      return false
    })
    expect(await sql('select note from t')).toEqual(landed ? [['a'], ['\\.'], ['b']] : [])
    await sql('drop table t; create table t (column_1 text)')
    await expect(load('a\n\\.\nb\n', { sourceFormat: { format: 'postgres-text' } })).rejects.toMatchObject({ code: 'bad-data' })
    expect(await sql('select * from t')).toEqual([])
  })

  test.each([
    ['numeric(10,2)', '1.239'], ['numeric(10,2)', '1e2000'], ['date', 'today'], ['date', '1/2/2003'], ['timestamp', '2024-01-01 00:00:00.1234567'],
    ['timestamp(3)', '2024-01-01 00:00:00.1234'], ['time', 'now'], ['varchar(2)', 'ab '], ['varchar(2)', 'abc'], ['boolean', 'perhaps'], ['int', '1.5'], ['bytea', 'abc'],
  ])('a %s takes %s for bad data and not for something near', async (type, value) => {
    await sql(`alter table t add v ${type}`)
    await expect(load(`id,v\n1,\n2,${value}\n`)).rejects.toMatchObject({ code: 'bad-data', context: { line: '3' } })
    expect(await sql('select * from t')).toEqual([])
  })

  test('tells row and field of U+0000, and removes and counts it when that is allowed', async () => {
    const data = 'id,note\n1,"x\n,y"\n2,a\0b\n'
    await expect(load(data)).rejects.toMatchObject({ code: 'bad-data', context: { row: '2', field: 'note', line: '4' } })
    const { tally } = await load(data, { allow: ['nul-removed'] })
    expect(tally).toEqual({ rows: 2, losses: { 'nul-removed': 1 } })
    expect(await sql('select * from t order by id')).toEqual([['1', 'x\n,y'], ['2', 'ab']])
  })

  async function load(data: string, options: Partial<MoveOptions> = {}): ReturnType<typeof move> {
    const path = join(folder, 'data.csv')
    await writeFile(path, data)
    return await move(path, tableAt(postgres.server, database, 't'), { registry: plugins, whenExists: 'append', ...options })
  }

  function sql(text: string): Promise<readonly (readonly (string | null)[])[]> {
    return postgres.server.execute(text, database)
  }
})
