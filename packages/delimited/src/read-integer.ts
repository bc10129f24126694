// Integers and decimals from bytes of text into 32-bit words, low word first.
import { EXACT, MALFORMED, OUT_OF_RANGE, RESPELL, TOO_FINE } from './verdict.js'

const ZERO = 48
const PLUS = 43
const MINUS = 45
const POINT = 46
const WORD = 4294967296
/** A number of so many digits is exact as a double. */
const SAFE_DIGITS = 15
const STEP_DIGITS = 6

/** Powers of ten that are exact as doubles. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`))

/** Reads an integer of up to 32 bits into one word, of 64 bits into two. */
export function readInteger(bytes: Uint8Array, start: number, end: number, bits: number, signed: boolean, words: Int32Array, at: number): number {
  let p = start
  const sign = p < end ? bytes[p]! : 0
  if (sign === MINUS || sign === PLUS) p++
  if (p >= end) return MALFORMED
  let verdict = sign === PLUS ? RESPELL : EXACT
  if (bytes[p] === ZERO && p + 1 < end) {
    verdict = RESPELL
    while (p + 1 < end && bytes[p] === ZERO) p++
  }
  if (end - p > SAFE_DIGITS) return readLongInteger(bytes, p, end, sign === MINUS, bits, signed, words, at, verdict)
  let value = 0
  for (let q = p; q < end; q++) {
    const digit = bytes[q]! - ZERO
    if (digit < 0 || digit > 9) return MALFORMED
    value = value * 10 + digit
  }
  if (sign === MINUS) {
    if (value === 0) {
      words[at] = 0
      if (bits === 64) words[at + 1] = 0
      return RESPELL
    }
    value = -value
  }
  if (bits === 64) {
    if (value < 0 && !signed) return OUT_OF_RANGE
    words[at] = value | 0
    words[at + 1] = Math.floor(value / WORD)
    return verdict
  }
  if (signed) {
    const limit = bits === 32 ? 0x8000_0000 : bits === 16 ? 0x8000 : 0x80
    if (value >= limit || value < -limit) return OUT_OF_RANGE
  } else if (value < 0 || value > (bits === 32 ? 0xffff_ffff : bits === 16 ? 0xffff : 0xff)) return OUT_OF_RANGE
  words[at] = value | 0
  return verdict
}

function readLongInteger(
  bytes: Uint8Array, start: number, end: number, negative: boolean, bits: number, signed: boolean, words: Int32Array, at: number, verdict: number,
): number {
  for (let p = start; p < end; p++) if (bytes[p]! < ZERO || bytes[p]! > ZERO + 9) return MALFORMED
  if (bits < 64 || end - start > 20) return OUT_OF_RANGE
  limbs.fill(0, 0, 3)
  let p = start
  while (p < end) p = multiplyIn(bytes, p, end, 3)
  const [low, high, over] = [limbs[0]!, limbs[1]!, limbs[2]!]
  if (over > 0) return OUT_OF_RANGE
  if (negative ? !signed || high > 0x8000_0000 || (high === 0x8000_0000 && low > 0) : signed && high >= 0x8000_0000) return OUT_OF_RANGE
  storeLimbs(negative, words, at, 2)
  return verdict
}

