// The folder under the temporary one that keeps what is slow to make between runs, safe against half-made contents.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const marker = 'complete'

/**
 * Makes or finds this account's cache folder under `base` and gives its path.
 *
 * Its name can be guessed and the temporary folder belongs to everybody, so one that somebody else made is refused.
 */
export function cacheFolder(base: string): string {
  const uid = process.getuid?.() ?? 0
  const folder = join(base, `records-mover-test-infra-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const status = lstatSync(folder)
  if (!status.isDirectory() || status.uid !== uid || (status.mode & 0o022) !== 0) {
    throw new Error(`cannot use ${folder}: it does not belong to this account alone; remove it, or set TMPDIR`)
  }
  chmodSync(folder, 0o755) // whatever the umask: the server's account has to pass through
  return folder
}

/**
 * Gives the folder `name` of the cache, made by `make` in a staging folder when it is missing or not whole.
 *
 * Two processes may make it at the same time: one of them wins, and both get the same contents. A folder from which
 * files have gone, as cleaners of temporary folders do it, is made again.
 */
export function cachedFolder(cache: string, name: string, make: (staging: string) => void): string {
  const folder = join(cache, name)
  if (isWhole(folder)) return folder
  const staging = join(cache, `staging-${process.pid}-${randomBytes(4).toString('hex')}`)
  mkdirSync(staging)
  chmodSync(staging, 0o755)
  try {
    make(staging)
    writeFileSync(join(staging, marker), String(entriesIn(staging)))
    if (existsSync(folder) && !isWhole(folder)) renameSync(folder, `${staging}-broken`)
    try {
      renameSync(staging, folder)
    } catch (error) {
      if (!isWhole(folder)) throw error
    }
  } finally {
    rmSync(staging, { recursive: true, force: true })
    rmSync(`${staging}-broken`, { recursive: true, force: true })
  }
  return folder
}

function isWhole(folder: string): boolean {
  const path = join(folder, marker)
  return existsSync(path) && entriesIn(folder) - 1 === Number(readFileSync(path, 'utf8'))
}

function entriesIn(folder: string): number {
  return readdirSync(folder, { recursive: true }).length
}
