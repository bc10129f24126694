// Batches into DuckDB's vectors: a window of rows becomes one list a column, written with a few calls into the driver.
import type { Batch, Column } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import duckdb from '@duckdb/node-bindings'
import { boundsOf, firstOutside } from './bounds.js'
import { MOST_OFFSET } from './read-vector.js'
import type { Home } from './types.js'
import { writeText } from './write-text.js'

/** One column to write: its name for messages, the type its vector has, and whether it takes nulls. */
export interface ColumnToWrite {
  readonly name: string
  readonly home: Home
  readonly nullable: boolean
}

/** Some batches to be written together. */
export interface Window {
  readonly batches: readonly Batch[]
  readonly rows: number
  /** Number of the first row, from 1 on, for messages. */
  readonly firstRow: number
}

/** The part of a window's column that one batch holds: its rows go to `at` and after. */
export interface Piece {
  readonly column: Column
  readonly rows: number
  readonly at: number
  /** Says where a value is wrong. */
  readonly refuse: (row: number, why: string) => MoveError
  readonly isNull: (row: number) => boolean
}

/**
 * Writes a window into a chunk of one row whose columns are lists of the columns' types, all of the window's length.
 *
 * @throws MoveError `bad-data` with row and field for a value outside DuckDB's range and for a null in a column that takes none.
 */
export function writeWindow(chunk: duckdb.DataChunk, window: Window, columns: readonly ColumnToWrite[]): void {
  duckdb.data_chunk_set_size(chunk, 1)
  const entry = new BigUint64Array([0n, BigInt(window.rows)])
  columns.forEach((column, k) => {
    const list = duckdb.data_chunk_get_vector(chunk, k)
    duckdb.copy_data_to_vector(list, 0, entry.buffer, 0, entry.byteLength)
    duckdb.list_vector_reserve(list, window.rows)
    duckdb.list_vector_set_size(list, window.rows)
    const pieces = piecesOf(window, k, column.name)
    const vector = duckdb.list_vector_get_child(list)
    WRITERS[column.home.layout](vector, pieces, window.rows, column)
    writeValidity(vector, pieces, window.rows, column)
  })
}

function piecesOf({ batches, firstRow }: Window, k: number, name: string): Piece[] {
  let at = 0
  return batches.map((batch) => {
    const column = batch.columns[k]!
    const { validity } = column
    const first = firstRow + at
    at += batch.rows
    return {
      column,
      rows: batch.rows,
      at: first - firstRow,
      refuse: (row, why) => new MoveError('bad-data', `row ${first + row}, field "${name}": ${why}`, { context: { row: String(first + row), field: name } }),
      isNull: validity === undefined ? () => false : (row) => (validity[row >> 3]! >> (row & 7) & 1) === 0,
    }
  })
}

type Writer = (vector: duckdb.Vector, pieces: readonly Piece[], rows: number, column: ColumnToWrite) => void

const WRITERS: { readonly [layout in Home['layout']]: Writer } = {
  copy: (vector, pieces, rows, column) => {
    copyValues(vector, pieces, rows, column)
  },
  bits: (vector, pieces, rows) => {
    const bytes = new Uint8Array(rows)
    for (const { column, rows: count, at } of pieces) {
      const bits = bytesOf(column, count + 7 >> 3)
      for (let row = 0; row < count; row++) bytes[at + row] = bits[row >> 3]! >> (row & 7) & 1
    }
    copyAll(vector, bytes)
  },
  decimal: (vector, pieces, rows, column) => {
    if (column.home.bytes >= 8) copyValues(vector, pieces, rows, column)
    else narrowDecimals(vector, pieces, rows, column)
  },
  hugeint: (vector, pieces, rows) => {
    narrowHuge(vector, pieces, rows, true)
  },
  uhugeint: (vector, pieces, rows) => {
    narrowHuge(vector, pieces, rows, false)
  },
  uuid: writeUuids,
  timetz: writeZonedTimes,
  text: (vector, pieces, rows, { home }) => {
    writeText(vector, pieces, rows, home.type.type !== 'bytes')
  },
}

