// Dates, times and timestamps from 32-bit words into their canonical text.
import { writeFixed, writeWhole } from './write-number.js'

const MINUS = 45
const PLUS = 43
const COLON = 58
const POINT = 46
const SPACE = 32
const ZERO = 48
const WORD = 4294967296
const DAY_SECONDS = 86_400
const UNITS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

/** Writes days since 1970-01-01 as `YYYY-MM-DD`, with ` BC` behind for years before 1. */
export function writeDate(days: number, out: Uint8Array, w: number): number {
  const era = writeDay(days, out, w)
  return beforeChrist ? writeBC(out, era) : era
}

/** Writes units of 10^-digits since midnight, and an offset in seconds when there is one. */
export function writeTime(units: number, digits: number, offset: number | undefined, out: Uint8Array, w: number): number {
  const scale = UNITS[digits]!
  const seconds = Math.floor(units / scale)
  const end = writeClock(seconds, units - seconds * scale, digits, out, w)
  return offset === undefined ? end : writeOffset(offset, out, end)
}

/** Writes units of 10^-digits since 1970-01-01T00:00:00, in UTC with `+00` behind when zoned. */
export function writeTimestamp(words: Int32Array, at: number, digits: number, zoned: boolean, out: Uint8Array, w: number): number {
  const scale = UNITS[digits]!
  const high = words[at + 1]!
  const low = words[at]! >>> 0
  let seconds: number
  let fraction: number
  if (high < 0x20_0000 && high >= -0x20_0000) {
    const units = high * WORD + low
    seconds = Math.floor(units / scale)
    fraction = units - seconds * scale
  } else {
    // In steps to the base 2^16, so that the remainder times 2^16 stays exact.
    let quotient = Math.floor(high / scale)
    let remainder = high - quotient * scale
    for (const half of [Math.floor(low / 65_536), low % 65_536]) {
      const part = remainder * 65_536 + half
      const digit = Math.floor(part / scale)
      quotient = quotient * 65_536 + digit
      remainder = part - digit * scale
    }
    seconds = quotient
    fraction = remainder
  }
  const days = Math.floor(seconds / DAY_SECONDS)
  let p = writeDay(days, out, w)
  const bc = beforeChrist
  out[p++] = SPACE
  p = writeClock(seconds - days * DAY_SECONDS, fraction, digits, out, p)
  if (zoned) {
    out[p++] = PLUS
    out[p++] = ZERO
    out[p++] = ZERO
  }
  return bc ? writeBC(out, p) : p
}

// Of the day written last.
let beforeChrist = false

function writeDay(days: number, out: Uint8Array, w: number): number {
  // Howard Hinnant, chrono-compatible low-level date algorithms: https://howardhinnant.github.io/date_algorithms.html
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = (shifted - era * 146_097) | 0
  const yearOfEra = (dayOfEra - (dayOfEra / 1460 | 0) + (dayOfEra / 36_524 | 0) - (dayOfEra / 146_096 | 0)) / 365 | 0
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - (yearOfEra / 100 | 0))
  const fromMarch = (5 * dayOfYear + 2) / 153 | 0
  const day = dayOfYear - ((153 * fromMarch + 2) / 5 | 0) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  beforeChrist = year <= 0
  if (year <= 0) year = 1 - year
  let p = year > 9999 ? writeWhole(year, out, w) : writeFixed(year, 4, out, w)
  out[p++] = MINUS
  p = writeTwo(month, out, p)
  out[p++] = MINUS
  return writeTwo(day, out, p)
}

function writeClock(seconds: number, fraction: number, digits: number, out: Uint8Array, w: number): number {
  const hours = seconds / 3600 | 0
  const minutes = (seconds / 60 | 0) % 60
  let p = writeTwo(hours, out, w)
  out[p++] = COLON
  p = writeTwo(minutes, out, p)
  out[p++] = COLON
  p = writeTwo(seconds % 60, out, p)
  if (fraction === 0) return p
  out[p++] = POINT
  p = writeFixed(fraction, digits, out, p)
  while (out[p - 1] === ZERO) p--
  return p
}

function writeOffset(offset: number, out: Uint8Array, w: number): number {
  const size = Math.abs(offset)
  let p = w
  out[p++] = offset < 0 ? MINUS : PLUS
  p = writeTwo(size / 3600 | 0, out, p)
  if (size % 3600 === 0) return p
  out[p++] = COLON
  p = writeTwo((size / 60 | 0) % 60, out, p)
  if (size % 60 === 0) return p
  out[p++] = COLON
  return writeTwo(size % 60, out, p)
}

function writeBC(out: Uint8Array, w: number): number {
  out[w] = SPACE
  out[w + 1] = 0x42
  out[w + 2] = 0x43
  return w + 3
}

function writeTwo(value: number, out: Uint8Array, w: number): number {
  const tens = value / 10 | 0
  out[w] = ZERO + tens
  out[w + 1] = ZERO + value - tens * 10
  return w + 2
}
