// The README is true: its table is the one in code, and its example prints what it says.
import { readFileSync, writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { HINTS } from '../src/hints.js'
import * as delimited from '../src/index.js'

const path = new URL('../README.md', import.meta.url)
const readme = readFileSync(path, 'utf8')
const [opening, closing] = ['<!-- hints: made from src/hints.ts, checked by test/readme.test.ts -->\n', '<!-- /hints -->']

test('the README lists every hint as the table in code has it', () => {
  const rows = Object.entries(HINTS).map(([name, hint]) => `| \`${name}\` | ${valueText(hint.default)} | ${cell(hint.allowed)} | ${cell(hint.doc)} |`)
  const table = ['', '| hint | default | takes | means |', '|---|---|---|---|', ...rows, '', ''].join('\n')
  const start = readme.indexOf(opening) + opening.length
  const end = readme.indexOf(closing)
  // UPDATE_README=1 writes the table anew.
  if (process.env.UPDATE_README === '1') writeFileSync(path, readme.slice(0, start) + table + readme.slice(end))
  else expect(readme.slice(start, end)).toBe(table)
})

test('the example in the README prints what it says', async () => {
  const code = /```js\n(.*?)```/s.exec(readme)![1]!
  const printed = /prints\n\n```\n(.*?)```/s.exec(readme)![1]!
  const lines: string[] = []
  const console = { log: (value: unknown) => lines.push(typeof value === 'string' ? value : inspect(value)) }
  const body = code.replace(/^import (\{.*\}) from '@records-mover\/delimited'$/m, 'const $1 = plugin')
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the example is text of our own
  const example = new Function('plugin', 'console', `return (async () => {\n${body}\n})()`) as (...given: unknown[]) => Promise<void>
  await example(delimited, console)
  expect(`${lines.join('\n')}\n`).toBe(printed)
})

function valueText(value: unknown): string {
  return value === '' ? 'empty' : `\`${typeof value === 'string' ? JSON.stringify(value).slice(1, -1).replace('\\"', '"') : JSON.stringify(value)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
