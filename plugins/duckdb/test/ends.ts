// What the tests open ends with: addresses, runs, folders, and batches out of texts.
import type { Address, Batch, Batches, Field, FieldType, Landing, RecordsSchema, Run, Source, Target, Wish } from '@records-mover/core/plugin'
import { batchBuilder, parseDate, parseDecimal, parseTime, parseTimestamp, valueText } from '@records-mover/core/plugin'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSource } from '../src/source.js'
import { openTarget } from '../src/target.js'

let runs = 0

export function newRun(options: Partial<Run> = {}): Run {
  const id = `rm-test-${++runs}`
  return {
    id,
    signal: new AbortController().signal,
    limits: { fieldBytes: 1 << 26, recordBytes: 1 << 28, fields: 16_384 },
    concurrency: 4,
    allow: [],
    scratch: () => Promise.resolve(mkdtempSync(join(tmpdir(), `${id}-`))),
    emit: () => undefined,
    ...options,
  }
}

export function address(path: string, rest: { fragment?: string, query?: string, options?: Readonly<Record<string, string>> } = {}): Address {
  const { options = {}, ...named } = rest
  return {
    text: `duckdb:${path}${rest.fragment === undefined ? '' : `#${rest.fragment}`}`,
    scheme: 'duckdb',
    path,
    ...named,
    options: Object.keys(options),
    setting: (name) => {
      const value = options[name]
      return value === undefined ? undefined : { reveal: () => value, toString: () => '[redacted]', toJSON: () => '[redacted]' }
    },
  }
}

/** A folder that is removed when the test ends. */
export function folder(): { readonly path: string, [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'records-mover-test-'))
  return { path, [Symbol.dispose]: () => { rmSync(path, { recursive: true, force: true }) } }
}

export function field(name: string, type: FieldType, rest: Partial<Field> = {}): Field {
  return { name, type, nullable: true, ...rest }
}

export type Rows = readonly (readonly (string | null)[])[]

/** A batch of rows in canonical text. */
export function batchOf(schema: RecordsSchema, rows: Rows): Batch {
  const builder = batchBuilder(schema, Math.max(1, rows.length))
  for (const row of rows) {
    row.forEach((text, k) => {
      const column = builder.columns[k]!
      const { type } = column
      if (text === null) {
        column.setNull()
        return
      }
      switch (type.type) {
        case 'boolean':
          column.setBoolean(text === 'true')
          return
        case 'string':
        case 'json':
          column.pushString(text)
          return
        case 'bytes': {
          const bytes = Buffer.from(text.slice(2), 'hex')
          column.pushBytes(bytes, 0, bytes.length)
          return
        }
        case 'uuid':
          column.bytes.set(Buffer.from(text.replaceAll('-', ''), 'hex'), column.length * 16)
          column.endValue()
          return
        case 'float':
          column.pushNumber(Number(text))
          return
        case 'integer':
          column.pushBigInt(BigInt(text))
          return
        case 'decimal':
          column.pushBigInt(parseDecimal(text, type)!)
          return
        case 'date':
          column.pushNumber(parseDate(text)!)
          return
        case 'time': {
          const { units, zone } = parseTime(text, type.unit)!
          if (type.zoned) column.zone[column.length] = zone!
          column.pushBigInt(units)
          return
        }
        case 'timestamp':
          column.pushBigInt(parseTimestamp(text, type.unit)!.units)
      }
    })
  }
  return builder.finish()
}

export function batchesOf(schema: RecordsSchema, batches: readonly Batch[] | AsyncIterable<Batch>): Batches {
  let rows = 0
  async function* part(): AsyncGenerator<Batch> {
    for await (const batch of batches) {
      rows += batch.rows
      yield batch
    }
  }
  async function* parts(): AsyncGenerator<AsyncIterable<Batch>> {
    await Promise.resolve()
    yield part()
  }
  return { schema, parts: parts(), tally: () => ({ rows }), [Symbol.asyncDispose]: () => Promise.resolve() }
}

/** All rows of batches in canonical text. */
export async function rowsOf(batches: Batches): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = []
  for await (const part of batches.parts) {
    for await (const batch of part) {
      for (let row = 0; row < batch.rows; row++) rows.push(batches.schema.fields.map(({ type }, k) => valueText(type, batch.columns[k]!, row)))
    }
  }
  return rows
}

async function writeRows(target: Target, wish: Partial<Wish> & { schema: RecordsSchema }, rows: Rows, run: Run = newRun(), rest: Partial<Landing> = {}): Promise<number | undefined> {
  await target.look(run)
  const whole: Wish = { whenExists: 'fail', allow: run.allow, ...wish }
  const fit = target.fit(whole)
  const landing: Landing = { ...whole, fit, confirm: () => Promise.resolve(), ...rest }
  return (await target.batches!.write(batchesOf(fit.schema, [batchOf(fit.schema, rows)]), landing, run)).rows
}

/** Puts rows into a table by a target of its own. */
export async function put(at: Address, wish: Partial<Wish> & { schema: RecordsSchema }, rows: Rows, run: Run = newRun(), rest: Partial<Landing> = {}): Promise<number | undefined> {
  const target = await openTarget(at)
  try {
    return await writeRows(target, wish, rows, run, rest)
  } finally {
    await target[Symbol.asyncDispose]()
  }
}

/** Schema and rows of an address, by a source of its own. */
export async function get(at: Address, run: Run = newRun()): Promise<{ schema: RecordsSchema, rows: (string | null)[][], exact: number | undefined }> {
  return withSource(at, async (source) => {
    const look = await source.look('types', run)
    const rows = await rowsOf(await source.batches!.read(look.schema, run))
    return { schema: look.schema, rows, exact: look.rowsExact && look.rows }
  })
}

export async function withSource<T>(at: Address, work: (source: Source) => Promise<T>): Promise<T> {
  const source = await openSource(at)
  try {
    return await work(source)
  } finally {
    await source[Symbol.asyncDispose]()
  }
}
