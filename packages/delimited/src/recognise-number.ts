// Which bytes spell a number exactly, and how many digits it takes. A spelling that would not survive (007, +1, 1e400) is no number.

/** What `numberAt` and `exponentAt` answer for bytes that spell no number. */
export const NOT_A_NUMBER = -1

// Digits before the point, and after it, each have this many bits in the answer of `numberAt`.
const DIGIT_BITS = 10
const DIGIT_MASK = (1 << DIGIT_BITS) - 1

/**
 * Recognises `-12`, `0.50` and `.5`: digits, at most one minus, at most one point with digits after it.
 *
 * Leading zeros (`007`), a leading plus, a trailing point and blanks make it text, because a number would not keep them.
 * Answers the digits before the point and after it, packed (see `digitsBefore` and `digitsAfter`), or `NOT_A_NUMBER`.
 */
export function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  if (at < end && bytes[at] === 45) at++
  const first = at
  while (at < end && ((bytes[at]! - 48) >>> 0) < 10) at++
  const before = at - first
  if (before > 1 && bytes[first] === 48) return NOT_A_NUMBER
  if (at === end) return before > 0 && before <= DIGIT_MASK ? before : NOT_A_NUMBER
  if (bytes[at] !== 46) return NOT_A_NUMBER
  const point = ++at
  while (at < end && ((bytes[at]! - 48) >>> 0) < 10) at++
  const after = at - point
  if (at < end || after === 0 || after > DIGIT_MASK || before > DIGIT_MASK) return NOT_A_NUMBER
  return before | (after << DIGIT_BITS)
}

/** Digits before the point in an answer of `numberAt`: 0 for `.5`, 1 for `0.5`. */
export function digitsBefore(packed: number): number {
  return packed & DIGIT_MASK
}

/** Digits after the point in an answer of `numberAt`. */
export function digitsAfter(packed: number): number {
  return packed >> DIGIT_BITS
}

const INT64_MAX = Uint8Array.from('9223372036854775807', (digit) => digit.charCodeAt(0))

/** True when an integer that `numberAt` recognised fits 64 bits with a sign. */
export function fitsInt64(bytes: Uint8Array, start: number, end: number): boolean {
  const negative = bytes[start] === 45
  const digits = negative ? end - start - 1 : end - start
  if (digits !== INT64_MAX.length) return digits < INT64_MAX.length
  for (let i = 0; i < digits; i++) {
    const digit = bytes[end - digits + i]!
    if (digit !== INT64_MAX[i]!) return digit < INT64_MAX[i]! || (i === digits - 1 && negative && digit === INT64_MAX[i]! + 1)
  }
  return true
}

/**
 * True when a number of 64 bits in floating point, written again in its shortest form, has the same digits: nothing is lost.
 *
 * Takes what `numberAt` or `exponentAt` recognised. Makes a string for a number of more than 15 digits or with an exponent.
 */
export function fitsFloat64(bytes: Buffer, start: number, end: number): boolean {
  // Any 15 digits survive the way into a double and back, away from its smallest and largest numbers.
  if (end - start <= 15 && !hasExponent(bytes, start, end)) return true
  // So does any whole number up to 2^53, which is 9007199254740992.
  if (end - start === 16 && bytes[start]! < 57 && isDigits(bytes, start, end)) return true
  const text = bytes.toString('latin1', start, end)
  const value = Number(text)
  if (String(value) === text) return true
  if (!Number.isFinite(value)) return false
  return shortestDigits(text) === shortestDigits(value.toExponential())
}

/** True for a number with an exponent: `1e5`, `-1.5E-07`. Everything before the exponent is as `numberAt` wants it. */
export function exponentAt(bytes: Uint8Array, start: number, end: number): boolean {
  // From the end: at most three digits, since 64 bits reach to about 1e308.
  let at = end
  while (at > start && end - at < 4 && ((bytes[at - 1]! - 48) >>> 0) < 10) at--
  const digits = end - at
  if (digits === 0 || digits > 3) return false
  if (at > start && (bytes[at - 1] === 43 || bytes[at - 1] === 45)) at--
  if (at <= start || (bytes[at - 1]! | 32) !== 101) return false
  return numberAt(bytes, start, at - 1) !== NOT_A_NUMBER
}

function hasExponent(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at]! | 32) === 101) return true
  return false
}

function isDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (((bytes[at]! - 48) >>> 0) > 9) return false
  return true
}

/** The digits without zeros at either end and the power of ten they stand for: equal for equal numbers. */
function shortestDigits(text: string): string {
  const [mantissa, power] = text.toLowerCase().replace(/^-/, '').split('e') as [string, string | undefined]
  const point = mantissa.indexOf('.')
  const after = point < 0 ? 0 : mantissa.length - point - 1
  const all = mantissa.replace('.', '').replace(/^0+/, '')
  const digits = all.replace(/0+$/, '')
  if (digits === '') return '0'
  return `${digits}e${Number(power ?? 0) - after + all.length - digits.length}`
}
