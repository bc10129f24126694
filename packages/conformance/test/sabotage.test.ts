// The kit tried on broken plugins: each mistake is caught by the check that is meant for it, which the whole plugin passes.
import type { Batch, FileEntry, Part, Plugin } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { describe, expect, test } from 'vitest'
import type { ConformanceOptions } from '../src/index.js'
import type { MemoryPlugin, MemoryStorePlugin } from '../src/memory.js'
import { memory, memoryStore } from '../src/memory.js'
import { ended } from './collect.js'
import type { MemoryLines } from './memory-lines.js'
import { memoryLines } from './memory-lines.js'
import * as sabotage from './sabotage.js'

interface Mistake<P extends Plugin> {
  readonly mistake: string
  /** The check that must find it. */
  readonly check: string
  readonly by: (whole: P) => Plugin
}

const NONE = { skip: 'it is no package of its own' }
const IN_MEMORY: ConformanceOptions = { service: { place: (name) => `memory:kit#${name}` }, package: NONE, wrong: ['memory:kit'] }
const IN_STORE: ConformanceOptions = { service: { place: (name) => `memstore:///${name}/` }, package: NONE }

const DATABASE: readonly Mistake<MemoryPlugin>[] = [
  {
    mistake: 'accepts an option that it does not know',
    check: 'an option that it does not know is refused with `bad-address` and named',
    by: (whole) => ({ ...whole, source: async () => {
      const open = await whole.source!()
      return (at, run) => open({ ...at, options: [] }, run)
    } }),
  },
  {
    mistake: 'prints the password',
    check: 'opening a wrong address never prints a secret',
    by: (whole) => ({ ...whole, target: () => Promise.resolve((at) => Promise.reject(new MoveError('bad-address', `wrong password ${at.setting('password')?.reveal() ?? ''}`))) }),
  },
  {
    mistake: 'opens a wrong address',
    check: 'the wrong addresses that its author names are refused with `bad-address`',
    by: (whole) => ({ ...whole, source: async () => {
      const open = await whole.source!()
      return (at, run) => open({ ...at, fragment: 'any' }, run)
    } }),
  },
  {
    mistake: 'rejects with its driver\'s error',
    check: 'a source says `not-found` where there is nothing',
    by: (whole) => ({ ...whole, source: () => Promise.resolve(() => Promise.reject(sabotage.foreign('no such table'))) }),
  },
  {
    mistake: 'makes the table while it judges',
    check: 'fit is pure: asked twice it answers the same, and nothing is there afterwards',
    by: (whole) => sabotage.target(whole, (end) => ({ fit: (wish) => {
      const fit = end.fit(wish)
      whole.tables.set(`kit#made`, { schema: wish.schema, batches: [] })
      return { ...fit, creates: [`create ${whole.tables.size}`, String(Math.random())] }
    } })),
  },
  {
    mistake: 'stores 64-bit integers as floating point numbers, and says nothing',
    check: 'a field of type integer 64 survives there and back, or is refused before any write',
    by: (whole) => sabotage.target(whole, (end) => ({ fit: (wish) => {
      const fit = end.fit(wish)
      const fields = fit.schema.fields.map((field) => field.type.type === 'integer' && field.type.bits === 64 ? { ...field, type: { type: 'float', bits: 64 } as const } : field)
      return { ...fit, schema: { ...fit.schema, fields } }
    } })),
  },
  {
    mistake: 'rounds 64-bit integers on the way',
    check: 'every value of type integer 64 arrives exactly, or is `bad-data` that names the field',
    by: (whole) => sabotage.read(whole, (read) => sabotage.eachBatch(read, (batch) => ({
      ...batch,
      columns: batch.columns.map((column) => column.values instanceof BigInt64Array ? { ...column, values: column.values.map((value) => BigInt.asIntN(64, BigInt(Number(value)))) } : column),
    }))),
  },
  {
    mistake: 'gives empty text for null',
    check: 'nulls arrive as nulls, in every pattern of eight rows',
    by: (whole) => sabotage.read(whole, (read) => sabotage.eachBatch(read, (batch) => ({
      ...batch, columns: batch.columns.map(({ values, offsets }) => ({ values, ...(offsets !== undefined && { offsets }) })),
    }))),
  },
  {
    mistake: 'forgets the last batch of each part',
    check: 'rows in several parts arrive, whichever part they are in',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next({ ...from, parts: firstOnly(from.parts) }, as, run)),
  },
  {
    mistake: 'reads arrays to their end and not to the batch\'s rows',
    check: 'arrays longer than the rows need are read no further than the rows',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(sabotage.eachBatch(from, (batch) => ({ ...batch, rows: batch.columns[0]!.values.length })), as, run)),
  },
  {
    mistake: 'delivers fields in its own order',
    check: 'a source delivers fields in the order asked for, and no others',
    by: (whole) => sabotage.source(whole, (end) => ({ batches: { ...end.batches!, read: async (as, run) => {
      const { schema } = await end.look('types', run)
      const all = await end.batches!.read(schema, run)
      return { ...all, schema: as }
    } } })),
  },
  {
    mistake: 'writes into a batch that it gave away',
    check: 'a batch belongs to its receiver and is never written again',
    by: (whole) => {
      let last: Batch | undefined
      return sabotage.read(whole, (read) => sabotage.eachBatch(read, (batch) => {
        const first = last?.columns[0]?.values
        if (first instanceof Int32Array) first.fill(0)
        last = { ...batch, columns: batch.columns.map((column) => ({ ...column, values: column.values.slice() })) }
        return last
      }))
    },
  },
  {
    mistake: 'says that it can be read again, and gives nothing the second time',
    check: 'a source with `again` gives the same records twice',
    by: (whole) => sabotage.source(whole, (end) => {
      let reads = 0
      return { batches: { ...end.batches!, read: async (as, run) => {
        const read = await end.batches!.read(as, run)
        return reads++ === 0 ? read : { ...read, parts: nothing() }
      } } }
    }),
  },
  {
    mistake: 'counts what it has not given',
    check: 'the tally of what was read is complete when the parts have ended',
    by: (whole) => sabotage.read(whole, (read) => ({ ...read, tally: () => ({ rows: 1 }) })),
  },
  {
    mistake: 'replaces when it should append',
    check: '`append` on a table that is full leaves what it says',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, { ...as, whenExists: as.whenExists === 'append' ? 'truncate' : as.whenExists }, run)),
  },
  {
    mistake: 'appends when it should merge',
    check: '`merge` on a table that is full leaves what it says',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, { ...as, whenExists: as.whenExists === 'merge' ? 'append' : as.whenExists }, run)),
  },
  {
    mistake: 'overwrites a table that is there',
    check: '`fail` on a table that is full is refused, and leaves it as it was',
    by: (whole) => sabotage.target(sabotage.write(whole, (next, from, as, run) => next(from, { ...as, whenExists: 'replace' }, run)), (end) => ({
      fit: (wish) => end.fit({ ...wish, whenExists: 'replace' }),
    })),
  },
  {
    mistake: 'matches fields by position',
    check: 'fields are matched by name, never by position alone',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => {
      const there = [...whole.tables.values()].pop()?.schema
      return next(from, as.whenExists === 'append' && there !== undefined ? { ...as, fit: { ...as.fit, schema: there } } : as, run)
    }),
  },
  {
    mistake: 'drops a field that the table does not have',
    check: 'a field that the table does not have is refused, and named',
    by: (whole) => sabotage.target(whole, (end) => ({ fit: (wish) => ({ ...end.fit(wish), refused: [] }) })),
  },
  {
    mistake: 'takes a merge key that arrives twice',
    check: 'a merge key that arrives twice is `bad-data`, and leaves the table as it was',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, { ...as, whenExists: as.whenExists === 'merge' ? 'append' : as.whenExists }, run)),
  },
  {
    mistake: 'shows records before confirm has resolved',
    check: 'another session sees the old or the new, never between, during `replace`',
    by: (whole) => sabotage.write(whole, async (next, from, as, run) => {
      const tally = await next(from, { ...as, confirm: () => Promise.resolve() }, run)
      await as.confirm(tally)
      return tally
    }),
  },
  {
    mistake: 'shows records before confirm has resolved',
    check: 'records become visible only after confirm, where nothing was',
    by: (whole) => sabotage.write(whole, async (next, from, as, run) => {
      const tally = await next(from, { ...as, confirm: () => Promise.resolve() }, run)
      await as.confirm(tally)
      return tally
    }),
  },
  {
    mistake: 'empties the table before it fills it',
    check: 'another session sees the old or the new, never between, during `truncate`',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, { ...as, confirm: async (tally) => {
      if (as.whenExists === 'truncate') {
        const [name, table] = [...whole.tables].pop()!
        whole.tables.set(name, { ...table, batches: [] })
      }
      await as.confirm(tally)
    } }, run)),
  },
  {
    mistake: 'never asks confirm',
    check: '1000 rows arrive in batches of 1,000',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, { ...as, confirm: () => Promise.resolve() }, run)),
  },
  {
    mistake: 'makes up the count for confirm',
    check: '7 rows arrive in batches of 1,000',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, { ...as, confirm: () => as.confirm({ rows: 8 }) }, run)),
  },
  {
    mistake: 'ignores a refused confirm',
    check: 'a refused confirm leaves the target as it was (`replace`)',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, { ...as, confirm: (tally) => as.confirm(tally).catch(() => undefined) }, run)),
  },
  {
    mistake: 'leaves half of the records when the source throws',
    check: 'a source that throws after batch 1 leaves the target as it was (`append`)',
    by: (whole) => sabotage.withoutUndo(whole),
  },
  {
    mistake: 'leaves half of the records when confirm refuses',
    check: 'a refused confirm leaves the target as it was (`delete`)',
    by: (whole) => sabotage.withoutUndo(whole),
  },
  {
    mistake: 'takes an error for the end',
    check: 'a source that throws after batch 5 leaves the target as it was (where nothing was)',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(sabotage.deaf(from), as, run)),
  },
  {
    mistake: 'takes an error between two parts for the end',
    check: 'an error raised between two parts is thrown, not turned into the end',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(sabotage.deaf(from), as, run)),
  },
  {
    mistake: 'throws another error than the one that broke the move',
    check: 'a source that throws before the first batch leaves the target as it was (`truncate`)',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, as, run).catch(() => { throw new MoveError('failed', 'something went wrong') })),
  },
  {
    mistake: 'does not look at the signal while it writes',
    check: 'a signal fired between two batches leaves the target as it was (`append`)',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, as, { ...run, signal: new AbortController().signal, emit: (event) => { run.emit(event) } })),
  },
  {
    mistake: 'does not look at the signal before it starts',
    check: 'a signal fired before a verb starts leaves the target as it was (where nothing was)',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => next(from, as, { ...run, signal: new AbortController().signal, emit: (event) => { run.emit(event) } })),
  },
  {
    mistake: 'rejects although the records have landed',
    check: 'a signal fired during confirm leaves the old or the new (`append`)',
    by: (whole) => sabotage.write(whole, async (next, from, as, run) => {
      const tally = await next(from, as, { ...run, signal: new AbortController().signal, emit: (event) => { run.emit(event) } })
      if (run.signal.aborted) throw sabotage.aborted()
      return tally
    }),
  },
  {
    mistake: 'does not look at the signal while it reads',
    check: 'a signal fired while records are read ends the reading with `aborted`',
    by: (whole) => sabotage.source(whole, (end) => ({ batches: { ...end.batches!, read: (as, run) =>
      end.batches!.read(as, { ...run, signal: new AbortController().signal, emit: (event) => { run.emit(event) } }) } })),
  },
  {
    mistake: 'emits increments in place of totals',
    check: 'totals of a landing never fall, and the last total of rows is the tally',
    by: (whole) => sabotage.write(whole, (next, from, as, run) => {
      let last = 0
      return next(from, as, { ...run, signal: run.signal, emit: (event) => {
        const rows = Number(event.rows)
        run.emit({ ...event, rows: rows - last })
        last = rows
      } })
    }),
  },
  {
    mistake: 'lets its totals fall',
    check: 'totals of a reading never fall, and the last total of rows is the tally',
    by: (whole) => sabotage.source(whole, (end) => ({ batches: { ...end.batches!, read: (as, run) =>
      end.batches!.read(as, { ...run, signal: run.signal, emit: (event) => { run.emit({ ...event, rows: 25_000 - Number(event.rows) }) } }) } })),
  },
  {
    mistake: 'forgets that a field may not be null',
    check: 'a field that may not be null stays so, or the plan says that it does not',
    by: (whole) => sabotage.target(whole, (end) => ({ look: async (run) => {
      const there = await end.look(run)
      return there && { ...there, fields: there.fields.map((field) => ({ ...field, nullable: true })) }
    } })),
  },
  {
    mistake: 'forgets the origin',
    check: 'the origin of a field is kept from one place to another of its own kind',
    by: (whole) => sabotage.source(whole, (end) => ({ look: async (need, run) => {
      const look = await end.look(need, run)
      const origin = { system: 'memory', type: `copied ${whole.tables.size}` }
      return { ...look, schema: { fields: look.schema.fields.map((field) => ({ ...field, origin })) } }
    } })),
  },
  {
    mistake: 'gives numbers in arrays of another width',
    check: '1 rows arrive in batches of 1,000',
    by: (whole) => sabotage.read(whole, (read) => sabotage.eachBatch(read, (batch) => ({
      ...batch, columns: batch.columns.map((column) => column.values instanceof Int32Array ? { ...column, values: Float64Array.from(column.values) } : column),
    }))),
  },
  {
    mistake: 'folds names to lower case',
    check: 'names that need quoting survive, or are refused before any write',
    by: (whole) => sabotage.source(whole, (end) => ({ look: async (need, run) => {
      const look = await end.look(need, run)
      return { ...look, schema: { fields: look.schema.fields.map((field) => ({ ...field, name: field.name.toLowerCase() })) } }
    } })),
  },
]

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

