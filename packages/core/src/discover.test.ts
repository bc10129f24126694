// Proves that plugins are found by their packages' metadata, and that nothing is imported before it is chosen.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discover } from './discover.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'records-mover-discover-'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { plain: '1', good: '1', '@s/nested': '1', future: '1', liar: '1', absent: '1' }, devDependencies: { text: '1' } }))
  const explode = 'globalThis.importedByDiscover = true; '
  await place('plain', {}, '')
  await place('good', { exports: { '.': { types: './x.d.ts', default: './main.js' } }, recordsMover: meta('good') }, `${explode}export const good = { contract: 1, name: "good", schemes: ["good"] }`)
  await place('@s/nested', { exports: { node: { import: './main.js' } }, recordsMover: meta('nested') }, 'export const nested = { contract: 1, name: "nested", schemes: [] }')
  await place('text', { exports: './main.js', recordsMover: meta('text') }, 'export const text = { contract: 1, name: "text", schemes: [] }')
  await place('future', { exports: './main.js', recordsMover: { ...meta('future'), contract: 2 } }, '')
  await place('liar', { exports: './main.js', recordsMover: meta('liar') }, 'export const other = 1')
  await place('transitive', { exports: './main.js', recordsMover: meta('transitive') }, '')
})
afterAll(() => rm(folder, { recursive: true }))

describe('discover', () => {
  test('gives the direct dependencies that call themselves plugins, by name, and imports none', async () => {
    const found = await discover(folder)
    expect(found.map(({ name, version, contract, schemes, refused }) => [name, version, contract, schemes, refused === undefined])).toEqual([
      ['@s/nested', '1.2.3', 1, ['nested'], true], ['future', '1.2.3', 2, ['future'], false], ['good', '1.2.3', 1, ['good'], true],
      ['liar', '1.2.3', 1, ['liar'], true], ['text', '1.2.3', 1, ['text'], true],
    ])
    expect(globalThis).not.toHaveProperty('importedByDiscover')
  })

  test.each(['good', '@s/nested', 'text'])('loads %s however its exports are written', async (name) => {
    const plugin = (await discover(folder)).find((found) => found.name === name)!
    expect((await plugin.load()).contract).toBe(1)
  })

  test('refuses to load a plugin of another contract, and one that is not what it says', async () => {
    const found = await discover(folder)
    await expect(found.find(({ name }) => name === 'future')!.load()).rejects.toMatchObject({ code: 'foreign-contract' })
    await expect(found.find(({ name }) => name === 'liar')!.load()).rejects.toMatchObject({ code: 'failed' })
  })

  test('a folder without a package has no plugins', async () => {
    expect(await discover(join(folder, 'nowhere'))).toEqual([])
  })
})

function meta(name: string): object {
  return { contract: 1, export: name, schemes: [name], formats: [] }
}

async function place(name: string, manifest: object, code: string): Promise<void> {
  const path = join(folder, 'node_modules', name)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'package.json'), JSON.stringify({ name, version: '1.2.3', type: 'module', ...manifest }))
  await writeFile(join(path, 'main.js'), code)
}
