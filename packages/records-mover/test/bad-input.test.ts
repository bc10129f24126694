// Wrong usage and bad input that needs no server: the exit code, one clear sentence, and the target as it was.
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, runMvrec, scratchFolder } from './run-mvrec.js'

const directory = await scratchFolder()
const CANARY = 'canary-Zq7'
const NOBODY = 65_534
const files: Readonly<Record<string, string | Uint8Array>> = {
  'good.csv': 'id,name\n1,Ada\n',
  'there.csv': 'as,it\nwas,1\n',
  'ragged.csv': 'a,b\n1,2\n3\n',
  'quote.csv': 'a,b\n1,"2\n3,4\n',
  'utf8.csv': new Uint8Array([0x61, 0x2c, 0x62, 0x0a, 0x31, 0x2c, 0xff, 0xfe, 0x0a]),
  'values.csv': `id,name\n1,Ada\n${CANARY},Bob\n`,
  'empty.sql': ' \n',
  'broken.json': `{"schema": ${CANARY}`,
  'other.json': '{"fields": {}}',
  'id-number.json': JSON.stringify({ schema: 'bltypes/v1', fields: { id: { type: 'integer', index: 1 }, name: { type: 'string', index: 2 } } }),
  'damaged.csv.gz': new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]),
}
for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
await mkdir(join(directory, 'folder'))
await runMvrec(['good.csv', 'duckdb:shop.duckdb#orders', '--quiet'], { directory })
const before = (await readdir(directory)).sort()

interface Case { readonly words: readonly string[], readonly code: number, readonly says: RegExp, readonly kind?: string }

