// Gate `unused`: knip finds files, exports and dependencies that nothing uses, by knip.json.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * @param {string} root
 * @returns {string[]}
 */
export function findUnused(root) {
  // knip's exports hide its command.
  const command = join(root, 'node_modules/knip/bin/knip.js')
  const run = spawnSync(process.execPath, [command, '--no-progress', '--reporter', 'compact', '--treat-config-hints-as-errors'], { cwd: root, encoding: 'utf8' })
  if (run.status === 0) return []
  const lines = `${run.stdout}\n${run.stderr}`.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 0 ? lines : [`knip ended with ${run.status}`]
}
