// Which reader serves which conversion: from the type a field is given as to the type it is wanted as.
import type { Field, FieldType, Loss } from '@records-mover/core/plugin'
import { conversion, decimalBytes } from '@records-mover/core/plugin'
import { isExactFloat, isFloat32, readFloat } from './read-float.js'
import { readDecimal, readInteger } from './read-integer.js'
import { readDate, readTime, readTimestamp } from './read-moment.js'
import { readBoolean, readUuid } from './read-other.js'
import { LOSSY, MALFORMED, OUT_OF_RANGE, RESPELL, TOO_FINE } from './verdict.js'

/** Reads the text from `start` to `end` as a value into `words` at `at`, and says what came of it (verdict.ts). */
export type Read = (bytes: Buffer, start: number, end: number, words: Int32Array, at: number) => number

/** How booleans are spelled. */
export interface Spelling { readonly yes: Buffer, readonly no: Buffer }

/** 32-bit words that a value of a fixed width is read into, low word first; a zoned time has one more, for its offset. 0 for text and bytes. */
export function wordsOf(type: FieldType): number {
  switch (type.type) {
    case 'string':
    case 'json':
    case 'bytes':
      return 0
    case 'boolean':
    case 'date':
      return 1
    case 'uuid':
      return 4
    case 'timestamp':
      return 2
    case 'integer':
    case 'float':
      return type.bits === 64 ? 2 : 1
    case 'decimal':
      return decimalBytes(type.precision) / 4
    case 'time':
      return timeWords(type.unit) + (type.zoned ? 1 : 0)
  }
}

/** How many of the words count units, in a time. */
export function timeWords(unit: 's' | 'ms' | 'us' | 'ns'): 1 | 2 {
  return unit === 's' || unit === 'ms' ? 1 : 2
}

/** Digits behind the second, by unit. */
export const FRACTION_DIGITS: { readonly s: 0, readonly ms: 3, readonly us: 6, readonly ns: 9 } = { s: 0, ms: 3, us: 6, ns: 9 }

/** The loss that a conversion may count, by the name it is allowed under. */
export function lossOf(given: FieldType, as: FieldType): Loss | undefined {
  // Text that is read as a time is finer than the unit only by its own spelling, which the type does not show.
  if (as.type === 'time' || as.type === 'timestamp') return 'timestamp-precision'
  const how = conversion(given, as)
  return how.kind === 'checked' ? how.loss : undefined
}

/** A reader of text given as one type and wanted as another of fixed width. */
export function readerOf(given: Field, as: FieldType, spelling: Spelling): Read {
  const read = readerOfType(as, spelling)
  const from = given.type
  if (as.type === 'float' && (from.type === 'integer' || from.type === 'decimal')) return exactly(read, from, as.bits, spelling)
  if (as.type === 'float' && as.bits === 32 && from.type === 'float' && from.bits === 64) {
    return (bytes, start, end, words, at) => {
      const verdict = read(bytes, start, end, words, at)
      return verdict < MALFORMED && !isFloat32(bytes, start, end) ? TOO_FINE : verdict
    }
  }
  if (as.type === 'integer' && from.type === 'decimal') return wholly(read)
  return read
}

function readerOfType(type: FieldType, spelling: Spelling): Read {
  switch (type.type) {
    case 'boolean': {
      const { yes, no } = spelling
      return (bytes, start, end, words, at) => readBoolean(bytes, start, end, yes, no, words, at)
    }
    case 'integer': {
      const { bits, signed } = type
      return (bytes, start, end, words, at) => readInteger(bytes, start, end, bits, signed, words, at)
    }
    case 'decimal': {
      const { precision, scale } = type
      const count = wordsOf(type)
      return (bytes, start, end, words, at) => readDecimal(bytes, start, end, precision, scale, words, at, count)
    }
    case 'float': {
      const { bits } = type
      return (bytes, start, end, words, at) => readFloat(bytes, start, end, bits, words, at)
    }
    case 'date':
      return readDate
    case 'time': {
      const digits = FRACTION_DIGITS[type.unit]
      const { zoned } = type
      const count = timeWords(type.unit)
      return (bytes, start, end, words, at) => readTime(bytes, start, end, digits, zoned, words, at, count)
    }
    case 'timestamp': {
      const digits = FRACTION_DIGITS[type.unit]
      const { zoned } = type
      return (bytes, start, end, words, at) => readTimestamp(bytes, start, end, digits, zoned, words, at)
    }
    case 'uuid':
      return readUuid
    default:
      throw new TypeError(`${type.type} has no fixed width`)
  }
}

/** Reads a number as a float and says `LOSSY` when the float is not that number. */
function exactly(read: Read, from: FieldType, bits: 32 | 64, spelling: Spelling): Read {
  const readGiven = readerOfType(from, spelling)
  const given = new Int32Array(wordsOf(from))
  const loss = from.type === 'decimal' ? LOSSY : OUT_OF_RANGE
  return (bytes, start, end, words, at) => {
    const verdict = readGiven(bytes, start, end, given, 0)
    if (verdict >= MALFORMED) return verdict
    const nearest = read(bytes, start, end, words, at)
    if (nearest >= MALFORMED) return nearest
    return isExactFloat(bytes, start, end, bits, words, at) ? nearest : loss
  }
}

/** Reads a decimal whose digits behind the point are all zeros as an integer. */
function wholly(read: Read): Read {
  return (bytes, start, end, words, at) => {
    const point = bytes.subarray(start, end).indexOf(0x2e)
    if (point < 0) return read(bytes, start, end, words, at)
    for (let p = start + point + 1; p < end; p++) {
      if (bytes[p] === 0x30) continue
      return bytes[p]! > 0x30 && bytes[p]! <= 0x39 ? TOO_FINE : MALFORMED
    }
    return Math.max(RESPELL, read(bytes, start, start + point, words, at))
  }
}