/** Reads a decimal times 10^scale into `count` words: 2, 4 or 8. */
export function readDecimal(
  bytes: Uint8Array, start: number, end: number, precision: number, scale: number, words: Int32Array, at: number, count: number,
): number {
  let p = start
  const negative = p < end && bytes[p] === MINUS
  if (negative) p++
  if (end - p > SAFE_DIGITS + 1) return readLongDecimal(bytes, start, end, precision, scale, words, at, count)
  const first = p
  let value = 0
  let point = end
  for (; p < end; p++) {
    const digit = bytes[p]! - ZERO
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (digit === POINT - ZERO && point === end) point = p
    else return readLongDecimal(bytes, start, end, precision, scale, words, at, count)
  }
  const whole = point - first
  const fraction = point === end ? 0 : end - point - 1
  const spelled = whole > 0 && fraction === scale && (scale > 0 || point === end) && (whole === 1 || bytes[first] !== ZERO)
    && whole + fraction <= SAFE_DIGITS
  if (!spelled || (negative && value === 0)) return readLongDecimal(bytes, start, end, precision, scale, words, at, count)
  if (precision <= SAFE_DIGITS && value >= POWERS_OF_TEN[precision]!) return OUT_OF_RANGE
  if (negative) value = -value
  words[at] = value | 0
  words[at + 1] = Math.floor(value / WORD)
  for (let k = 2; k < count; k++) words[at + k] = value < 0 ? -1 : 0
  return EXACT
}

function readLongDecimal(
  bytes: Uint8Array, start: number, end: number, precision: number, scale: number, words: Int32Array, at: number, count: number,
): number {
  let p = start
  const sign = p < end ? bytes[p]! : 0
  if (sign === MINUS || sign === PLUS) p++
  const first = p
  while (p < end && isDigit(bytes[p]!)) p++
  const point = p
  if (p < end && bytes[p] === POINT) p++
  const fractionStart = p
  while (p < end && isDigit(bytes[p]!)) p++
  const digits = point - first + p - fractionStart
  if (p < end || digits === 0) return MALFORMED
  const spelledFraction = end - fractionStart
  let fractionEnd = end
  while (fractionEnd > fractionStart && bytes[fractionEnd - 1] === ZERO) fractionEnd--
  let whole = first
  while (whole < point && bytes[whole] === ZERO) whole++
  if (fractionEnd - fractionStart > scale) return TOO_FINE
  if (point - whole > precision - scale) return OUT_OF_RANGE

  limbs.fill(0, 0, count)
  let zero = true
  for (let q = whole; q < point;) {
    q = multiplyIn(bytes, q, point, count)
    zero = false
  }
  for (let q = fractionStart; q < fractionEnd;) {
    q = multiplyIn(bytes, q, fractionEnd, count)
    zero = false
  }
  for (let missing = scale - (fractionEnd - fractionStart); missing > 0; missing -= STEP_DIGITS) {
    multiplyAdd(POWERS_OF_TEN[Math.min(missing, STEP_DIGITS)]!, 0, count)
  }
  storeLimbs(sign === MINUS, words, at, count)

  const spelledWhole = point - first > 0 && (whole === first || (whole === point && point - first === 1))
  const spelledPoint = scale > 0 ? spelledFraction === scale : point === end
  return sign !== PLUS && spelledWhole && spelledPoint && !(zero && sign === MINUS) ? EXACT : RESPELL
}

// One number in the making: digits to the base 2^32, lowest first. Nothing is kept in it between two calls from outside.
const limbs = new Float64Array(8)

/** Takes up to six digits in and returns where they end: 10^6 times 2^32 is still exact as a double. */
function multiplyIn(bytes: Uint8Array, start: number, end: number, count: number): number {
  const stop = Math.min(end, start + STEP_DIGITS)
  let value = 0
  for (let p = start; p < stop; p++) value = value * 10 + bytes[p]! - ZERO
  multiplyAdd(POWERS_OF_TEN[stop - start]!, value, count)
  return stop
}

function multiplyAdd(factor: number, summand: number, count: number): void {
  let carry = summand
  for (let k = 0; k < count; k++) {
    const product = limbs[k]! * factor + carry
    carry = Math.floor(product / WORD)
    limbs[k] = product - carry * WORD
  }
}

function storeLimbs(negative: boolean, words: Int32Array, at: number, count: number): void {
  let carry = 1
  for (let k = 0; k < count; k++) {
    if (!negative) words[at + k] = limbs[k]! | 0
    else {
      const complement = WORD - 1 - limbs[k]! + carry
      carry = complement >= WORD ? 1 : 0
      words[at + k] = complement | 0
    }
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9
}
