// Patterns against names: by example, and against a plain recursive definition of the same rules.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Segments } from './pattern.js'
import { advance, hasPattern, parsePattern } from './pattern.js'

/** True when a path below the pattern's root matches the whole pattern. */
function matches(pattern: string, path: string): boolean {
  const { root, segments } = parsePattern(pattern)
  if (!path.startsWith(root)) return false
  let states: readonly Segments[] = [segments]
  for (const name of path.slice(root.length).split('/')) states = advance(states, name)
  return states.some((left) => left.length === 0)
}

describe('a pattern', () => {
  test.each([
    ['/d/*.csv', '/d/a.csv'], ['/d/*.csv', '/d/.csv', false], ['/d/*', '/d/a'], ['/d/*', '/d/a/b', false], ['/d/*/b', '/d/a/b'],
    ['/d/?.csv', '/d/a.csv'], ['/d/?.csv', '/d/ab.csv', false], ['/d/?.csv', '/d/🎈.csv'], ['/d/a*b*c', '/d/axbxbxc'], ['/d/a*b*c', '/d/axbxbx', false],
    ['/d/[abc].csv', '/d/b.csv'], ['/d/[abc].csv', '/d/d.csv', false], ['/d/[!abc].csv', '/d/d.csv'], ['/d/[!abc].csv', '/d/a.csv', false],
    ['/d/[a-c]1', '/d/b1'], ['/d/[a-c]1', '/d/d1', false], ['/d/[]a]', '/d/]'], ['/d/[!]a]', '/d/]', false], ['/d/[a-]', '/d/-'], ['/d/[ab', '/d/[ab'], ['/d/[z-a]', '/d/b', false],
    ['/d/2024-[0-1][0-9].csv', '/d/2024-11.csv'], ['/d/a.b*', '/d/aXb', false], ['/d/(a)*+', '/d/(a)x+'], ['/d/a\\*', '/d/a\\b'],
    ['/d/**', '/d/a'], ['/d/**', '/d/a/b/c'], ['/d/**/c', '/d/c'], ['/d/**/c', '/d/a/b/c'], ['/d/**/c', '/d/a/b/d', false],
    ['/d/**/*.csv', '/d/a.csv'], ['/d/**/*.csv', '/d/x/y/a.csv'], ['/d/**/x/**/*.csv', '/d/x/a.csv'], ['/d/**/x/**/*.csv', '/d/1/x/2/3/a.csv'], ['/d/**/**/a', '/d/a'],
    ['/d/*', '/d/.hidden', false], ['/d/.*', '/d/.hidden'], ['/d/**', '/d/.git/config', false], ['/d/?x', '/d/.x', false], ['/d/[.]x', '/d/.x', false],
    ['/d/*', '/d/_x'], ['/d*/x', '/data/x'], ['/*', '/a'],
  ].map(([pattern, path, expected]) => [pattern as string, path as string, expected !== false] as const))('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected)
  })

  test('agrees with the recursive definition for every pattern of stars and letters', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 8 })
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 8 })
    fc.assert(fc.property(letters, name, (pattern, text) => {
      fc.pre(hasPattern(pattern) && pattern !== '**')
      expect(matches(`/d/${pattern}`, `/d/${text}`)).toBe(plainly(pattern, text))
    }), { numRuns: 2000 })
  })

  test('takes no longer for a pattern of many stars', () => {
    const name = 'a'.repeat(250)
    const started = performance.now()
    expect(matches(`/d/${'*a'.repeat(100)}*b`, `/d/${name}`)).toBe(false)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('begins in the deepest folder whose name is plain', () => {
    expect(parsePattern('/data/2024/*.csv').root).toBe('/data/2024/')
    expect(parsePattern('/d[1]/x').root).toBe('/')
  })
})

function plainly(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern.startsWith('*')) return plainly(pattern.slice(1), text) || (text !== '' && plainly(pattern, text.slice(1)))
  return text !== '' && (pattern.startsWith('?') || text.startsWith(pattern.slice(0, 1))) && plainly(pattern.slice(1), text.slice(1))
}
