// Tests of the gate `links`.
import { expect, test } from 'vitest'
import { tree } from './fixture.mjs'
import { findLinks } from './links.mjs'

test('finds a link to a file that is not there, inline or by reference', () => {
  const root = tree({ 'README.md': 'See [a](docs/a.md) and [b].\n\n[b]: docs/b.md\n' })
  expect(findLinks(root)).toEqual(['README.md: docs/a.md leads nowhere', 'README.md: docs/b.md leads nowhere'])
})

test('finds a link to a heading that is not there, in another page and in the same', () => {
  const root = tree({ 'README.md': '# One\n\n[x](docs/a.md#three) [y](#two) [z](#one)\n', 'docs/a.md': '## Two words\n' })
  expect(findLinks(root)).toEqual([
    'README.md: docs/a.md#three names no heading of that page',
    'README.md: #two names no heading of that page',
  ])
})

test('finds a link that leaves the repository', () => {
  expect(findLinks(tree({ 'README.md': '[x](../elsewhere.md)' }))).toEqual(['README.md: ../elsewhere.md leaves the repository'])
})

test('lets links to files, folders, headings and other sites pass', () => {
  const root = tree({
    'README.md': '[a](docs/a.md#two-words) [again](docs/a.md#two-words-1) [f](docs) [w](https://example.org/x)\n',
    'docs/a.md': '## Two `words`\n\n## Two words\n\n[up](../README.md)\n',
  })
  expect(findLinks(root)).toEqual([])
})

test('takes nothing in code for a link', () => {
  expect(findLinks(tree({ 'README.md': 'An `[x](absent.md)`.\n\n```md\n[y](absent.md)\n```\n' }))).toEqual([])
})
