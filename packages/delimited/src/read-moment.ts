// Dates, times and timestamps from bytes of text into 32-bit words, low word first.
import { EXACT, LOSSY, MALFORMED, NO_MOMENT, OUT_OF_RANGE, RESPELL } from './verdict.js'

const ZERO = 48
const SPACE = 32
const MINUS = 45
const PLUS = 43
const COLON = 58
const POINT = 46
const LETTER_T = 84
const LETTER_Z = 90
const WORD = 4294967296
const DAY_SECONDS = 86_400
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const FRACTION_SCALE = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
// Years have at most seven digits, as in core's parser; PostgreSQL's reach to 294276.
const LONGEST_YEAR = 7
// PostgreSQL keeps offsets of less than 16 hours: https://www.postgresql.org/docs/current/datatype-datetime.html
const LONGEST_OFFSET = 16 * 3600

// What the last date and the last clock said, and where their text ended: one reader at a time, nothing kept between two values.
let dateDays = 0
let dateEnd = 0
let clockSeconds = 0
let clockFraction = 0
let clockZoned = false
let clockOffset = 0
let clockEnd = 0

/** Reads `YYYY-MM-DD`, with more digits for later years and ` BC` behind, into one word: days since 1970-01-01. */
export function readDate(bytes: Uint8Array, start: number, end: number, words: Int32Array, at: number): number {
  const verdict = readDay(bytes, start, end, endsBC(bytes, start, end))
  if (verdict >= MALFORMED) return verdict
  if (dateEnd !== (endsBC(bytes, start, end) ? end - 3 : end)) return MALFORMED
  if (dateDays > 0x7fff_ffff || dateDays < -0x8000_0000) return OUT_OF_RANGE
  words[at] = dateDays
  return verdict
}

/** Reads `HH:MM:SS[.f]` with an offset when `zoned`, into `count` words and, when zoned, one more: seconds east of UTC. */
export function readTime(
  bytes: Uint8Array, start: number, end: number, digits: number, zoned: boolean, words: Int32Array, at: number, count: number,
): number {
  const verdict = readClock(bytes, start, end, digits)
  if (verdict >= MALFORMED) return verdict
  if (clockEnd !== end || clockZoned !== zoned) return MALFORMED
  const units = clockSeconds * FRACTION_SCALE[digits]! + clockFraction
  words[at] = units | 0
  if (count === 2) words[at + 1] = Math.floor(units / WORD)
  if (zoned) words[at + count] = clockOffset
  return verdict
}

/** Reads a date, a space or `T`, a time and, when `zoned`, an offset into two words: units since 1970-01-01T00:00:00, in UTC when zoned. */
export function readTimestamp(bytes: Uint8Array, start: number, end: number, digits: number, zoned: boolean, words: Int32Array, at: number): number {
  const bc = endsBC(bytes, start, end)
  const stop = bc ? end - 3 : end
  const day = readDay(bytes, start, stop, bc)
  if (day >= MALFORMED) return day
  const between = dateEnd < stop ? bytes[dateEnd]! : 0
  if (between !== SPACE && between !== LETTER_T) return MALFORMED
  const clock = readClock(bytes, dateEnd + 1, stop, digits)
  if (clock >= MALFORMED) return clock
  if (clockEnd !== stop || clockZoned !== zoned) return MALFORMED
  const seconds = dateDays * DAY_SECONDS + clockSeconds - clockOffset
  if (!storeUnits(seconds, FRACTION_SCALE[digits]!, clockFraction, words, at)) return OUT_OF_RANGE
  if (clock === LOSSY) return LOSSY
  // Canonical: a space, `+00` and nothing else when zoned, and no 24:00:00, which is the next day's 00:00:00.
  const spelled = day === EXACT && clock === EXACT && between === SPACE && clockOffset === 0 && clockSeconds < DAY_SECONDS
  return spelled ? EXACT : RESPELL
}

function endsBC(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > 3 && bytes[end - 1] === 0x43 && bytes[end - 2] === 0x42 && bytes[end - 3] === SPACE
}

