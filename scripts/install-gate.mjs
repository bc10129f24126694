// `pnpm gate:install`: packs every package, installs the tarballs together in an empty project with npm, imports them, moves records.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { turbo } from './turbo.mjs'
import { packagesOf, workspaceRoot } from './workspace.mjs'

// Not a part of `pnpm test`: it fetches the packages' dependencies from the registry. The workflow `release` runs it.
const probe = `
import { move, registry, rows, toRows } from '@records-mover/core'
const names = process.argv.slice(2)
for (const name of names) await import(name)
const records = [{ id: 9007199254740993n, name: '' }, { id: -1n, name: null }]
const into = toRows()
const { tally } = await move(rows(records), into, { registry: registry([]) })
const text = JSON.stringify(into.rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))
if (text !== '[{"id":"9007199254740993","name":""},{"id":"-1","name":null}]') throw new Error('arrived as ' + text)
console.log(names.length + ' packages imported, ' + tally.rows + ' rows moved')
`

const scratch = mkdtempSync(join(tmpdir(), 'records-mover-install-'))
try {
  if ((await turbo(['run', 'build', '--output-logs=errors-only'])) !== 0) throw new Error('the build failed')
  const packages = packagesOf(workspaceRoot).filter(({ manifest }) => !manifest.private)
  const dependencies = Object.fromEntries(packages.map(({ folder, manifest }) => [manifest.name, `file:${pack(folder)}`]))
  writeFileSync(join(scratch, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  writeFileSync(join(scratch, 'probe.mjs'), probe)
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], scratch)
  process.stdout.write(run(process.execPath, ['probe.mjs', ...Object.keys(dependencies)], scratch))
  process.stdout.write(run(join(scratch, 'node_modules/.bin/mvrec'), ['--version'], scratch))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** @param {string} folder */
function pack(folder) {
  return JSON.parse(run('pnpm', ['pack', '--json', '--pack-destination', scratch], join(workspaceRoot, folder))).filename
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${done.error?.message ?? done.stdout + done.stderr}`)
  return done.stdout
}
