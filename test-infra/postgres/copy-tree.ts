// How a folder is copied fast, with its owner: one pass, sharing blocks with the original where the disk can.
import { chmodSync, chownSync, constants, copyFileSync, lchownSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import type { Account } from './account.js'

/**
 * Copies a folder with all that is in it to `to`, which is made, and gives the copy to `owner`.
 *
 * Synchronous on purpose: a cluster's thousand small files took 0.11 s this way and 0.51 s with `cp` of node:fs/promises.
 */
export function copyTree(from: string, to: string, owner: Account = {}, folderMode = 0o755): void {
  mkdirSync(to)
  chmodSync(to, folderMode) // whatever the umask
  give(to, owner, chownSync)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) copyTree(source, target, owner, folderMode)
    else if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target)
      give(target, owner, lchownSync)
    } else {
      copyFileSync(source, target, constants.COPYFILE_FICLONE)
      give(target, owner, chownSync)
    }
  }
}

function give(path: string, owner: Account, chown: typeof chownSync): void {
  if (owner.uid !== undefined && owner.gid !== undefined) chown(path, owner.uid, owner.gid)
}
