// Proves that the first example of the README does what it says.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const here = fileURLToPath(new URL('..', import.meta.url))

test('the first example moves rows to rows', () => {
  const code = /```ts\n([^]*?)```/.exec(readFileSync(`${here}README.md`, 'utf8'))![1]!
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: here, encoding: 'utf8' })
  expect(output).toContain('batches to batches  yes  as they are')
  expect(output).toContain("2 [ { id: 1n, name: 'Ada' }, { id: 2n, name: null } ]")
})
