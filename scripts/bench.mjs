// `pnpm bench ...`: builds the benchmarks and what they measure, then hands them the terminal.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { turbo } from './turbo.mjs'
import { workspaceRoot } from './workspace.mjs'

const measured = ['@records-mover/bench', 'records-mover', '@records-mover/postgres']
const built = await turbo(['run', 'build', ...measured.map((name) => `--filter=${name}`), '--output-logs=errors-only'])
process.exitCode =
  built ||
  (spawnSync(process.execPath, [join(workspaceRoot, 'bench/dist/main.js'), ...process.argv.slice(2)], { cwd: workspaceRoot, stdio: 'inherit' }).status ?? 1)
