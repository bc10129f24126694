// Tests of the gate `dependencies`: the page against what is declared, and both against what is installed.
import { expect, test } from 'vitest'
import { findDependencies } from './dependencies.mjs'
import { tree } from './fixture.mjs'

const row = '| `pg` | speaks the protocol | MIT | none | unknown |'

test('finds nothing where page, package.json and installed packages agree', () => {
  expect(find({})).toEqual([])
})

test('finds a dependency without an entry, and an entry without a dependency', () => {
  expect(find({ rows: '' })).toEqual(['docs/dependencies.md: pg is declared and has no entry'])
  expect(find({ rows: `${row}\n| \`left\` | once used | MIT | none | unknown |` })).toEqual(['docs/dependencies.md: left has an entry and is declared nowhere'])
})

test('finds an entry that says another licence or script than the installed package', () => {
  expect(find({ installed: { license: 'ISC' } })).toEqual(['docs/dependencies.md: pg says ISC, not MIT'])
  expect(find({ installed: { license: 'MIT', scripts: { postinstall: 'x' } } })).toEqual(['docs/dependencies.md: the install script of pg is "denied", not "none"'])
})

test('finds an empty cell', () => {
  expect(find({ rows: '| `pg` |  | MIT | none | unknown |' })[0]).toMatch(/empty cell/)
})

test('finds a run-time dependency in the section of tools', () => {
  expect(find({ section: 'Needed to build and test' })).toEqual(['docs/dependencies.md: pg belongs under "Needed at run time"'])
})

test('finds a licence that is not on the list, direct or not', () => {
  expect(find({ rows: row.replace('MIT', 'GPL-3.0'), installed: { license: 'GPL-3.0' } })[0]).toMatch(/needed at run time and its licence GPL-3.0/)
  expect(find({ indirect: { license: 'AGPL-3.0' } })).toEqual(['deep@2.0.0: the licence AGPL-3.0 is not on the list'])
  expect(find({ indirect: {} })).toEqual(['deep@2.0.0: the licence undefined is not on the list'])
})

/** @param {{ rows?: string, section?: string, installed?: object, indirect?: object }} facts */
function find({ rows = row, section = 'Needed at run time', installed = { license: 'MIT' }, indirect = { license: 'MIT' } }) {
  return findDependencies(
    tree({
      'package.json': { name: 'root', private: true },
      'pnpm-workspace.yaml': 'packages:\n  - plugins/*\n',
      'plugins/one/package.json': { name: '@records-mover/one', dependencies: { pg: 'catalog:' } },
      'plugins/one/node_modules/pg/package.json': { name: 'pg', version: '1.0.0', ...installed },
      'node_modules/.pnpm/deep@2.0.0/node_modules/deep/package.json': { name: 'deep', version: '2.0.0', ...indirect },
      'docs/dependencies.md': `# Dependencies\n\n## ${section}\n\n| package | reason | licence | install script | backing |\n| --- | --- | --- | --- | --- |\n${rows}\n`,
    }),
  )
}
