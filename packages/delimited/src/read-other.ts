// Booleans, UUIDs and hexadecimal bytes from bytes of text.
import { EXACT, MALFORMED, RESPELL } from './verdict.js'

const DASH = 45
const DASHES = [8, 13, 18, 23]

/** The value of a hexadecimal digit by its byte: 16 for capital letters upwards, 255 for no digit. */
const HEX_VALUES: Uint8Array = new Uint8Array(256).fill(255)
const CAPITAL = 16
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16)
  HEX_VALUES[text.toUpperCase().charCodeAt(0)] = digit | CAPITAL
  HEX_VALUES[text.charCodeAt(0)] = digit
}

/** Reads a boolean into one word: the dialect's own spelling, or `true`, `false`, `t`, `f` in any case. */
export function readBoolean(bytes: Uint8Array, start: number, end: number, yes: Uint8Array, no: Uint8Array, words: Int32Array, at: number): number {
  const length = end - start
  if (length === yes.length && isSame(bytes, start, yes)) {
    words[at] = 1
    return EXACT
  }
  if (length === no.length && isSame(bytes, start, no)) {
    words[at] = 0
    return EXACT
  }
  for (const [text, value] of OTHERS) {
    if (length !== text.length || !isSameInAnyCase(bytes, start, text)) continue
    words[at] = value
    return RESPELL
  }
  return MALFORMED
}

const OTHERS: readonly (readonly [Uint8Array, number])[] = [[Buffer.from('t'), 1], [Buffer.from('f'), 0], [Buffer.from('true'), 1], [Buffer.from('false'), 0]]

/** Reads a dashed UUID into four words: its 16 bytes in the order they are printed. */
export function readUuid(bytes: Uint8Array, start: number, end: number, words: Int32Array, at: number): number {
  if (end - start !== 36) return MALFORMED
  let verdict = EXACT
  let p = start
  let at8 = 0
  for (; p < end; at8++) {
    if (bytes[p] === DASH && DASHES.includes(p - start)) p++
    const high = HEX_VALUES[bytes[p]!]!
    const low = p + 1 < end ? HEX_VALUES[bytes[p + 1]!]! : 255
    if (high === 255 || low === 255 || at8 === 16) return MALFORMED
    if (((high | low) & CAPITAL) !== 0) verdict = RESPELL
    uuid[at8] = (high & 15) << 4 | (low & 15)
    p += 2
  }
  if (at8 !== 16) return MALFORMED
  for (let k = 0; k < 4; k++) words[at + k] = uuidWords[k]!
  return verdict
}

const uuid = new Uint8Array(16)
const uuidWords = new Int32Array(uuid.buffer)

/** Says whether a text is `\x` with pairs of hexadecimal digits. */
export function checkHex(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2 || bytes[start] !== 0x5c || bytes[start + 1] !== 0x78 || (end - start) % 2 !== 0) return MALFORMED
  let capital = 0
  for (let p = start + 2; p < end; p++) {
    const digit = HEX_VALUES[bytes[p]!]!
    if (digit === 255) return MALFORMED
    capital |= digit
  }
  return (capital & CAPITAL) === 0 ? EXACT : RESPELL
}

/** Writes the bytes that a checked `\x` text stands for to `out`; returns where they end. */
export function readHex(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  let w = at
  for (let p = start + 2; p < end; p += 2) out[w++] = (HEX_VALUES[bytes[p]!]! & 15) << 4 | (HEX_VALUES[bytes[p + 1]!]! & 15)
  return w
}

function isSame(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}

function isSameInAnyCase(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if ((bytes[start + i]! | 32) !== text[i]) return false
  return true
}
