// The kit tried on broken databases.
import type { Batch } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { describe } from 'vitest'
import type { MemoryPlugin } from '../src/memory.js'
import { memory } from '../src/memory.js'
import type { Mistake } from './mistakes.js'
import { IN_MEMORY, tryEach } from './mistakes.js'
import * as sabotage from './sabotage.js'

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


describe('a mistake of a database', () => { tryEach(DATABASE, memory, () => IN_MEMORY) })

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
