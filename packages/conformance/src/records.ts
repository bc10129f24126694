// How the checks put records into a target and take them out of a source, by whichever verb the plugin has.
import type { Batches, Fit, Landing, Loss, RecordsSchema, Source, Tally, Target, WhenExists } from '@records-mover/core/plugin'
import { sameFields } from '@records-mover/core/plugin'
import type { Address } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Kit } from './kit.js'
import type { BatchesOptions, Row, Rows } from './rows.js'
import { batchesOf, retype, rowsOf } from './rows.js'
import type { TestRun } from './test-run.js'

export interface GiveOptions extends BatchesOptions {
  readonly whenExists?: WhenExists
  readonly key?: readonly string[]
  readonly allow?: readonly Loss[]
  readonly run?: TestRun
  /** Which verb is to be used. Default: batches, or else bytes. */
  readonly by?: 'batches' | 'bytes'
  /** Awaited inside `confirm`, after the kit's own comparison. */
  readonly confirm?: (tally: Tally) => Promise<void> | void
}

/** A landing whose `confirm` compares the target's own count with what was given, and remembers that it was asked. */
export interface TriedLanding extends Landing {
  readonly confirmed: readonly Tally[]
}

/** The simplest table: what most checks move. */
export const PEOPLE: RecordsSchema = {
  fields: [
    { name: 'id', type: { type: 'integer', bits: 32, signed: true }, nullable: true },
    { name: 'name', type: { type: 'string' }, nullable: true },
  ],
}

/** `count` records of the simplest table, numbered from `from`. */
export function people(count: number, from = 1): Rows {
  return { schema: PEOPLE, rows: Array.from({ length: count }, (_, i) => [String(from + i), (from + i) % 7 === 0 ? null : `name ${from + i}`]) }
}

/** Puts records into the place by the plugin's own target; nothing was there before. */
export async function seed(kit: Kit, at: Address, rows: Rows): Promise<void> {
  const target = await kit.target(at)
  await give(kit, target, rows)
  await kit.close(target)
}

/** Lands records in an opened target, and holds the verb to `confirm`: awaited once, with a true count, before it resolves. */
export async function give(kit: Kit, target: Target, rows: Rows, options: GiveOptions = {}): Promise<Fit> {
  const run = options.run ?? kit.run({ allow: options.allow ?? [] })
  await target.look(run)
  const landing = landingOf(target, rows.schema, rows.rows.length, options)
  const tally = await write(kit, target, rows, landing, run, options)
  assert.equal(landing.confirmed.length, 1, 'the verb awaits confirm once before it resolves')
  if (tally.rows !== undefined) assert.equal(tally.rows, rows.rows.length, 'the tally counts the records that were given')
  return landing.fit
}

/** The landing of a wish that must fit. `count` is how many records will be given; negative when that is not known. */
export function landingOf(target: Target, schema: RecordsSchema, count: number, options: GiveOptions): TriedLanding {
  const wish = {
    schema, whenExists: options.whenExists ?? 'fail', allow: options.allow ?? [], ...(options.key !== undefined && { key: options.key }),
  }
  const fit = target.fit(wish)
  assert.deepEqual(fit.refused, [], 'the target fits the wish')
  const confirmed: Tally[] = []
  return {
    ...wish,
    fit,
    confirmed,
    async confirm(tally) {
      confirmed.push(tally)
      if (tally.rows !== undefined && count >= 0) assert.equal(tally.rows, count, 'confirm is given the target\'s own count of records')
      await options.confirm?.(tally)
    },
  }
}

/** Calls the verb that takes the records. They are given under the schema that `fit` asked for. */
export async function write(kit: Kit, target: Target, rows: Rows, landing: Landing, run: TestRun, options: GiveOptions): Promise<Tally> {
  const as = landing.fit.schema
  const batches = batchesOf(underSchema(rows, as), options)
  const refused = target.batches?.refuse(as)
  if (options.by !== 'bytes' && target.batches !== undefined && refused === undefined) {
    assert.ok(sameFields(batches.schema, as))
    return await target.batches.write(batches, landing, run)
  }
  if (options.by === 'batches') return kit.cannot(target.batches === undefined ? 'the target takes no batches' : `the target takes no such batches: ${refused ?? ''}`)
  return await writeBytes(kit, target, batches, landing, run)
}