/** Reads the date at `start` into `dateDays` and `dateEnd`. */
function readDay(bytes: Uint8Array, start: number, end: number, bc: boolean): number {
  let p = start
  let year = 0
  while (p < end) {
    const digit = bytes[p]! - ZERO
    if (digit < 0 || digit > 9) break
    year = year * 10 + digit
    p++
  }
  const length = p - start
  if (length < 4 || length > LONGEST_YEAR || p + 6 > end || bytes[p] !== MINUS || bytes[p + 3] !== MINUS) return MALFORMED
  const month = twoDigits(bytes, p + 1)
  const day = twoDigits(bytes, p + 4)
  if (month < 0 || day < 0) return MALFORMED
  if (year === 0 || month < 1 || month > 12 || day < 1) return NO_MOMENT
  const y = bc ? 1 - year : year
  if (day > MONTH_DAYS[month - 1]! && !(month === 2 && day === 29 && isLeap(y))) return NO_MOMENT
  // Howard Hinnant, chrono-compatible low-level date algorithms: https://howardhinnant.github.io/date_algorithms.html
  const shifted = month <= 2 ? y - 1 : y
  const era = ((shifted < 0 ? shifted - 399 : shifted) / 400) | 0
  const yearOfEra = shifted - era * 400
  const dayOfYear = ((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 | 0) + day - 1
  dateDays = era * 146_097 + yearOfEra * 365 + (yearOfEra >> 2) - (yearOfEra / 100 | 0) + dayOfYear - 719_468
  dateEnd = p + 6
  return length === 4 || bytes[start] !== ZERO ? EXACT : RESPELL
}

/** Reads the time of day at `start` into `clockSeconds`, `clockFraction` in units of 10^-digits, `clockOffset` and `clockEnd`. */
function readClock(bytes: Uint8Array, start: number, end: number, digits: number): number {
  if (start + 5 > end || bytes[start + 2] !== COLON) return MALFORMED
  const seconds = start + 8 <= end && bytes[start + 5] === COLON
  const hour = twoDigits(bytes, start)
  const minute = twoDigits(bytes, start + 3)
  const second = seconds ? twoDigits(bytes, start + 6) : 0
  if (hour < 0 || minute < 0 || second < 0) return MALFORMED
  if (minute > 59 || second > 59) return NO_MOMENT
  clockSeconds = hour * 3600 + minute * 60 + second
  clockFraction = 0
  clockZoned = false
  clockOffset = 0
  let verdict = seconds ? EXACT : RESPELL
  let p = seconds ? start + 8 : start + 5
  if (seconds && p < end && bytes[p] === POINT) {
    const first = ++p
    let last = 0
    let lost = false
    for (; p < end; p++) {
      const digit = bytes[p]! - ZERO
      if (digit < 0 || digit > 9) break
      last = digit
      if (p - first < digits) clockFraction = clockFraction * 10 + digit
      else if (digit > 0) lost = true
    }
    const length = p - first
    if (length === 0) return MALFORMED
    if (length < digits) clockFraction *= FRACTION_SCALE[digits - length]!
    if (lost) verdict = LOSSY
    else if (last === 0) verdict = RESPELL
  }
  if (clockSeconds > DAY_SECONDS || (clockSeconds === DAY_SECONDS && (clockFraction > 0 || verdict === LOSSY))) return NO_MOMENT
  clockEnd = p
  if (p >= end) return verdict
  const zone = readOffset(bytes, p, end)
  return zone >= MALFORMED ? zone : Math.max(zone, verdict)
}

/** Reads `Z`, `+HH`, `+HHMM`, `+HH:MM` or either with seconds. */
function readOffset(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start]!
  if (sign === LETTER_Z) {
    clockZoned = true
    clockEnd = start + 1
    return RESPELL
  }
  if (sign !== PLUS && sign !== MINUS) return MALFORMED
  let p = start + 1
  let verdict = EXACT
  let seconds = 0
  let last = 0
  let parts = 0
  for (let size = 3600; size >= 1 && p < end; size /= 60) {
    if (parts > 0) {
      if (bytes[p] === COLON) p++
      else verdict = RESPELL
    }
    const part = p + 2 <= end ? twoDigits(bytes, p) : -1
    if (part < 0) return MALFORMED
    if (parts > 0 && part > 59) return NO_MOMENT
    seconds += part * size
    last = part
    parts++
    p += 2
  }
  if (parts === 0) return MALFORMED
  if (seconds >= LONGEST_OFFSET) return NO_MOMENT
  if ((parts > 1 && last === 0) || (sign === MINUS && seconds === 0)) verdict = RESPELL
  clockZoned = true
  clockOffset = sign === MINUS ? -seconds : seconds
  clockEnd = p
  return verdict
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO
  const ones = bytes[at + 1]! - ZERO
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Stores seconds times `scale` plus `fraction` as 64 bits; false when they do not fit. */
function storeUnits(seconds: number, scale: number, fraction: number, words: Int32Array, at: number): boolean {
  // In two halves to the base 2^16, so that every product stays below 2^53: seconds reach 2^49, and 2^34 for nanoseconds.
  if (Math.abs(seconds) * scale > 9.3e18) return false
  const upper = Math.floor(seconds / 65_536)
  const low = (seconds - upper * 65_536) * scale + fraction
  const carry = Math.floor(low / 65_536)
  const middle = upper * scale + carry
  const high = Math.floor(middle / 65_536)
  if (high > 0x7fff_ffff || high < -0x8000_0000) return false
  words[at] = (middle - high * 65_536) * 65_536 + (low - carry * 65_536) | 0
  words[at + 1] = high
  return true
}
