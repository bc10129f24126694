// Integers, decimals and floats from 32-bit words into digits.
import { floatText } from '@records-mover/core/plugin'
import { POWERS_OF_TEN } from './read-integer.js'

const ZERO = 48
const MINUS = 45
const POINT = 46
const WORD = 4294967296
const STEP = 1_000_000

// The digits of 0 to 99.
const TENS = new Uint8Array(100)
const ONES = new Uint8Array(100)
for (let n = 0; n < 100; n++) {
  TENS[n] = ZERO + Math.floor(n / 10)
  ONES[n] = ZERO + (n % 10)
}

/** Writes a whole number below 2^53 that is not negative; returns where it ends. */
export function writeWhole(value: number, out: Uint8Array, at: number): number {
  if (value > 0x7fff_ffff) {
    const upper = Math.floor(value / 1e8)
    const w = writeWhole(upper, out, at)
    return writeFixed(value - upper * 1e8, 8, out, w)
  }
  // From here on everything fits 31 bits, which divides faster.
  let rest = value | 0
  const w = at + digitsOf(rest)
  let p = w
  while (rest >= 100) {
    const next = (rest / 100) | 0
    const pair = rest - next * 100
    out[--p] = ONES[pair]!
    out[--p] = TENS[pair]!
    rest = next
  }
  out[--p] = ONES[rest]!
  if (rest >= 10) out[--p] = TENS[rest]!
  return w
}

/** Writes exactly `digits` digits, at most 9, with zeros in front. */
export function writeFixed(value: number, digits: number, out: Uint8Array, at: number): number {
  const end = at + digits
  let rest = value | 0
  for (let p = end - 1; p >= at; p--) {
    const next = (rest / 10) | 0
    out[p] = ZERO + rest - next * 10
    rest = next
  }
  return end
}

/** Writes a 32-bit word as an integer. */
export function writeInteger32(word: number, signed: boolean, out: Uint8Array, at: number): number {
  if (word >= 0) return writeWhole(word, out, at)
  if (!signed) return writeWhole(word >>> 0, out, at)
  out[at] = MINUS
  return writeWhole(-word, out, at + 1)
}

/** Writes a 64-bit integer. */
export function writeInteger64(words: Int32Array, at: number, signed: boolean, out: Uint8Array, w: number): number {
  const high = words[at + 1]!
  // Between -2^53 and 2^53 the sum of both halves is exact.
  if (high < 0x20_0000 && high >= (signed ? -0x20_0000 : 0)) {
    const value = high * WORD + (words[at]! >>> 0)
    if (value >= 0) return writeWhole(value, out, w)
    out[w] = MINUS
    return writeWhole(-value, out, w + 1)
  }
  return writeDigits(words, at, 2, signed, 0, out, w)
}

/** Writes a decimal of `count` words with exactly `scale` digits behind the point. */
export function writeDecimal(words: Int32Array, at: number, count: number, scale: number, out: Uint8Array, w: number): number {
  const high = words[at + 1]!
  let small = high < 0x20_0000 && high >= -0x20_0000
  for (let k = 2; k < count; k++) if (words[at + k] !== high >> 31) small = false
  if (!small || scale > 15) return writeDigits(words, at, count, true, scale, out, w)
  let value = high * WORD + (words[at]! >>> 0)
  if (value < 0) {
    out[w++] = MINUS
    value = -value
  }
  if (scale === 0) return writeWhole(value, out, w)
  const power = POWERS_OF_TEN[scale]!
  // Exact: for numbers below 2^53 the quotient never rounds up to the next whole number.
  const whole = Math.floor(value / power)
  w = writeWhole(whole, out, w)
  out[w++] = POINT
  const fraction = value - whole * power
  if (scale <= 9) return writeFixed(fraction, scale, out, w)
  const upper = Math.floor(fraction / 1e8)
  w = writeFixed(upper, scale - 8, out, w)
  return writeFixed(fraction - upper * 1e8, 8, out, w)
}