/** Everything in the place, in no order that is promised; undefined when there is nothing. */
export async function everything(kit: Kit, at: Address): Promise<Rows | undefined> {
  const run = kit.run()
  if (kit.plugin.target !== undefined) {
    const target = await kit.target(at, run)
    const there = await target.look(run)
    await kit.close(target)
    if (there === undefined) return undefined
  }
  const source = await kit.source(at, run)
  const rows = await take(kit, source, run)
  await kit.close(source)
  return rows
}

/** Reads everything that an opened source has, by batches if it gives them, else by bytes. */
export async function take(kit: Kit, source: Source, run: TestRun): Promise<Rows> {
  const { schema } = await source.look('types', run)
  const batches = await readBatches(kit, source, schema, run)
  try {
    return await rowsOf(batches)
  } finally {
    await batches[Symbol.asyncDispose]()
  }
}

/** The source's records as batches. */
export async function readBatches(kit: Kit, source: Source, as: RecordsSchema, run: TestRun): Promise<Batches> {
  const refused = source.batches?.refuse(as)
  if (source.batches !== undefined && refused === undefined) return await source.batches.read(as, run)
  const { bytes } = source
  if (bytes === undefined) {
    assert.equal(refused, undefined, 'the source refuses what it looked like itself, and has no other way to give it')
    return kit.cannot('the source gives neither batches nor bytes')
  }
  const look = await source.look('types', run)
  const given = look.given ?? look.schema
  for (const format of bytes.formats) {
    const descriptor = kit.formats.get(format.format)
    if (descriptor === undefined || descriptor.refuse(format, given, as, 'decode') !== undefined || bytes.refuse(format, given, given) !== undefined) continue
    return (await descriptor.codec()).decode(await bytes.read(format, given, run), given, as, run)
  }
  return kit.untested('the kit has no codec for a format that the source gives: pass its plugin in `formats`')
}

/** The same records, with names and types as `fit` asks for them. */
export function underSchema({ schema, rows }: Rows, as: RecordsSchema): Rows {
  const order = as.fields.map(({ name }) => schema.fields.findIndex((field) => field.name === name))
  assert.ok(!order.includes(-1), 'fit.schema carries the names of the source')
  const turned = rows.map((row) => order.map((at, k) => {
    const text = row[at] ?? null
    return text === null ? null : retype(text, schema.fields[at]!.type, as.fields[k]!.type)
  }))
  return { schema: as, rows: turned }
}

/** Asserts that both hold the same records, in any order. */
export function assertSameRows(actual: readonly Row[], expected: readonly Row[], what: string): void {
  const sorted = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort()
  const [is, want] = [sorted(actual), sorted(expected)]
  const at = want.findIndex((row, i) => row !== is[i])
  const differs = at >= 0 ? at : want.length
  if (is.length === want.length && at < 0) return
  assert.fail(`${what}: ${is.length} records, want ${want.length}; the first that differs is ${short(is[differs])}, want ${short(want[differs])}`)
}

/** Asserts that a place is exactly as it was; undefined stands for nothing. */
export function assertAsBefore(now: Rows | undefined, before: Rows | undefined, what: string): void {
  if (now === undefined || before === undefined) {
    assert.equal(now?.rows.length, before?.rows.length, what)
    return
  }
  assertSameRows(now.rows, before.rows, what)
  assert.deepEqual(now.schema.fields.map(({ name }) => name), before.schema.fields.map(({ name }) => name), what)
}

async function writeBytes(kit: Kit, target: Target, batches: Batches, landing: Landing, run: TestRun): Promise<Tally> {
  const { bytes } = target
  if (bytes === undefined) return kit.cannot('the target takes neither batches nor bytes')
  const as = landing.fit.schema
  for (const format of bytes.formats) {
    const descriptor = kit.formats.get(format.format)
    if (descriptor === undefined || descriptor.refuse(format, as, as, 'encode') !== undefined || bytes.refuse(format, as, as) !== undefined) continue
    const codec = await descriptor.codec()
    return await bytes.write(codec.encode(batches, format, run), as, landing, run)
  }
  return kit.untested('the kit has no codec for a format that the target takes: pass its plugin in `formats`')
}

function short(row: string | undefined): string {
  if (row === undefined) return 'missing'
  return row.length > 200 ? `${row.slice(0, 200)}… (${row.length} letters)` : row
}
