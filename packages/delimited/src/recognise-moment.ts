// Which bytes spell a date, a time of day or a timestamp that exists, and how fine it is.
import { parseDate, parseTimestamp } from '@records-mover/core/plugin'

/** What `timeAt` and `timestampAt` answer for bytes that spell no such thing. */
export const NOT_A_MOMENT = -1

const ZONED = 1 << 8
const FAR = 1 << 9

/** How a recognised moment is written: digits of the fraction as written, the last of them that is not zero, and more. */
export interface Fineness {
  /** Digits after the seconds' point: 0 to 9. */
  readonly written: number
  /** The same without the zeros at the end. */
  readonly significant: number
  readonly zoned: boolean
  /** True when 64 bits of nanoseconds may not reach it: before 1678 or after 2261. */
  readonly far: boolean
}

/** The answer of `timeAt` or `timestampAt` in words. */
export function fineness(packed: number): Fineness {
  return { written: packed & 15, significant: (packed >> 4) & 15, zoned: (packed & ZONED) !== 0, far: (packed & FAR) !== 0 }
}

/** True for `YYYY-MM-DD` of the calendar, and for the canonical text of years past 9999 and before our era (`0044-03-15 BC`). */
export function dateAt(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 10) return commonDate(bytes, start)
  if (end - start < 11 || end - start > 16 || !digit(bytes[start]!)) return false
  const text = asciiText(bytes, start, end)
  return !/^0\d{4}/.test(text) && parseDate(text) !== undefined
}

/**
 * Recognises `HH:MM:SS` with up to nine digits of fraction and, where `zone` allows it, an offset (`Z`, `+05`, `+05:30`, `+0530`).
 *
 * 24:00:00 is a time; a 60th second is not, since no column holds it. Answers what `fineness` reads, or `NOT_A_MOMENT`.
 */
export function timeAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8 || bytes[start + 2] !== 58 || bytes[start + 5] !== 58) return NOT_A_MOMENT
  const hour = twoDigits(bytes, start)
  const minute = twoDigits(bytes, start + 3)
  const second = twoDigits(bytes, start + 6)
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59) return NOT_A_MOMENT
  if (end - start === 8) return hour === 24 && (minute | second) !== 0 ? NOT_A_MOMENT : 0
  const packed = fractionAndZone(bytes, start + 8, end)
  if (hour === 24 && ((minute | second) !== 0 || packed < 0 || ((packed >> 4) & 15) !== 0)) return NOT_A_MOMENT
  return packed
}

/**
 * Recognises a date and a time of day with a blank or `T` between them: `2024-02-29 12:34:56.789+01`.
 *
 * Answers what `fineness` reads, or `NOT_A_MOMENT`.
 */
export function timestampAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19) return NOT_A_MOMENT
  const between = bytes[start + 10]
  if (between !== 32 && between !== 84) return farTimestamp(bytes, start, end)
  if (!commonDate(bytes, start)) return NOT_A_MOMENT
  const packed = timeAt(bytes, start + 11, end)
  // 24:00:00 of a day is 00:00:00 of the next: the same moment, but not the same text.
  if (packed < 0 || (bytes[start + 11] === 50 && bytes[start + 12] === 52)) {
    return bytes[end - 1] === 67 ? farTimestamp(bytes, start, end) : NOT_A_MOMENT
  }
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
  return year < 1678 || year > 2261 ? packed | FAR : packed
}

/** A timestamp in the canonical text of a year past 9999 or before our era. Rare, so a string may be made. */
function farTimestamp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 48 || !digit(bytes[start]!)) return NOT_A_MOMENT
  const match = /^\d{4,7}-\d\d-\d\d[ T](\d\d:\d\d:\d\d\S*?)( BC)?$/.exec(asciiText(bytes, start, end))
  if (match === null || match[1]!.startsWith('24') || /^0\d{4}/.test(match[0])) return NOT_A_MOMENT
  const time = Uint8Array.from(match[1]!, (letter) => letter.charCodeAt(0))
  const packed = timeAt(time, 0, time.length)
  if (packed < 0 || (packed & 15) > 6) return NOT_A_MOMENT
  return parseTimestamp(match[0], 'us') === undefined ? NOT_A_MOMENT : packed | FAR
}

function commonDate(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return false
  const century = twoDigits(bytes, start)
  const yearOfCentury = twoDigits(bytes, start + 2)
  const month = twoDigits(bytes, start + 5)
  const day = twoDigits(bytes, start + 8)
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1 || (century | yearOfCentury) === 0) return false
  if (day <= 28) return true
  if (month !== 2) return day <= 30 + ((month + (month >> 3)) & 1)
  const leap = (yearOfCentury & 3) === 0 && (yearOfCentury !== 0 || (century & 3) === 0)
  return leap && day === 29
}

function fractionAndZone(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  let packed = 0
  if (bytes[at] === 46) {
    const first = ++at
    let significant = 0
    while (at < end && digit(bytes[at]!)) {
      at++
      if (bytes[at - 1] !== 48) significant = at - first
    }
    const written = at - first
    if (written === 0 || written > 9) return NOT_A_MOMENT
    packed = written | (significant << 4)
  }
  if (at === end) return packed
  return zoneAt(bytes, at, end) ? packed | ZONED : NOT_A_MOMENT
}

/** `Z`, or a sign and hours, minutes, seconds with or without colons, up to 15:59:59 as PostgreSQL allows. */
function zoneAt(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 90) return end - start === 1
  if (bytes[start] !== 43 && bytes[start] !== 45) return false
  let at = start + 1
  for (let part = 0; part < 3; part++) {
    if (part > 0 && at < end && bytes[at] === 58) at++
    if (at + 2 > end) return false
    const value = twoDigits(bytes, at)
    if (value < 0 || value > (part === 0 ? 15 : 59)) return false
    at += 2
    if (at === end) return true
  }
  return false
}

function digit(byte: number): boolean {
  return ((byte - 48) >>> 0) < 10
}

/** The number that two digits spell, or a negative number. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48
  const ones = bytes[at + 1]! - 48
  return (tens >>> 0) < 10 && (ones >>> 0) < 10 ? tens * 10 + ones : -1
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
