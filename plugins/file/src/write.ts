// How a file is written: under a temporary name beside its own, renamed when every byte is on the disk.
import type { Stats } from 'node:fs'
import { createWriteStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { access, constants, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { abortedError, codeOf, fileError } from './errors.js'

// The longest name of one file, in bytes, on every common file system: https://man7.org/linux/man-pages/man7/path_resolution.7.html
const NAME_BYTES = 255
// As many as Linux follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html
const LINKS = 40

/**
 * Writes a file and returns its size. A link is kept, and the file that it points to replaced; a replaced file's mode is kept.
 * Until the rename nothing has changed under the name, and nothing remains when the body throws or the signal fires. A pipe or a
 * device is written as the bytes come.
 */
export async function writeFile(path: string, body: AsyncIterable<Uint8Array>, run: Run): Promise<number> {
  if (run.signal.aborted) throw abortedError(run.signal)
  try {
    const target = await followLinks(path)
    const there = await statOf(target)
    if (there?.isDirectory() === true) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' })
    if (there !== undefined && !there.isFile()) return await writeStream(createWriteStream(target), path, body, run.signal)
    // The rename would go through without a right to the file itself, but a file made read-only is meant to stay.
    if (there !== undefined) await access(target, constants.W_OK)
    return await writeBeside(target, there, body, run)
  } catch (error) {
    throw writeError(error, path)
  }
}

/** Writes to standard output, a pipe or a device, as the bytes come: what has been written cannot be taken back. */
export async function writeStream(stream: Writable, path: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  const standard = stream === process.stdout
  let failed: (error: Error) => void = () => undefined
  const failure = new Promise<never>((_, reject) => { failed = reject })
  failure.catch(() => undefined)
  stream.on('error', failed)
  let byteLength = 0
  try {
    for await (const chunk of stoppable(body, signal)) {
      await Promise.race([failure, new Promise<void>((done, fail) => stream.write(chunk, (error) => { if (error) fail(error); else done() }))])
      byteLength += chunk.byteLength
    }
    if (!standard) await Promise.race([failure, new Promise<void>((done) => stream.end(done))])
    // After a failure it stays: a late error event with no listener ends the process.
    stream.off('error', failed)
    return byteLength
  } catch (error) {
    throw writeError(error, path)
  } finally {
    if (!standard) stream.destroy()
  }
}

async function writeBeside(target: string, there: Stats | undefined, body: AsyncIterable<Uint8Array>, run: Run): Promise<number> {
  const part = join(dirname(target), partName(basename(target), run.id))
  const file = await open(part, 'wx', there === undefined ? 0o666 : 0o600)
  let open_ = true
  try {
    if (there !== undefined) await keepOwnership(file, there)
    const byteLength = await writeBody(file, body, run.signal)
    await file.sync()
    open_ = false
    await file.close()
    if (run.signal.aborted) throw abortedError(run.signal)
    await rename(part, target)
    await syncFolder(dirname(target))
    return byteLength
  } catch (error) {
    if (open_) await file.close()
    await rm(part, { force: true })
    throw error
  }
}

/** One chunk is being written while the next is being made. */
async function writeBody(file: FileHandle, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  let byteLength = 0
  let writing = Promise.resolve()
  try {
    for await (const chunk of stoppable(body, signal)) {
      await writing
      writing = writeFully(file, chunk)
      writing.catch(() => undefined)
      byteLength += chunk.byteLength
    }
  } finally {
    await writing
  }
  return byteLength
}

async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) done += (await file.write(chunk, done)).bytesWritten
}

/** Carries what the body threw past the mapping of the system's errors. */
class BodyFailure extends Error {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super('the body threw')
    this.thrown = thrown
  }
}

function writeError(error: unknown, path: string): unknown {
  return error instanceof BodyFailure ? error.thrown : fileError(error, 'write to', path)
}

/** The body, ended by the signal even while it waits for its next chunk. */
async function* stoppable(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  let stop: () => void = () => undefined
  const stopped = new Promise<never>((_, reject) => { stop = () => { reject(abortedError(signal)) } })
  stopped.catch(() => undefined)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  const chunks = body[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const next = await Promise.race([stopped, chunks.next()])
      if (next.done === true) {
        ended = true
        return
      }
      yield next.value
    }
  } catch (error) {
    // A body that threw has ended itself; one that the signal interrupted is told below.
    if (MoveError.is(error) && signal.aborted) throw error
    ended = true
    throw new BodyFailure(error)
  } finally {
    signal.removeEventListener('abort', stop)
    if (!ended) {
      const told = chunks.return?.()
      // A body that waits for something hears of it only later: whoever made it also has the signal.
      if (signal.aborted) told?.catch(() => undefined)
      else await told
    }
  }
}

/** Where the bytes belong: the end of a chain of links, whether or not there is a file. */
export async function followLinks(path: string): Promise<string> {
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

/** True for the name of a file that a writer has not finished, or has left behind. */
export function unfinished(name: string): boolean {
  return /^\..*\.rm-[a-z0-9-]+\.part$/s.test(name)
}

/** Hidden, so that no listing takes it in; it carries the run's id, so that a leftover of a killed process can be told apart. */
function partName(name: string, runId: string): string {
  const end = `.rm-${runId.replace(/^rm-/, '')}.part`
  let kept = name
  while (Buffer.byteLength(kept) + Buffer.byteLength(end) + 1 > NAME_BYTES) kept = Array.from(kept).slice(0, -1).join('')
  return `.${kept}${end}`
}

async function keepOwnership(file: FileHandle, there: Stats): Promise<void> {
  const now = await file.stat()
  // Only the superuser may give a file away; anyone else's stays their own.
  if (now.uid !== there.uid || now.gid !== there.gid) await file.chown(there.uid, there.gid).catch(() => undefined)
  await file.chmod(there.mode & 0o777)
}

/** A rename is on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
