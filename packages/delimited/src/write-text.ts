// How a text is written in a dialect: as it is, in quotes, or with escapes, so that it reads back as itself and never as a null.
import type { Dialect } from './dialect.js'
import { LETTER_OF } from './fields.js'

const LF = 10
const CR = 13
const BACKSLASH = 92

/** What the text writer knows of its dialect. */
export interface TextStyle {
  readonly dialect: Dialect
  /** 1 for each byte that an unquoted field cannot hold as it is. */
  readonly special: Uint8Array
  /** 1 for each byte that a quoted field cannot hold as it is. */
  readonly inQuotes: Uint8Array
  readonly nullText: Uint8Array
  /** True when a record is this one field, so that its text may stand alone on a line. */
  readonly alone: boolean
}

export function textStyle(dialect: Dialect, fields: number): TextStyle {
  const special = new Uint8Array(256)
  const inQuotes = new Uint8Array(256)
  for (const byte of [dialect.delimiter, LF, CR]) special[byte] = 1
  if (dialect.quote >= 0) special[dialect.quote] = inQuotes[dialect.quote] = 1
  if (dialect.escape >= 0) special[dialect.escape] = inQuotes[dialect.escape] = 1
  if (dialect.letterEscapes) LETTER_OF.forEach((letter, byte) => letter !== 0 && (special[byte] = inQuotes[byte] = 1))
  return { dialect, special, inQuotes, nullText: dialect.nullText, alone: fields === 1 }
}

/** Room that a text of `length` bytes takes at most. */
export function roomFor(length: number): number {
  return 2 * length + 3
}

/**
 * Writes the text from `start` to `end` to `out` at `at`; returns where it ends, or -1 when the dialect has no way to write it.
 *
 * `protect` is true for the first text of a file: a byte order mark there would be taken for the file's own.
 */
export function writeText(style: TextStyle, bytes: Uint8Array, start: number, end: number, quoted: boolean, out: Uint8Array, at: number, protect = false): number {
  const mark = protect && end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
  if (quoted || mark) return writeProtected(style, bytes, start, end, mark, out, at)
  const { special } = style
  let w = at
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!
    if (special[byte] !== 0) return writeProtected(style, bytes, start, end, false, out, at)
    out[w++] = byte
  }
  const length = end - start
  if (length === style.nullText.length && isSame(bytes, start, style.nullText)) return writeNotNull(style, bytes, start, end, out, at)
  // PostgreSQL before 18 takes an unquoted \. alone on a line for the end of the data, in CSV too.
  if (style.alone && length === 2 && bytes[start] === BACKSLASH && bytes[start + 1] === 0x2e && style.dialect.quote >= 0) {
    return writeProtected(style, bytes, start, end, false, out, at)
  }
  return w
}

/** Writes a null. */
export function writeNull(style: TextStyle, out: Uint8Array, at: number): number {
  const { nullText } = style
  for (let i = 0; i < nullText.length; i++) out[at + i] = nullText[i]!
  return at + nullText.length
}

/** Quotes where the dialect has quotes, else escapes where it has an escape. */
function writeProtected(style: TextStyle, bytes: Uint8Array, start: number, end: number, mark: boolean, out: Uint8Array, at: number): number {
  const { quote, escape } = style.dialect
  if (quote >= 0) return writeQuoted(style, bytes, start, end, out, at)
  if (escape < 0) return -1
  let w = at
  if (mark) out[w++] = escape
  w = writeEscaped(style, bytes, start, end, out, w)
  const isNull = w - at === style.nullText.length && isSame(out, at, style.nullText)
  return isNull ? writeNotNull(style, bytes, start, end, out, at) : w
}

function writeQuoted(style: TextStyle, bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const { quote, escape, doublequote, letterEscapes } = style.dialect
  const { inQuotes } = style
  let w = at
  out[w++] = quote
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!
    if (inQuotes[byte] !== 0) {
      if (byte === quote && doublequote) out[w++] = quote
      else if (escape < 0) return -1
      else {
        out[w++] = escape
        if (letterEscapes && LETTER_OF[byte] !== 0) {
          out[w++] = LETTER_OF[byte]!
          continue
        }
      }
    }
    out[w++] = byte
  }
  out[w++] = quote
  return w
}

function writeEscaped(style: TextStyle, bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const { escape, letterEscapes } = style.dialect
  const { special } = style
  let w = at
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!
    if (special[byte] !== 0) {
      out[w++] = escape
      if (letterEscapes && LETTER_OF[byte] !== 0) {
        out[w++] = LETTER_OF[byte]!
        continue
      }
    }
    out[w++] = byte
  }
  return w
}

/** Writes a text that would read as null: in quotes, or with its first character escaped when that character can be. */
function writeNotNull(style: TextStyle, bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const { quote, escape, letterEscapes } = style.dialect
  if (quote >= 0) return writeQuoted(style, bytes, start, end, out, at)
  if (escape < 0 || start === end || style.special[bytes[start]!] !== 0) return -1
  const meant = letterEscapes && (LETTERS.includes(bytes[start]!) || (bytes[start]! >= 0x30 && bytes[start]! <= 0x37))
  if (meant) return -1
  out[at] = escape
  return writeEscaped(style, bytes, start, end, out, at + 1)
}

// Behind an escape these stand for other bytes: see `unescape` in fields.ts.
const LETTERS: Uint8Array = Buffer.from('bfnrtvx')

function isSame(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}
