// Counts tests from the runners' own reports, and calls a test file that is in no report a failure.
import { existsSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { filesUnder, packagesOf } from './workspace.mjs'

/** Where vitest.config.ts lets every package write its report, relative to the package. */
export const reportFile = '.test-report/tests.json'

/** What vitest.config.ts takes for a test file. */
const testFile = /\.test\.(ts|mjs)$/

/**
 * The sum over the workspace. `skips` are names with their reasons; `failures` are names or sentences, and as many as `failed`.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, skips: string[], failures: string[] }} Count
 */

/**
 * Sums the reports of every package that has test files. A missing report, a file that is in no report and a file that
 * failed before its tests began each count as one failure.
 *
 * @param {string} root
 * @param {(folder: string) => string} [reportOf] where the report of a package lies
 * @returns {Count}
 */
export function countTests(root, reportOf = (folder) => join(root, folder, reportFile)) {
  /** @type {Count} */
  const count = { passed: 0, failed: 0, skipped: 0, skips: [], failures: [] }
  for (const { folder } of packagesOf(root)) countPackage(folder, filesUnder(join(root, folder), testFile), reportOf(folder), count)
  if (count.passed + count.failed + count.skipped === 0) fail(count, 'no test ran at all')
  return count
}

/**
 * The one line that `.ci/run` ends with.
 *
 * @param {Count} count
 */
export function countLine(count) {
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`
}

/**
 * @param {string} folder
 * @param {string[]} files
 * @param {string} path
 * @param {Count} count
 */
function countPackage(folder, files, path, count) {
  if (files.length === 0) return
  if (!existsSync(path)) return fail(count, `${folder}: has ${files.length} test files and no report`)
  /** @type {Report} */
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const reported = new Set(report.testResults.map((result) => fileName(result.name, folder)))
  for (const file of files) if (!reported.has(file)) fail(count, `${folder}/${file}: is not in the report`)
  for (const result of report.testResults) countFile(`${folder}/${fileName(result.name, folder)}`, result, count)
}

/**
 * The name of a test file relative to its package. Reports name files absolutely, and a report restored from turbo's
 * cache may name those of another checkout.
 *
 * @param {string} name
 * @param {string} folder
 */
function fileName(name, folder) {
  const path = name.split(sep).join('/')
  const at = path.lastIndexOf(`/${folder}/`)
  return at < 0 ? relative(folder, path) : path.slice(at + folder.length + 2)
}

/**
 * @param {string} file
 * @param {FileResult} result
 * @param {Count} count
 */
function countFile(file, result, count) {
  for (const test of result.assertionResults) {
    const name = `${file}: ${test.fullName}`
    if (test.status === 'passed') count.passed += 1
    else if (test.status === 'failed') fail(count, name)
    else {
      count.skipped += 1
      count.skips.push(test.meta?.note ? `${name} (${test.meta.note})` : name)
    }
  }
  const named = result.assertionResults.some((test) => test.status === 'failed')
  if (result.status === 'failed' && !named) fail(count, `${file}: failed outside its tests`)
}

/**
 * @param {Count} count
 * @param {string} sentence
 */
function fail(count, sentence) {
  count.failed += 1
  count.failures.push(sentence)
}

/**
 * The parts of vitest's JSON report that are read here: https://vitest.dev/guide/reporters.html#json-reporter
 *
 * @typedef {{ testResults: FileResult[] }} Report
 * @typedef {{ name: string, status: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ fullName: string, status: string, meta?: { note?: string } }} TestResult
 */
