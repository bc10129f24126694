// How a file is written: under a temporary name beside its own, renamed when every byte is on the disk.
import type { Stats } from 'node:fs'
import { createWriteStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { abortedError, fileError } from './errors.js'
import { partName } from './part-name.js'
import { keepOwnership, replaceable, syncFolder } from './replace.js'

/**
 * Writes a file and returns its size. A link is kept, and the file that it points to replaced; a replaced file's mode is kept.
 * Until the rename nothing has changed under the name, and nothing remains when the body throws or the signal fires. A pipe or a
 * device is written as the bytes come.
 */
export async function writeFile(path: string, body: AsyncIterable<Uint8Array>, run: Run): Promise<number> {
  if (run.signal.aborted) throw abortedError(run.signal)
  try {
    const { target, there } = await replaceable(path)
    if (there?.isFile() === false) return await writeStream(createWriteStream(target), path, body, run.signal)
    return await writeBeside(target, there, body, run)
  } catch (error) {
    throw writeError(error, path)
  }
}

/** Writes to standard output, a pipe or a device, as the bytes come: what has been written cannot be taken back. */
export async function writeStream(stream: Writable, path: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  const standard = stream === process.stdout
  // As below: each wait has a promise of its own, and the first failure is kept for the next.
  let failure: Error | undefined
  let fail: (error: Error) => void = () => undefined
  const failed = (error: Error): void => {
    failure ??= error
    fail(error)
  }
  stream.on('error', failed)
  const done = (start: (end: (error?: Error | null) => void) => void): Promise<void> => new Promise((resolve, reject) => {
    fail = reject
    if (failure) reject(failure)
    else start((error) => { if (error) reject(error); else resolve() })
  })
  let byteLength = 0
  try {
    for await (const chunk of stoppable(body, signal)) {
      await done((end) => stream.write(chunk, end))
      byteLength += chunk.byteLength
    }
    if (!standard) await done((end) => stream.end(end))
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
  // One promise for each wait: a race against one that lives as long as the body would keep every chunk until its end.
  let interrupt: (error: Error) => void = () => undefined
  const stop = (): void => { interrupt(abortedError(signal)) }
  signal.addEventListener('abort', stop)
  const chunks = body[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        interrupt = reject
        if (signal.aborted) stop()
        else chunks.next().then(resolve, reject)
      })
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
