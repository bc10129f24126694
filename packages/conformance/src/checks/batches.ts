// Checks of batches: every value survives, however the rows are dealt into batches and parts.
import type { Batch, FieldType, RecordsSchema } from '@records-mover/core/plugin'
import { typeText } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { assertAsBefore, assertSameRows, everything, give, landingOf, PEOPLE, people, readBatches, seed, underSchema, write } from '../records.js'
import { batchesOf, holds, retype, rowsOf, textsOf } from '../rows.js'
import { TYPE_CASES } from '../values.js'

export const batches: readonly Check[] = [
  ...TYPE_CASES.map(({ type, values }): Check => ({
    name: `every value of type ${typeText(type)}${type.type === 'string' && type.maxBytes !== undefined ? ' in bytes' : ''} arrives exactly, or is \`bad-data\` that names the field`,
    run: (kit) => everyValue(kit, type, values),
  })),
  ...[0, 1, 2, 7, 8, 9, 1000, 20_001].map((count): Check => ({
    name: `${count} rows arrive in batches of 1,000`,
    run: (kit) => roundTrip(kit, count, { size: 1000 }),
  })),
  { name: 'batches of one row arrive', run: (kit) => roundTrip(kit, 100, { size: 1 }) },
  { name: 'rows in several parts arrive, whichever part they are in', run: (kit) => roundTrip(kit, 5000, { size: 100, parts: 4 }) },
  ...[1, 3].map((concurrency): Check => ({
    name: `at most ${concurrency === 1 ? 'one part is' : 'three parts are'} in work when the run says so, and without \`parallel\` one part after the other`,
    async run(kit) {
      const at = await kit.place()
      const target = await kit.target(at)
      const run = kit.run({ concurrency })
      await target.look(run)
      const rows = people(4000)
      const landing = landingOf(target, rows.schema, 4000, {})
      let [open, most] = [0, 0]
      const opened = (change: 1 | -1): void => {
        open += change
        most = Math.max(most, open)
      }
      await write(kit, target, rows, landing, run, { size: 50, parts: 8, opened })
      const parallel = (target.batches ?? target.bytes)?.parallel === true
      assert.ok(most <= (parallel ? concurrency : 1), `${most} parts were open at once`)
      assert.equal(open, 0, 'every part that was opened has ended')
      assertSameRows((await everything(kit, at))!.rows, rows.rows, 'the table')
    },
  })),
  { name: 'one batch of many rows arrives', run: (kit) => roundTrip(kit, 30_000, { size: 30_000 }) },
  {
    name: 'a batch of no rows between others changes nothing',
    async run(kit) {
      const at = await kit.place()
      const target = await kit.target(at)
      const run = kit.run()
      await target.look(run)
      const rows = people(4)
      const landing = landingOf(target, rows.schema, 4, {})
      if (target.batches === undefined || target.batches.refuse(landing.fit.schema) !== undefined) kit.cannot('the target takes no batches')
      const given = batchesOf(underSchema(rows, landing.fit.schema), { size: 2 })
      await target.batches!.write({ ...given, parts: withEmpty(given.parts) }, landing, run)
      await kit.close(target)
      assertSameRows((await everything(kit, at))!.rows, rows.rows, 'the table')
    },
  },
  {
    name: 'nulls arrive as nulls, in every pattern of eight rows',
    async run(kit) {
      const at = await kit.place()
      const rows = Array.from({ length: 256 * 8 }, (_, i) => [String(i), ((i >> 3) >> (i & 7)) % 2 === 0 ? null : ''])
      await seed(kit, at, { schema: PEOPLE, rows })
      assertSameRows((await everything(kit, at))!.rows, rows, 'the table')
    },
  },
  {
    name: 'arrays longer than the rows need are read no further than the rows',
    async run(kit) {
      const at = await kit.place()
      const target = await kit.target(at)
      const run = kit.run()
      await target.look(run)
      const landing = landingOf(target, PEOPLE, 3, {})
      if (target.batches === undefined || target.batches.refuse(landing.fit.schema) !== undefined) kit.cannot('the target takes no batches')
      const rows = underSchema(people(50), landing.fit.schema)
      const given = batchesOf(rows, { size: 50 })
      const cut = async function* (parts: AsyncIterable<AsyncIterable<Batch>>): AsyncGenerator<AsyncIterable<Batch>> {
        for await (const part of parts) yield shortened(part, 3)
      }
      await target.batches!.write({ ...given, parts: cut(given.parts), tally: () => ({ rows: 3 }) }, landing, run)
      await kit.close(target)
      assertSameRows((await everything(kit, at))!.rows, people(3).rows, 'the table')
    },
  },
  {
    name: 'a source delivers fields in the order asked for, and no others',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(20))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      for (const order of [[1, 0], [1], [0]]) {
        const as: RecordsSchema = { fields: order.map((k) => schema.fields[k]!) }
        const refused = source.batches === undefined ? 'the source gives no batches' : source.batches.refuse(as)
        if (refused !== undefined) {
          kit.cannot(refused)
          continue
        }
        const read = await source.batches!.read(as, run)
        assert.deepEqual(read.schema.fields.map(({ name }) => name), as.fields.map(({ name }) => name))
        assertSameRows((await rowsOf(read)).rows, people(20).rows.map((row) => order.map((k) => row[k]!)), 'the chosen fields')
        await read[Symbol.asyncDispose]()
      }
    },
  },
  {
    name: 'a batch belongs to its receiver and is never written again',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(10_000))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      const read = await readBatches(kit, source, schema, run)
      const held: { batch: Batch, texts: string }[] = []
      for await (const part of read.parts) {
        for await (const batch of part) held.push({ batch, texts: JSON.stringify(textsOf(read.schema, batch)) })
      }
      await read[Symbol.asyncDispose]()
      for (const { batch, texts } of held) assert.equal(JSON.stringify(textsOf(read.schema, batch)), texts)
    },
  },
  {
    name: 'the tally of what was read is complete when the parts have ended',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(2500))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      const read = await readBatches(kit, source, schema, run)
      assert.equal((await rowsOf(read)).rows.length, 2500)
      const { rows } = read.tally()
      await read[Symbol.asyncDispose]()
      if (rows === undefined) kit.cannot('the source does not count')
      assert.equal(rows, 2500)
    },
  },
  {
    name: 'a source with `again` gives the same records twice',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(50))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { again, schema } = await source.look('types', run)
      if (!again) kit.cannot('the source can be read once')
      for (let time = 0; time < 2; time++) {
        const read = await readBatches(kit, source, schema, run)
        assertSameRows((await rowsOf(read)).rows, people(50).rows, 'the table')
        await read[Symbol.asyncDispose]()
      }
    },
  },
]

