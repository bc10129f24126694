// How parts are read side by side, counted, kept for a second reading, and listed.
import { createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Batch, Batches } from './contract/batch.js'
import type { Run } from './contract/contract.js'
import type { Chunks, Part } from './contract/format.js'
import { checkSignal } from './run.js'

const CHUNK = 1 << 20

/** Hands each part to `work`, up to `concurrency` at a time and in the order they come. Rejects with the first error, after the others have stopped. */
export async function eachPart<T>(parts: AsyncIterable<T>, concurrency: number, work: (part: T, index: number) => Promise<void>): Promise<void> {
  const iterator = parts[Symbol.asyncIterator]()
  let index = 0
  let failed = false
  let taking: Promise<unknown> = Promise.resolve()
  const worker = async (): Promise<void> => {
    while (!failed) {
      // Async generators queue their calls, but other iterators may not bear two at once.
      const asked: Promise<IteratorResult<T>> = taking.then(() => failed ? { done: true, value: undefined } : iterator.next())
      taking = asked.catch(() => undefined)
      const next = await asked
      if (next.done === true) return
      await work(next.value, index++)
    }
  }
  const workers = Array.from({ length: concurrency }, () => worker().catch((error: unknown) => {
    failed = true
    throw error
  }))
  const results = await Promise.allSettled(workers)
  const rejected = results.find((result) => result.status === 'rejected')
  if (rejected !== undefined) {
    await iterator.return?.()
    throw rejected.reason
  }
}

/** The parts as a list in an async iterable's clothes. */
export async function* partsOf<T>(list: readonly T[]): AsyncIterable<T> {
  for (const item of list) yield await Promise.resolve(item)
}

/** The same chunks, each one announced as it passes; ends with `aborted` soon after the signal fires. */
export function watchedChunks(from: Chunks, run: Run, seen: (byteLength: number) => void): Chunks {
  return {
    ...delegated(from),
    format: from.format,
    parts: mapParts(from.parts, (part) => ({
      ...part,
      async *read(start?: number, end?: number) {
        for await (const chunk of part.read(start, end)) {
          checkSignal(run)
          seen(chunk.length)
          yield chunk
        }
      },
    })),
  }
}

/** The same batches, each one announced as it passes; ends with `aborted` soon after the signal fires. */
export function watchedBatches(from: Batches, run: Run, seen: (rows: number) => void): Batches {
  return {
    ...delegated(from),
    schema: from.schema,
    parts: mapParts(from.parts, (part) => (async function* (): AsyncIterable<Batch> {
      for await (const batch of part) {
        checkSignal(run)
        seen(batch.rows)
        yield batch
      }
    })()),
  }
}

/** A part that can be read again: the same, or its bytes in a file of the run's scratch folder. */
export async function spooled(part: Part, run: Run): Promise<Part> {
  const path = join(await run.scratch(), `spool-${String(spools++)}`)
  await pipeline(part.read(), createWriteStream(path, { mode: 0o600 }), { signal: run.signal })
  return filePart(path, part.name, (await stat(path)).size)
}

let spools = 0

function filePart(path: string, name: string, byteLength: number): Part {
  return {
    name,
    path,
    byteLength,
    again: true,
    async *read(start = 0, end = byteLength) {
      const file = await open(path)
      try {
        for (let at = start; at < end;) {
          const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(CHUNK, end - at)), 0, undefined, at)
          if (bytesRead === 0) return
          yield buffer.subarray(0, bytesRead)
          at += bytesRead
        }
      } finally {
        await file.close()
      }
    },
  }
}

async function* mapParts<T>(parts: AsyncIterable<T>, map: (part: T) => T): AsyncIterable<T> {
  for await (const part of parts) yield map(part)
}

function delegated(from: Chunks | Batches): Pick<Chunks, 'tally' | typeof Symbol.asyncDispose> {
  return { tally: () => from.tally(), [Symbol.asyncDispose]: () => from[Symbol.asyncDispose]() }
}
