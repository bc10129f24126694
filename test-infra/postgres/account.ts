// Which account a PostgreSQL server runs under, and where on disk that account can reach.
import { readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'

/** What `child_process.spawn` takes to run something under another account; empty for this process's own. */
export interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** The account for servers: ours, or `nobody` when we are root, because PostgreSQL refuses to run as root. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const entry = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':')).find(([name]) => name === 'nobody')
  // 65534 is what Debian, Fedora and Alpine give nobody.
  return { uid: Number(entry?.[2] ?? 65534), gid: Number(entry?.[3] ?? 65534) }
}

// A Unix socket's path holds 107 bytes, and ours takes up to 66 after the base: unix(7).
const longestBase = 40

/** A short-named folder for temporary files that the server's account can traverse to: the usual one, /tmp or /var/tmp. */
export function temporaryBase(account: Account): string {
  const fits = (folder: string): boolean => folder.length <= longestBase && (account.uid === undefined || openToEverybody(folder))
  const base = [tmpdir(), '/tmp', '/var/tmp'].find(fits)
  if (base === undefined) throw new Error('cannot find a temporary folder that the server can reach: make /tmp traversable, or set TMPDIR')
  return base
}

function openToEverybody(folder: string): boolean {
  const status = statSync(folder, { throwIfNoEntry: false })
  if (!status?.isDirectory() || (status.mode & 0o001) === 0) return false
  return dirname(folder) === folder || openToEverybody(dirname(folder))
}
