// The store of local files: one folder, one file, the files of a pattern, or standard input and output.
import type { Address, FileEntry, Part, Run, Store } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { BigIntStats } from 'node:fs'
import { statSync } from 'node:fs'
import { lstat, mkdir, readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { placeOf, STANDARD, pathOf, urlOf } from './address.js'
import { abortedError, changedError, codeOf, fileError } from './errors.js'
import { filesBelow } from './listing.js'
import type { Pattern } from './pattern.js'
import { hasPattern, parsePattern } from './pattern.js'
import type { Identity } from './read.js'
import { identityOf, readRange, readStream } from './read.js'
import { unfinished } from './part-name.js'
import { renameFile } from './rename.js'
import { writeFile, writeStream } from './write.js'

/** Opens a place in the local file system. A path with `*`, `?` or `[` is a pattern unless something has that very name. */
export async function openStore(address: Address, run: Run): Promise<Store> {
  const { path, url } = placeOf(address)
  if (path === undefined) return storeAt(url, undefined, false, run)
  const there = await linkStatOf(path)
  const pattern = hasPattern(path) && there === undefined ? parsePattern(path) : undefined
  // A pipe or a device would be lost to a file that is renamed over it, and a link may lead to another file system.
  const renames = there === undefined || there.isFile() || there.isDirectory()
  return storeAt(url, pattern, renames, run)
}

function storeAt(at: URL, pattern: Pattern | undefined, renames: boolean, opened: Run): Store {
  // What each file was when it was last listed or first read: a later read that finds another file says so.
  const seen = new Map<string, Identity>()
  const isPattern = (url: URL): boolean => pattern !== undefined && url.href === at.href

  async function* list(under: URL, run: Run): AsyncGenerator<FileEntry> {
    if (isStandard(under)) {
      yield { url: STANDARD }
      return
    }
    let count = 0
    for await (const { path, stats } of filesAt(under, isPattern(under) ? pattern : undefined)) {
      if (run.signal.aborted) throw abortedError(run.signal)
      count++
      const url = urlOf(path)
      if (stats.isFile()) seen.set(url.href, identityOf(stats))
      yield { url, ...(stats.isFile() && { byteLength: Number(stats.size) }) }
    }
    if (count > 0) return
    const path = pathOf(under)
    const why = isPattern(under) ? `no file matches ${JSON.stringify(path)}: check the pattern` : `there are no files in ${JSON.stringify(path)}: check the path`
    throw new MoveError('not-found', why, { context: { path } })
  }

  function part(file: FileEntry): Part {
    if (isStandard(file.url)) return { name: 'standard input', again: false, read: () => readStream(undefined, opened.signal) }
    const path = pathOf(file.url)
    const byteLength = file.byteLength ?? sizeOf(path)
    if (byteLength === undefined) return { name: path, again: false, read: () => readStream(path, opened.signal) }
    const check = (now: Identity): void => {
      const known = seen.get(file.url.href)
      if (!now.startsWith(`${byteLength}:`) || (known !== undefined && known !== now)) throw changedError(path)
      seen.set(file.url.href, now)
    }
    return {
      name: path,
      byteLength,
      again: true,
      path,
      read(start = 0, end = byteLength) {
        if (!(start >= 0 && start <= end && end <= byteLength)) throw new RangeError(`bytes ${start} to ${end} are not within 0 to ${byteLength}`)
        return readRange(path, start, end, check, opened.signal)
      },
    }
  }

  async function exists(url: URL): Promise<boolean> {
    if (isStandard(url)) return false
    if (isPattern(url)) {
      for await (const _ of filesAt(url, pattern)) return true
      return false
    }
    const path = pathOf(url)
    if (!path.endsWith('/')) return await statOf(path) !== undefined
    const names = await readdir(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return []
      throw fileError(error, 'list', path)
    })
    return names.some((name) => !unfinished(name))
  }

  async function write(url: URL, body: AsyncIterable<Uint8Array>, run: Run): Promise<FileEntry> {
    if (isStandard(url)) return { url: STANDARD, byteLength: await writeStream(process.stdout, 'standard output', body, run.signal) }
    const path = nameOf(url)
    if (isPattern(url)) {
      throw new MoveError('bad-address', `${JSON.stringify(path)} is a pattern, and nothing has that name: write to a name without * ? and [`, { context: { path } })
    }
    // The folder of the very file that the user named must be there: a mistyped path makes no folders.
    const made = url.href === at.href ? undefined : await makeFolder(dirname(path))
    try {
      const byteLength = await writeFile(path, body, run)
      seen.delete(url.href)
      return { url: urlOf(path), byteLength }
    } catch (error) {
      if (made !== undefined) await removeFolders(dirname(path), made)
      throw error
    }
  }

  async function remove(files: readonly URL[], run: Run): Promise<void> {
    for (const url of files) {
      if (run.signal.aborted) throw abortedError(run.signal)
      if (isStandard(url)) continue
      const path = pathOf(url)
      const absent = path.endsWith('/') ? KEPT : GONE
      await (path.endsWith('/') ? rmdir(path) : unlink(path)).catch((error: unknown) => {
        if (!absent.has(codeOf(error) ?? '')) throw fileError(error, 'remove', path)
      })
      seen.delete(url.href)
    }
  }

  async function renameTo(from: URL, to: URL): Promise<void> {
    if (isStandard(from) || isStandard(to)) throw new MoveError('bad-address', 'standard input and output have no name to change: write to a file')
    await renameFile(nameOf(from), nameOf(to))
    seen.delete(from.href)
    seen.delete(to.href)
  }

  return {
    at,
    list,
    part,
    exists,
    write,
    remove,
    ...(renames && { rename: renameTo }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

// What is not there is not an error, and a folder that is not empty stays.
const GONE: ReadonlySet<string> = new Set(['ENOENT'])
const KEPT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST'])

function isStandard(url: URL): boolean {
  return url.href === STANDARD.href
}

/** The path of a file's URL, which names no folder. */
function nameOf(url: URL): string {
  const path = pathOf(url)
  if (path.endsWith('/')) throw new MoveError('bad-address', `${JSON.stringify(path)} is a folder: name a file in it`, { context: { path } })
  return path
}

async function* filesAt(url: URL, pattern: Pattern | undefined): AsyncGenerator<{ path: string, stats: BigIntStats }> {
  const path = pathOf(url)
  if (pattern !== undefined || path.endsWith('/')) {
    yield* pattern === undefined ? filesBelow(path, 'all') : filesBelow(pattern.root, [pattern.segments])
    return
  }
  const stats = await stat(path, { bigint: true }).catch((error: unknown) => { throw fileError(error, 'read', path) })
  if (stats.isDirectory()) throw fileError(Object.assign(new Error('is a folder'), { code: 'EISDIR' }), 'read', path)
  yield { path, stats }
}

/** The state of what a path names; undefined when there is nothing. */
function statOf(path: string): Promise<BigIntStats | undefined> {
  return orNothing(stat(path, { bigint: true }), path)
}

/** The same of a link itself, and not of what it points to. */
function linkStatOf(path: string): Promise<BigIntStats | undefined> {
  return orNothing(lstat(path, { bigint: true }), path)
}

async function orNothing(stats: Promise<BigIntStats>, path: string): Promise<BigIntStats | undefined> {
  return await stats.catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw fileError(error, 'look at', path)
  })
}

/** The size of a regular file that no listing told; undefined for what has none. Looking at a name opens nothing. */
function sizeOf(path: string): number | undefined {
  try {
    const stats = statSync(path)
    return stats.isFile() ? stats.size : undefined
  } catch {
    // Reading says what is wrong, with its own error.
    return undefined
  }
}

/** Makes a folder and those above it; returns the topmost that was made. */
async function makeFolder(path: string): Promise<string | undefined> {
  return await mkdir(path, { recursive: true }).catch((error: unknown) => { throw fileError(error, 'write to', path) })
}

/** Removes the folders that were made for a file which did not come to be, as far as they are empty. */
async function removeFolders(lowest: string, topmost: string): Promise<void> {
  for (let path = lowest; path.startsWith(topmost); path = dirname(path)) {
    try {
      await rmdir(path)
    } catch {
      return
    }
  }
}
