// Checks which plugins are found and loaded, on packages laid out as package managers lay them out.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Installation, Installed } from './installed.js'
import { findInstalled } from './installed.js'
import { loadNeeded, passedOverText } from './needed.js'

// What a fixture's plugin writes down when its code is loaded.
const loaded = (globalThis as { mvrecLoaded?: string[] }).mvrecLoaded = []
const base = await realpath(await mkdtemp(join(tmpdir(), 'mvrec-installed-')))
let root: string
let counter = 0

beforeEach(() => {
  loaded.length = 0
  root = join(base, String(++counter))
})
afterAll(() => rm(base, { recursive: true, force: true }))

interface Fixture { readonly schemes?: readonly string[], readonly formats?: readonly string[], readonly contract?: number, readonly version?: string }

async function addPlugin(folder: string, name: string, { schemes = [], formats = [], contract = 1, version = '1.0.0' }: Fixture): Promise<void> {
  await addPackage(join(folder, 'node_modules', name), { name, version, exports: { '.': { default: './index.mjs' } }, recordsMover: { contract, export: 'plugin', schemes, formats } })
  await writeFile(join(folder, 'node_modules', name, 'index.mjs'), `
    globalThis.mvrecLoaded.push(${JSON.stringify(`${name}@${version}`)})
    const descriptor = { extensions: [], refuse: () => undefined, complete: () => ({}), needs: 'stream', codec: () => {} }
    export const plugin = { contract: ${contract}, name: ${JSON.stringify(name)}, schemes: ${JSON.stringify(schemes)}, formats: Object.fromEntries(${JSON.stringify(formats)}.map((id) => [id, descriptor])) }
  `)
}

async function addPackage(folder: string, manifest: object): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', ...manifest }))
  return folder
}

/** A project with mvrec in its `node_modules`, as npm lays it out: flat. */
async function project(dependencies: object = {}): Promise<Installation> {
  await addPackage(root, { name: 'shop', dependencies: { 'records-mover': '*', ...dependencies } })
  const folder = await addPackage(join(root, 'node_modules', 'records-mover'), { name: 'records-mover', dependencies: { own: '*' } })
  await addPlugin(root, 'own', { schemes: ['own'] })
  return { folder, startedAs: join(root, 'node_modules', '.bin', 'mvrec'), directory: root }
}

const names = ({ plugins }: Installed): string[] => plugins.map((plugin) => `${plugin.name} (${plugin.of})`)

test('finds its own plugins and those of the project it is installed in', async () => {
  const at = await project({ theirs: '*', lodash: '*' })
  await addPlugin(root, 'theirs', { schemes: ['theirs'] })
  await addPackage(join(root, 'node_modules', 'lodash'), { name: 'lodash' })
  const installed = await findInstalled(at)
  expect(names(installed)).toEqual(['own (mvrec)', 'theirs (project)'])
  expect(installed.project).toBe(root)
  await mkdir(join(root, 'src', 'deep'), { recursive: true })
  expect(names(await findInstalled({ ...at, directory: join(root, 'src', 'deep') }))).toEqual(['own (mvrec)', 'theirs (project)'])
})

test('leaves alone a plugin that only lies in node_modules', async () => {
  const at = await project()
  await addPlugin(root, 'transitive', { schemes: ['transitive'] })
  expect(names(await findInstalled(at))).toEqual(['own (mvrec)'])
})

test('leaves alone what mvrec was developed with, once it is installed', async () => {
  const at = await project()
  await addPackage(at.folder, { name: 'records-mover', dependencies: { own: '*' }, devDependencies: { tool: '*' } })
  await addPlugin(root, 'tool', { schemes: ['tool'] })
  expect(names(await findInstalled(at))).toEqual(['own (mvrec)'])
})

test('counts what mvrec is developed with in its own checkout', async () => {
  const folder = await addPackage(join(root, 'packages', 'records-mover'), { name: 'records-mover', devDependencies: { tool: '*' } })
  await addPlugin(folder, 'tool', { schemes: ['tool'] })
  const installed = await findInstalled({ folder, startedAs: join(folder, 'dist', 'mvrec.js'), directory: folder })
  expect(names(installed)).toEqual(['tool (mvrec)'])
  expect(installed.passedOver).toBeUndefined()
})

test('passes over the project that it is not installed in, and says so', async () => {
  const at = await project()
  const other = await addPackage(join(base, `other-${counter}`), { name: 'other', dependencies: { evil: '*' } })
  await addPlugin(other, 'evil', { schemes: ['evil'] })
  const installed = await findInstalled({ ...at, directory: other })
  expect(names(installed)).toEqual(['own (mvrec)'])
  expect(installed.passedOver).toBe(other)
  expect(passedOverText(installed)).toContain(`this mvrec is not installed in ${other}`)
  await expect(loadNeeded(installed, { addresses: ['evil:x'], formats: [] })).rejects.toMatchObject({ code: 'unknown-scheme', message: expect.stringContaining(`not installed in ${other}`) as string })
  expect(loaded).toEqual([])
})

