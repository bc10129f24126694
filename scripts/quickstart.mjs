// `pnpm quickstart`: one real move, from a public CSV into an embedded DuckDB file, through the public command only.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buildMvrec, runMvrec } from './mvrec.mjs'
import { workspaceRoot } from './workspace.mjs'

// Athletes of the 2016 summer games: text, decimals, integers, dates and empty fields; 11,538 rows.
// https://www.npmjs.com/package/@observablehq/sample-datasets
const dataset = '@observablehq/sample-datasets/olympians.csv'
const folder = join(workspaceRoot, '.quickstart')
const from = 'olympians.csv'
const to = 'duckdb:olympians.duckdb#olympians'

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
copyFileSync(createRequire(join(workspaceRoot, 'packages/records-mover/package.json')).resolve(dataset), join(folder, from))

process.exitCode =
  (await buildMvrec()) ||
  (await step('The plan: how the records would travel, and why', ['plan', from, to])) ||
  (await step('The move', [from, to])) ||
  (await step('The first rows, as read back from DuckDB', ['inspect', to]))

/**
 * @param {string} title
 * @param {string[]} args
 */
async function step(title, args) {
  console.log(`\n${title}\n$ mvrec ${args.map((arg) => (arg.includes('#') ? `'${arg}'` : arg)).join(' ')}\n`)
  return runMvrec(args, folder)
}