describe('a mistake of a database', () => { tryEach(DATABASE, memory, () => IN_MEMORY) })
describe('a mistake of bytes and files', () => { tryEach(LINES, memoryLines, (whole) => ({ ...IN_MEMORY, stage: () => whole.stage() })) })
describe('a mistake of a store', () => { tryEach(STORE, memoryStore, () => IN_STORE) })

function tryEach<P extends Plugin>(mistakes: readonly Mistake<P>[], make: () => P, optionsFor: (whole: P) => ConformanceOptions): void {
  for (const { mistake, check, by } of mistakes) {
    test(`${mistake}: caught by "${check}"`, async () => {
      const whole = make()
      expect(await ended(whole, optionsFor(whole), (name) => name === check)).toEqual(new Map([[check, { outcome: 'passed', why: '' }]]))
      const other = make()
      const found = await ended(by(other), optionsFor(other), (name) => name === check)
      expect(found.get(check)).toMatchObject({ outcome: 'failed' })
    })
  }
}

async function* firstOnly(parts: AsyncIterable<AsyncIterable<Batch>>): AsyncGenerator<AsyncIterable<Batch>> {
  for await (const part of parts) {
    yield (async function* () {
      let held: Batch | undefined
      for await (const batch of part) {
        if (held !== undefined) yield held
        held = batch
      }
    })()
  }
}

async function* nothing(): AsyncGenerator<never> {
  // The mistake.
}

async function* swallowed(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk
  } catch {
    // The mistake.
  }
}

async function* eachPart(
  parts: AsyncIterable<Part>, change: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Part> {
  for await (const part of parts) yield { name: part.name, again: false, read: () => change(part.read()) }
}