test('passes over a project that links to an mvrec elsewhere', async () => {
  const at = await project()
  const evil = await addPackage(join(base, `evil-${counter}`), { name: 'evil', dependencies: { 'records-mover': '*', 'evil-plugin': '*' } })
  await addPlugin(evil, 'evil-plugin', { schemes: ['evil'] })
  await symlink(at.folder, join(evil, 'node_modules', 'records-mover'))
  expect(names(await findInstalled({ ...at, directory: evil }))).toEqual(['own (mvrec)'])
})

test('counts a project whose package manager links mvrec from a store of its own', async () => {
  const store = join(root, 'store')
  const folder = await addPackage(join(store, 'node_modules', 'records-mover'), { name: 'records-mover' })
  const shop = await addPackage(join(root, 'shop'), { name: 'shop', devDependencies: { theirs: '*' } })
  await addPlugin(shop, 'theirs', { schemes: ['theirs'] })
  await symlink(folder, join(shop, 'node_modules', 'records-mover'))
  const startedAs = join(shop, 'node_modules', 'records-mover', 'dist', 'mvrec.js')
  expect(names(await findInstalled({ folder, startedAs, directory: shop }))).toEqual(['theirs (project)'])
})

test('takes a plugin that both depend on once, as the project has it', async () => {
  const at = await project({ own: '*' })
  await addPlugin(at.folder, 'own', { schemes: ['own'], version: '1.0.0' })
  await addPlugin(root, 'own', { schemes: ['own'], version: '2.0.0' })
  const installed = await findInstalled(at)
  expect(installed.plugins.map((plugin) => `${plugin.version} ${plugin.of}`)).toEqual(['2.0.0 project'])
})

test('imports nothing to list, and to move only what the move needs', async () => {
  const at = await project({ files: '*', heavy: '*', codec: '*', other: '*', vault: '*' })
  await addPlugin(root, 'files', { schemes: ['file'] })
  await addPlugin(root, 'heavy', { schemes: ['heavy'], formats: ['heavy-binary'] })
  await addPlugin(root, 'codec', { formats: ['text'] })
  await addPlugin(root, 'other', { schemes: ['other'] })
  await addPlugin(root, 'vault', {})
  const installed = await findInstalled(at)
  expect(loaded).toEqual([])
  await loadNeeded(installed, { addresses: ['a.csv', 'other:x'], formats: [] })
  expect([...loaded].sort()).toEqual(['codec@1.0.0', 'files@1.0.0', 'other@1.0.0'])
  await loadNeeded(installed, { addresses: ['a.csv', '${vault:x}'], formats: ['heavy-binary'] })
  expect([...loaded].sort()).toEqual(['codec@1.0.0', 'files@1.0.0', 'heavy@1.0.0', 'other@1.0.0', 'vault@1.0.0'])
})

test('refuses a scheme or a format that two plugins claim, before either is imported', async () => {
  const at = await project({ one: '*', two: '*' })
  await addPlugin(root, 'one', { schemes: ['same'] })
  await addPlugin(root, 'two', { schemes: ['same'] })
  await expect(loadNeeded(await findInstalled(at), { addresses: ['own:x'], formats: [] }))
    .rejects.toMatchObject({ code: 'refused', message: 'one and two both claim the scheme "same": register one of them' })
  await addPlugin(root, 'one', { formats: ['text'] })
  await addPlugin(root, 'two', { formats: ['text'] })
  await expect(loadNeeded(await findInstalled(at), { addresses: ['own:x'], formats: [] })).rejects.toMatchObject({ code: 'refused' })
  expect(loaded).toEqual([])
})

test('refuses a plugin of another contract when it is needed, and only then', async () => {
  const at = await project({ old: '*' })
  await addPlugin(root, 'old', { schemes: ['old'], contract: 99 })
  const installed = await findInstalled(at)
  expect(installed.plugins.find((plugin) => plugin.name === 'old')?.refused).toContain('contract 99')
  await loadNeeded(installed, { addresses: ['own:x'], formats: [] })
  await expect(loadNeeded(installed, { addresses: ['old:x'], formats: [] })).rejects.toMatchObject({ code: 'foreign-contract' })
  expect(loaded).toEqual(['own@1.0.0'])
})

test('names the package to install for a well-known scheme and makes up no name for others', async () => {
  const at = await project()
  const installed = await findInstalled({ ...at, directory: dirname(root) })
  await expect(loadNeeded(installed, { addresses: ['postgres://h/d'], formats: [] })).rejects.toMatchObject({ code: 'unknown-scheme', message: expect.stringContaining('@records-mover/postgres') as string })
  await expect(loadNeeded(installed, { addresses: ['evil://h/d'], formats: [] })).rejects.toMatchObject({ message: expect.not.stringContaining('@records-mover/evil') as string })
})
