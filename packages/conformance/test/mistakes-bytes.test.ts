// The kit tried on broken bytes and files.
import type { Part } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { describe } from 'vitest'
import type { MemoryLines } from './memory-lines.js'
import { memoryLines } from './memory-lines.js'
import type { Mistake } from './mistakes.js'
import { IN_MEMORY, tryEach } from './mistakes.js'
import * as sabotage from './sabotage.js'

const LINES: readonly Mistake<MemoryLines>[] = [
  {
    mistake: 'takes each chunk for whole lines',
    check: 'each format that both sides name round-trips when its chunks are cut after every 7 bytes',
    by: (whole) => sabotage.target(whole, (end) => ({ bytes: { ...end.bytes!, write: (from, given, as, run) => end.bytes!.write({
      ...from, parts: eachPart(from.parts, async function* (chunks) {
        for await (const chunk of chunks) if (chunk.at(-1) === 10) yield chunk
      }),
    }, given, as, run) } })),
  },
  {
    mistake: 'takes no parts for an error',
    check: 'no parts at all land an empty table',
    by: (whole) => sabotage.target(whole, (end) => ({ bytes: { ...end.bytes!, write: async (from, given, as, run) => {
      if (from.tally().rows === 0) throw new MoveError('bad-data', 'there is nothing to read')
      return await end.bytes!.write(from, given, as, run)
    } } })),
  },
  {
    mistake: 'refuses every format that it lists',
    check: 'a source gives each format that it lists, unless it says why not',
    by: (whole) => sabotage.source(whole, (end) => ({ bytes: { ...end.bytes!, refuse: () => 'not today' } })),
  },
  {
    mistake: 'takes an error between two chunks for the end',
    check: 'an error raised between two chunks is thrown, not turned into the end',
    by: (whole) => sabotage.target(whole, (end) => ({ bytes: { ...end.bytes!, write: (from, given, as, run) => end.bytes!.write({
      ...from, parts: eachPart(from.parts, async function* (chunks) {
        let all = Buffer.alloc(0)
        try {
          for await (const chunk of chunks) all = Buffer.concat([all, chunk])
        } catch {
          // The mistake.
        }
        yield all.subarray(0, all.lastIndexOf(10) + 1)
      }),
    }, given, as, run) } })),
  },
  {
    mistake: 'leaves a file out of the manifest',
    check: 'a manifest lists exactly the files that were written, under the stage, with true sizes',
    by: (whole) => sabotage.source(whole, (end) => ({ files: { ...end.files!, unload: async (into, format, as, run) => {
      const manifest = await end.files!.unload(into, format, as, run)
      return { ...manifest, files: manifest.files.slice(1) }
    } } })),
  },
  {
    mistake: 'makes up the size of a file',
    check: 'a manifest lists exactly the files that were written, under the stage, with true sizes',
    by: (whole) => sabotage.source(whole, (end) => ({ files: { ...end.files!, unload: async (into, format, as, run) => {
      const manifest = await end.files!.unload(into, format, as, run)
      return { ...manifest, files: manifest.files.map((file) => ({ ...file, byteLength: 1 })) }
    } } })),
  },
  {
    mistake: 'loads whatever lies in the stage',
    check: 'a file that the manifest does not list is not loaded',
    by: (whole) => sabotage.target(whole, (end) => ({ files: { ...end.files!, load: async (manifest, stage, as, run) =>
      await end.files!.load({ ...manifest, files: [...manifest.files, { url: new URL('stray', stage.url) }] }, stage, as, run).catch((error: unknown) => {
        if (MoveError.is(error) && error.code === 'not-found') return end.files!.load(manifest, stage, as, run)
        throw error
      }) } })),
  },
  {
    mistake: 'passes over a file that is missing',
    check: 'a file that is missing is an error, and leaves the target as it was',
    by: (whole) => sabotage.target(whole, (end) => ({ files: { ...end.files!, load: (manifest, stage, as, run) =>
      end.files!.load({ ...manifest, files: manifest.files.slice(0, -1) }, stage, { ...as, confirm: () => as.confirm({ }) }, run) } })),
  },
]


describe('a mistake of bytes and files', () => { tryEach(LINES, memoryLines, (whole) => ({ ...IN_MEMORY, stage: () => whole.stage() })) })

async function* eachPart(
  parts: AsyncIterable<Part>, change: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Part> {
  for await (const part of parts) yield { name: part.name, again: false, read: () => change(part.read()) }
}
