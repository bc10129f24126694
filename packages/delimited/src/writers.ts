// Which writer serves which type: from 32-bit words to canonical text.
import type { FieldType } from '@records-mover/core/plugin'
import { FRACTION_DIGITS, timeWords, wordsOf } from './readers.js'
import type { Spelling } from './readers.js'
import { writeDate, writeTime, writeTimestamp } from './write-moment.js'
import { writeDecimal, writeFloat, writeInteger32, writeInteger64 } from './write-number.js'

/** Writes the value in `words` at `at` to `out` from `w` and returns where it ends; never more than `LONGEST_VALUE` bytes. */
export type Write = (words: Int32Array, at: number, out: Buffer, w: number) => number

/** Room for any value of a fixed width: a decimal has 76 digits, a sign, a point and a zero before it; boolean texts are counted apart. */
export const LONGEST_VALUE = 96

const WORD = 4294967296

/** A writer of a type of fixed width. */
export function writerOf(type: FieldType, spelling: Spelling): Write {
  switch (type.type) {
    case 'boolean': {
      const { yes, no } = spelling
      return (words, at, out, w) => writeBytes(words[at] === 0 ? no : yes, out, w)
    }
    case 'integer': {
      const { signed } = type
      return type.bits === 64
        ? (words, at, out, w) => writeInteger64(words, at, signed, out, w)
        : (words, at, out, w) => writeInteger32(words[at]!, signed, out, w)
    }
    case 'decimal': {
      const { scale } = type
      const count = wordsOf(type)
      return (words, at, out, w) => writeDecimal(words, at, count, scale, out, w)
    }
    case 'float': {
      const { bits } = type
      return (words, at, out, w) => writeFloat(words, at, bits, out, w)
    }
    case 'date':
      return (words, at, out, w) => writeDate(words[at]!, out, w)
    case 'time': {
      const digits = FRACTION_DIGITS[type.unit]
      const count = timeWords(type.unit)
      const { zoned } = type
      return (words, at, out, w) => {
        const units = count === 1 ? words[at]! : words[at + 1]! * WORD + (words[at]! >>> 0)
        return writeTime(units, digits, zoned ? words[at + count] : undefined, out, w)
      }
    }
    case 'timestamp': {
      const digits = FRACTION_DIGITS[type.unit]
      const { zoned } = type
      return (words, at, out, w) => writeTimestamp(words, at, digits, zoned, out, w)
    }
    case 'uuid':
      return writeUuid
    default:
      throw new TypeError(`${type.type} has no fixed width`)
  }
}

/** Writes `\x` and lower-case hexadecimal digits: two bytes, and two for each byte. */
export function writeHex(bytes: Uint8Array, start: number, end: number, out: Uint8Array, w: number): number {
  out[w++] = 0x5c
  out[w++] = 0x78
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!
    out[w++] = HEX_DIGITS[byte >> 4]!
    out[w++] = HEX_DIGITS[byte & 15]!
  }
  return w
}

const HEX_DIGITS: Uint8Array = Buffer.from('0123456789abcdef')
const DASH = 45
const uuid = new Uint8Array(16)
const uuidWords = new Int32Array(uuid.buffer)

function writeUuid(words: Int32Array, at: number, out: Buffer, w: number): number {
  for (let k = 0; k < 4; k++) uuidWords[k] = words[at + k]!
  for (let k = 0; k < 16; k++) {
    if (k === 4 || k === 6 || k === 8 || k === 10) out[w++] = DASH
    out[w++] = HEX_DIGITS[uuid[k]! >> 4]!
    out[w++] = HEX_DIGITS[uuid[k]! & 15]!
  }
  return w
}

function writeBytes(bytes: Uint8Array, out: Uint8Array, w: number): number {
  for (const byte of bytes) out[w++] = byte
  return w
}
