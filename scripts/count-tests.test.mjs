// Tests of the count: what is no pass never counts as one.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countLine, countTests } from './count-tests.mjs'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'count-tests-'))
  write('pnpm-workspace.yaml', 'packages:\n  - packages/*\ncatalog: {}\n')
  write('packages/a/package.json', '{"name":"a"}')
  write('packages/a/src/one.test.ts', '// one')
})
afterEach(() => rmSync(root, { recursive: true }))

test('sums passed, failed, skipped and todo over packages', () => {
  report('a', [file('a', 'src/one.test.ts', { x: 'passed', y: 'failed', z: 'skipped', t: 'todo' })])
  write('packages/b/package.json', '{"name":"b"}')
  write('packages/b/src/two.test.ts', '// two')
  report('b', [file('b', 'src/two.test.ts', { x: 'passed' })])
  expect(countLine(countTests(root))).toBe('2 passed, 1 failed, 2 skipped')
})

test('calls a package with test files and no report a failure', () => {
  expect(countTests(root).failures).toContain('packages/a: has 1 test files and no report')
})

test('calls a test file that is in no report a failure', () => {
  write('packages/a/src/left-out.test.ts', '// left out')
  report('a', [file('a', 'src/one.test.ts', { x: 'passed' })])
  expect(countTests(root).failures).toEqual(['packages/a/src/left-out.test.ts: is not in the report'])
})

test('calls a file that failed before its tests began a failure', () => {
  report('a', [{ ...file('a', 'src/one.test.ts', {}), status: 'failed' }])
  const count = countTests(root)
  expect(count.failures).toContain('packages/a/src/one.test.ts: failed outside its tests')
})

test('calls a run without any test a failure', () => {
  rmSync(join(root, 'packages/a/src'), { recursive: true })
  expect(countTests(root)).toMatchObject({ passed: 0, failed: 1, failures: ['no test ran at all'] })
})

test('prints the note of a test that skipped itself', () => {
  const result = file('a', 'src/one.test.ts', { x: 'skipped' })
  result.assertionResults[0].meta = { note: 'no server here' }
  report('a', [result])
  expect(countTests(root).skips).toEqual(['packages/a/src/one.test.ts: x (no server here)'])
})

test('knows a file of a report that was written in another checkout', () => {
  const result = file('a', 'src/one.test.ts', { x: 'passed' })
  report('a', [{ ...result, name: '/elsewhere/checkout/packages/a/src/one.test.ts' }])
  expect(countTests(root)).toMatchObject({ passed: 1, failed: 0 })
})

/**
 * @param {string} name
 * @param {string} path
 * @param {Record<string, string>} statuses
 */
function file(name, path, statuses) {
  /** @type {any[]} */
  const assertionResults = Object.entries(statuses).map(([fullName, status]) => ({ fullName, status, meta: {} }))
  const failed = assertionResults.some((result) => result.status === 'failed')
  return { name: join(root, 'packages', name, path), status: failed ? 'failed' : 'passed', assertionResults }
}

/**
 * @param {string} name
 * @param {unknown[]} testResults
 */
function report(name, testResults) {
  write(`packages/${name}/.test-report/tests.json`, JSON.stringify({ testResults }))
}

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
