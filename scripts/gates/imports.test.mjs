// Shows that each import rule can fail, on small trees that break exactly one rule each.
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tree } from './fixture.mjs'
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
  ['drivers-in-few-files', { [`${plugin}/copy.ts`]: "import 'pg'" }],
  ['nothing-published-needs-a-dev-dependency', { [`${plugin}/copy.ts`]: "import 'csv-parse'" }],
  ['nothing-imports-the-tests-servers', { [`${plugin}/copy.ts`]: "import '../../../test-infra/postgres/index.js'", 'test-infra/postgres/index.ts': 'export {}' }],
  ['entry-loads-nothing', { [`${plugin}/index.ts`]: "import './source.js'", [`${plugin}/source.ts`]: "import './connect.js'", [`${plugin}/connect.ts`]: "import 'pg'" }],
]

const around = {
  'package.json': { name: 'fixture' },
  'packages/core/package.json': { name: '@records-mover/core', type: 'module', exports: { '.': './dist/index.js', './plugin': './dist/plugin.js' } },
  'packages/core/dist/index.js': 'export {}',
  'packages/core/dist/plugin.js': 'export {}',
  'plugins/one/package.json': { name: 'one', dependencies: { pg: '1' }, devDependencies: { 'csv-parse': '1' } },
  'node_modules/pg/package.json': { name: 'pg', main: 'index.js' },
  'node_modules/pg/index.js': 'module.exports = {}',
  'node_modules/csv-parse/package.json': { name: 'csv-parse', main: 'index.js' },
  'node_modules/csv-parse/index.js': 'module.exports = {}',
  'node_modules/@records-mover/README.md': 'core is linked here, as pnpm does',
}

test.each(broken)('finds a breach of %s (%#)', async (rule, files) => {
  expect((await find(files)).filter((sentence) => sentence.startsWith(`${rule}: `))).not.toEqual([])
})

test('finds nothing in a plugin that keeps its driver behind a lazy door', async () => {
  const found = await find({
    [`${plugin}/index.ts`]: "import { MoveError } from '@records-mover/core/plugin'\nexport const door = () => import('./connect.js')\nexport const e = MoveError",
    [`${plugin}/connect.ts`]: "import 'pg'\nimport 'node:net'",
    [`${plugin}/copy.ts`]: "import type { Client } from 'pg'\nexport type C = Client",
    [`${plugin}/copy.test.ts`]: "import 'csv-parse'",
  })
  expect(found).toEqual([])
})

test('finds a tree without sources, where every rule would hold', async () => {
  expect(await findImports(tree({ 'package.json': '{}', 'packages/README.md': '' }))).toEqual(['nothing was cruised: there is no source file'])
})

/** @param {Record<string, string>} files */
function find(files) {
  const root = tree({ ...around, ...files })
  symlinkSync(join(root, 'packages/core'), join(root, 'node_modules/@records-mover/core'))
  return findImports(root)
}
