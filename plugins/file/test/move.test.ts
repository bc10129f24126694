// Whole moves from files to files, by core's own move.
import { move, registry } from '@records-mover/core'
import { delimited } from '@records-mover/delimited'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { file } from '../src/index.js'
import { here } from './folder.js'

const at = here()
const plugins = registry([file, delimited])
const CSV = 'id,name\n1,Ada\n2,\n3,"a ""b"", c"\n'

test('a file moves to a file of another dialect, compressed', async () => {
  await writeFile(join(at.folder, 'in.csv'), CSV)
  const { tally } = await move(join(at.folder, 'in.csv'), join(at.folder, 'out.tsv.gz'), { registry: plugins })
  expect(tally.rows ?? 3).toBe(3)
  expect(gunzipSync(await readFile(join(at.folder, 'out.tsv.gz'))).toString()).toBe('id\tname\n1\tAda\n2\t\n3\t"a ""b"", c"\n')
  expect((await readdir(at.folder)).sort()).toEqual(['in.csv', 'out.tsv.gz'])
})

test('the files of a pattern move into one file, in the order of their names', async () => {
  await mkdir(join(at.folder, 'd'))
  await writeFile(join(at.folder, 'd/b.csv'), 'id,name\n2,Bob\n')
  await writeFile(join(at.folder, 'd/a.csv'), 'id,name\n1,Ada\n')
  await move(join(at.folder, 'd/*.csv'), join(at.folder, 'out.csv'), { registry: plugins })
  expect(await readFile(join(at.folder, 'out.csv'), 'utf8')).toBe('id,name\n1,Ada\n2,Bob\n')
})

test('a file that is there is not replaced unless that is said', async () => {
  await writeFile(join(at.folder, 'in.csv'), CSV)
  await writeFile(join(at.folder, 'out.csv'), 'old')
  await expect(move(join(at.folder, 'in.csv'), join(at.folder, 'out.csv'), { registry: plugins })).rejects.toMatchObject({ name: 'MoveError' })
  expect(await readFile(join(at.folder, 'out.csv'), 'utf8')).toBe('old')
  await move(join(at.folder, 'in.csv'), join(at.folder, 'out.csv'), { registry: plugins, whenExists: 'replace' })
  expect(await readFile(join(at.folder, 'out.csv'), 'utf8')).toBe(CSV)
})

test('a move of a ragged file leaves nothing behind', async () => {
  await writeFile(join(at.folder, 'in.csv'), 'id,name\n1,Ada\n2\n')
  await expect(move(join(at.folder, 'in.csv'), join(at.folder, 'out.tsv'), { registry: plugins })).rejects.toMatchObject({ code: 'bad-data' })
  expect(await readdir(at.folder)).toEqual(['in.csv'])
})

test('what is not there is said with its remedy', async () => {
  await expect(move(join(at.folder, 'absent.csv'), join(at.folder, 'out.csv'), { registry: plugins })).rejects.toMatchObject({ code: 'not-found' })
  expect(await readdir(at.folder)).toEqual([])
})
