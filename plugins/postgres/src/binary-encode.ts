// How columns of a batch become COPY BINARY tuples: their lengths first, then each column written into its place, loop by loop.
import type { Batch, Column, ColumnValues, DecimalType, Field, FieldType } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { DAY_MICROS, EPOCH_DAYS, EPOCH_HIGH, EPOCH_LOW, MICROS } from './binary-decode.js'
import { encodeNumerics } from './binary-numeric-encode.js'
import type { Wire } from './binary-wire.js'

export interface EncodeColumn {
  readonly field: Field
  readonly wire: Wire
}

// Large enough that a stretch costs one write to a socket, small enough to stay in the cache of a core.
const STRETCH_BYTES = 256 * 1024

/** The tuples of a batch in stretches of about 256 KiB. `before` is the number of rows already written, for messages. */
export function* encodeBatch(batch: Batch, columns: readonly EncodeColumn[], before: number): Generator<Uint8Array> {
  const { rows } = batch
  const prepared = columns.map((column, c) => prepare(column, batch.columns[c]!, rows, before))
  // What every row takes: the number of fields, and a length for each.
  const sizes = new Int32Array(rows).fill(2 + columns.length * 4)
  for (const column of prepared) addSizes(column, sizes)
  const places = new Int32Array(rows)
  for (let from = 0; from < rows;) {
    let to = from
    let size = 0
    while (to < rows && (size === 0 || size + sizes[to]! <= STRETCH_BYTES)) size += sizes[to++]!
    const out = Buffer.allocUnsafe(size)
    const view = new DataView(out.buffer, out.byteOffset, size)
    for (let r = from, at = 0; r < to; at += sizes[r++]!) {
      view.setInt16(at, columns.length)
      places[r] = at + 2
    }
    for (const column of prepared) WRITERS[column.wire]({ column, out, view, places, from, to })
    yield out
    from = to
  }
}

/** A column with its text or numerics as bytes and offsets. */
interface Prepared {
  readonly field: Field
  readonly wire: Wire
  readonly values: ColumnValues
  readonly words: Int32Array
  readonly validity: Uint8Array | undefined
  readonly zone: Int32Array | undefined
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
  readonly before: number
}

interface Stretch {
  readonly column: Prepared
  readonly out: Uint8Array
  readonly view: DataView
  /** Where the next field of each row goes. */
  readonly places: Int32Array
  readonly from: number
  readonly to: number
}

// Bytes of a value; 0 where `offsets` tell.
const WIDTH: { readonly [wire in Wire]: number } = {
  bool: 1, int2: 2, int4: 4, int8: 8, float4: 4, float8: 8, numeric: 0, text: 0, jsonb: 0, uuid: 16, bytea: 0,
  date: 4, time: 8, timetz: 12, timestamp: 8,
}
const JSONB_VERSION = 1
const SHORT_BYTES = 48
const NONE = new Int32Array(0)

function prepare({ field, wire }: EncodeColumn, column: Column, rows: number, before: number): Prepared {
  const { values } = column
  const common = { field, wire, values, validity: column.validity, zone: column.zone, before }
  if (wire === 'numeric') return { ...common, ...encodeNumerics(field.type as DecimalType, column, rows), words: NONE }
  const words = values.BYTES_PER_ELEMENT === 8 ? new Int32Array(values.buffer, values.byteOffset, values.length * 2) : NONE
  return { ...common, words, bytes: values as Uint8Array, offsets: column.offsets ?? NONE }
}

function addSizes({ wire, validity, offsets }: Prepared, sizes: Int32Array): void {
  const width = WIDTH[wire]
  const version = wire === 'jsonb' ? 1 : 0
  for (let r = 0; r < sizes.length; r++) {
    if (validity !== undefined && ((validity[r >> 3]! >> (r & 7)) & 1) === 0) continue
    sizes[r]! += width > 0 ? width : offsets[r + 1]! - offsets[r]! + version
  }
}

const WRITERS: { readonly [wire in Wire]: (stretch: Stretch) => void } = {
  bool: (stretch) => { writeFixed(stretch, 1, (values, r, view, at) => { view.setUint8(at, ((values as Uint8Array)[r >> 3]! >> (r & 7)) & 1) }) },
  int2: (stretch) => { writeFixed(stretch, 2, (values, r, view, at) => { view.setInt16(at, (values as Int16Array)[r]!) }) },
  int4: (stretch) => { writeFixed(stretch, 4, (values, r, view, at) => { view.setInt32(at, (values as Int32Array)[r]!) }) },
  int8: writeInt8,
  float4: (stretch) => { writeFixed(stretch, 4, (values, r, view, at) => { view.setFloat32(at, (values as Float32Array)[r]!) }) },
  float8: (stretch) => { writeFixed(stretch, 8, (values, r, view, at) => { view.setFloat64(at, (values as Float64Array)[r]!) }) },
  numeric: writeBytes,
  text: writeBytes,
  jsonb: writeBytes,
  bytea: writeBytes,
  uuid: writeUuid,
  date: writeDate,
  time: writeTime,
  timetz: writeTime,
  timestamp: writeTimestamp,
}

function writeFixed({ column, view, places, from, to }: Stretch, width: number, write: (values: ColumnValues, row: number, view: DataView, at: number) => void): void {
  const { values, validity } = column
  for (let r = from; r < to; r++) {
    const at = places[r]!
    if (isNull(validity, r)) places[r] = writeNull(view, at)
    else {
      view.setInt32(at, width)
      write(values, r, view, at + 4)
      places[r] = at + 4 + width
    }
  }
}

