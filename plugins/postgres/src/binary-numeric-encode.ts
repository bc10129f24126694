// How decimals of a batch become PostgreSQL's numerics, without a BigInt or a string per cell.
import type { Column, DecimalType } from '@records-mover/core/plugin'
import { decimalBytes } from '@records-mover/core/plugin'
import { GROUP, GROUP_DIGITS, NEGATIVE, NUMERIC_HEADER, POWERS } from './binary-numeric.js'

/** The numerics of a column as they go into the stream, one after the other; a null row has no bytes. */
export interface NumericBytes {
  readonly bytes: Uint8Array
  /** rows + 1 positions in `bytes`. */
  readonly offsets: Int32Array
}

const TWO32 = 2 ** 32
// 10^15 - 1 and less is exact in a double, and so are its parts.
const DOUBLE_LIMIT = 1e15
// Groups that hold any value of 2, 4 or 8 words, with one group filled up with zeros.
const MOST_GROUPS: { readonly [words: number]: number } = { 2: 6, 4: 11, 8: 21 }

export function encodeNumerics(type: DecimalType, column: Column, rows: number): NumericBytes {
  const width = decimalBytes(type.precision) / 4
  const { buffer, byteOffset } = column.values
  const words = new Int32Array(buffer, byteOffset, rows * width)
  const offsets = new Int32Array(rows + 1)
  const bytes = new Uint8Array(rows * (NUMERIC_HEADER + 2 * MOST_GROUPS[width]!))
  const view = new DataView(bytes.buffer)
  const groups = new Int32Array(64)
  // One limb more than a value has: filling the last group with zeros multiplies by up to 1000.
  const limbs = new Float64Array(width + 1)
  const { validity } = column
  const { scale } = type
  const fractionGroups = Math.ceil(scale / GROUP_DIGITS)
  const fill = POWERS[fractionGroups * GROUP_DIGITS - scale]!
  let at = 0
  for (let r = 0; r < rows; r++) {
    if (validity === undefined || ((validity[r >> 3]! >> (r & 7)) & 1) === 1) {
      const negative = words[r * width + width - 1]! < 0
      loadMagnitude(words, r * width, width, negative, limbs)
      // Groups come lowest first; the one at `fractionGroups - 1` and below stand after the point.
      const count = splitGroups(limbs, fill, groups)
      let low = 0
      while (low < count && groups[low] === 0) low++
      const used = count - low
      view.setInt16(at, used)
      view.setInt16(at + 2, used === 0 ? 0 : count - 1 - fractionGroups)
      view.setUint16(at + 4, negative ? NEGATIVE : 0)
      view.setInt16(at + 6, scale)
      at += NUMERIC_HEADER
      for (let g = count - 1; g >= low; g--) {
        view.setInt16(at, groups[g]!)
        at += 2
      }
    }
    offsets[r + 1] = at
  }
  return { bytes, offsets }
}

function loadMagnitude(words: Int32Array, at: number, width: number, negative: boolean, limbs: Float64Array): void {
  limbs[width] = 0
  if (!negative) {
    for (let i = 0; i < width; i++) limbs[i] = words[at + i]! >>> 0
    return
  }
  let carry = 1
  for (let i = 0; i < width; i++) {
    const sum = (~words[at + i]! >>> 0) + carry
    carry = sum >= TWO32 ? 1 : 0
    limbs[i] = sum - carry * TWO32
  }
}

/** Digits of base 10000 of `limbs * fill`, lowest first; the highest is not zero. Gives their number. */
function splitGroups(limbs: Float64Array, fill: number, groups: Int32Array): number {
  let top = limbs.length
  while (top > 0 && limbs[top - 1] === 0) top--
  let count = 0
  if (top <= 2) {
    const small = (top === 2 ? limbs[1]! : 0) * TWO32 + (top >= 1 ? limbs[0]! : 0)
    if (small < DOUBLE_LIMIT / fill) {
      for (let rest = small * fill; rest > 0; count++) {
        const next = Math.floor(rest / GROUP)
        groups[count] = rest - next * GROUP
        rest = next
      }
      return count
    }
  }
  if (fill > 1) {
    let carry = 0
    for (let i = 0; i < limbs.length; i++) {
      const product = limbs[i]! * fill + carry
      carry = Math.floor(product / TWO32)
      limbs[i] = product - carry * TWO32
    }
    while (top < limbs.length && limbs[top] !== 0) top++
  }
  while (top > 0) {
    let rest = 0
    for (let i = top - 1; i >= 0; i--) {
      const part = rest * TWO32 + limbs[i]!
      const quotient = Math.floor(part / GROUP)
      limbs[i] = quotient
      rest = part - quotient * GROUP
    }
    groups[count++] = rest
    while (top > 0 && limbs[top - 1] === 0) top--
  }
  return count
}
