// Tests of the changeset gate: which changes need one, and what counts as one.
import { expect, test } from 'vitest'
import { packagesWithoutChangeset } from './changeset-gate.mjs'

const packages = [
  { folder: 'plugins/postgres', name: '@records-mover/postgres' },
  { folder: 'packages/records-mover', name: 'records-mover' },
]
const source = 'plugins/postgres/src/copy.ts'

test('asks for a changeset when a source or a package.json changed', () => {
  expect(packagesWithoutChangeset(packages, [source], [])).toEqual(['@records-mover/postgres'])
  expect(packagesWithoutChangeset(packages, ['packages/records-mover/package.json'], [])).toEqual(['records-mover'])
})

test('asks for none when only tests or documents changed', () => {
  expect(packagesWithoutChangeset(packages, ['plugins/postgres/src/copy.test.ts', 'plugins/postgres/test/a.live.test.ts', 'plugins/postgres/README.md'], [])).toEqual([])
})

test('is content with a changeset that names the package, and not with one that names another', () => {
  expect(packagesWithoutChangeset(packages, [source], ['---\n"@records-mover/postgres": patch\n---\n\nFaster.\n'])).toEqual([])
  expect(packagesWithoutChangeset(packages, [source], ['---\nrecords-mover: patch\n---\n\nFaster.\n'])).toEqual(['@records-mover/postgres'])
})

test('is content with a changeset that says the package needs no release', () => {
  expect(packagesWithoutChangeset(packages, [source], ['---\n---\n\nno release: @records-mover/postgres\n'])).toEqual([])
})

test('is content with the release itself, which turns changesets into changelogs', () => {
  expect(packagesWithoutChangeset(packages, ['plugins/postgres/package.json', 'plugins/postgres/CHANGELOG.md'], [])).toEqual([])
})
