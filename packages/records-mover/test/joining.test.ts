// Proves that a folder of files becomes one file, and a file a directory with its manifest, and back.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { move } from '@records-mover/core'
import { options, temporaryFolder } from './whole.js'

test('a folder of files becomes one file with one header row', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.path('many'))
  for (const [name, text] of [['a', 'id,t\n1,x\n2,"y\n"'], ['b', 'id,t\n3,z\n'], ['c', 'id,t\n']]) await writeFile(folder.path(`many/${name}.csv`), text!)
  await move(folder.path('many/'), folder.path('one.csv'), options)
  expect(await readFile(folder.path('one.csv'), 'utf8')).toBe('id,t\n1,x\n2,"y\n"\n3,z\n')
})

test('files whose header rows differ do not become one, and nothing is left', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.path('many'))
  await writeFile(folder.path('many/a.csv'), 'id,t\n1,x\n')
  await writeFile(folder.path('many/b.csv'), 't,id\nx,1\n')
  await expect(move(folder.path('many/'), folder.path('one.csv'), options)).rejects.toMatchObject({ code: 'bad-data' })
  expect(await readdir(folder.path(''))).toEqual(['many'])
})

test('a directory is read by its manifest, whatever else lies in it', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.path('one.csv'), 'id,t\n1,\n2,""\n')
  await move(folder.path('one.csv'), folder.path('directory/'), options)
  expect(await readdir(folder.path('directory'))).toEqual(['_format_delimited', '_manifest', '_schema.json', 'data001.csv'])
  await writeFile(folder.path('directory/stray.csv'), 'id,t\n9,9\n')
  await move(folder.path('directory/'), folder.path('back.csv'), options)
  expect(await readFile(folder.path('back.csv'), 'utf8')).toBe('id,t\n1,\n2,""\n')
})
