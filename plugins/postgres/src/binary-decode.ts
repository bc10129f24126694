// How the columns of COPY BINARY tuples become columns of a batch: one loop per wire form, and no string or BigInt per cell.
import type { ColumnBuilder, FieldType, TimeUnit } from '@records-mover/core/plugin'
import type { MoveError } from '@records-mover/core/plugin'
import { decodeNumeric } from './binary-numeric.js'
import type { DecodeColumn, Stretch } from './binary-stretch.js'
import { badValue } from './binary-stretch.js'
import type { Tuples } from './binary-tuples.js'
import type { Wire } from './binary-wire.js'

/** Appends rows `from` to `to`, exclusive, of one field to a column. Throws `bad-data` with row and field. */
export function decodeColumn(column: DecodeColumn, into: ColumnBuilder, tuples: Tuples, fields: number, from: number, to: number): void {
  DECODERS[column.wire]({ column, into, tuples, fields, from, to })
}

const DECODERS: { readonly [wire in Wire]: (stretch: Stretch) => void } = {
  bool: decodeBool,
  int2: (stretch) => { decodeFixed(stretch, 2, (view, at) => view.getInt16(at)) },
  int4: (stretch) => { decodeFixed(stretch, 4, (view, at) => view.getInt32(at)) },
  int8: decodeInt8,
  float4: (stretch) => { decodeFixed(stretch, 4, (view, at) => view.getFloat32(at)) },
  float8: (stretch) => { decodeFixed(stretch, 8, (view, at) => view.getFloat64(at)) },
  numeric: decodeNumeric,
  text: (stretch) => { decodeBytes(stretch, 0) },
  jsonb: (stretch) => { decodeBytes(stretch, 1) },
  bytea: (stretch) => { decodeBytes(stretch, 0) },
  uuid: decodeUuid,
  date: decodeDate,
  time: decodeTime,
  timetz: decodeTime,
  timestamp: decodeTimestamp,
}

// PostgreSQL counts days and microseconds from 2000-01-01.
export const EPOCH_DAYS = 10_957
const EPOCH_MICROS = 946_684_800_000_000
const TWO32 = 2 ** 32
export const EPOCH_HIGH: number = Math.floor(EPOCH_MICROS / TWO32)
export const EPOCH_LOW: number = EPOCH_MICROS % TWO32
const INT32_MAX = 0x7fff_ffff
const INT32_MIN = -0x8000_0000
/** Microseconds in a unit; nanoseconds do not come from PostgreSQL. */
export const MICROS: { readonly [unit in TimeUnit]: number } = { s: 1e6, ms: 1e3, us: 1, ns: Number.NaN }
export const DAY_MICROS = 86_400_000_000

function decodeBool({ column, into, tuples, fields, from, to }: Stretch): void {
  const { bytes, starts, lengths } = tuples
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    if (lengths[k] === -1) into.setNull()
    else {
      if (lengths[k] !== 1) throw wrongLength(column, tuples, r)
      into.setBoolean(bytes[starts[k]!] !== 0)
    }
  }
}

function decodeFixed({ column, into, tuples, fields, from, to }: Stretch, size: number, read: (view: DataView, at: number) => number): void {
  const { view, starts, lengths } = tuples
  const values = into.values as Int32Array
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    if (lengths[k] === -1) into.setNull()
    else {
      if (lengths[k] !== size) throw wrongLength(column, tuples, r)
      values[into.length] = read(view, starts[k]!)
      into.endValue()
    }
  }
}

function decodeInt8({ column, into, tuples, fields, from, to }: Stretch): void {
  const { view, starts, lengths } = tuples
  const { words } = into
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    if (lengths[k] === -1) into.setNull()
    else {
      if (lengths[k] !== 8) throw wrongLength(column, tuples, r)
      const i = into.length * 2
      words[i] = view.getInt32(starts[k]! + 4)
      words[i + 1] = view.getInt32(starts[k]!)
      into.endValue()
    }
  }
}

function decodeBytes({ column, into, tuples, fields, from, to }: Stretch, version: number): void {
  const { bytes, starts, lengths } = tuples
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    const length = lengths[k]!
    if (length === -1) into.setNull()
    else {
      const start = starts[k]!
      // jsonb_send: one byte of version, then the text.
      if (version > 0 && (length < 1 || bytes[start] !== version)) throw badValue(column, tuples, r, 'is in a version of jsonb that is not known here')
      into.pushBytes(bytes, start + (version > 0 ? 1 : 0), start + length)
    }
  }
}

