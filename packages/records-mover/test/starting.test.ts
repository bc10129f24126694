// Checks what the command loads: nothing to say its version, and for a move only what it needs.
import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MVREC, runMvrec, scratchFolder } from './run-mvrec.js'

const directory = await scratchFolder()
await writeFile(join(directory, 'a.csv'), 'id,name\n1,Ada\n')

/** The modules that a run loads, other than Node's own. */
async function loadedBy(words: readonly string[]): Promise<string> {
  const file = join(directory, 'modules.txt')
  await writeFile(file, '')
  const watch = fileURLToPath(new URL('fixtures/watch-modules.mjs', import.meta.url))
  const ran = await runMvrec(words, { directory, node: ['--import', watch], environment: { MODULES_FILE: file } })
  expect(ran).toMatchObject({ code: 0 })
  return (await readFile(file, 'utf8')).split('\n').filter((url) => url.startsWith('file:')).join('\n')
}

test('says its version without loading anything but itself', async () => {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  for (const word of ['--version', '-V']) {
    expect(await runMvrec([word], { directory })).toEqual({ code: 0, stdout: `mvrec ${version}\n`, stderr: '' })
    expect(await loadedBy([word])).toMatch(/^file:\/\/\S*packages\/records-mover\/dist\/mvrec\.js$/)
  }
})

test('says its version in at most 1.6 times the time of an empty program', { retry: 3 }, () => {
  const time = (words: string[]): number => {
    const start = performance.now()
    expect(spawnSync(process.execPath, words).status).toBe(0)
    return performance.now() - start
  }
  const [empty, version]: [number[], number[]] = [[], []]
  for (let run = 0; run < 12; run++) {
    empty.push(time(['-e', '0']))
    version.push(time([MVREC, '--version']))
  }
  // The fastest of each: whatever else the machine does only adds.
  expect(Math.min(...version) / Math.min(...empty)).toBeLessThanOrEqual(1.6)
})

test('prints help without loading core, and lists plugins without loading one', async () => {
  expect(await loadedBy(['--help'])).not.toMatch(/core\/dist|delimited\/dist|duckdb|plugins\//)
  expect(await loadedBy(['plugins'])).not.toMatch(/delimited\/dist|duckdb|plugins\/|node_modules\/pg/)
})

test('moves files without loading a database', async () => {
  const loaded = await loadedBy(['a.csv', 'b.tsv'])
  expect(loaded).toMatch(/delimited\/dist\/codec\.js/)
  expect(loaded).toMatch(/plugins\/file\/dist\/store\.js/)
  expect(loaded).not.toMatch(/duckdb|postgres|node_modules\/pg/)
})

test('moves into DuckDB without loading another database', async () => {
  const loaded = await loadedBy(['a.csv', 'duckdb:a.duckdb#a'])
  expect(loaded).toMatch(/duckdb/)
  expect(loaded).not.toMatch(/postgres|node_modules\/pg/)
})
