// What the kit makes of skips, known failures and results, and that it runs under Node's own runner.
import type { Plugin } from '@records-mover/core/plugin'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConformanceOptions, Results } from '../src/index.js'
import { groupsOf } from '../src/index.js'
import { memory, memoryStore } from '../src/memory.js'
import { collected, ended } from './collect.js'
import * as sabotage from './sabotage.js'

const PACKAGE = { skip: 'it is no package of its own' }
const SERVICE = { place: (name: string): string => `memory:kit#${name}` }
const OPTIONS: ConformanceOptions = { service: SERVICE, package: PACKAGE }

let folder = ''
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'conformance-test-')) })
afterAll(() => rm(folder, { recursive: true }))

describe('skips', () => {
  test('without a service every check that needs one is registered as skipped, with the reason in its name', () => {
    const { tests } = collected(memory(), { service: { skip: 'no server on this machine' }, package: PACKAGE })
    const needing = Object.entries(groupsOf(memory())).filter(([group]) => group !== 'descriptor').flatMap(([, checks]) => checks)
    const skipped = tests.filter(({ body }) => body === undefined).map(({ name }) => name)
    expect(skipped).toEqual(needing.map(({ name }) => `${name} (not tested here: no server on this machine)`))
  })

  test('a capability that is absent skips its checks with "cannot", and passes none of them', async () => {
    const byBytes = new Set(groupsOf(memory()).bytes!.map(({ name }) => name))
    const all = await ended(memory(), OPTIONS, (name) => byBytes.has(name))
    expect(all.size).toBe(byBytes.size)
    for (const { outcome, why } of all.values()) expect([outcome, why]).toEqual(['skipped', expect.stringMatching(/^cannot: the (source gives|target takes) no bytes$/)])
  })

  test('a plugin that opens nothing has only its descriptor checked', () => {
    expect(Object.keys(groupsOf({ contract: 1, name: 'none', schemes: [] }))).toEqual(['descriptor'])
    expect(Object.keys(groupsOf(memoryStore()))).toEqual(['descriptor', 'store', 'writing'])
  })
})

describe('known failures', () => {
  const check = '`append` on a table that is full leaves what it says'
  const broken = (): Plugin => sabotage.write(memory(), (next, from, as, run) => next(from, { ...as, whenExists: 'truncate' }, run))

  test('one that fails is skipped with its reason', async () => {
    const all = await ended(broken(), { ...OPTIONS, known: { [check]: 'see issue 7' } }, (name) => name.startsWith(check))
    expect([...all]).toEqual([[`${check} (known to fail: see issue 7)`, { outcome: 'skipped', why: 'not yet: see issue 7' }]])
  })

  test('one that passes is a failure', async () => {
    const all = await ended(memory(), { ...OPTIONS, known: { [check]: 'see issue 7' } }, (name) => name.startsWith(check))
    expect([...all.values()]).toEqual([{ outcome: 'failed', why: 'no longer fails: remove it from `known`' }])
  })

  test('a name that no check has is a failure', async () => {
    const all = await ended(memory(), { ...OPTIONS, known: { 'no such check': 'ever' } }, (name) => name.startsWith('known:'))
    expect([...all.values()]).toEqual([{ outcome: 'failed', why: 'no check has this name: remove it from `known`' }])
  })
})

describe('the service', () => {
  test('is started once before the first check and stopped once after the last', async () => {
    const calls: string[] = []
    const service = { ...SERVICE, start: () => Promise.resolve(void calls.push('start')), stop: () => Promise.resolve(void calls.push('stop')) }
    await ended(memory(), { service, package: PACKAGE }, (name) => name.includes('where nothing is lands every record'))
    expect(calls).toEqual(['start', 'stop'])
  })

  test('that was never needed is never stopped', async () => {
    const calls: string[] = []
    const service = { ...SERVICE, start: () => Promise.resolve(void calls.push('start')), stop: () => Promise.resolve(void calls.push('stop')) }
    await ended(memory(), { service, package: PACKAGE }, () => false)
    expect(calls).toEqual([])
  })

  test('gets a new name for each place', async () => {
    const names: string[] = []
    await ended(memory(), { service: { place: (name) => `memory:kit#${names[names.push(name) - 1]!}` }, package: PACKAGE }, (name) => name.startsWith('`replace`'))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
  })
})

