// Stops real moves with signals, and watches the progress line on a terminal.
import type { ChildProcess } from 'node:child_process'
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, MVREC, runMvrec, scratchFolder } from './run-mvrec.js'

const directory = await scratchFolder()
const ROWS = 1_500_000
await writeFile(join(directory, 'big.csv'), `id,name,price\n${Array.from({ length: ROWS }, (_, k) => `${k},name ${k},${k}.25\n`).join('')}`)
await writeFile(join(directory, 'there.csv'), 'as,it\nwas,1\n')
await writeFile(join(directory, 'small.csv'), 'id,name,price\n1,Ada,1499999.25\n')

/** Sends a signal as soon as records move. */
function whenMoving(signal: NodeJS.Signals): (written: string, child: ChildProcess) => void {
  let sent = false
  return (written, child) => {
    if (sent || !written.includes('records-moved')) return
    sent = true
    child.kill(signal)
  }
}

test.each([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const)('%s amid a move into a file leaves it as it was and ends with %i', async (signal, code) => {
  const before = await readdir(directory)
  const ran = await runMvrec(['big.csv', 'there.csv', '--if-exists', 'replace', '--to-hint', 'quoting=all', '--json'], { directory, onOutput: whenMoving(signal) })
  expect(ran, ran.stderr).toMatchObject({ code, stderr: '' })
  expect(jsonLines(ran.stdout).at(-1)).toMatchObject({ event: 'error', code: 'aborted', exitCode: code, message: 'stopped: the target is as it was' })
  expect(await readFile(join(directory, 'there.csv'), 'utf8')).toBe('as,it\nwas,1\n')
  expect((await readdir(directory)).sort()).toEqual(before.sort())
})

test('Ctrl-C amid a move into DuckDB leaves the table as it was', async () => {
  expect(await runMvrec(['small.csv', 'duckdb:stop.duckdb#t', '--quiet'], { directory })).toMatchObject({ code: 0 })
  const ran = await runMvrec(['big.csv', 'duckdb:stop.duckdb#t', '--if-exists', 'append', '--json'], { directory, onOutput: whenMoving('SIGINT') })
  expect(ran, ran.stderr).toMatchObject({ code: 130 })
  expect((await runMvrec(['duckdb:stop.duckdb#t', '-', '--quiet'], { directory })).stdout).toBe('id,name,price\n1,Ada,1499999.25\n')
}, 60_000)

test('Ctrl-C says in words that it undoes what was begun, and that it has', async () => {
  let sent = false
  const ran = await runMvrec(['big.csv', 'never.csv', '--to-hint', 'quoting=all'], {
    directory,
    onOutput: (written, child) => {
      if (!sent && written.includes('bytes to bytes')) sent = child.kill('SIGINT')
    },
  })
  expect(ran).toMatchObject({ code: 130 })
  expect(ran.stderr).toBe('mvrec: stopping, and undoing what was begun; the same signal again stops at once\nmvrec: stopped: the target is as it was\n')
})

test('Ctrl-C while standard input is awaited ends at once', async () => {
  const ran = await runMvrec(['-', 'never.csv'], {
    directory, input: 'a,b\n1,2\n', holdInput: true, node: ['--import', `data:text/javascript,setTimeout(() => process.kill(process.pid, 'SIGINT'), 1500)`],
  })
  expect(ran, ran.stderr).toMatchObject({ code: 130, stdout: '' })
})

test('a second Ctrl-C ends a move that does not stop, and loads the plugin of the project it is installed in', async () => {
  const project = join(directory, 'project')
  const plugin = join(project, 'node_modules', 'stubborn')
  await mkdir(plugin, { recursive: true })
  await symlink(resolve(MVREC, '../..'), join(project, 'node_modules', 'records-mover'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ dependencies: { stubborn: '*' } }))
  await writeFile(join(plugin, 'package.json'), JSON.stringify({
    name: 'stubborn', version: '1.0.0', type: 'module', exports: { '.': { default: './index.js' } }, recordsMover: { contract: 1, export: 'stubborn', schemes: ['stubborn'] },
  }))
  await writeFile(join(plugin, 'index.js'), `
    export const stubborn = { contract: 1, name: 'stubborn', schemes: ['stubborn'], source: async () => async () => {
      process.stderr.write('READY')
      await new Promise((done) => setTimeout(done, 60_000))
    } }
  `)
  const command = join(project, 'node_modules', 'records-mover', 'dist', 'mvrec.js')
  let first = false
  const ran = await runMvrec(['stubborn:x', 'a.csv'], {
    directory: project,
    command,
    onOutput: (written, child) => {
      if (first || !written.includes('READY')) return
      first = child.kill('SIGINT')
      // Two at once count as one press.
      setTimeout(() => child.kill('SIGINT'), 300)
    },
  })
  expect(ran, ran.stderr).toMatchObject({ code: 130 })
  expect(ran.stderr).toContain('stopped at once: look at the target before you repeat the move')
  // The same project, from an mvrec that is not installed in it.
  expect(await runMvrec(['stubborn:x', 'a.csv'], { directory: project })).toMatchObject({ code: 3, stderr: expect.stringContaining(`not installed in ${project}`) as string })
})

// util-linux's, which runs a command on a terminal of its own: https://man7.org/linux/man-pages/man1/script.1.html
const TERMINAL = 'script'
const scripted = spawnSync(TERMINAL, ['--version']).status === 0
test.skipIf(!scripted)(`draws one progress line on a terminal and clears it${scripted ? '' : ' (no program "script" to make a terminal)'}`, () => {
  const command = `${process.execPath} ${MVREC} big.csv shown.csv --to-hint quoting=all`
  const { stdout, status } = spawnSync(TERMINAL, ['-qec', command, '/dev/null'], { cwd: directory, encoding: 'utf8', env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' } })
  expect(status).toBe(0)
  const drawn = stdout.split('\r\u001b[K').slice(1)
  // How often it is redrawn depends on the machine; progress.test.ts holds that by a clock of its own.
  expect(drawn.length).toBeGreaterThan(1)
  expect(drawn[0]).toMatch(/^([\d,]+ rows {2})?[\d.]+ [kM]B( {2}[\d.]+ [kM]B\/s)? {2}0:\d\d( {2}\d+% of about [\d.,]+ (rows|[kM]B))?$/)
  // What stands when all is done: the plan and the tally, and nothing of the line.
  expect(drawn.at(-1)).toMatch(/^moved 1,500,000 rows in /)
})

test.skipIf(!scripted)(`colours a terminal, unless NO_COLOR is set${scripted ? '' : ' (no program "script" to make a terminal)'}`, () => {
  const run = (environment: Record<string, string>): string => {
    const env = { ...process.env, ...environment, TERM: 'xterm' }
    return spawnSync(TERMINAL, ['-qec', `${process.execPath} ${MVREC} plan small.csv shown2.csv`, '/dev/null'], { cwd: directory, encoding: 'utf8', env }).stdout
  }
  expect(run({ NO_COLOR: '', FORCE_COLOR: '1' })).toContain('\u001b[32myes')
  expect(run({ NO_COLOR: '1', FORCE_COLOR: '1' })).not.toContain('\u001b[3')
})
