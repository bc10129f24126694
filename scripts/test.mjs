// Says whether this tree is sound: builds, checks types, lints, runs every test and every gate, and counts.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { countLine, countTests, reportFile } from './count-tests.mjs'
import { runGates } from './gates.mjs'
import { turbo } from './turbo.mjs'
import { packagesOf, workspaceRoot } from './workspace.mjs'

// A report left from an earlier run must not be counted: turbo writes it anew, from the runner or from its cache.
for (const { folder } of packagesOf(workspaceRoot)) {
  rmSync(join(workspaceRoot, folder, dirname(reportFile)), { recursive: true, force: true })
}

const tasks = ['build', 'check', 'lint', 'test', 'package']
const code = await turbo(['run', ...tasks, '--continue=dependencies-successful', '--output-logs=new-only'])
const gatesFailed = await runGates(workspaceRoot)
const count = countTests(workspaceRoot)

print('skipped', count.skips)
print('failed', count.failures)
if (code !== 0) console.log(`\nturbo ended with ${code}: a task above failed`)
if (gatesFailed > 0) console.log(`\n${gatesFailed} gates failed`)
console.log(`\n${countLine(count)}`)
process.exitCode = code !== 0 || gatesFailed > 0 || count.failed > 0 ? 1 : 0

/**
 * @param {string} title
 * @param {string[]} lines
 */
function print(title, lines) {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}
