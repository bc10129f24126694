// `pnpm mvrec ...` in a checkout: builds what mvrec needs, quietly, and hands it the terminal.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { turbo } from './turbo.mjs'
import { workspaceRoot } from './workspace.mjs'

const command = join(workspaceRoot, 'packages/records-mover/dist/mvrec.js')

/**
 * Builds the command and everything it may load from this checkout; prints only errors, and those to stderr.
 *
 * @returns {Promise<number>} turbo's exit code
 */
export function buildMvrec() {
  const packages = ['records-mover', '@records-mover/postgres']
  return turbo(
    ['run', 'build', ...packages.map((name) => `--filter=${name}`), '--output-logs=errors-only', '--log-prefix=none'],
    { toStderr: true },
  )
}

/**
 * Runs the built command and resolves to its exit code.
 *
 * @param {string[]} args
 * @param {string} directory where relative paths start
 * @returns {Promise<number>}
 */
export function runMvrec(args, directory) {
  const child = spawn(process.execPath, [command, ...args], { cwd: directory, stdio: 'inherit' })
  // Ctrl-C reaches the whole process group: mvrec rolls back and says so, and its exit code is the one to pass on.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await buildMvrec()
  // pnpm runs scripts from the root; INIT_CWD is where the person stood.
  process.exitCode = built === 0 ? await runMvrec(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd()) : built
}
