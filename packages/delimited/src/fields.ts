// What the bytes of one field stand for: a null, or a text once quotes and escapes are out.
import type { Dialect } from './dialect.js'
import { QUOTED } from './scan.js'

/** True when the bytes from `start` to `end`, unquoted, are the dialect's null text. */
export function isNull(bytes: Uint8Array, start: number, end: number, flag: number, nullText: Uint8Array): boolean {
  const length = nullText.length
  if (end - start !== length || (flag & QUOTED) !== 0) return false
  for (let i = 0; i < length; i++) if (bytes[start + i] !== nullText[i]) return false
  return true
}

// https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"
const LETTERS: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }
const LETTER_VALUES: Uint8Array = new Uint8Array(256)
for (const [letter, value] of Object.entries(LETTERS)) LETTER_VALUES[letter.charCodeAt(0)] = value

/** The letter that stands for a control byte behind an escape, by that byte; 0 where there is none. */
export const LETTER_OF: Uint8Array = new Uint8Array(256)
for (const [letter, value] of Object.entries(LETTERS)) LETTER_OF[value] = letter.charCodeAt(0)

/**
 * Writes the text of a field flagged `ESCAPED` to `out` at `at`, without doubled quotes and escapes; never longer than the field.
 *
 * Returns where the text ends, or -1 when an escape stands before a digit or `x` under `letterEscapes`: PostgreSQL reads
 * those as octal and hexadecimal bytes, and no server writes them.
 */
export function unescape(bytes: Uint8Array, start: number, end: number, flag: number, dialect: Dialect, out: Uint8Array, at: number): number {
  const { escape, letterEscapes } = dialect
  const quote = (flag & QUOTED) !== 0 && dialect.doublequote ? dialect.quote : -1
  let w = at
  for (let p = start; p < end; p++) {
    const c = bytes[p]!
    if (c === escape) {
      const next = bytes[++p]!
      if (letterEscapes && ((next >= 0x30 && next <= 0x37) || next === 0x78)) return -1
      out[w++] = letterEscapes && LETTER_VALUES[next] !== 0 ? LETTER_VALUES[next]! : next
    } else {
      // The scanner has seen that a quote in here has a twin, unless quote and escape are one character.
      if (c === quote) p++
      out[w++] = c
    }
  }
  return w
}
