// Runs the examples of docs/cli.md and compares what they print with what the page says.
import { readFile, writeFile } from 'node:fs/promises'
import { EXIT_CODES } from '@records-mover/cli'
import { expect, test } from 'vitest'
import { readExamples, runExample, steady, withOutputs } from './console-blocks.js'
import { MVREC, runMvrec, scratchFolder } from './run-mvrec.js'

const directory = await scratchFolder()
const place = new URL('../../../docs/cli.md', import.meta.url)
const page = await readFile(place, 'utf8')
const examples = readExamples(page)

// `RECORDS_MOVER_UPDATE=1 npx vitest run test/docs.test.ts` writes what is printed into the page, to be read before it is committed.
if (process.env.RECORDS_MOVER_UPDATE === '1') {
  const other = await scratchFolder()
  await writeFile(place, withOutputs(page, (example) => runExample(example, other, MVREC)))
}

test('the page has examples of each command', () => {
  for (const command of ['plan', 'inspect', 'plugins']) expect(examples.some((example) => example.command.startsWith(`mvrec ${command}`))).toBe(true)
})

test.each(examples)('docs/cli.md: $command', (example) => {
  expect(steady(runExample(example, directory, MVREC))).toBe(steady(example.output))
  for (const line of example.output.split('\n')) if (!/^(mvrec: |\{| {2}\()/.test(line)) expect(line.length).toBeLessThanOrEqual(80)
})

test('the page and the help tell the same options', async () => {
  const told = new Set<string>()
  for (const words of [['--help'], ['plan', '--help'], ['inspect', '--help'], ['plugins', '--help']]) {
    for (const [option] of (await runMvrec(words, { directory })).stdout.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)) told.add(option)
  }
  const rows = [...page.matchAll(/^\| (`-.*?) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option))
  expect([...new Set(rows)].sort()).toEqual([...told].sort())
})

test('the page tells the exit code of every error code', () => {
  const rows = [...page.matchAll(/^\| (\d+)[\d, ]* \|.*\| ([^|]*) \|$/gm)]
  const told = rows.flatMap(([, exit, codes]) => [...codes!.matchAll(/`([a-z-]+)`/g)].map(([, code]) => [code, Number(exit)]))
  expect(Object.fromEntries(told)).toEqual(EXIT_CODES)
})