/** Values that lie in DuckDB's vectors as in ours. */
function copyValues(vector: duckdb.Vector, pieces: readonly Piece[], rows: number, { home }: ColumnToWrite): void {
  const bounds = boundsOf(home.type)
  for (const piece of pieces) {
    const bytes = bytesOf(piece.column, piece.rows * home.bytes)
    if (bounds !== undefined) {
      const numbers = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
      const row = firstOutside(numbers, home.bytes === 8, 0, piece.rows, bounds, piece.isNull)
      if (row >= 0) throw piece.refuse(row, `DuckDB has no such ${home.type.type}: it is outside its range`)
    }
    checkRoom(piece, rows)
    duckdb.copy_data_to_vector(vector, piece.at * home.bytes, bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}

/** Decimals of up to 9 digits, which we keep in 64 bits and DuckDB in 16 or 32. */
function narrowDecimals(vector: duckdb.Vector, pieces: readonly Piece[], rows: number, { home }: ColumnToWrite): void {
  const numbers = home.bytes === 2 ? new Int16Array(rows) : new Int32Array(rows)
  const most = 10 ** (home.type.type === 'decimal' ? home.type.precision : 0)
  for (const piece of pieces) {
    const bytes = bytesOf(piece.column, piece.rows * 8)
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, piece.rows * 2)
    for (let row = 0; row < piece.rows; row++) {
      const number = words[row * 2]!
      if ((words[row * 2 + 1] !== number >> 31 || number >= most || number <= -most) && !piece.isNull(row)) {
        throw piece.refuse(row, `the number has too many digits for ${home.sql}`)
      }
      numbers[piece.at + row] = number
    }
  }
  copyAll(vector, new Uint8Array(numbers.buffer))
}

/** Decimals of 39 digits, which we keep in 256 bits and DuckDB's integers in 128. */
function narrowHuge(vector: duckdb.Vector, pieces: readonly Piece[], rows: number, signed: boolean): void {
  const numbers = new Int32Array(rows * 4)
  for (const piece of pieces) {
    const bytes = bytesOf(piece.column, piece.rows * 32)
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, piece.rows * 8)
    for (let row = 0; row < piece.rows; row++) {
      const above = signed ? words[row * 8 + 3]! >> 31 : 0
      for (let k = 4; k < 8; k++) {
        if (words[row * 8 + k] !== above && !piece.isNull(row)) throw piece.refuse(row, `the number is outside the range of ${signed ? 'HUGEINT' : 'UHUGEINT'}`)
      }
      for (let k = 0; k < 4; k++) numbers[(piece.at + row) * 4 + k] = words[row * 8 + k]!
    }
  }
  copyAll(vector, new Uint8Array(numbers.buffer))
}

function writeUuids(vector: duckdb.Vector, pieces: readonly Piece[], rows: number): void {
  const numbers = new Uint8Array(rows * 16)
  for (const { column, rows: count, at } of pieces) {
    const bytes = bytesOf(column, count * 16)
    for (let row = 0; row < count; row++) {
      const to = (at + row) * 16
      for (let k = 0; k < 16; k++) numbers[to + 15 - k] = bytes[row * 16 + k]!
      numbers[to + 15]! ^= 0x80
    }
  }
  copyAll(vector, numbers)
}

function writeZonedTimes(vector: duckdb.Vector, pieces: readonly Piece[], rows: number, { home }: ColumnToWrite): void {
  const bounds = boundsOf(home.type)!
  const words = new Uint32Array(rows * 2)
  for (const piece of pieces) {
    const bytes = bytesOf(piece.column, piece.rows * 8)
    const halves = new Int32Array(bytes.buffer, bytes.byteOffset, piece.rows * 2)
    const outside = firstOutside(halves, true, 0, piece.rows, bounds, piece.isNull)
    if (outside >= 0) throw piece.refuse(outside, 'DuckDB has no such time: it is outside its range')
    const { zone } = piece.column
    for (let row = 0; row < piece.rows; row++) {
      const east = zone?.[row] ?? 0
      if ((east > MOST_OFFSET || east < -MOST_OFFSET) && !piece.isNull(row)) throw piece.refuse(row, 'DuckDB has no such offset from UTC: it goes to 15:59:59')
      const to = (piece.at + row) * 2
      const low = halves[row * 2]!
      words[to] = (low << 24 | (MOST_OFFSET - east) & 0xff_ffff) >>> 0
      words[to + 1] = (halves[row * 2 + 1]! << 24 | low >>> 8) >>> 0
    }
  }
  copyAll(vector, new Uint8Array(words.buffer))
}

function writeValidity(vector: duckdb.Vector, pieces: readonly Piece[], rows: number, { nullable }: ColumnToWrite): void {
  if (pieces.every(({ column }) => column.validity === undefined)) return
  const mask = new Uint8Array((rows + 63 >> 6) * 8).fill(0xff)
  for (const piece of pieces) {
    const { column: { validity }, rows: count, at } = piece
    if (validity === undefined) continue
    if (!nullable) {
      for (let row = 0; row < count; row++) if (piece.isNull(row)) throw piece.refuse(row, 'it is null, and the column takes no nulls')
    }
    if ((at & 7) === 0) {
      mask.set(validity.subarray(0, count >> 3), at >> 3)
      for (let row = count & ~7; row < count; row++) if (piece.isNull(row)) mask[at + row >> 3]! &= ~(1 << (at + row & 7))
    } else {
      for (let row = 0; row < count; row++) if (piece.isNull(row)) mask[at + row >> 3]! &= ~(1 << (at + row & 7))
    }
  }
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.copy_data_to_vector_validity(vector, 0, mask.buffer, 0, mask.byteLength)
}

/** The first bytes of a column's values. The driver copies without looking, so every length is checked here. */
function bytesOf({ values }: Column, byteLength: number): Uint8Array<ArrayBuffer> {
  if (values.byteLength < byteLength) throw new RangeError(`a column has ${values.byteLength} bytes of values, want ${byteLength}`)
  if (values.buffer instanceof ArrayBuffer) return new Uint8Array(values.buffer, values.byteOffset, byteLength)
  return new Uint8Array(values.buffer, values.byteOffset, byteLength).slice()
}

function checkRoom({ at, rows: count }: Piece, rows: number): void {
  if (at + count > rows) throw new RangeError(`a window of ${rows} rows has no room for ${count} at ${at}`)
}

function copyAll(vector: duckdb.Vector, bytes: Uint8Array<ArrayBuffer>): void {
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
