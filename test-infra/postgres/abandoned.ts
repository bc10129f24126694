// How a run folder tells whether anybody still needs it, for the rare case that its watchdog was killed as well.
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const runFolder = /^(?:run|staging)-(\d+)-/
// Longer than a watchdog takes to end a server and remove its folder.
const graceMs = 60_000

export function runFolderPrefix(): string {
  return `run-${process.pid}-`
}

/** Ends servers and removes folders in the cache whose process is gone for a minute and more. */
export function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const owner = Number(runFolder.exec(name)?.[1] ?? NaN)
    if (Number.isNaN(owner) || alive(owner)) continue
    const folder = join(cache, name)
    const touched = statSync(folder, { throwIfNoEntry: false })?.mtimeMs
    if (touched === undefined || Date.now() - touched < graceMs) continue
    removeRun(folder)
  }
}

/** Ends the server of a run folder, if one is still running, and removes the folder. */
export function removeRun(folder: string): void {
  endServer(join(folder, 'data'))
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

function endServer(data: string): void {
  try {
    // https://www.postgresql.org/docs/current/storage-file-layout.html: the first line is the process, the second the folder.
    const [pid = '', folder] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    // The number may belong to somebody else by now.
    if (folder === data && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data)) process.kill(Number(pid), 'SIGQUIT')
  } catch {
    // No server, or no /proc to make sure by: the server ends by itself when its folder is gone.
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
