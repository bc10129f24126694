// Starts turbo the way every command of this workspace wants it: without telemetry, and with a cache that knows its Node version.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { workspaceRoot } from './workspace.mjs'

/**
 * Runs turbo from the workspace's root and resolves to its exit code.
 *
 * @param {string[]} args as after the word `turbo`
 * @param {{ toStderr?: boolean }} [options] `toStderr` keeps stdout free for the command that follows
 * @returns {Promise<number>}
 */
export function turbo(args, options = {}) {
  const command = createRequire(import.meta.url).resolve('turbo/bin/turbo')
  const child = spawn(process.execPath, [command, ...args], {
    cwd: workspaceRoot,
    stdio: ['ignore', options.toStderr ? 2 : 'inherit', 'inherit'],
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      // Named in turbo.json's globalEnv: a result seen on one Node is never served for another.
      RECORDS_MOVER_NODE: `${process.version} ${process.platform} ${process.arch}`,
    },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await turbo(process.argv.slice(2))
