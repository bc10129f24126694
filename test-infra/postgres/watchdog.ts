// A program of its own: runs one server and ends it, with its folder, as soon as whoever asked for it is gone.
import { spawn } from 'node:child_process'
import { openSync, rmSync } from 'node:fs'

/** What the program is told, as JSON in its only argument. */
export interface WatchedServer {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
  /** Where the server's output goes; inside `folder`. */
  readonly logFile: string
  /** Removed when the server has ended. */
  readonly folder: string
}

// PostgreSQL's immediate shutdown: https://www.postgresql.org/docs/current/server-shutdown.html
const endNow = 'SIGQUIT'
const patienceMs = 10_000

const { program, args, env, uid, gid, logFile, folder } = JSON.parse(process.argv[2]!) as WatchedServer
const log = openSync(logFile, 'a')
const account = uid === undefined || gid === undefined ? {} : { uid, gid }
const server = spawn(program, args, { env, cwd: folder, stdio: ['ignore', log, log], ...account })
let stopping = false
let running = true

server.once('error', (error) => { ended(error.message) })
server.once('exit', (code, signal) => { ended(signal ?? `exit code ${code ?? 'unknown'}`) })

// The pipe to whoever started us: its end means stop, whether that was asked for or the process was killed.
process.stdin.resume()
process.stdin.once('end', stop)
process.stdin.once('error', stop)
process.stdout.on('error', () => undefined)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
process.stdout.write(`running ${server.pid ?? 'nothing'}\n`)

function ended(how: string): void {
  running = false
  process.stdout.write(`ended ${how}\n`)
  if (stopping) clearAway()
}

function stop(): void {
  if (stopping) return
  stopping = true
  if (!running) {
    clearAway()
    return
  }
  server.kill(endNow)
  setTimeout(() => { server.kill('SIGKILL') }, patienceMs).unref()
}

function clearAway(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  process.exit(0)
}
