// How a server comes up: folder, certificates, cluster, watchdog, and a real session as the proof that it answers.
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { certificates } from '../certificates/index.js'
import { removeAbandoned, removeRun, runFolderPrefix } from './abandoned.js'
import { serverAccount, temporaryBase } from './account.js'
import type { Account } from './account.js'
import { findBinaries, findPsql } from './binaries.js'
import type { PostgresBinaries, PostgresOrigin } from './binaries.js'
import { cacheFolder } from './cache.js'
import { makeCluster, serverEnvironment, superuser } from './cluster.js'
import { configure } from './configuration.js'
import { StatementFailed, runStatements } from './control.js'
import { connectTo } from './server.js'
import type { PostgresFacts, PostgresService } from './server.js'
import type { WatchedServer } from './watchdog.js'

export interface PostgresOptions {
  /** Where the programs come from. Default: npm's package when it loads, else the machine's newest. */
  readonly prefer?: PostgresOrigin
  /** Server settings as in postgresql.conf; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>
  /** Lines of pg_hba.conf that come before ours, so they win. Default: none, which admits TCP by TLS only. */
  readonly hba?: readonly string[]
  /** Which certificate the server shows. Default: `'server'`, the good one. */
  readonly certificate?: 'server' | 'otherServer' | 'wrongHost' | 'expired'
}

// Another program may take the free port between our look and the server's start.
const portAttempts = 5
const patienceMs = 60_000
const pollMs = 5

/**
 * Starts a private PostgreSQL server with TLS on a free loopback port, in a folder of its own.
 *
 * Resolves when it has answered a query. It ends with `stop()`, or by itself when this process ends in any way.
 *
 * @throws PostgresUnavailable when this machine has no PostgreSQL to start; an Error with the end of the server's log
 *   when it has one that does not come up.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresService> {
  const account = serverAccount()
  const cache = cacheFolder(temporaryBase(account))
  await removeAbandoned(cache)
  const binaries = findBinaries(options.prefer, cache)
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(binaries, account, cache, options)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('Address already in use') || attempt === portAttempts) throw error
    }
  }
}

async function startOnce(binaries: PostgresBinaries, account: Account, cache: string, options: PostgresOptions): Promise<PostgresService> {
  const folder = mkdtempSync(join(cache, runFolderPrefix()))
  try {
    // Both the certificates and the socket belong to the server's account; as root or as that account, we reach them too.
    const own = certificates(join(folder, 'certificates'))
    mkdirSync(join(folder, 'socket'), { mode: 0o700 })
    giveAll(folder, account)
    const data = join(folder, 'data')
    makeCluster(binaries, account, cache, data)
    const port = await freePort()
    const socketDirectory = join(folder, 'socket')
    configure(data, {
      port,
      socketDirectory,
      caFile: own.caFile,
      certificate: own[options.certificate ?? 'server'],
      settings: options.settings ?? {},
      hba: options.hba ?? [],
    })
    const logFile = join(folder, 'server.log')
    const watched = watch({ program: join(binaries.folder, 'postgres'), args: ['-D', data], env: serverEnvironment, ...account, folder, logFile })
    const password = randomBytes(18).toString('base64url')
    try {
      await ready(join(socketDirectory, `.s.PGSQL.${port}`), password, watched)
    } catch (error) {
      const log = readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n')
      await watched.stop()
      throw new Error(`PostgreSQL ${binaries.version} did not start: ${(error as Error).message}\n${log}`, { cause: error })
    }
    const psqlPath = findPsql()
    const facts: PostgresFacts = {
      host: '127.0.0.1',
      port,
      user: superuser,
      password,
      database: 'postgres',
      version: binaries.version,
      origin: binaries.origin,
      socketDirectory,
      caFile: own.caFile,
      ca: own.ca,
      certificates: own,
      logFile,
      ...(psqlPath === undefined ? {} : { psqlPath }),
    }
    return { ...connectTo(facts), facts, stop: watched.stop }
  } catch (error) {
    await removeRun(folder)
    throw error
  }
}

function giveAll(folder: string, account: Account): void {
  const { uid, gid } = account
  if (uid === undefined || gid === undefined) return
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) chownSync(join(folder, name), uid, gid)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

interface Watched {
  /** How the server ended, once it has. */
  ended(): string | undefined
  readonly stop: () => Promise<void>
}

function watch(server: WatchedServer): Watched {
  const program = fileURLToPath(new URL('./watchdog.js', import.meta.url))
  // Detached: a Ctrl-C or a kill of our process group ends us, and then the watchdog ends the server.
  const child = spawn(process.execPath, [program, JSON.stringify(server)], { detached: true, stdio: 'pipe', env: { ...serverEnvironment } })
  let output = ''
  let gone: string | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output += text })
  child.once('error', (error) => { gone = error.message })
  child.once('exit', () => { gone = 'its watchdog ended' })
  child.stdin.on('error', () => undefined)
  letProcessEnd(child)
  let stopped: Promise<void> | undefined
  return {
    ended: () => /^ended (.*)$/m.exec(output)?.[1] ?? (gone === undefined ? undefined : `${gone} ${output.trim()}`),
    stop: () => stopped ??= stop(child, server.folder),
  }
}

function letProcessEnd(child: ChildProcessWithoutNullStreams): void {
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref()
}

async function stop(child: ChildProcessWithoutNullStreams, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.ref()
    child.stdin.end()
    await once(child, 'exit')
  }
  await removeRun(folder) // nothing is left of it, unless somebody killed the watchdog
}

/** Waits for the first session, which sets the password, so a server that resolves is a server that runs queries. */
async function ready(socketFile: string, password: string, watched: Watched): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      await runStatements(socketFile, 'postgres', `alter role ${superuser} password '${password}'`)
      return
    } catch (error) {
      const ended = watched.ended()
      if (ended !== undefined) throw new Error(ended, { cause: error })
      if (!notYet(error) || performance.now() > deadline) throw error
    }
    await sleep(pollMs)
  }
}

function notYet(error: unknown): boolean {
  // 57P03 is cannot_connect_now: https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (error instanceof StatementFailed) return error.code === '57P03'
  return ['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')
}
