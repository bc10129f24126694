// Checks of stopping: a signal, whenever it fires, and a reader that ends early, leave nothing behind.
import type { Address, WhenExists } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { assertAsBefore, assertSameRows, everything, give, landingOf, people, readBatches, seed, write } from '../records.js'
import type { Rows } from '../rows.js'
import type { TestRun } from '../test-run.js'

const OLD = people(5)

export const stopping: readonly Check[] = [
  ...([undefined, 'append', 'replace'] as const).flatMap((mode): Check[] => {
    const where = mode === undefined ? 'where nothing was' : `\`${mode}\``
    return [
      {
        name: `a signal fired before a verb starts leaves the target as it was (${where})`,
        run: (kit) => stopped(kit, mode, (run) => { run.stop() }, {}),
      },
      {
        name: `a signal fired between two batches leaves the target as it was (${where})`,
        run: (kit) => stopped(kit, mode, () => undefined, { at: 3 }),
      },
      {
        name: `a signal fired after the last batch leaves the target as it was (${where})`,
        run: (kit) => stopped(kit, mode, () => undefined, { at: 10 }),
      },
      {
        name: `a signal that the source obeys leaves the target as it was (${where})`,
        run: (kit) => stopped(kit, mode, () => undefined, { at: 3, sourceThrows: true }),
      },
      { name: `a signal fired during confirm leaves the old or the new (${where})`, run: (kit) => stoppedInConfirm(kit, mode) },
    ]
  }),
  {
    name: 'a signal fired after a verb has resolved changes nothing',
    async run(kit) {
      const at = await kit.place()
      const run = kit.run()
      const target = await kit.target(at, run)
      await give(kit, target, OLD, { run })
      run.stop()
      await kit.within(kit.close(target), 'closing the target')
      assertAsBefore(await everything(kit, at), OLD, 'the records stay')
    },
  },
  {
    name: 'a signal fired while records are read ends the reading with `aborted`',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(50_000))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      const read = await readBatches(kit, source, schema, run)
      const reading = async (): Promise<void> => {
        for await (const part of read.parts) {
          for await (const batch of part) if (batch.rows > 0) run.stop()
        }
      }
      const error = await kit.rejection(kit.within(reading(), 'a reading whose signal fired'), 'a reading whose signal fired')
      assert.equal(error.code, 'aborted', error.message)
      await kit.within(read[Symbol.asyncDispose](), 'closing what was read')
      await kit.within(kit.close(source), 'closing the source')
      await lockFree(kit, at)
    },
  },
  {
    name: 'a loop over batches that ends early releases what it held',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(50_000))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      const read = await readBatches(kit, source, schema, run)
      const first = async (): Promise<number> => {
        for await (const part of read.parts) for await (const batch of part) return batch.rows
        return 0
      }
      assert.ok(await kit.within(first(), 'the first batch') > 0)
      await kit.within(read[Symbol.asyncDispose](), 'closing what was read')
      await kit.within(kit.close(source), 'closing the source')
      await lockFree(kit, at)
    },
  },
  {
    name: 'a loop over chunks that ends early releases what it held',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(50_000))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      const format = source.bytes?.formats.find((each) => source.bytes?.refuse(each, schema, schema) === undefined)
      if (source.bytes === undefined || format === undefined) return kit.cannot('the source gives no bytes')
      const chunks = await source.bytes.read(format, schema, run)
      const first = async (): Promise<number> => {
        for await (const part of chunks.parts) for await (const chunk of part.read()) return chunk.byteLength
        return 0
      }
      assert.ok(await kit.within(first(), 'the first chunk') > 0)
      await kit.within(chunks[Symbol.asyncDispose](), 'closing what was read')
      await kit.within(kit.close(source), 'closing the source')
      await lockFree(kit, at)
    },
  },
  {
    name: 'ends that were opened and never used close',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      await kit.within(kit.close(await kit.source(at)), 'closing the source')
      await kit.within(kit.close(await kit.target(at)), 'closing the target')
      await lockFree(kit, at)
    },
  },
]

interface Stop {
  /** Fires before the batch of this number; 10 is after the last. Absent: never. */
  readonly at?: number
  /** Whether the source breaks off as well. */
  readonly sourceThrows?: boolean
}

async function stopped(kit: Kit, mode: WhenExists | undefined, first: (run: TestRun) => void, stop: Stop): Promise<void> {
  const at = await kit.place()
  const old = mode === undefined ? undefined : OLD
  if (old !== undefined) await seed(kit, at, old)
  const run = kit.run()
  const target = await kit.target(at, run)
  await target.look(run)
  const landing = landingOf(target, OLD.schema, -1, { ...(mode !== undefined && { whenExists: mode }) })
  first(run)
  const before = (given: number): void => {
    if (given !== stop.at) return
    run.stop()
    if (stop.sourceThrows === true) throw new MoveError('aborted', 'the source was stopped', { cause: run.signal.reason })
  }
  const verb = write(kit, target, people(1000, 100), landing, run, { size: 100, before })
  const error = await kit.rejection(kit.within(verb, 'a verb whose signal fired'), 'a verb whose signal fired')
  assert.equal(error.code, 'aborted', error.message)
  await kit.within(kit.close(target), 'closing the target')
  assertAsBefore(await everything(kit, at), old, 'the target is as it was')
}

async function stoppedInConfirm(kit: Kit, mode: WhenExists | undefined): Promise<void> {
  const at = await kit.place()
  const old: Rows | undefined = mode === undefined ? undefined : OLD
  if (old !== undefined) await seed(kit, at, old)
  const run = kit.run()
  const target = await kit.target(at, run)
  await target.look(run)
  const fresh = people(300, 100)
  const landing = landingOf(target, OLD.schema, 300, { ...(mode !== undefined && { whenExists: mode }), confirm: () => { run.stop() } })
  const verb = write(kit, target, fresh, landing, run, { size: 100 })
  const landed = await kit.within(verb.then(() => true, () => false), 'a verb whose signal fired in confirm')
  await kit.within(kit.close(target), 'closing the target')
  const there = await everything(kit, at)
  kit.note(landed ? 'the records land all the same' : 'the landing is undone')
  if (!landed) assertAsBefore(there, old, 'rejected, and the target is as it was')
  else assertSameRows(there!.rows, mode === 'append' ? [...OLD.rows, ...fresh.rows] : fresh.rows, 'resolved, and all records are there')
}

/** Nothing that was read before may hold the place: a landing that needs it for itself gets it. */
async function lockFree(kit: Kit, at: Address): Promise<void> {
  const target = await kit.target(at)
  await target.look(kit.run())
  const mode = (['replace', 'truncate', 'delete', 'append'] as const).find((each) => target.fit({ schema: OLD.schema, whenExists: each, allow: [] }).refused.length === 0)
  if (mode === undefined) kit.cannot('the target writes to no existing table')
  await kit.within(give(kit, target, OLD, { whenExists: mode }), 'a landing after the reader ended')
  await kit.close(target)
}