function decodeUuid({ column, into, tuples, fields, from, to }: Stretch): void {
  const { bytes, starts, lengths } = tuples
  const out = into.bytes
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    if (lengths[k] === -1) into.setNull()
    else {
      if (lengths[k] !== 16) throw wrongLength(column, tuples, r)
      const start = starts[k]!
      for (let i = 0, at = into.length * 16; i < 16; i++) out[at + i] = bytes[start + i]!
      into.endValue()
    }
  }
}

function decodeDate({ column, into, tuples, fields, from, to }: Stretch): void {
  const { view, starts, lengths } = tuples
  const values = into.values as Int32Array
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    if (lengths[k] === -1) into.setNull()
    else {
      if (lengths[k] !== 4) throw wrongLength(column, tuples, r)
      const days = view.getInt32(starts[k]!)
      if (days === INT32_MAX || days === INT32_MIN) throw badValue(column, tuples, r, INFINITE)
      values[into.length] = days + EPOCH_DAYS
      into.endValue()
    }
  }
}

function decodeTime({ column, into, tuples, fields, from, to }: Stretch): void {
  const { view, starts, lengths } = tuples
  const { words, zone } = into
  const zoned = column.wire === 'timetz'
  const micros = MICROS[unitOf(into.type)]
  const whole = into.values as Int32Array
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    if (lengths[k] === -1) into.setNull()
    else {
      if (lengths[k] !== (zoned ? 12 : 8)) throw wrongLength(column, tuples, r)
      const start = starts[k]!
      const time = view.getInt32(start) * TWO32 + view.getUint32(start + 4)
      if (time < 0 || time > DAY_MICROS) throw badValue(column, tuples, r, 'is no time of a day')
      const i = into.length
      if (micros === 1) {
        words[i * 2] = time | 0
        words[i * 2 + 1] = Math.floor(time / TWO32)
      } else {
        if (time % micros !== 0) throw badValue(column, tuples, r, TOO_FINE)
        whole[i] = time / micros
      }
      // PostgreSQL counts seconds west of UTC.
      if (zoned) zone[i] = -view.getInt32(start + 8)
      into.endValue()
    }
  }
}

function decodeTimestamp({ column, into, tuples, fields, from, to }: Stretch): void {
  const { view, starts, lengths } = tuples
  const { words } = into
  const micros = MICROS[unitOf(into.type)]
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    if (lengths[k] === -1) into.setNull()
    else {
      if (lengths[k] !== 8) throw wrongLength(column, tuples, r)
      const start = starts[k]!
      const sum = view.getUint32(start + 4) + EPOCH_LOW
      let low = sum % TWO32
      let high = view.getInt32(start)
      if ((high === INT32_MAX && sum === 0xffff_ffff + EPOCH_LOW) || (high === INT32_MIN && sum === EPOCH_LOW)) {
        throw badValue(column, tuples, r, INFINITE)
      }
      high += EPOCH_HIGH + (sum >= TWO32 ? 1 : 0)
      if (micros === 1) {
        if (high > INT32_MAX) throw badValue(column, tuples, r, 'lies after the year 294246, which 64 bits of microseconds do not reach')
      } else {
        const quotient = Math.floor(high / micros)
        const rest = (high - quotient * micros) * TWO32 + low
        if (rest % micros !== 0) throw badValue(column, tuples, r, TOO_FINE)
        high = quotient
        low = rest / micros
      }
      const i = into.length * 2
      words[i] = low | 0
      words[i + 1] = high
      into.endValue()
    }
  }
}

const INFINITE = 'is infinity, which only PostgreSQL holds: leave such rows out with --query'
const TOO_FINE = 'has a finer fraction of a second than its type'

function unitOf(type: FieldType): TimeUnit {
  return type.type === 'time' || type.type === 'timestamp' ? type.unit : 'us'
}

function wrongLength(column: DecodeColumn, tuples: Tuples, row: number): MoveError {
  return badValue(column, tuples, row, `does not have the length of ${column.wire}: the stream was written for other types`)
}
