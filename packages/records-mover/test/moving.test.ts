// Moves real files with the real command: between dialects, through pipes, into DuckDB and back.
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { HowToRun, Ran } from './run-mvrec.js'
import { jsonLines, runMvrec, scratchFolder } from './run-mvrec.js'

const directory = await scratchFolder()
const olympians = createRequire(import.meta.url).resolve('@observablehq/sample-datasets/olympians.csv')
const CANONICAL = `id,name,price,day,seen,note
1,Ada,10.50,2024-02-29,2024-02-29 23:59:59.000001,"a ""quoted"" one, and
two lines"
9007199254740993,日本,-0.01,0001-01-01,1969-12-31 00:00:00,
-3,"",99999999.99,,,""
`
// Of the public data set: a date, then a height with less than two digits behind the point.
const HEIGHT = /(,\d{4}-\d\d-\d\d,\d)(\.\d)?(?=,)/g
await write('orders.csv', CANONICAL)

function write(name: string, text: string | Uint8Array): Promise<void> {
  return writeFile(join(directory, name), text)
}

function read(name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8')
}

async function mvrec(words: readonly string[], how: Partial<HowToRun> = {}): Promise<Ran> {
  const ran = await runMvrec(words, { directory, ...how })
  expect(ran, ran.stderr).toMatchObject({ code: 0 })
  return ran
}

test('prints the short plan and the tally on standard output, and nothing else anywhere', async () => {
  const { stdout, stderr } = await mvrec(['orders.csv', 'printed.csv'])
  expect(stdout.replace(/in \d+\.\d s/, 'in N s')).toBe(
    'orders.csv  ->  printed.csv\n'
    + '  bytes to bytes      yes  delimited (header row)\n'
    + '  through here        yes  records pass through this process\n\n'
    // Bytes that pass as they are are not counted as rows.
    + `moved ${Buffer.byteLength(CANONICAL)} B in N s\n`,
  )
  expect(stderr).toBe('')
  expect(await read('printed.csv')).toBe(CANONICAL)
})

test('writes other dialects and reads them back to the same bytes', async () => {
  await mvrec(['orders.csv', 'o.tsv', '--quiet'])
  expect((await read('o.tsv')).split('\n')[0]).toBe('id\tname\tprice\tday\tseen\tnote')
  await mvrec(['o.tsv', 'o.out', '--quiet', '--to-hint', 'field-delimiter=;', '--to-hint', 'quoting=all', '--to-hint', 'record-terminator=\\r\\n'])
  expect((await read('o.out')).split('\r\n')[0]).toBe('"id";"name";"price";"day";"seen";"note"')
  await mvrec(['o.out', 'o.txt', '--quiet', '--to-format', 'postgres-text', '--to-hint', 'header-row=true'])
  expect((await read('o.txt')).split('\n')[1]).toBe('1\tAda\t10.50\t2024-02-29\t2024-02-29 23:59:59.000001\ta "quoted" one, and\\ntwo lines')
  await mvrec(['o.txt', 'again.csv', '--quiet'])
  expect(await read('again.csv')).toBe(CANONICAL)
})

test('moves into DuckDB and back with every value the same', async () => {
  const { stdout } = await mvrec(['orders.csv', 'duckdb:shop.duckdb#orders'])
  expect(stdout).toContain('  creates             create table')
  await mvrec(['duckdb:shop.duckdb#orders', 'back.csv', '--quiet'])
  expect(await read('back.csv')).toBe(CANONICAL)
})

test('moves a public data set into DuckDB and back', async () => {
  expect((await mvrec([olympians, 'duckdb:o.duckdb#olympians'])).stdout).toMatch(/^moved 11,538 rows in /m)
  await mvrec(['duckdb:o.duckdb#olympians', 'back-again.csv', '--quiet'])
  // The heights are decimals of two places, which the data set writes as 1.8 and the database as 1.80.
  const canonical = (await readFile(olympians, 'utf8')).replace(HEIGHT, (_text, whole: string, tenths?: string) => `${whole}${tenths ?? '.0'}0`).trimEnd() + '\n'
  const [given, got] = [canonical.split('\n'), (await read('back-again.csv')).split('\n')]
  expect(got.filter((line, i) => line !== given[i])).toEqual([])
  expect(got).toHaveLength(given.length)
})

