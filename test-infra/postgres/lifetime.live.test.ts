// A server is there when it resolves and gone, with its folder, however the process that started it ends.
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'

import { connectTo, startPostgres } from '@records-mover/test-infra/postgres'
import type { PostgresFacts } from '@records-mover/test-infra/postgres'

import { serverAccount } from './account.js'
import { cache, reasonAgainst } from './availability.js'

const program = join(import.meta.dirname, '../dist/postgres/index.js')
const skip = reasonAgainst(undefined)
describe.skipIf(skip)(skip === undefined ? 'a server' : `a server [skipped: ${skip}]`, { timeout: 120_000 }, () => {
  test('runs beside others, each on its own', async () => {
    const servers = await Promise.all([startPostgres(), startPostgres()])
    try {
      await servers[0].execute('create table only_here ()')
      expect(await servers[1].execute('select to_regclass(\'only_here\')')).toEqual([[null]])
      expect(servers[0].password).not.toBe(servers[1].password)
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
    }
  })

  test('leaves no process and no folder behind when stopped, twice even', async () => {
    const server = await startPostgres()
    const pid = serverProcess(server.facts)
    await server.stop()
    await server.stop()
    expect(alive(pid)).toBe(false)
    expect(existsSync(dirname(server.socketDirectory))).toBe(false)
  })

  test('says what the server said when it does not come up, and leaves nothing', async () => {
    const before = runFolders()
    await expect(startPostgres({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(/did not start: exit code 1[^]*invalid value for parameter "shared_buffers"/)
    expect(runFolders()).toEqual(before)
  })

  test('comes up from a cache from which files have gone, and under a strict umask', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'ti-cache-'))
    chmodSync(temporary, 0o755)
    try {
      for (const gone of [undefined, 'data/global/pg_control']) {
        const cached = join(temporary, readdirSync(temporary)[0] ?? '')
        const cluster = readdirSync(cached).find((name) => name.startsWith('cluster-'))
        if (gone !== undefined) rmSync(join(cached, cluster!, gone))
        const { child, facts } = await startElsewhere('process.stdin.resume()', { env: { TMPDIR: temporary }, umask: 0o077 })
        expect(await connectTo(facts).execute('select 1')).toEqual([['1']])
        child.kill('SIGKILL')
        await expect.poll(() => existsSync(dirname(facts.socketDirectory)), { timeout: 60_000 }).toBe(false)
      }
    } finally {
      rmSync(temporary, { recursive: true, force: true, maxRetries: 10 })
    }
  })

  // Each reads its input until that ends, so that the server is seen running first.
  test.each([
    ['ends by SIGKILL', 'SIGKILL', 'process.stdin.resume()'],
    ['ends by an uncaught error', undefined, 'process.stdin.on("end", () => { throw new Error("crash") }).resume()'],
    ['ends by running out of work, without a stop', undefined, 'process.stdin.resume()'],
    ['ends by a Ctrl-C', 'SIGINT', 'process.stdin.resume()'],
  ] as const)('stops the server when the process that started it %s', async (_title, signal, afterwards) => {
    const { child, facts } = await startElsewhere(afterwards)
    const pid = serverProcess(facts)
    expect(alive(pid)).toBe(true)
    if (signal) child.kill(signal)
    else child.stdin?.end()
    await once(child, 'exit')
    await expect.poll(() => alive(pid), { timeout: 60_000 }).toBe(false)
    await expect.poll(() => existsSync(dirname(facts.socketDirectory)), { timeout: 60_000 }).toBe(false)
  })

  test('is stopped by stop() even when its watchdog was killed', async () => {
    const server = await startPostgres()
    const pid = serverProcess(server.facts)
    process.kill(parentOf(pid), 'SIGKILL')
    await expect.poll(() => parentOf(pid)).toBe(1)
    expect(await server.execute('select 1')).toEqual([['1']])
    await server.stop()
    await expect.poll(() => alive(pid), { timeout: 60_000 }).toBe(false)
    expect(existsSync(dirname(server.socketDirectory))).toBe(false)
  })

  test('is cleared away by the next start when its process and its watchdog were both killed', async () => {
    const { child, facts } = await startElsewhere('process.stdin.resume()')
    const pid = serverProcess(facts)
    process.kill(parentOf(pid), 'SIGKILL')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const folder = dirname(facts.socketDirectory)
    const longAgo = Date.now() / 1000 - 3600
    utimesSync(folder, longAgo, longAgo)
    const next = await startPostgres()
    await next.stop()
    await expect.poll(() => alive(pid), { timeout: 60_000 }).toBe(false)
    expect(existsSync(folder)).toBe(false)
  })

  const against = reasonAgainstOrdinary()
  test.skipIf(against)(`runs for an ordinary account as well${against === undefined ? '' : ` [skipped: ${against}]`}`, async () => {
    const { uid, gid } = serverAccount()
    const home = mkdtempSync(join(tmpdir(), 'ti-ordinary-'))
    try {
      chownSync(home, uid!, gid!)
      const { child, facts } = await startElsewhere('process.stdin.resume()', { uid: uid!, gid: gid!, env: { TMPDIR: home } })
      expect(facts.socketDirectory.startsWith(join(home, `records-mover-test-infra-${uid!}`))).toBe(true)
      expect(await connectTo(facts).execute('select 1')).toEqual([['1']])
      child.kill('SIGKILL')
      await expect.poll(() => existsSync(dirname(facts.socketDirectory)), { timeout: 60_000 }).toBe(false)
    } finally {
      rmSync(home, { recursive: true, force: true, maxRetries: 10 })
    }
  })
})

interface Elsewhere {
  readonly child: ChildProcess
  readonly facts: PostgresFacts
}

/** Starts a server from another Node process, which does `afterwards` once the server is up. */
async function startElsewhere(afterwards: string, options: { uid?: number, gid?: number, env?: Record<string, string>, umask?: number } = {}): Promise<Elsewhere> {
  const script = `
    process.umask(${options.umask ?? 0o022})
    const { startPostgres } = await import(${JSON.stringify(program)})
    const server = await startPostgres()
    console.log(JSON.stringify(server.facts))
    ${afterwards}`
  const { uid, gid, env } = options
  const account = uid === undefined || gid === undefined ? {} : { uid, gid }
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { ...account, cwd: '/', env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
  for await (const line of createInterface(child.stdout)) return { child, facts: JSON.parse(line) as PostgresFacts }
  throw new Error(`no server was started elsewhere: ${complaint}`)
}

/** The process of the running server, as it wrote it down itself. */
function serverProcess(facts: PostgresFacts): number {
  return Number(readFileSync(join(dirname(facts.socketDirectory), 'data/postmaster.pid'), 'utf8').split('\n')[0])
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A process that has ended and was not waited for is still in the table.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function runFolders(): string[] {
  return readdirSync(cache()).filter((name) => name.startsWith(`run-${process.pid}-`))
}

function reasonAgainstOrdinary(): string | undefined {
  const account = serverAccount()
  if (account.uid === undefined) return 'the other tests have run for one'
  try {
    execFileSync(process.execPath, ['--eval', `require('node:fs').readFileSync(${JSON.stringify(program)})`], { ...account, cwd: '/', stdio: 'ignore' })
    return undefined
  } catch {
    return 'that account cannot read this checkout'
  }
}
