// Floating point numbers from bytes of text: the nearest one, and whether the text spells it as we would.
import { floatText } from '@records-mover/core/plugin'
import { POWERS_OF_TEN } from './read-integer.js'
import { EXACT, MALFORMED, OUT_OF_RANGE, RESPELL } from './verdict.js'

const ZERO = 48
const MINUS = 45
const POINT = 46
/** Decimals of so many digits are told apart by every double, so the shortest spelling of the number read is the text itself. */
const SURE_DIGITS = 15
/** No number of ours is longer: a double has at most 767 digits that matter. */
const LONGEST = 2048

// The number that was read last.
const float64 = new Float64Array(1)
const float64Words = new Int32Array(float64.buffer)
const float32 = new Float32Array(1)
const float32Words = new Int32Array(float32.buffer)

/** Reads a float into one word or two, by its bits. */
export function readFloat(bytes: Buffer, start: number, end: number, bits: 32 | 64, words: Int32Array, at: number): number {
  let p = start
  const negative = p < end && bytes[p] === MINUS
  if (negative) p++
  const first = p
  let mantissa = 0
  let point = -1
  for (; p < end; p++) {
    const digit = bytes[p]! - ZERO
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
    else if (digit === POINT - ZERO && point < 0) point = p
    else break
  }
  const digits = p - first - (point < 0 ? 0 : 1)
  if (p < end || digits > SURE_DIGITS || digits === 0 || bits === 32) return readSlowly(bytes, start, end, bits, words, at)
  const fraction = point < 0 ? 0 : end - point - 1
  // Both are exact doubles, so the division rounds once.
  const value = mantissa / POWERS_OF_TEN[fraction]!
  float64[0] = negative ? -value : value
  words[at] = float64Words[0]!
  words[at + 1] = float64Words[1]!
  const whole = point < 0 ? end - first : point - first
  const spelled = whole > 0 && (whole === 1 || bytes[first] !== ZERO) && point !== end - 1 && (fraction === 0 || bytes[end - 1] !== ZERO)
  return spelled && (value >= 1e-4 || mantissa === 0) ? EXACT : RESPELL
}

function readSlowly(bytes: Buffer, start: number, end: number, bits: 32 | 64, words: Int32Array, at: number): number {
  if (end - start > LONGEST) return MALFORMED
  const text = bytes.toString('latin1', start, end)
  const value = numberOf(text)
  if (value === undefined) return MALFORMED
  const finite = Number.isFinite(value)
  if (!finite && /\d/.test(text)) return OUT_OF_RANGE
  const nearest = bits === 64 || !finite ? value : nearestFloat32(text, value)
  const underflow = nearest === 0 && /[1-9]/.test(text.replace(/e.*/i, ''))
  if (underflow || (finite && !Number.isFinite(nearest))) return OUT_OF_RANGE
  if (bits === 64) {
    float64[0] = nearest
    words[at] = float64Words[0]!
    words[at + 1] = float64Words[1]!
  } else {
    float32[0] = nearest
    words[at] = float32Words[0]!
  }
  return floatText(nearest, bits) === text ? EXACT : RESPELL
}

function numberOf(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text)
  switch (text.toLowerCase()) {
    case 'nan':
      return NaN
    case 'infinity':
    case '+infinity':
    case 'inf':
    case '+inf':
      return Infinity
    case '-infinity':
    case '-inf':
      return -Infinity
    default:
      return undefined
  }
}

/** Rounded once: a double halfway between two floats may have come from a text on one side of it. */
function nearestFloat32(text: string, value: number): number {
  const rounded = Math.fround(value)
  if (rounded === value || !Number.isFinite(rounded)) return rounded
  const size = Math.abs(rounded)
  const other = neighbour(size, Math.abs(value) > size)
  if (Math.abs(Math.abs(value) - size) !== Math.abs(other - Math.abs(value))) return rounded
  const side = compareExactly(text.replace(/^[+-]/, ''), Math.abs(value))
  const nearest = side === 0 || side > 0 !== other > size ? size : other
  return value < 0 ? -nearest : nearest
}

/** The next larger or smaller float of one that is not negative. */
function neighbour(float: number, above: boolean): number {
  float32[0] = float
  float32Words[0]! += above ? 1 : -1
  return float32[0]
}

/** The sign of the text's number less the double: both times a power of ten and a power of two that make them whole. */
function compareExactly(text: string, value: number): number {
  const [, sign, whole, fraction = '', power = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text)!
  const tens = Number(power) - fraction.length
  let left = BigInt(`${whole!}${fraction}`) * (sign === '-' ? -1n : 1n)
  // A double of the size of a float is whole after 2^1074 at the latest.
  float64[0] = value
  let twos = 0
  let scaled = value
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    twos++
  }
  let right = BigInt(scaled)
  left <<= BigInt(twos)
  if (tens >= 0) left *= 10n ** BigInt(tens)
  else right *= 10n ** BigInt(-tens)
  if (left === right) return 0
  return left > right ? 1 : -1
}

/** True when the text, a plain decimal, is exactly the number in `words`, a float of so many bits. */
export function isExactFloat(bytes: Buffer, start: number, end: number, bits: 32 | 64, words: Int32Array, at: number): boolean {
  if (bits === 32) {
    float32Words[0] = words[at]!
    return compareExactly(bytes.toString('latin1', start, end), float32[0]!) === 0
  }
  float64Words[0] = words[at]!
  float64Words[1] = words[at + 1]!
  return compareExactly(bytes.toString('latin1', start, end), float64[0]!) === 0
}

/** True when the text, which spells a 64-bit float, spells a 32-bit one: the reading lost nothing. */
export function isFloat32(bytes: Buffer, start: number, end: number): boolean {
  const value = numberOf(bytes.toString('latin1', start, end))
  return value !== undefined && (Number.isNaN(value) || Math.fround(value) === value)
}
