// Shows that each import rule can fail, on small trees that break exactly one rule each.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findImports } from './imports.mjs'

const core = 'packages/core/src'
const plugin = 'plugins/one/src'

/** @type {[rule: string, files: Record<string, string>][]} */
const broken = [
  ['no-circular', { [`${core}/a.ts`]: "import { b } from './b.js'\nexport const a = () => b", [`${core}/b.ts`]: "import { a } from './a.js'\nexport const b = () => a" }],
  ['resolvable', { [`${core}/a.ts`]: "import './absent.js'" }],
  ['core-alone', { [`${core}/a.ts`]: "import 'pg'" }],
  ['core-alone', { [`${core}/a.ts`]: "import '../../../plugins/one/src/index.js'" }],
  ['contract-is-floor-0', { [`${core}/contract/a.ts`]: "import type { B } from '../b.js'\nexport type A = B", [`${core}/b.ts`]: 'export type B = 1' }],
  ['plan-is-pure', { [`${core}/plan.ts`]: "import 'node:fs'" }],
  ['plan-is-pure', { [`${core}/plan/routes.ts`]: "import '../run.js'", [`${core}/run.ts`]: 'export {}' }],
  ['plugin-door-is-floor-0', { [`${core}/plugin.ts`]: "export * from './a.js'", [`${core}/a.ts`]: "import './registry.js'", [`${core}/registry.ts`]: 'export {}' }],
  ['plugins-see-the-plugin-door', { [`${plugin}/index.ts`]: "import '@records-mover/core'" }],
  ['plugins-see-the-plugin-door', { [`${plugin}/index.ts`]: "import '../../two/src/index.js'", 'plugins/two/src/index.ts': 'export {}' }],
  ['drivers-behind-connect', { [`${plugin}/copy.ts`]: "import 'pg'" }],
  ['nothing-published-needs-a-dev-dependency', { [`${plugin}/copy.ts`]: "import 'csv-parse'" }],
  ['nothing-imports-the-tests-servers', { [`${plugin}/copy.ts`]: "import '../../../test-infra/postgres/index.js'", 'test-infra/postgres/index.ts': 'export {}' }],
  ['entry-loads-nothing', { [`${plugin}/index.ts`]: "import './source.js'", [`${plugin}/source.ts`]: "import './connect.js'", [`${plugin}/connect.ts`]: "import 'pg'" }],
]

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imports-'))
  write('package.json', '{"name":"fixture"}')
  write('packages/core/package.json', JSON.stringify({ name: '@records-mover/core', type: 'module', exports: { '.': './dist/index.js', './plugin': './dist/plugin.js' } }))
  write('packages/core/dist/index.js', 'export {}')
  write('packages/core/dist/plugin.js', 'export {}')
  write('plugins/one/package.json', JSON.stringify({ name: 'one', dependencies: { pg: '1' }, devDependencies: { 'csv-parse': '1' } }))
  for (const name of ['pg', 'csv-parse']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
    write(`node_modules/${name}/index.js`, 'module.exports = {}')
  }
  mkdirSync(join(root, 'node_modules/@records-mover'))
  symlinkSync(join(root, 'packages/core'), join(root, 'node_modules/@records-mover/core'))
})
afterEach(() => rmSync(root, { recursive: true }))

test.each(broken)('finds a breach of %s (%#)', async (rule, files) => {
  for (const [path, text] of Object.entries(files)) write(path, text)
  expect((await findImports(root)).filter((sentence) => sentence.startsWith(`${rule}: `))).not.toEqual([])
})

test('finds nothing in a plugin that keeps its driver behind a lazy door', async () => {
  write(`${plugin}/index.ts`, "import { MoveError } from '@records-mover/core/plugin'\nexport const door = () => import('./connect.js')\nexport const e = MoveError")
  write(`${plugin}/connect.ts`, "import 'pg'\nimport 'node:net'")
  write(`${plugin}/copy.ts`, "import type { Client } from 'pg'\nexport type C = Client")
  write(`${plugin}/copy.test.ts`, "import 'csv-parse'")
  expect(await findImports(root)).toEqual([])
})

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
