// Records as the checks write them down: canonical texts under a schema, turned into batches and back.
import type { Batch, Batches, BatchBuilder, ColumnBuilder, FieldType, RecordsSchema } from '@records-mover/core/plugin'
import { batchBuilder, floatText, parseDate, parseDecimal, parseTime, parseTimestamp, typeText, valueText } from '@records-mover/core/plugin'
import { assertLayout } from './layout.js'

/** One record: the canonical text of each field, or null. */
export type Row = readonly (string | null)[]

/** Records under the schema that orders their fields. */
export interface Rows {
  readonly schema: RecordsSchema
  readonly rows: readonly Row[]
}

export interface BatchesOptions {
  /** Rows of a batch. Default: 1,000. */
  readonly size?: number
  /** Into how many parts the batches are dealt. Default: 1. */
  readonly parts?: number
  /** Awaited before each batch, and once more before the end, with the number of batches given: it may wait or throw. */
  readonly before?: (given: number) => Promise<void> | void
  /** Told 1 when a part is opened, and -1 when it has ended. */
  readonly opened?: (change: 1 | -1) => void
}

/** Records as batches that count what they give. */
export function batchesOf({ schema, rows }: Rows, options: BatchesOptions = {}): Batches {
  const size = options.size ?? 1000
  const batches: Row[][] = []
  for (let at = 0; at < rows.length; at += size) batches.push(rows.slice(at, at + size))
  const parts = Math.max(1, options.parts ?? 1)
  let given = 0
  let count = 0
  async function* part(index: number): AsyncGenerator<Batch> {
    options.opened?.(1)
    try {
      yield* batchesOfPart(index)
    } finally {
      options.opened?.(-1)
    }
  }
  async function* batchesOfPart(index: number): AsyncGenerator<Batch> {
    for (let i = index; i < batches.length; i += parts) {
      await options.before?.(given)
      const batch = batchOf(schema, batches[i]!)
      given++
      count += batch.rows
      yield batch
    }
    if (index === parts - 1) await options.before?.(given)
  }
  async function* all(): AsyncGenerator<AsyncIterable<Batch>> {
    for (let index = 0; index < parts; index++) yield await Promise.resolve(part(index))
  }
  return { schema, parts: all(), tally: () => ({ rows: count }), [Symbol.asyncDispose]: () => Promise.resolve() }
}

/** One batch of some rows. */
export function batchOf(schema: RecordsSchema, rows: readonly Row[]): Batch {
  const builder: BatchBuilder = batchBuilder(schema, Math.max(1, rows.length))
  for (const row of rows) {
    for (const [k, column] of builder.columns.entries()) pushText(column, row[k] ?? null)
  }
  const batch = builder.finish()
  // A builder of no columns counts no rows.
  return { ...batch, rows: rows.length }
}

/** Every record of some batches, in the order they came; batches that do not lie as the contract says are an error. */
export async function rowsOf(batches: Batches): Promise<Rows> {
  const rows: Row[] = []
  for await (const part of batches.parts) {
    for await (const batch of part) {
      assertLayout(batches.schema, batch)
      rows.push(...textsOf(batches.schema, batch))
    }
  }
  return { schema: batches.schema, rows }
}

/** The records of one batch. */
export function textsOf(schema: RecordsSchema, batch: Batch): Row[] {
  return Array.from({ length: batch.rows }, (_, row) => schema.fields.map(({ type }, k) => valueText(type, batch.columns[k]!, row)))
}

/** The text of the same value in another type; types that do not convert give the text as it is. */
export function retype(text: string, from: FieldType, to: FieldType): string {
  if (to.type === 'float') return floatText(from.type === 'float' && from.bits === 32 ? Math.fround(Number(text)) : Number(text), to.bits)
  if (to.type === 'decimal' && (from.type === 'decimal' || from.type === 'integer')) {
    const [whole, fraction = ''] = text.split('.')
    const kept = fraction.replace(/0+$/, '').padEnd(to.scale, '0')
    return kept === '' ? whole! : `${whole!}.${kept}`
  }
  if (to.type === 'integer' && from.type === 'decimal') return text.replace(/\.0*$/, '')
  return text
}

/** True when a type can hold the value of a canonical text exactly. */
export function holds(type: FieldType, text: string): boolean {
  switch (type.type) {
    case 'integer': {
      if (!/^-?\d+$/.test(text)) return false
      const value = BigInt(text)
      return type.signed ? BigInt.asIntN(type.bits, value) === value : BigInt.asUintN(type.bits, value) === value
    }
    case 'decimal':
      return parseDecimal(text, type) !== undefined
    case 'time':
      return parseTime(text, type.unit) !== undefined
    case 'timestamp':
      return parseTimestamp(text, type.unit) !== undefined
    case 'string':
      return Buffer.byteLength(text) <= (type.maxBytes ?? Infinity) && Array.from(text).length <= (type.maxChars ?? Infinity)
    default:
      return true
  }
}

function pushText(column: ColumnBuilder, text: string | null): void {
  if (text === null) {
    column.setNull()
    return
  }
  const { type } = column
  switch (type.type) {
    case 'boolean':
      column.setBoolean(text === 'true')
      return
    case 'integer':
      column.pushBigInt(BigInt(text))
      return
    case 'float':
      column.pushNumber(Number(text))
      return
    case 'decimal':
      column.pushBigInt(parsed(parseDecimal(text, type), type, text))
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
    case 'date':
      column.pushNumber(parsed(parseDate(text), type, text))
      return
    case 'time': {
      const time = parsed(parseTime(text, type.unit), type, text)
      if (type.zoned) column.zone[column.length] = time.zone ?? 0
      column.pushBigInt(time.units)
      return
    }
    case 'timestamp':
      column.pushBigInt(parsed(parseTimestamp(text, type.unit), type, text).units)
  }
}

function parsed<T>(value: T | undefined, type: FieldType, text: string): T {
  if (value === undefined) throw new RangeError(`${JSON.stringify(text)} is no ${typeText(type)}`)
  return value
}
