// A small tree of files in a temporary folder, for tests that show a gate finding something.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/**
 * Writes the files, by relative path, into a new folder that is removed when the running test has finished.
 *
 * @param {Record<string, string | object>} files text, or an object written as JSON
 * @returns {string} the folder
 */
export function tree(files) {
  const root = mkdtempSync(join(tmpdir(), 'records-mover-gate-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}
