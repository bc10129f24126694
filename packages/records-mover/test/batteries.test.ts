// Checks the door for programs: core and the plugins that come with it.
import { batteries, head, registry } from 'records-mover'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from './run-mvrec.js'

test('reads a file with the plugins that come with it', async () => {
  const file = join(await scratchFolder(), 'a.csv')
  await writeFile(file, 'id,name\n1,Ada\n')
  const { look, rows } = await head(file, 10, { registry: registry(batteries) })
  expect(look.schema.fields.map((field) => field.name)).toEqual(['id', 'name'])
  expect(rows).toEqual([['1', 'Ada']])
})

test('answers files and DuckDB', () => {
  const found = registry(batteries)
  expect([found.plugin('file').name, found.plugin('duckdb').name]).toEqual(['@records-mover/file', '@records-mover/duckdb'])
  expect([...found.formats.keys()]).toEqual(['delimited'])
})
