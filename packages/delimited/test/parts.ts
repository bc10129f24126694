// Parts and runs in memory, for tests of what reads them.
import type { Part, Run } from '@records-mover/core/plugin'

/** A part of text or bytes that is given in chunks of `chunkBytes` (default: all at once); `once` for one that cannot be read again. */
export function partOf(content: string | Uint8Array, options: { name?: string, chunkBytes?: number, once?: true, unsized?: true } = {}): Part {
  const bytes = Buffer.from(content as string)
  const chunkBytes = options.chunkBytes ?? Math.max(1, bytes.length)
  return {
    name: options.name ?? 'some.csv',
    ...(options.unsized === undefined && options.once === undefined && { byteLength: bytes.length }),
    again: options.once === undefined,
    async *read(start = 0, end = bytes.length) {
      for (let at = start; at < end; at += chunkBytes) {
        await Promise.resolve()
        yield Uint8Array.from(bytes.subarray(at, Math.min(end, at + chunkBytes)))
      }
    },
  }
}

export function runOf(signal: AbortSignal = new AbortController().signal): Run {
  return {
    id: 'test',
    signal,
    limits: { fieldBytes: 1 << 26, recordBytes: 1 << 28, fields: 16_384 },
    concurrency: 1,
    allow: [],
    scratch: () => Promise.reject(new Error('this run has no folder')),
    emit: () => undefined,
  }
}
