// Checks of the descriptor: what a plugin says of itself before any of its doors is opened.
import { CONTRACT } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import type { Address } from '@records-mover/core/plugin'
import { addressOf, withSettings } from '../address.js'
import { importEntry } from '../import-entry.js'
import type { Check, Kit } from '../kit.js'

/** A secret that nothing may print. */
export const CANARY = 'KIT_CANARY'

export const descriptor: readonly Check[] = [
  {
    name: 'importing the entry loads no driver and leaves nothing running',
    async run(kit) {
      const { loaded, descriptor: imported } = await importEntry(await entryOf(kit), (await fieldOf(kit)).export)
      const foreign = loaded.filter((url) => url.includes('/node_modules/') && !/\/node_modules\/(\.pnpm\/@records-mover\+[^/]*\/node_modules\/)?@records-mover\//.test(url))
      assert.deepEqual(foreign, [], 'only the plugin and core are loaded')
      assert.ok(!loaded.includes('node:sqlite'), 'node:sqlite is a driver')
      assert.equal(imported.name, kit.plugin.name, 'the package exports the plugin under the name that its field `recordsMover.export` gives')
    },
  },
  {
    name: 'the contract number is that of this kit',
    run({ plugin }) {
      assert.equal(plugin.contract, CONTRACT)
      return Promise.resolve()
    },
  },
  {
    name: 'the package\'s field `recordsMover` says the same contract number, schemes and formats',
    async run(kit) {
      const field = await fieldOf(kit)
      assert.equal(field.contract, kit.plugin.contract)
      assert.deepEqual([...field.schemes ?? []].sort(), [...kit.plugin.schemes].sort())
      assert.deepEqual([...field.formats ?? []].sort(), Object.keys(kit.plugin.formats ?? {}).sort())
    },
  },
  {
    name: 'the name is the package\'s name',
    async run(kit) {
      assert.equal((await packageOf(kit)).name, kit.plugin.name)
    },
  },
  {
    name: 'schemes are lower case, without the colon, and each is named once',
    run({ plugin }) {
      for (const scheme of plugin.schemes) assert.match(scheme, /^[a-z][a-z0-9+.-]*$/)
      assert.equal(new Set(plugin.schemes).size, plugin.schemes.length)
      return Promise.resolve()
    },
  },
  {
    name: 'every door that is there opens, and gives a function',
    async run({ plugin }) {
      for (const door of [plugin.source, plugin.target, plugin.store]) {
        if (door !== undefined) assert.equal(typeof await door(), 'function')
      }
      for (const format of Object.values(plugin.formats ?? {})) assert.equal(typeof (await format.codec()).decode, 'function')
      for (const resolve of Object.values(plugin.secrets ?? {})) assert.equal(typeof await resolve(), 'function')
    },
  },
  {
    name: 'an option that it does not know is refused with `bad-address` and named',
    async run(kit) {
      const at = withSettings(await kit.place(), new Map([['no-such-option', 'x']]))
      for (const [call, what] of openings(kit, at)) {
        const error = await kit.rejection(call(), what)
        assert.equal(error.code, 'bad-address', error.message)
        assert.match(error.message, /no-such-option/)
      }
    },
  },
  {
    name: 'opening a wrong address never prints a secret',
    async run(kit) {
      const at = await kit.place()
      const settings = new Map([['user', 'kit'], ['password', CANARY], ['no-such-option', CANARY], ['secret-token', CANARY]])
      for (const [call, what] of openings(kit, withSettings(at, settings))) {
        const error = await kit.rejection(call(), what)
        assert.ok(!inspect(error, { depth: 8, showHidden: true }).includes(CANARY), `the error of ${what} prints a secret`)
      }
    },
  },
  {
    name: 'the wrong addresses that its author names are refused with `bad-address`',
    async run(kit) {
      const { wrong } = kit.options
      if (wrong === undefined || wrong.length === 0) kit.untested('no wrong addresses were given in `wrong`')
      for (const text of wrong ?? []) {
        for (const [call, what] of openings(kit, addressOf(text))) {
          const error = await kit.rejection(call(), `${what} of ${text}`)
          assert.equal(error.code, 'bad-address', `${text}: ${error.message}`)
          assert.ok(!inspect(error, { depth: 8, showHidden: true }).includes(CANARY), `the error of ${what} prints a secret`)
        }
      }
    },
  },
]

/** The field of package.json by which tools find plugins without importing them. */
interface PluginField {
  readonly contract?: number
  readonly export?: string
  readonly schemes?: readonly string[]
  readonly formats?: readonly string[]
}

interface PackageManifest {
  readonly name?: string
  readonly recordsMover?: PluginField
  readonly exports?: { readonly '.'?: string | { readonly default?: string, readonly import?: string } }
}

async function packageOf(kit: Kit): Promise<PackageManifest> {
  return JSON.parse(await readFile(fileURLToPath(new URL('package.json', folderOf(kit))), 'utf8')) as PackageManifest
}

async function fieldOf(kit: Kit): Promise<PluginField> {
  const field = (await packageOf(kit)).recordsMover
  assert.ok(field !== undefined, 'package.json has a field `recordsMover`')
  return field
}

async function entryOf(kit: Kit): Promise<URL> {
  const entry = (await packageOf(kit)).exports?.['.']
  const path = typeof entry === 'string' ? entry : entry?.default ?? entry?.import
  assert.ok(path !== undefined, 'package.json exports "."')
  return new URL(path, folderOf(kit))
}

function folderOf(kit: Kit): URL {
  const folder = kit.options.package ?? pathToFileURL(`${process.cwd()}/`)
  if ('skip' in folder) kit.untested(folder.skip)
  return folder.pathname.endsWith('/') ? folder : new URL(`${folder.href}/`)
}

/** Every way to open an address, each with its name for messages. */
function openings(kit: Kit, at: Address): [() => Promise<unknown>, string][] {
  const { source, target, store } = kit.plugin
  const ways: [() => Promise<unknown>, string][] = []
  if (source !== undefined) ways.push([() => kit.source(at), 'opening the source'])
  if (target !== undefined) ways.push([() => kit.target(at), 'opening the target'])
  if (store !== undefined) ways.push([() => kit.store(at), 'opening the store'])
  if (ways.length === 0) kit.cannot('the plugin opens no addresses')
  return ways
}