async function everyValue(kit: Kit, type: FieldType, values: readonly string[]): Promise<void> {
  const wished: RecordsSchema = { fields: [PEOPLE.fields[0]!, { name: 'value', type, nullable: true }] }
  const at = await kit.place()
  const target = await kit.target(at)
  await target.look(kit.run())
  const fit = target.fit({ schema: wished, whenExists: 'fail', allow: [] })
  if (fit.refused.length > 0) kit.cannot(`the target refuses the type: ${fit.refused.join('; ')}`)
  const stored = fit.schema.fields.find(({ name }) => name === 'value')!.type
  // A value that the target's type cannot hold never reaches the target: whoever converts finds it.
  const all = values.map((value, i) => [String(i), value]).filter(([, value]) => {
    const held = holds(stored, retype(value!, type, stored))
    if (!held) kit.note(`${JSON.stringify(value!.slice(0, 60))} does not fit ${typeText(stored)}`)
    return held
  })
  const arrives = async (rows: readonly (readonly (string | null)[])[]): Promise<void> => {
    const place = await kit.place()
    const end = await kit.target(place)
    await give(kit, end, { schema: wished, rows })
    await kit.close(end)
    assertSameRows((await everything(kit, place))!.rows, underSchema({ schema: wished, rows }, fit.schema).rows, typeText(type))
  }
  const held = await heldBack(kit, () => arrives([...all, ['-1', null]]))
  if (held === undefined) return
  // Some value cannot be held: then each one by itself is exact, or refused by name.
  let exact = 0
  for (const row of all) {
    const why = await heldBack(kit, () => arrives([['-1', null], row]))
    if (why === undefined) exact++
    else kit.note(`${JSON.stringify(row[1]!.slice(0, 60))} is refused: ${why}`)
  }
  assert.ok(exact > 0, `no value at all of a type that fits: ${held}`)
  assertAsBefore(await everything(kit, at), undefined, 'nothing was written')
}

/** The message of the `bad-data` that a call was rejected with; undefined when it resolved. Other errors pass. */
async function heldBack(kit: Kit, call: () => Promise<void>): Promise<string | undefined> {
  let thrown: unknown
  try {
    await call()
    return undefined
  } catch (error) {
    thrown = error
  }
  if (!(thrown instanceof Error) || (thrown as { code?: unknown }).code !== 'bad-data') throw thrown
  const error = await kit.rejection(Promise.reject(thrown), 'writing a value that does not fit')
  assert.equal(error.context.field, 'value', `the context names the field of ${error.message}`)
  assert.ok(error.context.row !== undefined || error.context.line !== undefined, `the context names the row or line of ${error.message}`)
  return error.message
}

async function roundTrip(kit: Kit, count: number, options: { size: number, parts?: number }): Promise<void> {
  const at = await kit.place()
  const target = await kit.target(at)
  const rows = people(count)
  const run = kit.run({ concurrency: 4 })
  await target.look(run)
  const landing = landingOf(target, rows.schema, count, {})
  await write(kit, target, rows, landing, run, { ...options, by: 'batches' })
  assert.equal(landing.confirmed.length, 1, 'the verb awaits confirm once before it resolves')
  await kit.close(target)
  assertSameRows((await everything(kit, at))!.rows, rows.rows, 'the table')
}

async function* withEmpty(parts: AsyncIterable<AsyncIterable<Batch>>): AsyncGenerator<AsyncIterable<Batch>> {
  for await (const part of parts) yield between(part)
}

async function* between(part: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  for await (const batch of part) {
    yield shorten(batch, 0)
    yield batch
    yield shorten(batch, 0)
  }
}

async function* shortened(part: AsyncIterable<Batch>, rows: number): AsyncGenerator<Batch> {
  for await (const batch of part) yield shorten(batch, rows)
}

function shorten(batch: Batch, rows: number): Batch {
  return { ...batch, rows }
}
