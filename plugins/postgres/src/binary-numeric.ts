// How PostgreSQL writes numeric values: groups of four digits with a weight, against two's complement times 10^scale.
import type { DecimalType } from '@records-mover/core/plugin'
import type { Stretch } from './binary-stretch.js'
import { badValue } from './binary-stretch.js'

// numeric_send and numeric_recv, src/backend/utils/adt/numeric.c: ndigits, weight, sign, dscale, then groups of base 10000.
export const NUMERIC_HEADER = 8
export const GROUP = 10_000
export const GROUP_DIGITS = 4
export const NEGATIVE = 0x4000
const NOT_A_NUMBER = 0xc000
const INFINITIES: ReadonlySet<number> = new Set([0xd000, 0xf000])
const TWO32 = 2 ** 32
// Whole numbers below 10^15 are exact in a double, products by a group included when taken digit by digit below it.
const DOUBLE_DIGITS = 15
export const POWERS: readonly number[] = [1, 10, 100, 1000, 10_000]
const FOREIGN = 'is no numeric: the stream was written for other types'

/** Appends the numerics of a stretch to a decimal column. Throws `bad-data` for NaN, infinity and numbers out of the type's reach. */
export function decodeNumeric({ column, into, tuples, fields, from, to }: Stretch): void {
  const { view, starts, lengths } = tuples
  const { precision, scale } = into.type as DecimalType
  const width = into.words.length / into.capacity
  const words = into.words
  const limbs = new Float64Array(width)
  for (let r = from, k = from * fields + column.at; r < to; r++, k += fields) {
    const length = lengths[k]!
    if (length === -1) {
      into.setNull()
      continue
    }
    const start = starts[k]!
    const groups = length < NUMERIC_HEADER ? -1 : view.getInt16(start)
    if (length !== NUMERIC_HEADER + groups * 2) throw badValue(column, tuples, r, FOREIGN)
    const weight = view.getInt16(start + 2)
    const sign = view.getUint16(start + 4)
    if (sign !== 0 && sign !== NEGATIVE) throw badValue(column, tuples, r, special(sign))
    const digits = start + NUMERIC_HEADER
    const leading = groups === 0 ? 0 : view.getInt16(digits)
    const whole = groups === 0 || weight < 0 ? 0 : weight * GROUP_DIGITS + countDigits(leading)
    if (whole > precision - scale) throw badValue(column, tuples, r, `has more digits before the point than decimal(${precision},${scale})`)
    // The power of ten of the last group in the number times 10^scale; the type ends in the middle of a group below 0.
    const power = GROUP_DIGITS * (weight - groups + 1) + scale
    const cut = power < 0 ? -power : 0
    if (groups > 0 && (cut >= GROUP_DIGITS || (cut > 0 && view.getInt16(digits + (groups - 1) * 2) % POWERS[cut]! !== 0))) {
      throw badValue(column, tuples, r, `has more digits after the point than decimal(${precision},${scale})`)
    }
    const at = into.length * width
    if (whole + scale <= DOUBLE_DIGITS) {
      let value = 0
      for (let g = 0; g < groups; g++) {
        const group = view.getUint16(digits + g * 2)
        if (group >= GROUP) throw badValue(column, tuples, r, FOREIGN)
        value = addGroup(value, group, g === groups - 1 ? cut : 0)
      }
      for (let rest = groups === 0 ? 0 : power; rest > 0; rest -= GROUP_DIGITS) value *= POWERS[rest < GROUP_DIGITS ? rest : GROUP_DIGITS]!
      if (sign !== 0) value = -value
      const high = Math.floor(value / TWO32)
      words[at] = value - high * TWO32
      words[at + 1] = high
      for (let w = 2; w < width; w++) words[at + w] = high < 0 ? -1 : 0
    } else {
      limbs.fill(0)
      for (let g = 0; g < groups; g++) {
        const group = view.getUint16(digits + g * 2)
        if (group >= GROUP) throw badValue(column, tuples, r, FOREIGN)
        if (g === groups - 1 && cut > 0) multiplyAdd(limbs, POWERS[GROUP_DIGITS - cut]!, group / POWERS[cut]!)
        else multiplyAdd(limbs, GROUP, group)
      }
      for (let rest = power; rest > 0; rest -= GROUP_DIGITS) multiplyAdd(limbs, POWERS[rest < GROUP_DIGITS ? rest : GROUP_DIGITS]!, 0)
      store(limbs, words, at, sign !== 0)
    }
    into.endValue()
  }
}

function special(sign: number): string {
  if (sign === NOT_A_NUMBER) return 'is NaN, which a decimal does not hold: leave such rows out with --query'
  if (INFINITIES.has(sign)) return 'is infinity, which a decimal does not hold: leave such rows out with --query'
  return FOREIGN
}

function countDigits(group: number): number {
  if (group < 10) return 1
  if (group < 100) return 2
  return group < 1000 ? 3 : GROUP_DIGITS
}

function addGroup(value: number, group: number, cut: number): number {
  return cut === 0 ? value * GROUP + group : value * POWERS[GROUP_DIGITS - cut]! + group / POWERS[cut]!
}

/** `limbs = limbs * factor + add`, for limbs of 32 bits, lowest first; `factor` is at most a group. */
function multiplyAdd(limbs: Float64Array, factor: number, add: number): void {
  let carry = add
  for (let i = 0; i < limbs.length; i++) {
    const product = limbs[i]! * factor + carry
    carry = Math.floor(product / TWO32)
    limbs[i] = product - carry * TWO32
  }
}

function store(limbs: Float64Array, words: Int32Array, at: number, negative: boolean): void {
  if (!negative) {
    for (let i = 0; i < limbs.length; i++) words[at + i] = limbs[i]!
    return
  }
  let carry = 1
  for (let i = 0; i < limbs.length; i++) {
    const sum = 0xffff_ffff - limbs[i]! + carry
    carry = sum >= TWO32 ? 1 : 0
    words[at + i] = sum - carry * TWO32
  }
}
