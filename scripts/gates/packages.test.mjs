// Tests of the gate `packages`: one sound package.json, and one thing wrong with it at a time.
import { expect, test } from 'vitest'
import { tree } from './fixture.mjs'
import { findPackages } from './packages.mjs'

const sound = {
  name: '@records-mover/one',
  version: '0.1.0',
  description: 'One',
  license: 'Apache-2.0',
  type: 'module',
  repository: { type: 'git', url: 'git+https://github.com/records-mover/records-mover.git', directory: 'plugins/one' },
  recordsMover: { contract: 1, export: 'one', schemes: ['one'] },
  files: ['dist', 'src', '!**/*.test.*', '!**/.tsbuildinfo'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
  sideEffects: false,
  engines: { node: '>=20.19.0' },
  scripts: { build: 'b', check: 'c', lint: 'l', test: 't', package: 'p' },
  dependencies: { pg: 'catalog:' },
  peerDependencies: { '@records-mover/core': 'workspace:<1.0.0' },
  devDependencies: { '@records-mover/core': 'workspace:^' },
  publishConfig: { access: 'public', provenance: true },
}

test('finds nothing in a sound package', () => {
  expect(find({})).toEqual([])
})

/** @type {[change: Record<string, unknown>, sentence: RegExp][]} */
const wrong = [
  [{ name: 'one' }, /the name one is not ours/],
  [{ version: 'next' }, /version/],
  [{ license: 'MIT' }, /license/],
  [{ type: 'commonjs' }, /type is not module/],
  [{ repository: { ...sound.repository, directory: 'plugins/two' } }, /repository.directory/],
  [{ engines: { node: '>=18' } }, /engines.node/],
  [{ sideEffects: true }, /sideEffects/],
  [{ files: ['dist'] }, /files/],
  [{ publishConfig: { access: 'public' } }, /provenance/],
  [{ exports: { '.': './dist/index.js', './package.json': './package.json' } }, /exports \. is not types, then default/],
  [{ exports: { '.': { default: './dist/index.js', types: './dist/index.d.ts' }, './package.json': './package.json' } }, /exports \. is not types, then default/],
  [{ exports: { '.': sound.exports['.'] } }, /package\.json/],
  [{ scripts: { build: 'b' } }, /has no script lint/],
  [{ dependencies: { pg: '^8.0.0' } }, /pg is \^8\.0\.0, not catalog:/],
  [{ dependencies: { '@records-mover/file': 'workspace:^' } }, /depends on no package of ours/],
  [{ peerDependencies: { '@records-mover/core': 'workspace:^' } }, /not workspace:<1\.0\.0/],
  [{ peerDependencies: {} }, /no peer dependency/],
  [{ recordsMover: undefined }, /contract is not a number/],
  [{ recordsMover: { contract: 1, schemes: [] } }, /schemes is empty/],
  [{ recordsMover: { contract: 1, schemes: ['one'] } }, /recordsMover\.export/],
]

test.each(wrong)('finds what is wrong with %j', (change, sentence) => {
  expect(find(change).join('\n')).toMatch(sentence)
})

test('finds a package without a test or a README', () => {
  const root = tree({ 'pnpm-workspace.yaml': 'packages:\n  - plugins/*\n', 'plugins/one/package.json': sound })
  expect(findPackages(root)).toEqual([
    'plugins/one/package.json: there is no README.md beside it',
    'plugins/one/package.json: there is no test in this package',
  ])
})

test('finds a dependency of core', () => {
  const core = { ...sound, name: '@records-mover/core', recordsMover: undefined, peerDependencies: undefined }
  expect(find(core, 'packages/core').join('\n')).toMatch(/core has no dependencies, and pg is one/)
})

/**
 * @param {Record<string, unknown>} change
 * @param {string} [folder]
 */
function find(change, folder = 'plugins/one') {
  return findPackages(
    tree({
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n  - plugins/*\n',
      [`${folder}/package.json`]: { ...sound, ...change },
      [`${folder}/README.md`]: '# One\n',
      [`${folder}/src/index.test.ts`]: '// a test\n',
    }),
  )
}