test('does with what is there what it is told', async () => {
  await write('two.csv', 'id,v\n1,a\n2,b\n')
  await write('other.csv', 'id,v\n2,B\n3,c\n')
  await mvrec(['two.csv', 'duckdb:landing.duckdb#t', '--quiet'])
  await mvrec(['other.csv', 'duckdb:landing.duckdb#t', '--if-exists', 'merge', '--key', 'id', '--quiet'])
  const rows = async (): Promise<string> => (await mvrec(['duckdb:landing.duckdb', '-', '--query', 'select id, v from t order by id, v', '--quiet'])).stdout
  expect(await rows()).toBe('id,v\n1,a\n2,B\n3,c\n')
  await mvrec(['other.csv', 'duckdb:landing.duckdb#t', '--if-exists', 'append', '--quiet'])
  expect(await rows()).toBe('id,v\n1,a\n2,B\n2,B\n3,c\n3,c\n')
  for (const how of ['truncate', 'delete', 'replace']) {
    await mvrec(['two.csv', 'duckdb:landing.duckdb#t', '--if-exists', how, '--quiet'])
    expect(await rows()).toBe('id,v\n1,a\n2,b\n')
  }
})

test('reads a query, from the line or from a file, and chosen columns', async () => {
  await mvrec(['orders.csv', 'duckdb:query.duckdb#orders', '--quiet'])
  await write('q.sql', 'select name, id from orders where id < 0\n')
  const fromFile = await mvrec(['duckdb:query.duckdb', '-', '--query-file', 'q.sql', '--quiet'])
  expect(fromFile.stdout).toBe('name,id\n"",-3\n')
  expect((await mvrec(['duckdb:query.duckdb', '-', '--query', 'select 1 as one', '--quiet'])).stdout).toBe('one\n1\n')
  expect((await mvrec(['orders.csv', '-', '--columns', 'price,id', '--quiet'])).stdout).toBe('price,id\n10.50,1\n-0.01,9007199254740993\n99999999.99,-3\n')
})

test('keeps standard output for the records when they go there', async () => {
  const { stdout, stderr } = await mvrec(['orders.csv', '-'])
  expect(stdout).toBe(CANONICAL)
  expect(stderr).toMatch(/^orders\.csv {2}-> {2}-\n[^]*\nmoved \d+ B in /)
  expect((await mvrec(['orders.csv', '-', '--json'])).stdout).toBe(CANONICAL)
})

test('reads standard input and writes standard output in one pipe', async () => {
  expect(await mvrec(['-', '-', '--quiet', '--to-format', 'tsv'], { input: 'a,b\n1,2\n' })).toEqual({ code: 0, stdout: 'a\tb\n1\t2\n', stderr: '' })
  expect((await mvrec(['-', '-', '--quiet'], { input: gzipSync('a,b\n1,2\n') })).stdout).toBe('a,b\n1,2\n')
})

test('ends quietly when the reader of the records has seen enough', async () => {
  await write('long.csv', `id\n${Array.from({ length: 300_000 }, (_, k) => `${k}\n`).join('')}`)
  const ran = await runMvrec(['long.csv', '-', '--quiet'], { directory, onOutput: (_written, child) => child.stdout?.destroy() })
  expect(ran).toMatchObject({ code: 141, stderr: '' })
})

test('ends well when the reader of the report has seen enough', async () => {
  const ran = await runMvrec(['orders.csv', 'unread.csv'], { directory, onOutput: (_written, child) => child.stdout?.destroy() })
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(await read('unread.csv')).toBe(CANONICAL)
})

test('compresses by the name, and by what is told', async () => {
  await mvrec(['orders.csv', 'o.csv.gz', '--quiet'])
  expect(gunzipSync(await readFile(join(directory, 'o.csv.gz'))).toString()).toBe(CANONICAL)
  await mvrec(['o.csv.gz', 'plain.csv.gz', '--to-hint', 'compression=none', '--quiet'])
  expect(await read('plain.csv.gz')).toBe(CANONICAL)
  await mvrec(['duckdb:shop.duckdb', 'zipped', '--query', 'select 1 as one', '--format', 'csv', '--compression', 'gzip', '--quiet'])
  expect(gunzipSync(await readFile(join(directory, 'zipped'))).toString()).toBe('one\n1\n')
})

