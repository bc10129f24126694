// Parts in memory that take bounds, for tests of what looks at files.
import type { Chunks, Part, RecordsFormat } from '@records-mover/core/plugin'
import { once } from './support.js'

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

/** These parts, in one format. */
export function chunksIn(format: RecordsFormat, ...parts: Part[]): Chunks {
  return { format, parts: once(...parts), tally: () => ({}), [Symbol.asyncDispose]: () => Promise.resolve() }
}
