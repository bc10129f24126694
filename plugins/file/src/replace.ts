// What a file that is to be replaced asks for: which file it is when there are links, who may replace it, and what of it stays.
import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { access, constants, open, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf } from './errors.js'

// As many as Linux follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html
const LINKS = 40

export interface Replaceable {
  /** Where the bytes belong: a link leads there, and stays. */
  readonly target: string
  /** What is there now; undefined when there is nothing. */
  readonly there: Stats | undefined
}

/** Finds what a path stands for, and rejects with the system's error when it may not be replaced. */
export async function replaceable(path: string): Promise<Replaceable> {
  const target = await followLinks(path)
  const there = await statOf(target)
  if (there?.isDirectory() === true) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' })
  // A rename would go through without a right to the file itself, but a file made read-only is meant to stay.
  if (there !== undefined) await access(target, constants.W_OK)
  return { target, there }
}

/** Gives a new file the owner and the mode of the one it will replace: what was private stays so. */
export async function keepOwnership(file: FileHandle, there: Stats): Promise<void> {
  const now = await file.stat()
  // Only the superuser may give a file away; anyone else's stays their own.
  if (now.uid !== there.uid || now.gid !== there.gid) await file.chown(there.uid, there.gid).catch(() => undefined)
  await file.chmod(there.mode & 0o777)
}

/** A rename is on the disk when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Where the bytes belong: the end of a chain of links, whether or not there is a file. */
async function followLinks(path: string): Promise<string> {
  let at = path
  for (let links = 0; links <= LINKS; links++) {
    at = join(await realpath(dirname(at)), basename(at))
    const link = await linkAt(at)
    if (link === undefined) return at
    at = resolve(dirname(at), link)
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' })
}

async function statOf(path: string): Promise<Stats | undefined> {
  return await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
}

/** What a link says; undefined for what is no link, or not there. */
async function linkAt(path: string): Promise<string | undefined> {
  return await readlink(path).catch((error: unknown) => {
    if (codeOf(error) === 'EINVAL' || codeOf(error) === 'ENOENT') return undefined
    throw error
  })
}