test('believes a schema that it is told, and inspect writes such a schema', async () => {
  await write('codes.csv', 'code,n\n1,2\n3,4\n')
  const [result] = jsonLines((await mvrec(['inspect', 'codes.csv', '--json'])).stdout)
  const schema = result!.schema as { fields: Record<string, { 'records-mover': { type: object } }> }
  schema.fields.code!['records-mover'].type = { type: 'string' }
  await write('schema.json', JSON.stringify(schema))
  await mvrec(['codes.csv', 'duckdb:codes.duckdb#codes', '--schema', 'schema.json', '--quiet'])
  expect((await mvrec(['inspect', 'duckdb:codes.duckdb#codes'])).stdout).toMatch(/code +string/)
})

test('prints JSON lines whose totals never fall, and one result at the end', async () => {
  const lines = jsonLines((await mvrec([olympians, 'events.csv', '--json', '--to-hint', 'quoting=all'])).stdout)
  expect(lines.map((line) => line.event).filter((event, i, all) => event !== all[i - 1])).toEqual(['move-started', 'route-chosen', 'records-moved', 'move-ended', 'result'])
  const moved = lines.filter((line) => line.event === 'records-moved')
  for (const total of ['rows', 'bytes']) {
    // What is not known yet is absent.
    const totals = moved.map((line) => line[total] as number | undefined).filter((count) => count !== undefined)
    expect(totals.length).toBeGreaterThan(0)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
  }
  expect(lines.at(-1)).toMatchObject({ event: 'result', command: 'move', route: 'bytes-to-bytes', rows: 11538, to: 'events.csv' })
  expect(moved.at(-1)).toMatchObject({ rows: 11538, bytes: lines.at(-1)!.bytes })
  const quiet = jsonLines((await mvrec(['orders.csv', 'quiet.csv', '--json', '--quiet'])).stdout)
  expect(quiet.map((line) => line.event)).toEqual(['result'])
})

test('plans without moving, with every way and its reason', async () => {
  const { stdout } = await mvrec(['plan', 'orders.csv', 'planned.csv'])
  expect(stdout).toContain('  same server         no   source has no server of its own')
  expect(stdout).toContain('  bytes to bytes      yes  delimited (header row)')
  await expect(stat(join(directory, 'planned.csv'))).rejects.toMatchObject({ code: 'ENOENT' })
  const [plan] = jsonLines((await mvrec(['plan', 'orders.csv', 'planned.csv', '--json'])).stdout)
  expect(plan).toMatchObject({ event: 'result', command: 'plan', route: 'bytes-to-bytes', refused: [], routes: expect.arrayContaining([{ route: 'bytes-to-bytes', works: true, reasons: [] }]) as unknown })
})

test('takes the route it is told, and leaves out another', async () => {
  const route = async (...words: string[]): Promise<unknown> => jsonLines((await mvrec(['plan', 'orders.csv', 'r.csv', '--json', ...words])).stdout)[0]!.route
  expect(await route()).toBe('bytes-to-bytes')
  const chosen = await runMvrec(['plan', 'orders.csv', 'r.csv', '--not-route', 'bytes-to-bytes'], { directory })
  expect(chosen).toMatchObject({ code: 3 })
  expect(chosen.stdout).toContain('forbidden by the caller')
  expect(await route('--route', 'bytes-to-bytes')).toBe('bytes-to-bytes')
})

test('shows what an address holds', async () => {
  const { stdout } = await mvrec(['inspect', 'orders.csv', '--columns', 'id,name,price,seen'])
  expect(stdout).toContain('  format      delimited (header row)\n  rows        3\n')
  expect(stdout).toContain('  price  decimal(10,2)  no\n')
  expect(stdout).toContain('  9007199254740993  日本        -0.01  1969-12-31 00:00:00\n')
  expect(stdout).toContain('                -3  ""    99999999.99  null\n')
  expect((await mvrec(['inspect', 'orders.csv', '--rows', '0'])).stdout).not.toContain('Ada')
  expect((await mvrec(['inspect', 'orders.csv', '--no-header'])).stdout).toMatch(/header-row=false/)
  const [found] = jsonLines((await mvrec(['inspect', 'orders.csv', '--json', '--rows', '1', '--columns', 'name,id'])).stdout)
  expect(found).toMatchObject({ columns: ['name', 'id'], firstRows: [['Ada', '1']], rows: 3, rowsExact: true })
})

test('lists the plugins that come with it', async () => {
  const { stdout } = await mvrec(['plugins'])
  for (const name of ['delimited', 'duckdb', 'file', 'postgres']) expect(stdout).toContain(`@records-mover/${name} `)
})