test.each<Case>([
  { words: [], code: 2, says: /missing required argument 'from'; see mvrec --help/ },
  { words: ['good.csv'], code: 2, says: /missing required argument 'to'/ },
  { words: ['good.csv', 'a.csv', 'b.csv'], code: 2, says: /too many arguments/ },
  { words: ['good.csv', 'a.csv', '--quickly'], code: 2, says: /unknown option '--quickly'/ },
  { words: ['good.csv', 'a.csv', '--if-exists', 'drop'], code: 2, says: /it takes fail, append/ },
  { words: ['good.csv', 'a.csv', '--allow', 'anything'], code: 2, says: /no loss "anything": there are timestamp-precision/ },
  { words: ['good.csv', 'a.csv', '--delimiter', ';'], code: 2, says: /both ends are files.*--from-hint/ },
  { words: ['duckdb:shop.duckdb#orders', 'duckdb:b.duckdb#b', '--delimiter', ';'], code: 2, says: /neither end is a file/ },
  { words: ['inspect', 'duckdb:shop.duckdb#orders', '--delimiter', ';'], code: 2, says: /no file/ },
  { words: ['duckdb:shop.duckdb', 'a.csv', '--query-file', 'empty.sql'], code: 2, says: /the query in empty.sql is empty/ },
  { words: ['good.csv', 'a.csv', '--to-hint', 'compression=zip'], code: 2, says: /compression "zip"/ },
  { words: ['s3://bucket/x.csv', 'a.csv'], code: 3, says: /no plugin answers "s3:"; registered: duckdb, file/, kind: 'unknown-scheme' },
  { words: ['good.csv', 'a.csv', '--stage', 'gs://b/x/'], code: 3, says: /no plugin answers "gs:"/, kind: 'unknown-scheme' },
  { words: ['file://elsewhere/x.csv', 'a.csv'], code: 3, says: /another computer/, kind: 'bad-address' },
  { words: ['file:good.csv?speed=high', 'a.csv'], code: 3, says: /no option "speed"/, kind: 'bad-address' },
  { words: ['good.csv', 'a.csv', '--to-hint', 'colour=red'], code: 3, says: /no hint "colour"/, kind: 'refused' },
  { words: ['good.csv', 'a.csv', '--to-hint', 'quoting=some'], code: 3, says: /hint quoting cannot be "some": it takes/, kind: 'refused' },
  { words: ['good.csv', 'a.csv', '--to-format', 'parquet'], code: 3, says: /the format "parquet" is not known: registered are delimited/, kind: 'refused' },
  { words: ['good.csv', 'a.csv', '--grant', 'select to x'], code: 3, says: /tables only/, kind: 'refused' },
  { words: ['good.csv', 'a.csv', '--key', 'id'], code: 3, says: /a key is for merge/, kind: 'refused' },
  { words: ['good.csv', 'a.csv', '--if-exists', 'append'], code: 3, says: /append needs a table/, kind: 'refused' },
  { words: ['good.csv', 'a.csv', '--query', 'select 1'], code: 3, says: /take no query/, kind: 'refused' },
  { words: ['duckdb:shop.duckdb#orders', 'a.csv', '--schema', 'id-number.json'], code: 3, says: /a schema of its own/, kind: 'refused' },
  { words: ['good.csv', 'a.csv', '--route', 'native'], code: 3, says: /there is no way from one end to the other/, kind: 'no-route' },
  { words: ['good.csv', 'good.csv', '--if-exists', 'replace'], code: 3, says: /source and target are the same/, kind: 'refused' },
  { words: ['utf8.csv', 'a.csv'], code: 3, says: /utf8\.csv is not UTF-8/, kind: 'refused' },
  { words: ['absent.csv', 'a.csv'], code: 4, says: /absent\.csv": there is no such file/, kind: 'not-found' },
  { words: ['good.csv', 'nowhere/a.csv'], code: 4, says: /nowhere\/a\.csv/, kind: 'not-found' },
  { words: ['duckdb:shop.duckdb#absent', 'a.csv'], code: 4, says: /no table "absent"/, kind: 'not-found' },
  { words: ['good.csv', 'a.csv', '--columns', 'id,price'], code: 4, says: /no field "price": it has id, name/, kind: 'not-found' },
  { words: ['inspect', 'good.csv', '--columns', 'price'], code: 4, says: /no field "price": it has id, name/, kind: 'not-found' },
  { words: ['good.csv', 'a.csv', '--schema', 'absent.json'], code: 4, says: /the schema file absent\.json is not there/, kind: 'not-found' },
  { words: ['${env:MVREC_NOT_SET}', 'a.csv'], code: 4, says: /MVREC_NOT_SET/, kind: 'not-found' },
  { words: ['good.csv', 'there.csv'], code: 4, says: /there\.csv exists already: say what to do with it/, kind: 'already-exists' },
  { words: ['good.csv', 'duckdb:shop.duckdb#orders'], code: 4, says: /exists already/, kind: 'already-exists' },
  { words: ['ragged.csv', 'a.csv'], code: 6, says: /ragged\.csv line 3, .*1 field where 2 are expected/, kind: 'bad-data' },
  { words: ['quote.csv', 'a.csv'], code: 6, says: /quote\.csv line 2, .*never closed/, kind: 'bad-data' },
  { words: ['damaged.csv.gz', 'a.csv'], code: 6, says: /damaged/, kind: 'bad-data' },
  { words: ['good.csv', 'a.csv', '--schema', 'broken.json'], code: 6, says: /the schema file broken\.json is not JSON/, kind: 'bad-data' },
  { words: ['good.csv', 'a.csv', '--schema', 'other.json'], code: 6, says: /is not a records schema/, kind: 'bad-data' },
  { words: ['values.csv', 'duckdb:shop.duckdb#v', '--schema', 'id-number.json'], code: 6, says: /line 3/, kind: 'bad-data' },
  { words: ['values.csv', 'duckdb:shop.duckdb#orders', '--if-exists', 'append'], code: 6, says: /line 3/, kind: 'bad-data' },
])('$words ends with $code', async ({ words, code, says, kind }) => {
  const ran = await runMvrec(words, { directory })
  expect(ran, ran.stderr).toMatchObject({ code })
  expect(ran.stderr).toMatch(says)
  expect(ran.stderr).toMatch(/^mvrec: [^\n]+(\n|$)/)
  expect(ran.stderr).not.toMatch(/\n\s+at |Error:/)
  if (kind !== undefined) expect(ran.stderr).toContain(`\n  (${kind}`)
  expect(ran.stdout + ran.stderr).not.toContain(CANARY)
  await unchanged()
})

test.each<[readonly string[], number, string]>([
  [['good.csv'], 2, 'usage'],
  [['good.csv', 'a.csv', '--to-hint', 'compression=zip'], 2, 'usage'],
  [['s3://bucket/x.csv', 'a.csv'], 3, 'unknown-scheme'],
  [['absent.csv', 'a.csv'], 4, 'not-found'],
  [['plan', 'good.csv', 'there.csv'], 4, 'already-exists'],
  [['inspect', 'ragged.csv'], 6, 'bad-data'],
  [['values.csv', 'duckdb:shop.duckdb#orders', '--if-exists', 'append'], 6, 'bad-data'],
])('%j --json ends with one line that says %i and "%s"', async (words, exitCode, code) => {
  const ran = await runMvrec([...words, '--json'], { directory })
  expect(ran).toMatchObject({ code: exitCode, stderr: '' })
  const last = jsonLines(ran.stdout).at(-1)!
  expect(last).toMatchObject({ event: 'error', exitCode, code, message: expect.any(String) as string, temporary: false })
  expect(last).not.toHaveProperty('causes')
  expect(ran.stdout).not.toContain(CANARY)
  await unchanged()
})

test('says denied where there are no rights', async () => {
  const place = await scratchFolder()
  await chmod(place, 0o755)
  await writeFile(join(place, 'good.csv'), 'a\n1\n')
  await writeFile(join(place, 'locked.csv'), 'a\n1\n', { mode: 0o000 })
  await mkdir(join(place, 'closed'), { mode: 0o555 })
  // Root may do everything, so root becomes nobody.
  const how = { directory: place, ...(process.getuid?.() === 0 && { user: NOBODY }) }
  for (const words of [['locked.csv', '-'], ['good.csv', 'closed/a.csv'], ['inspect', 'locked.csv'], ['good.csv', '-', '--schema', 'locked.csv']]) {
    const ran = await runMvrec(words, how)
    expect(ran, ran.stderr).toMatchObject({ code: 5 })
    expect(ran.stderr).toContain('(denied; ')
  }
  expect(await readdir(join(place, 'closed'))).toEqual([])
})

test.skipIf(process.platform !== 'linux')('says that the disk is full (with /dev/full, which Linux has)', async () => {
  const ran = await runMvrec(['good.csv', '/dev/full', '--if-exists', 'replace', '--quiet'], { directory })
  expect(ran).toMatchObject({ code: 1 })
  expect(ran.stderr).toContain('the disk is full')
})

test('names line and field, and gives them to programs', async () => {
  const { stdout } = await runMvrec(['ragged.csv', 'a.csv', '--json'], { directory })
  expect(jsonLines(stdout).at(-1)).toMatchObject({ code: 'bad-data', temporary: false, context: { line: '3' } })
})

test('shows no secret of an address, an option or the environment, whatever is asked for', async () => {
  const addresses = [
    `postgres://app:${CANARY}@localhost/d?host=/nonexistent#t`,
    `postgres://app@localhost/d?host=/nonexistent&password=${CANARY}#t`,
    `postgres://app:\${env:MVREC_CANARY}@localhost/d?host=/nonexistent#t`,
    `s3://id:${CANARY}@bucket/x`,
    `postgres//app:${CANARY}@localhost/d`,
  ]
  for (const address of addresses) {
    for (const words of [[address, 'a.csv'], ['good.csv', address], ['plan', address, 'a.csv'], ['inspect', address]]) {
      for (const how of words.length === 2 && words[0] === address ? ['--verbose', '--json'] : ['--verbose']) {
        const ran = await runMvrec([...words, how], { directory, environment: { MVREC_CANARY: CANARY, PGPASSWORD: CANARY } })
        expect(ran.code, ran.stderr).not.toBe(0)
        expect(ran.stdout + ran.stderr).not.toContain(CANARY)
        expect(ran.stdout + ran.stderr).not.toBe('')
      }
    }
  }
}, 120_000)

test('shows a hostile file name harmlessly', async () => {
  const ran = await runMvrec(['\u001b[2Jx\u0007.csv', 'a.csv'], { directory })
  expect(ran.code).toBe(4)
  expect(ran.stderr).toContain('\\x1b[2Jx\\x07.csv')
  expect(ran.stderr.replaceAll('\n', '')).toMatch(/^\P{Cc}*$/u)
})

async function unchanged(): Promise<void> {
  expect((await readdir(directory)).sort()).toEqual(before)
  expect(await readFile(join(directory, 'there.csv'), 'utf8')).toBe(files['there.csv'])
}