describe('results', () => {
  test('say of each check whether it passed, failed, cannot, is not yet, or was not tested here', async () => {
    const path = join(folder, 'results', 'memory.json')
    const chosen = new Set([
      'the contract number is that of this kit', 'the name is the package\'s name', '`append` on a table that is full leaves what it says',
      'a loop over chunks that ends early releases what it held', '`replace` takes the fields of the incoming records (known to fail: why not)',
    ])
    const broken = sabotage.write(memory(), (next, from, as, run) => next(from, { ...as, whenExists: as.whenExists === 'fail' ? 'fail' : 'truncate' }, run))
    await ended({ ...broken, name: 'kit' }, { ...OPTIONS, results: path, known: { '`replace` takes the fields of the incoming records': 'why not' } }, (name) => chosen.has(name))
    const { checks, ...rest } = JSON.parse(await readFile(path, 'utf8')) as Results
    expect(rest).toEqual({ contract: 1, plugin: 'kit' })
    expect(checks.map(({ check, outcome }) => [check, outcome])).toEqual([
      ['the contract number is that of this kit', 'passed'],
      ['the name is the package\'s name', 'not tested here'],
      ['`append` on a table that is full leaves what it says', 'failed'],
      ['`replace` takes the fields of the incoming records', 'not yet'],
      ['a loop over chunks that ends early releases what it held', 'cannot'],
    ])
    for (const { outcome, reason } of checks) expect(reason !== undefined).toBe(outcome !== 'passed')
  })
})

describe('the package of a plugin', () => {
  const ENTRY = 'importing the entry loads no driver and leaves nothing running'
  const FIELD = 'the package\'s field `recordsMover` says the same contract number, schemes and formats'

  test.each([
    ['is whole', '', {}, ENTRY, 'passed', ''],
    ['loads a driver', "import 'driver'\n", {}, ENTRY, 'failed', 'only the plugin and core are loaded'],
    ['keeps a timer running', 'setInterval(() => {}, 1000)\n', {}, ENTRY, 'failed', 'does not end by itself'],
    ['does not export what it says', '', { export: 'other' }, ENTRY, 'failed', 'exports the plugin under the name'],
    ['names its schemes', '', {}, FIELD, 'passed', ''],
    ['names another scheme', '', { schemes: ['shelves'] }, FIELD, 'failed', 'strictly deep-equal'],
    ['names another contract', '', { contract: 2 }, FIELD, 'failed', 'strictly equal'],
  ] as const)('that %s', async (what, first, field, check, outcome, why) => {
    const at = join(folder, what.replaceAll(' ', '-'))
    await mkdir(join(at, 'node_modules/driver'), { recursive: true })
    await writeFile(join(at, 'node_modules/driver/package.json'), '{ "name": "driver", "type": "module", "exports": "./index.js" }')
    await writeFile(join(at, 'node_modules/driver/index.js'), 'export const driver = 1\n')
    await writeFile(join(at, 'package.json'), JSON.stringify({
      name: 'shelf', type: 'module', exports: { '.': './index.js' }, recordsMover: { contract: 1, export: 'shelf', schemes: ['shelf'], ...field },
    }))
    await writeFile(join(at, 'index.js'), `${first}export const shelf = { contract: 1, name: 'shelf', schemes: ['shelf'] }\n`)
    const plugin = { contract: 1, name: 'shelf', schemes: ['shelf'] }
    const all = await ended(plugin, { service: { skip: 'none' }, package: pathToFileURL(at) }, (name) => name === check)
    expect(all.get(check)?.outcome).toBe(outcome)
    expect(all.get(check)?.why).toContain(why)
  })
})

describe('another runner', () => {
  test('Node\'s own takes the kit as it is', async () => {
    const file = join(folder, 'memory.test.mjs')
    const dist = new URL('../dist/', import.meta.url)
    await writeFile(file, `
import { after, describe, test } from 'node:test'
import { conformance } from ${JSON.stringify(new URL('index.js', dist).href)}
import { memory } from ${JSON.stringify(new URL('memory.js', dist).href)}
conformance({ describe, test, after }, memory(), { service: { place: (name) => 'memory:kit#' + name }, package: { skip: 'none' } })
`)
    const printed = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, ['--test', '--test-reporter=tap', file], { env: { PATH: process.env.PATH }, cwd: fileURLToPath(dist) }, (error, stdout) => {
        if (error === null) resolve(stdout)
        else reject(new Error(stdout))
      })
    })
    expect(printed).toMatch(/^# fail 0$/m)
    expect(Number(/^# pass (\d+)$/m.exec(printed)?.[1])).toBeGreaterThan(200)
    expect(printed).toMatch(/# SKIP cannot: the source gives no bytes/)
  })
})