/** Writes a float of one word or two in its shortest digits. */
export function writeFloat(words: Int32Array, at: number, bits: 32 | 64, out: Buffer, w: number): number {
  if (bits === 32) {
    float32Words[0] = words[at]!
    return writeText(floatText(float32[0]!, 32), out, w)
  }
  float64Words[0] = words[at]!
  float64Words[1] = words[at + 1]!
  const value = float64[0]!
  const size = Math.abs(value)
  if (size === 0 && words[at + 1] === 0) {
    out[w] = ZERO
    return w + 1
  }
  if (size < 1e9 && size >= 1e-4) {
    // A number of at most 15 digits that reads back as this one is its shortest spelling: see read-float.ts.
    let power = 1
    for (let digits = 0; digits <= 6; digits++) {
      const whole = Math.round(size * power)
      if (whole / power === size) {
        if (value < 0) out[w++] = MINUS
        const units = Math.floor(whole / power)
        w = writeWhole(units, out, w)
        if (digits === 0) return w
        out[w++] = POINT
        return writeFixed(whole - units * power, digits, out, w)
      }
      power *= 10
    }
  }
  return writeText(floatText(value, 64), out, w)
}

const float64 = new Float64Array(1)
const float64Words = new Int32Array(float64.buffer)
const float32 = new Float32Array(1)
const float32Words = new Int32Array(float32.buffer)

function writeText(text: string, out: Buffer, at: number): number {
  return at + out.write(text, at, 'latin1')
}

function digitsOf(value: number): number {
  if (value < 1e5) {
    if (value < 100) return value < 10 ? 1 : 2
    if (value < 1e4) return value < 1e3 ? 3 : 4
    return 5
  }
  if (value < 1e7) return value < 1e6 ? 6 : 7
  if (value < 1e9) return value < 1e8 ? 8 : 9
  return 10
}

// The limbs of a number being divided, lowest first, and its digits, lowest step first.
const limbs = new Float64Array(8)
const steps = new Float64Array(14)

/** Writes an integer of `count` words, with a point before its last `scale` digits. */
function writeDigits(words: Int32Array, at: number, count: number, signed: boolean, scale: number, out: Uint8Array, w: number): number {
  const negative = signed && words[at + count - 1]! < 0
  let carry = negative ? 1 : 0
  for (let k = 0; k < count; k++) {
    const word = (negative ? ~words[at + k]! : words[at + k]!) >>> 0
    const sum = word + carry
    carry = sum >= WORD ? 1 : 0
    limbs[k] = sum >= WORD ? sum - WORD : sum
  }
  let top = count
  let length = 0
  do {
    while (top > 0 && limbs[top - 1] === 0) top--
    // Division by 10^6 keeps remainder times 2^32 below 2^53.
    let remainder = 0
    for (let k = top - 1; k >= 0; k--) {
      const part = remainder * WORD + limbs[k]!
      const quotient = Math.floor(part / STEP)
      limbs[k] = quotient
      remainder = part - quotient * STEP
    }
    steps[length++] = remainder
    while (top > 0 && limbs[top - 1] === 0) top--
  } while (top > 0)
  while (length * 6 < scale + 1) steps[length++] = 0

  if (negative) out[w++] = MINUS
  const first = w
  w = writeWhole(steps[length - 1]!, digits, 0)
  for (let k = length - 2; k >= 0; k--) w = writeFixed(steps[k]!, 6, digits, w)
  // Leading zeros belong to a number with fewer digits than its scale.
  let from = 0
  while (w - from > scale + 1 && digits[from] === ZERO) from++
  let missing = scale + 1 - (w - from)
  let q = first
  const whole = Math.max(w - from, scale + 1) - scale
  for (let n = 0; n < whole; n++) out[q++] = missing-- > 0 ? ZERO : digits[from++]!
  if (scale > 0) out[q++] = POINT
  for (let n = 0; n < scale; n++) out[q++] = missing-- > 0 ? ZERO : digits[from++]!
  return q
}

const digits = new Uint8Array(96)
