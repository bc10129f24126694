// Which field type turns into which, exactly, exactly if the value allows, or not at all.
import type { Loss, Why } from './contract.js'
import type { DecimalType, FieldType, IntegerType, TemporalType } from './schema.js'
import { sameType, typeText } from './schema.js'

/**
 * How values of one type become values of another.
 *
 * `same`: nothing to do. `widens`: every value fits. `checked`: each value is tried, and one that does not fit exactly is
 * `bad-data`, unless `loss` names the change that the caller allowed. `refused`: no value may be turned.
 */
export type Conversion =
  | { readonly kind: 'same' | 'widens' }
  | { readonly kind: 'checked', readonly loss?: Loss }
  | { readonly kind: 'refused', readonly why: Why }

const WIDENS: Conversion = { kind: 'widens' }
const CHECKED: Conversion = { kind: 'checked' }
const UNIT_DIGITS = { s: 0, ms: 3, us: 6, ns: 9 }

/** Judges the conversion of `from` into `to`. Text turns into any type by its canonical spelling, and any type into text by the same. */
export function conversion(from: FieldType, to: FieldType): Conversion {
  if (sameType(from, to)) return { kind: 'same' }
  if (to.type === 'string') {
    const bounded = to.maxBytes !== undefined || to.maxChars !== undefined
    return bounded ? CHECKED : WIDENS
  }
  if (from.type === 'string') return CHECKED
  const number = numberConversion(from, to)
  if (number !== undefined) return number
  if ((from.type === 'time' || from.type === 'timestamp') && to.type === from.type && from.zoned === to.zoned) {
    return temporalConversion(from, to)
  }
  return { kind: 'refused', why: `${typeText(from)} has no exact form as ${typeText(to)}` }
}

/** Names of the losses that conversions may count. */
export const LOSSES: { readonly [loss: Loss]: string } = {
  'timestamp-precision': 'fractions of a second finer than the target holds are cut off',
  'decimal-as-float': 'decimals become the nearest binary floating point number',
  'nul-removed': 'U+0000 is removed from text that cannot hold it',
}

function numberConversion(from: FieldType, to: FieldType): Conversion | undefined {
  const exact = digits(from)
  if (exact === undefined) {
    if (from.type !== 'float') return undefined
    if (to.type === 'float') return to.bits >= from.bits ? WIDENS : CHECKED
    return undefined
  }
  if (to.type === 'float') {
    const mantissa = to.bits === 64 ? 15 : 6
    if (from.type === 'integer' && exact.precision <= mantissa) return WIDENS
    return from.type === 'integer' ? CHECKED : { kind: 'checked', loss: 'decimal-as-float' }
  }
  const room = digits(to)
  if (room === undefined) return undefined
  if (from.type === 'integer' && to.type === 'integer') return integerFits(from, to) ? WIDENS : CHECKED
  const fits = to.type === 'decimal' && room.scale >= exact.scale && room.precision - room.scale >= exact.precision - exact.scale
  return fits ? WIDENS : CHECKED
}

function digits(type: FieldType): Omit<DecimalType, 'type'> | undefined {
  if (type.type === 'decimal') return type
  if (type.type !== 'integer') return undefined
  const precision = { 8: 3, 16: 5, 32: 10, 64: type.signed ? 19 : 20 }[type.bits]
  return { precision, scale: 0 }
}

function integerFits(from: IntegerType, to: IntegerType): boolean {
  if (from.signed === to.signed) return to.bits >= from.bits
  return to.signed && to.bits > from.bits
}

function temporalConversion(from: TemporalType, to: TemporalType): Conversion {
  if (UNIT_DIGITS[to.unit] < UNIT_DIGITS[from.unit]) return { kind: 'checked', loss: 'timestamp-precision' }
  // Finer units reach less far: nanoseconds of 64 bits span the years 1677 to 2262 only.
  return from.type === 'time' || to.unit !== 'ns' ? WIDENS : CHECKED
}
