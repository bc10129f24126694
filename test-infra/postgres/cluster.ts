// How a database cluster is made: initdb once per version into the cache, a copy of that for every server.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'

import type { Account } from './account.js'
import type { PostgresBinaries } from './binaries.js'
import { cachedFolder } from './cache.js'
import { controlRole } from './control.js'
import { copyTree } from './copy-tree.js'

export const superuser = 'postgres'

// Nobody may log in until configuration.ts has written its own pg_hba.conf.
const initdbOptions = ['-U', superuser, '-A', 'reject', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions']

/** What the server and its tools see of the environment: nothing of ours, above all no PG variables and no secrets. */
export const serverEnvironment: Readonly<Record<string, string>> = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' }

/** Makes the cluster `folder`, owned by `account`: locale C.UTF-8, UTF8, no password yet, and the control role. */
export function makeCluster(binaries: PostgresBinaries, account: Account, cache: string, folder: string): void {
  const recipe = createHash('sha256').update([binaries.folder, controlRole, ...initdbOptions].join('\n')).digest('hex').slice(0, 8)
  const template = cachedFolder(cache, `cluster-${binaries.origin}-${binaries.version}-${recipe}`, (staging) => {
    const data = join(staging, 'data')
    mkdirSync(data, { mode: 0o700 })
    if (account.uid !== undefined && account.gid !== undefined) chownSync(data, account.uid, account.gid)
    initialize(binaries, account, data)
  })
  copyTree(join(template, 'data'), folder, account, 0o700)
}

function initialize(binaries: PostgresBinaries, account: Account, data: string): void {
  const run = (program: string, args: string[], input: string): void => {
    try {
      execFileSync(join(binaries.folder, program), args, { ...account, cwd: data, env: serverEnvironment, input, stdio: 'pipe' })
    } catch (error) {
      const output = (error as { stderr?: Buffer }).stderr?.toString().trim() ?? ''
      throw new Error(`${program} of PostgreSQL ${binaries.version} failed: ${output}`, { cause: error })
    }
  }
  run('initdb', ['-D', data, ...initdbOptions], '')
  // Single-user mode: the first role that can log in without a password cannot be made by logging in.
  run('postgres', ['--single', '-D', data, '-c', 'fsync=off', 'postgres'], `create role ${controlRole} superuser login\n`)
  chmodSync(data, 0o700)
}
