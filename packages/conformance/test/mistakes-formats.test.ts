// The kit tried on broken codecs, copies on the server, and parts.
import type { Batch, Part } from '@records-mover/core/plugin'
import { Readable } from 'node:stream'
import { describe } from 'vitest'
import type { MemoryLines } from './memory-lines.js'
import { memoryLines } from './memory-lines.js'
import type { Mistake } from './mistakes.js'
import { IN_MEMORY, tryEach } from './mistakes.js'
import * as sabotage from './sabotage.js'

const FORMATS: readonly Mistake<MemoryLines>[] = [
  {
    mistake: 'accepts a hint that it ignores',
    check: 'complete refuses a hint that it does not know, and names it',
    by: (whole) => sabotage.format(whole, () => ({ complete: () => ({ format: 'memory-lines', hints: {} }) })),
  },
  {
    mistake: 'encodes numbers as floating point',
    check: 'every value of type integer 64 that is encoded is decoded exactly, or is `bad-data`',
    by: (whole) => sabotage.codec(whole, (codec) => ({ decode: (from, given, as, run) => sabotage.eachBatch(codec.decode(from, given, as, run), (batch) => ({
      ...batch,
      columns: batch.columns.map((column) => column.values instanceof BigInt64Array ? { ...column, values: column.values.map((value) => BigInt.asIntN(64, BigInt(Number(value)))) } : column),
    })) })),
  },
  {
    mistake: 'takes each chunk for whole lines',
    check: 'what is encoded is decoded alike when its chunks are cut after every 7 bytes',
    by: (whole) => sabotage.codec(whole, (codec) => ({ decode: (from, given, as, run) => codec.decode({ ...from, parts: eachPart(from.parts, async function* (chunks) {
      for await (const chunk of chunks) if (chunk.at(-1) === 10) yield chunk
    }) }, given, as, run) })),
  },
  {
    mistake: 'makes one part of many',
    check: 'one part comes out of encode for each part in, and decode gives a part for each',
    by: (whole) => sabotage.codec(whole, (codec) => ({ encode: (from, format, run) => codec.encode({ ...from, parts: flattened(from.parts) }, format, run) })),
  },
  {
    mistake: 'finds fields by position',
    check: 'decode finds fields by name: in another order, and fewer of them',
    by: (whole) => sabotage.codec(whole, (codec) => ({ decode: (from, given, as, run) => ({ ...codec.decode(from, given, given, run), schema: as }) })),
  },
  {
    mistake: 'takes a broken stream for the end',
    check: 'an error of what it reads is thrown, not turned into the end',
    by: (whole) => sabotage.codec(whole, (codec) => ({ decode: (from, given, as, run) => sabotage.deaf(codec.decode(from, given, as, run)) })),
  },
  {
    mistake: 'copies on the server without asking confirm',
    check: 'a refused confirm leaves the target of a copy on the server as it was',
    by: (whole) => sabotage.target(whole, (end) => ({ native: { ...end.native!, copy: (from, given, as, run) => end.native!.copy(from, given, { ...as, confirm: () => Promise.resolve() }, run) } })),
  },
  {
    mistake: 'replaces when a copy should append',
    check: 'a copy on the server meets an existing table as the landing says',
    by: (whole) => sabotage.target(whole, (end) => ({ native: { ...end.native!, copy: (from, given, as, run) => end.native!.copy(from, given, { ...as, whenExists: 'replace' }, run) } })),
  },
  {
    mistake: 'opens every part at once',
    check: 'at most one part is in work when the run says so, and without `parallel` one part after the other',
    by: (whole) => sabotage.write(whole, async (next, from, as, run) => {
      const parts: Batch[][] = []
      const reading: Promise<void>[] = []
      for await (const part of from.parts) {
        const batches: Batch[] = []
        parts.push(batches)
        reading.push((async () => { for await (const batch of part) batches.push(batch) })())
      }
      await Promise.all(reading)
      return await next({ ...from, parts: regiven(parts) }, as, run)
    }),
  },
]


describe('a mistake of a format or a copy', () => { tryEach(FORMATS, memoryLines, () => IN_MEMORY) })

async function* eachPart(
  parts: AsyncIterable<Part>, change: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Part> {
  for await (const part of parts) yield { name: part.name, again: false, read: () => change(part.read()) }
}

async function* flattened(parts: AsyncIterable<AsyncIterable<Batch>>): AsyncGenerator<AsyncIterable<Batch>> {
  async function* all(): AsyncGenerator<Batch> {
    for await (const part of parts) yield* part
  }
  yield await Promise.resolve(all())
}

async function* regiven(parts: readonly (readonly Batch[])[]): AsyncGenerator<AsyncIterable<Batch>> {
  for (const batches of parts) yield await Promise.resolve(Readable.from(batches))
}
