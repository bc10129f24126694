// Shows publint, attw and the list of files each refusing a tarball, and a sound package passing.
import { expect, test } from 'vitest'
import { tree } from './fixture.mjs'
import { findPacked } from './packed.mjs'

const manifest = {
  name: '@records-mover/one',
  version: '0.1.0',
  type: 'module',
  license: 'Apache-2.0',
  files: ['dist'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
}
const files = {
  LICENSE: 'text',
  'README.md': '# One\n',
  'dist/index.js': 'export const one = 1\n',
  'dist/index.d.ts': 'export declare const one = 1\n',
}

test('finds nothing in a sound package', async () => {
  expect(await findPacked(tree({ ...files, 'package.json': manifest }))).toEqual([])
})

test('finds, with publint, an export that leads to no file', async () => {
  const exports = { ...manifest.exports, './gone': { types: './dist/gone.d.ts', default: './dist/gone.js' } }
  const found = await findPacked(tree({ ...files, 'package.json': { ...manifest, exports } }))
  expect(found.join('\n')).toMatch(/publint: .*gone/)
})

test('finds, with attw, types that import a file without its extension', async () => {
  const text = { ...files, 'dist/index.d.ts': "export * from './one'\n", 'dist/one.d.ts': 'export declare const one = 1\n' }
  const found = await findPacked(tree({ ...text, 'package.json': manifest }))
  expect(found.join('\n')).toMatch(/attw ended with 1/)
})

test('finds files that belong in no tarball, and files that are missing', async () => {
  const unread = Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'README.md'))
  const root = tree({ ...unread, 'dist/.tsbuildinfo': '{}', 'dist/one.test.js': '', 'package.json': manifest })
  const found = await findPacked(root)
  expect(found).toEqual(expect.arrayContaining(['the tarball holds no README.md', 'the tarball holds dist/.tsbuildinfo', 'the tarball holds dist/one.test.js']))
})
