// Which type holds what a column was seen to hold: from digits and fractions to precision, scale and unit.
import type { FieldType, TimeUnit } from '@records-mover/core/plugin'
import type { BooleanPair } from './recognise-word.js'

// What every value so far is. Numbers, so that loops switch on small integers.
export const NOTHING = 0
export const INTEGER = 1
export const DECIMAL = 2
export const FLOAT = 3
export const DATE = 4
export const TIMESTAMP = 5
export const TIME = 6
export const BOOLEAN = 7
export const UUID = 8
export const TEXT = 9

const MOST_DECIMAL_DIGITS = 76

/** What is known of the values of a column. */
export interface Evidence {
  kind: number
  /** Most digits before and behind the point. */
  before: number
  after: number
  /** True while every number so far is the same number as a double. */
  float: boolean
  /** Digits of the finest fraction of a second, as written and without zeros at the end. */
  written: number
  significant: number
  zoned: boolean
  far: boolean
  pair: BooleanPair | undefined
  sawTrue: boolean
  sawFalse: boolean
}

/** The narrowest type that holds all that was seen. */
export function typeOf(seen: Evidence): FieldType {
  switch (seen.kind) {
    case INTEGER:
      return { type: 'integer', bits: 64, signed: true }
    case DECIMAL:
      return decimalType(seen)
    case FLOAT:
      return { type: 'float', bits: 64 }
    case DATE:
      return { type: 'date' }
    case UUID:
      return { type: 'uuid' }
    case BOOLEAN:
      return isTrulyBoolean(seen) ? { type: 'boolean' } : { type: 'string' }
    case TIME:
      return { type: 'time', unit: unitOf(seen.written), zoned: seen.zoned }
    case TIMESTAMP:
      return timestampType(seen)
    default:
      return { type: 'string' }
  }
}

function decimalType(seen: Evidence): FieldType {
  const whole = Math.max(seen.before, 1)
  const precision = whole + seen.after
  if (precision <= MOST_DECIMAL_DIGITS) return { type: 'decimal', precision, scale: seen.after }
  return seen.float ? { type: 'float', bits: 64 } : { type: 'string' }
}

function timestampType(seen: Evidence): FieldType {
  const zoned = seen.zoned
  // Nanoseconds reach from 1677 to 2262 only; zeros that were written need not be kept.
  const digits = seen.far && seen.written > 6 ? seen.significant : seen.written
  if (seen.far && digits > 6) return { type: 'string' }
  return { type: 'timestamp', unit: unitOf(digits), zoned }
}

function isTrulyBoolean(seen: Evidence): boolean {
  return !seen.pair!.both || (seen.sawTrue && seen.sawFalse)
}

function unitOf(digits: number): TimeUnit {
  if (digits === 0) return 's'
  if (digits <= 3) return 'ms'
  return digits <= 6 ? 'us' : 'ns'
}