function writeInt8({ column, view, places, from, to }: Stretch): void {
  const { words, validity } = column
  for (let r = from; r < to; r++) {
    const at = places[r]!
    if (isNull(validity, r)) places[r] = writeNull(view, at)
    else {
      view.setInt32(at, 8)
      view.setInt32(at + 4, words[r * 2 + 1]!)
      view.setInt32(at + 8, words[r * 2]!)
      places[r] = at + 12
    }
  }
}

function writeBytes({ column, out, view, places, from, to }: Stretch): void {
  const { bytes, offsets, validity } = column
  const jsonb = column.wire === 'jsonb'
  for (let r = from; r < to; r++) {
    let at = places[r]!
    if (isNull(validity, r)) {
      places[r] = writeNull(view, at)
      continue
    }
    const start = offsets[r]!
    const end = offsets[r + 1]!
    view.setInt32(at, end - start + (jsonb ? 1 : 0))
    at += 4
    if (jsonb) out[at++] = JSONB_VERSION
    // For short text a loop costs less than a view and a call into `set`.
    if (end - start < SHORT_BYTES) for (let i = start; i < end; i++) out[at++] = bytes[i]!
    else {
      out.set(bytes.subarray(start, end), at)
      at += end - start
    }
    places[r] = at
  }
}

function writeUuid({ column, out, view, places, from, to }: Stretch): void {
  const { bytes, validity } = column
  for (let r = from; r < to; r++) {
    const at = places[r]!
    if (isNull(validity, r)) places[r] = writeNull(view, at)
    else {
      view.setInt32(at, 16)
      for (let i = 0; i < 16; i++) out[at + 4 + i] = bytes[r * 16 + i]!
      places[r] = at + 20
    }
  }
}

// https://www.postgresql.org/docs/current/datatype-datetime.html: 4713 BC to the year 5874897, in days from 2000-01-01.
const FIRST_DAY = -2_451_545
const LAST_DAY = 2_145_031_948

function writeDate({ column, view, places, from, to }: Stretch): void {
  const { validity } = column
  const days = column.values as Int32Array
  for (let r = from; r < to; r++) {
    const at = places[r]!
    if (isNull(validity, r)) places[r] = writeNull(view, at)
    else {
      const day = days[r]! - EPOCH_DAYS
      if (day < FIRST_DAY || day > LAST_DAY) throw outOfRange(column, r)
      view.setInt32(at, 4)
      view.setInt32(at + 4, day)
      places[r] = at + 8
    }
  }
}

const TWO32 = 2 ** 32

function writeTime({ column, view, places, from, to }: Stretch): void {
  const { validity, words, zone } = column
  const zoned = column.wire === 'timetz'
  const micros = microsOf(column.field.type)
  const whole = column.values as Int32Array
  for (let r = from; r < to; r++) {
    const at = places[r]!
    if (isNull(validity, r)) places[r] = writeNull(view, at)
    else {
      const time = micros === 1 ? words[r * 2 + 1]! * TWO32 + (words[r * 2]! >>> 0) : whole[r]! * micros
      if (time < 0 || time > DAY_MICROS) throw outOfRange(column, r)
      view.setInt32(at, zoned ? 12 : 8)
      view.setInt32(at + 4, Math.floor(time / TWO32))
      view.setUint32(at + 8, time % TWO32)
      // PostgreSQL counts seconds west of UTC.
      if (zoned) view.setInt32(at + 12, -zone![r]!)
      places[r] = at + (zoned ? 16 : 12)
    }
  }
}

// timestamp.h: from 4713-11-24 BC to the year 294277, exclusive, in microseconds from 2000-01-01. Both are exact as doubles.
const FIRST_MICRO = -211_813_488_000_000_000
const END_MICRO = 9_223_371_331_200_000_000
const FIRST_HIGH = Math.floor(FIRST_MICRO / TWO32)
const FIRST_LOW = FIRST_MICRO - FIRST_HIGH * TWO32
const END_HIGH = Math.floor(END_MICRO / TWO32)
const END_LOW = END_MICRO - END_HIGH * TWO32

function writeTimestamp({ column, view, places, from, to }: Stretch): void {
  const { validity, words } = column
  const micros = microsOf(column.field.type)
  for (let r = from; r < to; r++) {
    const at = places[r]!
    if (isNull(validity, r)) {
      places[r] = writeNull(view, at)
      continue
    }
    let low = words[r * 2]! >>> 0
    let high = words[r * 2 + 1]!
    if (micros !== 1) {
      const product = low * micros
      low = product % TWO32
      high = high * micros + Math.floor(product / TWO32)
    }
    low -= EPOCH_LOW
    high -= EPOCH_HIGH
    if (low < 0) {
      low += TWO32
      high -= 1
    }
    if (high > END_HIGH || (high === END_HIGH && low >= END_LOW) || high < FIRST_HIGH || (high === FIRST_HIGH && low < FIRST_LOW)) throw outOfRange(column, r)
    view.setInt32(at, 8)
    view.setInt32(at + 4, high)
    view.setUint32(at + 8, low)
    places[r] = at + 12
  }
}

function microsOf(type: FieldType): number {
  return type.type === 'time' || type.type === 'timestamp' ? MICROS[type.unit] : 1
}

function isNull(validity: Uint8Array | undefined, row: number): boolean {
  return validity !== undefined && ((validity[row >> 3]! >> (row & 7)) & 1) === 0
}

function writeNull(view: DataView, at: number): number {
  view.setInt32(at, -1)
  return at + 4
}

function outOfRange({ field, before }: Prepared, row: number): MoveError {
  const number = String(before + row + 1)
  return new MoveError('bad-data', `row ${number}, field "${field.name}": the value lies outside the range of PostgreSQL's ${field.type.type}`, {
    context: { row: number, field: field.name },
  })
}
