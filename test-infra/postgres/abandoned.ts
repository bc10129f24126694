// How a run folder tells whether anybody still needs it, for the rare case that its watchdog was killed as well.
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const runFolder = /^(?:run|staging)-(\d+)-/
// Longer than a watchdog takes to end a server and remove its folder.
const graceMs = 60_000
const pollMs = 10

export function runFolderPrefix(): string {
  return `run-${process.pid}-`
}

/** Ends servers and removes folders in the cache whose process is gone for a minute and more. */
export async function removeAbandoned(cache: string): Promise<void> {
  for (const name of readdirSync(cache)) {
    const owner = Number(runFolder.exec(name)?.[1] ?? NaN)
    if (Number.isNaN(owner) || alive(owner)) continue
    const folder = join(cache, name)
    const touched = statSync(folder, { throwIfNoEntry: false })?.mtimeMs
    if (touched === undefined || Date.now() - touched < graceMs) continue
    await removeRun(folder)
  }
}

/** Ends the server of a run folder, if one is still running, and removes the folder. */
export async function removeRun(folder: string): Promise<void> {
  await endServer(join(folder, 'data'))
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

async function endServer(data: string): Promise<void> {
  const pid = runningServer(data)
  if (pid === undefined) return
  process.kill(pid, 'SIGQUIT')
  // A server that is still ending puts files where others are being removed.
  for (let waited = 0; runs(pid, data) && waited < graceMs; waited += pollMs) await sleep(pollMs)
}

function runningServer(data: string): number | undefined {
  try {
    // https://www.postgresql.org/docs/current/storage-file-layout.html: the first line is the process, the second the folder.
    const [pid, folder] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return folder === data && runs(Number(pid), data) ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

/** Asks /proc, since the number may belong to somebody else by now. Without /proc, a server ends when its folder is gone. */
function runs(pid: number, data: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data)
  } catch {
    return false
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
