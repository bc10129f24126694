// The program's own ends: objects of the program as a source, and objects for the program as a target.
import type { Batch, Batches } from './contract/batch.js'
import type { End, Look, Run, Source, Target } from './contract/contract.js'
import type { Field, FieldType, RecordsSchema } from './contract/schema.js'
import { MoveError } from './contract/errors.js'
import { typeText } from './contract/schema.js'
import { batchBuilder } from './batch-builder.js'
import type { ColumnBuilder } from './batch-builder.js'
import { conversion } from './contract/convert.js'
import { bytesAt, isNull, parseDate, parseDecimal, parseTime, parseTimestamp, UNITS_PER_SECOND, valueText } from './value-text.js'

/**
 * A value of a record in the program.
 *
 * | field type | given to the program | taken from the program |
 * |---|---|---|
 * | boolean | boolean | boolean |
 * | integer to 32 bits | number | number or bigint |
 * | integer of 64 bits | bigint | number (safe integer) or bigint |
 * | float | number | number |
 * | decimal | string, all digits | string, bigint, or number (safe integer) |
 * | string, json, uuid | string | string |
 * | bytes | Uint8Array | Uint8Array |
 * | date, time, timestamp | canonical text | the same text; `Date` for a timestamp with zone |
 */
export type Value = string | number | bigint | boolean | Uint8Array | Date | null | undefined
export interface Row { readonly [field: string]: Value }

const ROWS_PER_BATCH = 4096
const SAMPLE_ROWS = 1000

/**
 * Records of the program as a source. Without a schema, field names and types come from the first 1,000 rows, and a later row
 * that does not fit them is `bad-data`.
 */
export function rows(records: Iterable<Row> | AsyncIterable<Row>, options: { readonly schema?: RecordsSchema } = {}): End {
  return { text: 'rows()', source: () => Promise.resolve(rowsSource(records, options.schema)) }
}

export interface RowsTarget extends End {
  /** The records that arrived, once `move()` has resolved; empty when each row went to a function. */
  readonly rows: readonly Row[]
}

/**
 * Records for the program. Without a function they are collected; with one, each row goes to it as it comes and is awaited, and
 * the rows it was given before a failure cannot be taken back.
 */
export function toRows(each?: (row: Row) => void | Promise<void>): RowsTarget {
  let collected: Row[] = []
  return {
    text: 'toRows()',
    get rows() {
      return collected
    },
    target: () => Promise.resolve(rowsTarget(each, (arrived) => {
      collected = arrived
    })),
  }
}

function rowsSource(records: Iterable<Row> | AsyncIterable<Row>, told: RecordsSchema | undefined): Source {
  const iterator = iteratorOf(records)
  const sample: Row[] = []
  let ended = false
  let schema: RecordsSchema | undefined = told
  return {
    async look(): Promise<Look> {
      while (schema === undefined && sample.length < SAMPLE_ROWS && !ended) {
        const next = await iterator.next()
        if (next.done === true) ended = true
        else sample.push(next.value)
      }
      schema ??= schemaOf(sample)
      return { schema, again: false, ...(ended && { rows: sample.length, rowsExact: true }) }
    },
    batches: {
      refuse(as) {
        const byName = new Map(schema?.fields.map((field) => [field.name, field]))
        const bad = as.fields.find((field) => {
          const own = byName.get(field.name)
          return own === undefined || conversion(own.type, field.type).kind === 'refused'
        })
        return bad && `the rows have no "${bad.name}" that is ${typeText(bad.type)}`
      },
      read: (as, run) => Promise.resolve(rowBatches(sample, iterator, new Set(schema?.fields.map(({ name }) => name)), as, run)),
    },
    async [Symbol.asyncDispose]() {
      await iterator.return?.()
    },
  }
}

function rowBatches(sample: Row[], iterator: AsyncIterator<Row> | Iterator<Row>, names: ReadonlySet<string>, as: RecordsSchema, run: Run): Batches {
  let given = 0
  async function* batches(): AsyncIterable<Batch> {
    const builder = batchBuilder(as, ROWS_PER_BATCH)
    let built = 0
    const append = (row: Row): void => {
      given++
      for (const name in row) if (!names.has(name)) throw badRow(given, name, 'is a field that the schema does not have')
      as.fields.forEach((field, i) => {
        appendValue(builder.columns[i]!, field, row[field.name], given, run)
      })
      built++
    }
    for await (const row of thenRest(sample, iterator)) {
      append(row)
      if (built === ROWS_PER_BATCH) {
        yield builder.finish()
        built = 0
      }
    }
    if (built > 0) yield builder.finish()
  }
  return {
    schema: as,
    parts: (async function* () {
      yield await Promise.resolve(batches())
    })(),
    tally: () => ({ rows: given }),
    async [Symbol.asyncDispose]() {
      await iterator.return?.()
    },
  }
}

