// The kit tried on broken stores.
import type { FileEntry } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { describe } from 'vitest'
import type { MemoryStorePlugin } from '../src/memory.js'
import { memoryStore } from '../src/memory.js'
import type { Mistake } from './mistakes.js'
import { IN_STORE, tryEach } from './mistakes.js'
import * as sabotage from './sabotage.js'

const STORE: readonly Mistake<MemoryStorePlugin>[] = [
  {
    mistake: 'shows a file while it is written',
    check: 'nothing is visible under its name until the body has ended',
    by: (whole) => sabotage.store(whole, (end) => ({ write: async (url, body, run) => {
      whole.files.set(url.href, new Uint8Array())
      return await end.write(url, body, run)
    } })),
  },
  {
    mistake: 'leaves what it wrote when the body throws',
    check: 'nothing at all remains if the body throws after chunk 1, and its error is the one that is told',
    by: (whole) => sabotage.store(whole, (end) => ({ write: async (url, body, run) => await end.write(url, body, run).catch((error: unknown) => {
      whole.files.set(`${url.href}.part`, new Uint8Array(1))
      throw error
    }) })),
  },
  {
    mistake: 'takes the body\'s error for the end',
    check: 'nothing at all remains if the body throws after chunk 3, and its error is the one that is told',
    by: (whole) => sabotage.store(whole, (end) => ({ write: async (url, body, run) => await end.write(url, swallowed(body), run) })),
  },
  {
    mistake: 'removes the old file first',
    check: 'an existing file is replaced when the new one is complete, and kept when the body throws',
    by: (whole) => sabotage.store(whole, (end) => ({ write: async (url, body, run) => {
      whole.files.delete(url.href)
      return await end.write(url, body, run)
    } })),
  },
  {
    mistake: 'lists in the order of writing',
    check: 'list gives the files at or under a URL, in the order of their names, with true sizes',
    by: (whole) => sabotage.store(whole, (end) => ({ list: async function* (under, run) {
      const all: FileEntry[] = []
      for await (const entry of end.list(under, run)) all.push(entry)
      yield* all.reverse()
    } })),
  },
  {
    mistake: 'lists nothing without an error',
    check: 'list says `not-found` when there is nothing',
    by: (whole) => sabotage.store(whole, (end) => ({ list: async function* (under, run) {
      if (await end.exists(under, run)) yield* end.list(under, run)
    } })),
  },
  {
    mistake: 'reads to the end and not to `end`',
    check: 'a part gives the bytes from start to end, exclusive, and all of them by default',
    by: (whole) => sabotage.eachPart(whole, (part) => ({ ...part, read: (start) => part.read(start) })),
  },
  {
    mistake: 'gives the same memory for every chunk',
    check: 'a chunk belongs to its receiver and is never written again',
    by: (whole) => sabotage.eachPart(whole, (part) => ({ ...part, async *read(start?: number, end?: number) {
      const memory = new Uint8Array(1 << 20)
      for await (const chunk of part.read(start, end)) {
        memory.set(chunk)
        yield memory.subarray(0, chunk.byteLength)
      }
    } })),
  },
  {
    mistake: 'takes the start of a name for the name',
    check: 'exists is true when something is there already',
    by: (whole) => sabotage.store(whole, () => ({ exists: (url) => Promise.resolve([...whole.files.keys()].some((href) => href.startsWith(url.href))) })),
  },
  {
    mistake: 'complains about removing what is not there',
    check: 'remove removes files, and what is not there is not an error',
    by: (whole) => sabotage.store(whole, (end) => ({ remove: async (files, run) => {
      for (const url of files) if (!await end.exists(url, run)) throw new MoveError('not-found', 'there is no such file')
      await end.remove(files, run)
    } })),
  },
  {
    mistake: 'removes a folder with what is in it',
    check: 'remove removes a folder if it is empty, and leaves it if not',
    by: (whole) => sabotage.store(whole, () => ({ remove: (files) => {
      for (const url of files) for (const href of [...whole.files.keys()]) if (href.startsWith(url.href)) whole.files.delete(href)
      return Promise.resolve()
    } })),
  },
  {
    mistake: 'copies when it should rename',
    check: 'rename gives a file another name in one step, replacing what had it',
    by: (whole) => sabotage.store(whole, () => ({ rename: (from, to) => {
      whole.files.set(to.href, whole.files.get(from.href)!)
      return Promise.resolve()
    } })),
  },
  {
    mistake: 'does not look at the signal while it writes',
    check: 'a signal fired between two chunks ends a writing with `aborted`, and nothing remains',
    by: (whole) => sabotage.store(whole, (end) => ({ write: (url, body, run) => end.write(url, body, { ...run, signal: new AbortController().signal }) })),
  },
  {
    mistake: 'opens a file when a part is asked for',
    check: 'nothing is opened before the first chunk is asked for: a file that is missing says `not-found` then',
    by: (whole) => sabotage.eachPart(whole, (part) => {
      const held = part.read()
      const first = held[Symbol.asyncIterator]().next()
      return { ...part, async *read() {
        const { value } = await first as { value: Uint8Array }
        yield value
      } }
    }),
  },
]


describe('a mistake of a store', () => { tryEach(STORE, memoryStore, () => IN_STORE) })

async function* swallowed(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk
  } catch {
    // The mistake.
  }
}
