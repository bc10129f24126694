// Checks of failures: whatever goes wrong on the way, the target is as it was and the first error is the one that is told.
import type { Address, Batches, Chunks, Part, WhenExists } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { assertAsBefore, everything, landingOf, people, readBatches, seed, underSchema, write } from '../records.js'
import type { Rows } from '../rows.js'
import { batchesOf } from '../rows.js'

/** What the checks break off with: whoever passes it on must not lose it. */
class Broken extends Error {}

const OLD = people(5)
const MODES: readonly (WhenExists | 'absent')[] = ['absent', 'append', 'truncate', 'delete', 'replace', 'merge']

export const failure: readonly Check[] = [
  ...MODES.flatMap((mode): Check[] => [
    ...[0, 1, 5].map((n): Check => ({
      name: `a source that throws ${n === 0 ? 'before the first batch' : `after batch ${n}`} leaves the target as it was (${label(mode)})`,
      run: (kit) => breaks(kit, mode, (rows) => ({ rows, size: 100, before: (given) => { if (given === n) throw new Broken('the source broke') } })),
    })),
    {
      name: `a refused confirm leaves the target as it was (${label(mode)})`,
      run: (kit) => breaks(kit, mode, (rows) => ({ rows, size: 100, confirm: () => { throw new Broken('confirm refuses') } })),
    },
  ]),
  {
    name: 'an error raised between two parts is thrown, not turned into the end',
    async run(kit) {
      const at = await kit.place()
      await expectBroken(kit, at, undefined, async (target, landing, run) => {
        const whole = batchesOf(underSchema(people(300), landing.fit.schema), { size: 100, parts: 3 })
        if (target.batches === undefined || target.batches.refuse(landing.fit.schema) !== undefined) return kit.cannot('the target takes no batches')
        const from: Batches = { ...whole, parts: endingBadly(whole.parts) }
        return await target.batches.write(from, landing, run)
      })
    },
  },
  {
    name: 'an error raised between two chunks is thrown, not turned into the end',
    async run(kit) {
      const from = await kit.place()
      await seed(kit, from, people(2000))
      const run = kit.run()
      const source = await kit.source(from, run)
      const { schema } = await source.look('types', run)
      const format = source.bytes?.formats.find((each) => source.bytes?.refuse(each, schema, schema) === undefined)
      if (source.bytes === undefined || format === undefined) return kit.cannot('the source gives no bytes')
      const to = await kit.place()
      const chunks = await source.bytes.read(format, schema, run)
      await expectBroken(kit, to, undefined, async (target, landing, targetRun) => {
        if (target.bytes === undefined) return kit.cannot('the target takes no bytes')
        const refused = target.bytes.refuse(format, schema, landing.fit.schema)
        if (refused !== undefined) return kit.cannot(refused)
        return await target.bytes.write(brokenChunks(chunks), schema, landing, targetRun)
      })
      await chunks[Symbol.asyncDispose]()
    },
  },
  {
    name: 'a target that failed can be used again at once',
    async run(kit) {
      const at = await kit.place()
      await expectBroken(kit, at, undefined, (target, landing, run) => write(kit, target, people(300), landing, run, {
        size: 100, before: (given) => { if (given === 2) throw new Broken('the source broke') },
      }))
      await seed(kit, at, OLD)
      assertAsBefore(await everything(kit, at), OLD, 'the second try')
    },
  },
  {
    name: 'a source whose reader fails gives everything to the next one',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(3000))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      const read = await readBatches(kit, source, schema, run)
      const fails = async (): Promise<void> => {
        for await (const part of read.parts) for await (const batch of part) throw new Broken(`the reader broke at ${batch.rows} rows`)
      }
      await assert.rejects(fails(), Broken)
      await kit.within(read[Symbol.asyncDispose](), 'closing what was read')
      await kit.within(kit.close(source), 'closing the source')
      assert.equal((await everything(kit, at))?.rows.length, 3000)
    },
  },
]

interface Breaking {
  readonly rows: Rows
  readonly size: number
  readonly before?: (given: number) => void
  readonly confirm?: () => void
}

async function breaks(kit: Kit, mode: WhenExists | 'absent', breaking: (rows: Rows) => Breaking): Promise<void> {
  const at = await kit.place()
  const old = mode === 'absent' ? undefined : OLD
  if (old !== undefined) await seed(kit, at, old)
  const { rows, confirm, ...options } = breaking(people(700, 3))
  await expectBroken(kit, at, old, (target, landing, run) => write(kit, target, rows, landing, run, options), mode, confirm)
}

type Write = (
  target: Awaited<ReturnType<Kit['target']>>, landing: ReturnType<typeof landingOf>, run: ReturnType<Kit['run']>,
) => Promise<unknown>

/** Runs a verb that must be rejected with what broke it, and looks whether the place is as it was. */
async function expectBroken(kit: Kit, at: Address, old: Rows | undefined, verb: Write, mode: WhenExists | 'absent' = 'absent', confirm?: () => void): Promise<void> {
  const target = await kit.target(at)
  const run = kit.run()
  await target.look(run)
  const whenExists = mode === 'absent' ? 'fail' : mode
  const key = mode === 'merge' ? { key: ['id'] } : {}
  const { refused } = target.fit({ schema: people(0).schema, whenExists, allow: [], ...key })
  if (refused.length > 0) kit.cannot(`the target refuses \`${mode}\`: ${refused.join('; ')}`)
  const landing = landingOf(target, people(0).schema, -1, { whenExists, ...key, ...(confirm !== undefined && { confirm }) })
  let thrown: unknown
  try {
    await kit.within(verb(target, landing, run), 'a verb whose source broke')
  } catch (error) {
    thrown = error
  }
  assert.ok(thrown !== undefined, 'the verb resolved although its source broke')
  assertCarries(thrown)
  await kit.within(kit.close(target), 'closing the target')
  assertAsBefore(await everything(kit, at), old, 'the target is as it was')
}

/** The error that broke the move is told, by itself or as the cause of another. */
function assertCarries(thrown: unknown): void {
  for (let error: unknown = thrown; error !== undefined && error !== null; error = (error as { cause?: unknown }).cause) {
    if (error instanceof Broken) return
  }
  throw thrown
}

async function* endingBadly<T>(parts: AsyncIterable<T>): AsyncGenerator<T> {
  let count = 0
  for await (const part of parts) {
    if (++count === 2) throw new Broken('the source broke between two parts')
    yield part
  }
}

function brokenChunks(chunks: Chunks): Chunks {
  async function* parts(): AsyncGenerator<Part> {
    for await (const part of chunks.parts) yield { name: part.name, again: false, read: () => firstChunk(part.read()) }
  }
  return { format: chunks.format, parts: parts(), tally: () => chunks.tally(), [Symbol.asyncDispose]: () => Promise.resolve() }
}

async function* firstChunk(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield Uint8Array.from(chunk.subarray(0, Math.ceil(chunk.byteLength / 2)))
    throw new Broken('the source broke between two chunks')
  }
}

function label(mode: WhenExists | 'absent'): string {
  return mode === 'absent' ? 'where nothing was' : `\`${mode}\``
}