function rowsTarget(each: ((row: Row) => void | Promise<void>) | undefined, done: (rows: Row[]) => void): Target {
  return {
    look: () => Promise.resolve(undefined),
    fit: (wish) => ({
      refused: [
        ...wish.whenExists === 'merge' || wish.whenExists === 'append' ? [`${wish.whenExists} needs a table: the program's rows are always new`] : [],
        ...(wish.grants?.length ?? 0) > 0 ? ['privileges can be granted on tables only'] : [],
      ],
      schema: wish.schema,
      creates: [],
      changes: [],
    }),
    batches: {
      refuse: () => undefined,
      async write(from, as) {
        const collected: Row[] = []
        let count = 0
        for await (const part of from.parts) {
          for await (const batch of part) {
            for (let i = 0; i < batch.rows; i++) {
              const row = rowOf(from.schema, batch, i)
              count++
              if (each === undefined) collected.push(row)
              else await each(row)
            }
          }
        }
        await as.confirm({ rows: count })
        done(collected)
        return { rows: count }
      },
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** One row of a batch as an object of the program. */
function rowOf(schema: RecordsSchema, batch: Batch, row: number): Row {
  const entries = schema.fields.map((field, k): [string, Value] => {
    const column = batch.columns[k]!
    if (isNull(column, row)) return [field.name, null]
    switch (field.type.type) {
      case 'boolean':
        return [field.name, valueText(field.type, column, row) === 'true']
      case 'bytes':
        return [field.name, bytesAt(column, row).slice()]
      case 'integer':
      case 'float':
        return [field.name, column.values[row]]
      default:
        return [field.name, valueText(field.type, column, row)]
    }
  })
  return Object.fromEntries(entries)
}

function schemaOf(sample: readonly Row[]): RecordsSchema {
  const types = new Map<string, FieldType | undefined>()
  const nullable = new Set<string>()
  for (const [i, row] of sample.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const before = types.get(name)
      if (i > 0 && !types.has(name)) nullable.add(name)
      const type = value === null || value === undefined ? undefined : typeOf(value, i + 1, name)
      if (type === undefined) nullable.add(name)
      types.set(name, before === undefined ? type : wider(before, type ?? before, i + 1, name))
    }
    for (const name of types.keys()) if (!(name in row)) nullable.add(name)
  }
  if (types.size === 0) throw new MoveError('refused', 'rows() was given no rows and no schema: pass { schema }')
  return { fields: [...types].map(([name, type]) => ({ name, type: type ?? { type: 'string' }, nullable: true })) }
}

function typeOf(value: NonNullable<Value>, row: number, name: string): FieldType {
  switch (typeof value) {
    case 'string':
      return { type: 'string' }
    case 'boolean':
      return { type: 'boolean' }
    case 'bigint':
      return { type: 'integer', bits: 64, signed: true }
    case 'number':
      return Number.isSafeInteger(value) ? { type: 'integer', bits: 64, signed: true } : { type: 'float', bits: 64 }
    default:
      if (value instanceof Date) return { type: 'timestamp', unit: 'ms', zoned: true }
      if (value instanceof Uint8Array) return { type: 'bytes' }
      throw badRow(row, name, 'is an object: pass text, numbers, booleans, Date or Uint8Array, or say { schema } with json')
  }
}

function wider(a: FieldType, b: FieldType, row: number, name: string): FieldType {
  if (a.type === b.type) return a
  const numbers = new Set([a.type, b.type])
  if (numbers.has('integer') && numbers.has('float') && numbers.size === 2) return { type: 'float', bits: 64 }
  throw badRow(row, name, `is ${typeText(b)} where earlier rows have ${typeText(a)}: pass { schema }`)
}

function appendValue(column: ColumnBuilder, field: Field, value: Value, row: number, run: Run): void {
  if (value === null || value === undefined) {
    if (!field.nullable) throw badRow(row, field.name, 'is null and may not be')
    column.setNull()
    return
  }
  const problem = appendTyped(column, field.type, value, run)
  if (problem !== undefined) throw badRow(row, field.name, problem)
}

/** Appends the value, or tells why it does not fit. */
function appendTyped(column: ColumnBuilder, type: FieldType, value: NonNullable<Value>, run: Run): string | undefined {
  const mismatch = `is not ${typeText(type)}`
  switch (type.type) {
    case 'boolean':
      if (typeof value !== 'boolean') return mismatch
      column.setBoolean(value)
      return undefined
    case 'float':
      if (typeof value !== 'number' || (type.bits === 32 && !Number.isNaN(value) && Math.fround(value) !== value)) return mismatch
      column.pushNumber(value)
      return undefined
    case 'integer': {
      const whole = wholeOf(value)
      if (whole === undefined || (type.signed ? BigInt.asIntN(type.bits, whole) : BigInt.asUintN(type.bits, whole)) !== whole) return mismatch
      column.pushBigInt(whole)
      return undefined
    }
    case 'decimal': {
      const text = typeof value === 'string' ? value : wholeOf(value)?.toString()
      const unscaled = text === undefined ? undefined : parseDecimal(text, type)
      if (unscaled === undefined) return mismatch
      column.pushBigInt(unscaled)
      return undefined
    }
    case 'bytes':
      if (!(value instanceof Uint8Array)) return mismatch
      column.pushBytes(value, 0, value.length)
      return undefined
    case 'string':
    case 'json':
      return appendText(column, type, value, run, mismatch)
    case 'uuid': {
      const digits = typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value.replaceAll('-', '') : undefined
      if (digits === undefined) return mismatch
      column.bytes.set(Buffer.from(digits, 'hex'), column.length * 16)
      column.endValue()
      return undefined
    }
    case 'date': {
      const days = typeof value === 'string' ? parseDate(value) : undefined
      if (days === undefined) return mismatch
      column.pushNumber(days)
      return undefined
    }
    case 'time': {
      const time = typeof value === 'string' ? parseTime(value, type.unit) : undefined
      if (time === undefined || (time.zone !== undefined) !== type.zoned) return mismatch
      if (time.zone !== undefined) column.zone[column.length] = time.zone
      column.pushBigInt(time.units)
      return undefined
    }
    case 'timestamp': {
      const units = timestampOf(value, type.unit, type.zoned)
      if (units === undefined) return mismatch
      column.pushBigInt(units)
      return undefined
    }
  }
}

function appendText(column: ColumnBuilder, type: FieldType, value: NonNullable<Value>, run: Run, mismatch: string): string | undefined {
  if (typeof value !== 'string') return mismatch
  if (/\p{Surrogate}/u.test(value)) return 'has a lone surrogate, which no text encoding holds'
  const bytes = Buffer.byteLength(value)
  if (bytes > run.limits.fieldBytes) throw new MoveError('over-limit', `a field has ${bytes} bytes and fieldBytes is ${run.limits.fieldBytes}`)
  if (type.type === 'string' && type.maxBytes !== undefined && bytes > type.maxBytes) return `is longer than ${type.maxBytes} bytes`
  if (type.type === 'string' && type.maxChars !== undefined && codePoints(value) > type.maxChars) return `is longer than ${type.maxChars} characters`
  column.pushString(value)
  return undefined
}

function codePoints(text: string): number {
  // A pair of surrogates is one code point.
  return text.length - (text.match(/[\ud800-\udbff]/g)?.length ?? 0)
}

function timestampOf(value: NonNullable<Value>, unit: 's' | 'ms' | 'us' | 'ns', zoned: boolean): bigint | undefined {
  if (value instanceof Date) {
    const ms = value.getTime()
    if (!zoned || Number.isNaN(ms) || (unit === 's' && ms % 1000 !== 0)) return undefined
    return unit === 's' ? BigInt(ms / 1000) : BigInt(ms) * BigInt(UNITS_PER_SECOND[unit] / 1000)
  }
  const parsed = typeof value === 'string' ? parseTimestamp(value, unit) : undefined
  return parsed?.zoned === zoned ? parsed.units : undefined
}

function wholeOf(value: NonNullable<Value>): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

async function* thenRest(sample: readonly Row[], iterator: AsyncIterator<Row> | Iterator<Row>): AsyncIterable<Row> {
  yield* sample
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
}

function iteratorOf(records: Iterable<Row> | AsyncIterable<Row>): AsyncIterator<Row> | Iterator<Row> {
  return Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]()
}

function badRow(row: number, field: string, why: string): MoveError {
  return new MoveError('bad-data', `row ${row}: "${field}" ${why}`, { context: { row: String(row), field } })
}
