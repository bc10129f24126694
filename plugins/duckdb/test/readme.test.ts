// The example of the README, run as it stands, and whole moves through the planner.
import { move, plan, planText, registry } from '@records-mover/core'
import { delimited } from '@records-mover/delimited'
import { file } from '@records-mover/file'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { duckdb } from '../src/index.js'
import { folder } from './ends.js'

const plugins = registry([file, delimited, duckdb])
const CSV = 'id,amount,note,day\n1,9.50,"a, ""b""",2024-02-29\n2,10.05,,2024-03-01\n3,1000.00,"",\n'

describe('moves', () => {
  test('the example of the README does what it says', async () => {
    using place = folder()
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const example = /```ts\n([^]*?)```/.exec(readme)![1]!
    const body = example.replace(/^import .*$/gm, '').replaceAll('file:', `file:${place.path}/`).replaceAll('duckdb:shop', `duckdb:${place.path}/shop`)
    writeFileSync(join(place.path, 'orders.csv'), CSV)
    const printed: unknown[] = []
    // The imports stand above; the rest is the body of a function.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function('move', 'registry', 'delimited', 'duckdb', 'file', 'console', `return (async () => { ${body} })()`) as (...values: unknown[]) => Promise<void>
    await run(move, registry, delimited, duckdb, file, { log: (value: unknown) => printed.push(value) })
    expect(printed).toEqual([2])
    expect(readFileSync(join(place.path, 'big.csv'), 'utf8')).toBe('id,amount\n2,10.05\n3,1000.00\n')
  })

  test('a file comes back byte for byte', async () => {
    using place = folder()
    const [csv, db, back] = [`file:${place.path}/a.csv`, `duckdb:${place.path}/a.duckdb#t`, `file:${place.path}/b.csv`] as const
    writeFileSync(join(place.path, 'a.csv'), CSV)
    expect((await move(csv, db, { registry: plugins })).tally.rows).toBe(3)
    expect((await move(db, back, { registry: plugins })).tally.rows).toBe(3)
    expect(readFileSync(join(place.path, 'b.csv'), 'utf8')).toBe(CSV)
    expect(readdirSync(place.path).sort()).toEqual(['a.csv', 'a.duckdb', 'b.csv'])
  })

  test('a table of the same file goes by DuckDB itself, text to a file by DuckDB\'s writer, and batches go from file to file', async () => {
    using place = folder()
    const at = (name: string, table: string): string => `duckdb:${place.path}/${name}.duckdb#${table}`
    writeFileSync(join(place.path, 'a.csv'), CSV)
    await move(`file:${place.path}/a.csv`, at('one', 't'), { registry: plugins })
    const route = async (to: string): Promise<string | undefined> => (await plan(at('one', 't'), to, { registry: plugins })).choice?.route
    expect(await route(at('one', 'u'))).toBe('native')
    expect(await route(`file:${place.path}/c.csv`)).toBe('files-to-files')
    expect(planText(await plan(at('one', 't'), at('two', 't'), { registry: plugins }))).toContain('create table "main"."t" ("id" BIGINT')
    expect(readdirSync(place.path).sort()).toEqual(['a.csv', 'one.duckdb'])
    await move(at('one', 't'), at('one', 'u'), { registry: plugins })
    await move(at('one', 'u'), at('two', 't'), { registry: plugins, routes: ['batches-to-batches'] })
    await move(at('two', 't'), `file:${place.path}/c.csv`, { registry: plugins })
    expect(readFileSync(join(place.path, 'c.csv'), 'utf8')).toBe(CSV)
  })

  test('a table cannot be its own target', async () => {
    using place = folder()
    writeFileSync(join(place.path, 'a.csv'), CSV)
    await move(`file:${place.path}/a.csv`, `duckdb:${place.path}/a.duckdb#t`, { registry: plugins })
    for (const whenExists of ['append', 'truncate', 'replace'] as const) {
      await expect(move(`duckdb:${place.path}/a.duckdb#t`, `duckdb:${place.path}/a.duckdb#T`, { registry: plugins, whenExists })).rejects.toThrow(/source and target|same/)
    }
  })

  test('a value that does not fit an existing column is bad data, and the table stays as it was', async () => {
    using place = folder()
    const db = `duckdb:${place.path}/a.duckdb#t`
    writeFileSync(join(place.path, 'a.csv'), CSV)
    await move(`file:${place.path}/a.csv`, db, { registry: plugins })
    writeFileSync(join(place.path, 'b.csv'), 'id,amount,note,day\n4,1.239,x,2024-01-01\n')
    await expect(move(`file:${place.path}/b.csv`, db, { registry: plugins, whenExists: 'append' })).rejects.toMatchObject({ code: 'bad-data' })
    await move(db, `file:${place.path}/c.csv`, { registry: plugins })
    expect(readFileSync(join(place.path, 'c.csv'), 'utf8')).toBe(CSV)
  })
})
