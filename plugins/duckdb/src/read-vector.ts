// A chunk of DuckDB as a batch: validity and fixed-width values copied whole, the rest turned in tight loops.
import type { Batch, Column, ColumnValues, FieldType } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import duckdb from '@duckdb/node-bindings'
import { boundsOf, firstOutside } from './bounds.js'
import { readText } from './read-text.js'
import type { Home } from './types.js'

/** One column to read: its name for messages, and its home. */
export interface ColumnToRead {
  readonly name: string
  readonly home: Home
}

/**
 * The rows of a chunk as a batch of memory of its own. `firstRow` is the number of the chunk's first row, from 1 on.
 *
 * @throws MoveError `bad-data` for an infinite date or timestamp, which field types have no value for.
 */
export function readChunk(chunk: duckdb.DataChunk, columns: readonly ColumnToRead[], firstRow: number): Batch {
  const rows = duckdb.data_chunk_get_size(chunk)
  const read = columns.map((column, k) => readColumn(duckdb.data_chunk_get_vector(chunk, k), column, rows, firstRow))
  // Vectors do not keep their chunk alive, so it must be used after the last of them.
  return { rows: duckdb.data_chunk_get_size(chunk), columns: read }
}

function readColumn(vector: duckdb.Vector, { name, home }: ColumnToRead, rows: number, firstRow: number): Column {
  const validity = readValidity(vector, rows)
  const nullable = validity === undefined ? {} : { validity }
  if (home.layout === 'text') return { ...readText(vector, rows, validity), ...nullable }
  const bytes = duckdb.vector_get_data(vector, rows * home.bytes)
  if (home.layout === 'timetz') return { ...readZonedTimes(bytes, rows), ...nullable }
  const column = { values: READERS[home.layout](bytes, rows, home.type), ...nullable }
  refuseInfinity(column, name, home.type, rows, firstRow)
  return column
}

/** Validity bits lie as ours do: one a row, lowest first. Undefined when no row is null. */
function readValidity(vector: duckdb.Vector, rows: number): Uint8Array | undefined {
  const mask = duckdb.vector_get_validity(vector, (rows + 63 >> 6) * 8) as Uint8Array | null
  if (mask === null) return undefined
  const bytes = rows + 7 >> 3
  let all = 0xff
  for (let i = 0; i < rows >> 3; i++) all &= mask[i]!
  const rest = (1 << (rows & 7)) - 1
  if (all === 0xff && (rest === 0 || (mask[bytes - 1]! & rest) === rest)) return undefined
  return Uint8Array.from(mask.subarray(0, bytes))
}

const READERS: { readonly [layout in Exclude<Home['layout'], 'text' | 'timetz'>]: (bytes: Uint8Array, rows: number, type: FieldType) => ColumnValues } = {
  copy: (bytes, _, type) => arrayOf(type, copyOf(bytes)),
  bits: packBits,
  decimal: (bytes, rows) => bytes.length === rows * 16 ? copyOf(bytes) : widenDecimals(bytes, rows),
  hugeint: (bytes, rows) => widenHuge(bytes, rows, true),
  uhugeint: (bytes, rows) => widenHuge(bytes, rows, false),
  uuid: readUuids,
}

function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}

function arrayOf(type: FieldType, { buffer }: Uint8Array<ArrayBuffer>): ColumnValues {
  switch (type.type) {
    case 'integer':
      return new INTEGERS[`${type.signed ? '' : 'U'}${type.bits}` as keyof typeof INTEGERS](buffer)
    case 'float':
      return type.bits === 32 ? new Float32Array(buffer) : new Float64Array(buffer)
    case 'date':
      return new Int32Array(buffer)
    default:
      return new BigInt64Array(buffer)
  }
}

const INTEGERS = {
  8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array, U8: Uint8Array, U16: Uint16Array, U32: Uint32Array, U64: BigUint64Array,
}

function packBits(bytes: Uint8Array, rows: number): Uint8Array {
  const bits = new Uint8Array(rows + 7 >> 3)
  // A null row's byte may hold anything.
  for (let row = 0; row < rows; row++) bits[row >> 3]! |= (bytes[row]! & 1) << (row & 7)
  return bits
}

/** Decimals of 16, 32 and 64 bits become 64 bits. */
function widenDecimals(bytes: Uint8Array, rows: number): BigInt64Array {
  const width = bytes.length / rows
  if (width === 8) return new BigInt64Array(copyOf(bytes).buffer)
  const numbers = width === 2 ? new Int16Array(bytes.buffer, bytes.byteOffset, rows) : new Int32Array(bytes.buffer, bytes.byteOffset, rows)
  const wide = new BigInt64Array(rows)
  const words = new Int32Array(wide.buffer)
  for (let row = 0; row < rows; row++) {
    const number = numbers[row]!
    words[row * 2] = number
    words[row * 2 + 1] = number >> 31
  }
  return wide
}

/** Integers of 128 bits become decimals of 256. */
function widenHuge(bytes: Uint8Array, rows: number, signed: boolean): Uint8Array {
  const numbers = new Int32Array(bytes.buffer, bytes.byteOffset, rows * 4)
  const wide = new Int32Array(rows * 8)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < 4; k++) wide[row * 8 + k] = numbers[row * 4 + k]!
    wide.fill(signed ? numbers[row * 4 + 3]! >> 31 : 0, row * 8 + 4, row * 8 + 8)
  }
  return new Uint8Array(wide.buffer)
}

/** DuckDB keeps a UUID as a signed 128-bit integer with its highest bit turned, so that it sorts as its text does. */
function readUuids(bytes: Uint8Array, rows: number): Uint8Array {
  const uuids = new Uint8Array(rows * 16)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < 16; k++) uuids[row * 16 + k] = bytes[row * 16 + 15 - k]!
    uuids[row * 16]! ^= 0x80
  }
  return uuids
}

/** 40 bits of microseconds above 24 bits of offset, which counts west from 15:59:59 east. */
function readZonedTimes(bytes: Uint8Array, rows: number): { values: BigInt64Array, zone: Int32Array } {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, rows * 2)
  const values = new BigInt64Array(rows)
  const halves = new Uint32Array(values.buffer)
  const zone = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const [low, high] = [words[row * 2]!, words[row * 2 + 1]!]
    halves[row * 2] = (high << 8 | low >>> 24) >>> 0
    halves[row * 2 + 1] = high >>> 24
    zone[row] = MOST_OFFSET - (low & 0xff_ffff)
  }
  return { values, zone }
}

/** 15:59:59, the furthest from UTC that a TIMETZ goes. */
export const MOST_OFFSET = 57_599

function refuseInfinity({ values, validity }: Column, name: string, type: FieldType, rows: number, firstRow: number): void {
  const bounds = type.type === 'date' || type.type === 'timestamp' ? boundsOf(type) : undefined
  if (bounds === undefined) return
  const wide = type.type === 'timestamp'
  const numbers = new Int32Array(values.buffer, values.byteOffset, wide ? rows * 2 : rows)
  const row = firstOutside(numbers, wide, 0, rows, bounds, (at) => validity !== undefined && (validity[at >> 3]! >> (at & 7) & 1) === 0)
  if (row < 0) return
  throw new MoveError('bad-data', `row ${firstRow + row} has an infinite ${type.type} in "${name}": leave it out or cast it to varchar with a query`, {
    context: { row: String(firstRow + row), field: name },
  })
}
