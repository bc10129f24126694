// The narrowest type that holds every value of one column exactly, found in one pass over bytes with no string made per cell.
import type { FieldType, TimeUnit } from '@records-mover/core/plugin'
import { isNull } from './fields.js'
import { dateAt, fineness, NOT_A_MOMENT, timeAt, timestampAt } from './recognise-moment.js'
import { digitsAfter, digitsBefore, exponentAt, fitsFloat64, fitsInt64, NOT_A_NUMBER, numberAt } from './recognise-number.js'
import type { BooleanPair } from './recognise-word.js'
import { textAt, uuidAt } from './recognise-word.js'
import type { Records } from './scan.js'
import { QUOTED } from './scan.js'

// What every value so far is. Numbers, so that the loops below switch on small integers.
const NOTHING = 0
const INTEGER = 1
const DECIMAL = 2
const FLOAT = 3
const DATE = 4
const TIMESTAMP = 5
const TIME = 6
const BOOLEAN = 7
const UUID = 8
const TEXT = 9

// Any number of so many digits fits 64 bits, so that its digits need not be compared.
const SURE_INTEGER_DIGITS = 18
const MOST_INTEGER_DIGITS = 19
// More digits than this and a decimal may not survive the way through a double.
const SURE_FLOAT_DIGITS = 15
const MOST_DECIMAL_DIGITS = 76

/** What the readers of a column are told. */
export interface ColumnRules {
  readonly nullText: Uint8Array
  /** Pairs of spellings that make a boolean column. */
  readonly booleans: readonly BooleanPair[]
  /** True to stop at an unquoted `\N`, which says that nulls are written so. */
  readonly watchForBackslashN: boolean
}

/** What one column turned out to be. */
export interface ColumnFinding {
  readonly type: FieldType
  readonly nullable: boolean
  /** The texts of true and false, for a boolean column. */
  readonly booleanText?: readonly [string, string]
  /** True when unquoted empty fields stand among values of another type than text, though nulls are written otherwise. */
  readonly emptyAmongValues: boolean
}

/**
 * One column while its cells are seen. Each kind has a loop of its own that runs until a cell is not of that kind; then the kind is
 * widened, to another that holds all values so far, or to text, which holds them all as they are spelled.
 */
export class ColumnInference {
  readonly #rules: ColumnRules
  #kind = NOTHING
  #nulls = 0
  #empties = 0
  /** Most digits before and behind the point. */
  #before = 0
  #after = 0
  /** True while every number so far is the same number as a double. */
  #float = true
  /** Digits of the finest fraction, as written and without zeros at the end. */
  #written = 0
  #significant = 0
  #zoned = false
  #far = false
  #pair: BooleanPair | undefined
  #sawTrue = false
  #sawFalse = false

  constructor(rules: ColumnRules) {
    this.#rules = rules
  }

  /** Sees field `k` of every one of the records. False when an unquoted `\N` was watched for and came. */
  see(records: Records, k: number): boolean {
    const cells = records.rows * records.width
    let cell = k
    while (cell < cells) {
      cell = this.#run(records, cell, cells)
      if (cell >= cells) break
      if (!this.#widen(records, cell)) return false
      cell += records.width
    }
    return true
  }

  /** What the column is, once every record was seen. */
  finding(): ColumnFinding {
    const type = this.#type()
    const text = type.type === 'string'
    return {
      type,
      nullable: this.#nulls > 0 || this.#kind === NOTHING,
      ...(type.type === 'boolean' && { booleanText: this.#pair!.texts }),
      emptyAmongValues: this.#empties > 0 && !text,
    }
  }

  /** Runs over cells of the kind that the column has; answers the first cell that is not, or `cells`. */
  #run(records: Records, from: number, cells: number): number {
    switch (this.#kind) {
      case INTEGER:
        return this.#integers(records, from, cells)
      case DECIMAL:
        return this.#decimals(records, from, cells)
      case DATE:
        return this.#dates(records, from, cells)
      case TIMESTAMP:
      case TIME:
        return this.#moments(records, from, cells)
      case TEXT:
        return this.#texts(records, from, cells)
      default:
        return this.#others(records, from, cells)
    }
  }

  /**
   * True for a null and for an empty field, which are no values.
   *
   * An unquoted empty field where nulls are written otherwise is told apart at the end: it is text in a column of text.
   */
  #isAbsent(bytes: Uint8Array, start: number, end: number, flag: number): boolean {
    const { nullText } = this.#rules
    if (isNull(bytes, start, end, flag, nullText)) {
      this.#nulls++
      return true
    }
    if (start !== end || (flag & QUOTED) !== 0) return false
    this.#empties++
    return true
  }

  #integers({ bytes, starts, ends, flags, width }: Records, from: number, cells: number): number {
    const nullLength = this.#rules.nullText.length
    let before = this.#before
    let cell = from
    for (; cell < cells; cell += width) {
      const start = starts[cell]!
      const end = ends[cell]!
      if ((start === end || end - start === nullLength) && this.#isAbsent(bytes, start, end, flags[cell]!)) continue
      // Without digits behind a point the answer is the digits before it.
      const digits = numberAt(bytes, start, end)
      if (digits > SURE_INTEGER_DIGITS ? digits > MOST_INTEGER_DIGITS || !fitsInt64(bytes, start, end) : digits < 0) break
      if (digits > before) before = digits
    }
    this.#before = before
    if (before > SURE_FLOAT_DIGITS) this.#float = false
    return Math.min(cell, cells)
  }

  #decimals({ bytes, starts, ends, flags, width }: Records, from: number, cells: number): number {
    const nullLength = this.#rules.nullText.length
    let before = this.#before
    let after = this.#after
    let cell = from
    for (; cell < cells; cell += width) {
      const start = starts[cell]!
      const end = ends[cell]!
      if ((start === end || end - start === nullLength) && this.#isAbsent(bytes, start, end, flags[cell]!)) continue
      const digits = numberAt(bytes, start, end)
      if (digits === NOT_A_NUMBER) break
      if (digitsBefore(digits) > before) before = digitsBefore(digits)
      if (digitsAfter(digits) > after) after = digitsAfter(digits)
      if (end - start > SURE_FLOAT_DIGITS && this.#float) this.#float = fitsFloat64(bytes, start, end)
    }
    this.#before = before
    this.#after = after
    return Math.min(cell, cells)
  }

  #dates({ bytes, starts, ends, flags, width }: Records, from: number, cells: number): number {
    const nullLength = this.#rules.nullText.length
    let cell = from
    for (; cell < cells; cell += width) {
      const start = starts[cell]!
      const end = ends[cell]!
      if ((start === end || end - start === nullLength) && this.#isAbsent(bytes, start, end, flags[cell]!)) continue
      if (!dateAt(bytes, start, end)) break
    }
    return Math.min(cell, cells)
  }

  #moments({ bytes, starts, ends, flags, width }: Records, from: number, cells: number): number {
    const nullLength = this.#rules.nullText.length
    const stamp = this.#kind === TIMESTAMP
    let last = -2
    let cell = from
    for (; cell < cells; cell += width) {
      const start = starts[cell]!
      const end = ends[cell]!
      if ((start === end || end - start === nullLength) && this.#isAbsent(bytes, start, end, flags[cell]!)) continue
      const packed = stamp ? timestampAt(bytes, start, end) : timeAt(bytes, start, end)
      if (packed === last) continue
      if (packed === NOT_A_MOMENT || !this.#refine(packed)) break
      last = packed
    }
    return Math.min(cell, cells)
  }

  #others({ bytes, starts, ends, flags, width }: Records, from: number, cells: number): number {
    const nullLength = this.#rules.nullText.length
    let cell = from
    for (; cell < cells; cell += width) {
      const start = starts[cell]!
      const end = ends[cell]!
      if ((start === end || end - start === nullLength) && this.#isAbsent(bytes, start, end, flags[cell]!)) continue
      if (!this.#isOther(bytes, start, end)) break
    }
    return Math.min(cell, cells)
  }

  /** Text holds everything: what is left to find out is whether there are nulls. */
  #texts({ bytes, starts, ends, flags, width }: Records, from: number, cells: number): number {
    const { nullText, watchForBackslashN } = this.#rules
    const known = this.#nulls > 0
    if (known && !watchForBackslashN) return cells
    for (let cell = from; cell < cells; cell += width) {
      const start = starts[cell]!
      const length = ends[cell]! - start
      if (length === nullText.length && !known && isNull(bytes, start, start + length, flags[cell]!, nullText)) this.#nulls++
      if (length === 2 && watchForBackslashN && isBackslashN(bytes, start, start + 2, flags[cell]!)) return cell
    }
    return cells
  }

  #isOther(bytes: Uint8Array, start: number, end: number): boolean {
    switch (this.#kind) {
      case FLOAT:
        return (numberAt(bytes, start, end) !== NOT_A_NUMBER || exponentAt(bytes, start, end)) && fitsFloat64(bytes, start, end)
      case BOOLEAN:
        return this.#isBoolean(bytes, start, end, this.#pair!)
      case UUID:
        return uuidAt(bytes, start, end)
      default:
        return false
    }
  }

  #isBoolean(bytes: Uint8Array, start: number, end: number, pair: BooleanPair): boolean {
    if (textAt(bytes, start, end, pair.whenTrue)) this.#sawTrue = true
    else if (textAt(bytes, start, end, pair.whenFalse)) this.#sawFalse = true
    else return false
    return true
  }

  /** Takes in how fine a moment is; false when it has a zone and the others have none, or the reverse. */
  #refine(packed: number): boolean {
    const { written, significant, zoned, far } = fineness(packed)
    if (zoned !== this.#zoned) return false
    this.#written = Math.max(this.#written, written)
    this.#significant = Math.max(this.#significant, significant)
    this.#far ||= far
    return true
  }

  /** Makes the column hold a cell that its kind does not; false for an unquoted `\N` that was watched for. */
  #widen({ bytes, starts, ends, flags }: Records, cell: number): boolean {
    const [start, end, flag] = [starts[cell]!, ends[cell]!, flags[cell]!]
    if (this.#rules.watchForBackslashN && isBackslashN(bytes, start, end, flag)) return false
    this.#widenTo(bytes, start, end)
    return true
  }

  #widenTo(bytes: Uint8Array, start: number, end: number): void {
    switch (this.#kind) {
      case NOTHING:
        this.#begin(bytes, start, end)
        break
      case INTEGER:
      case DECIMAL:
        this.#number(bytes, start, end)
        break
      case BOOLEAN:
        this.#unboolean(bytes, start, end)
        break
      default:
        this.#kind = TEXT
    }
  }

  /** Takes the kind of the first value. */
  #begin(bytes: Uint8Array, start: number, end: number): void {
    this.#pair = this.#rules.booleans.find((pair) => this.#isBoolean(bytes, start, end, pair))
    if (this.#pair !== undefined) this.#kind = BOOLEAN
    else this.#beginPlain(bytes, start, end)
  }

  #beginPlain(bytes: Uint8Array, start: number, end: number): void {
    if (numberAt(bytes, start, end) !== NOT_A_NUMBER || exponentAt(bytes, start, end)) {
      this.#number(bytes, start, end)
      return
    }
    const stamp = timestampAt(bytes, start, end)
    const moment = stamp === NOT_A_MOMENT ? timeAt(bytes, start, end) : stamp
    if (moment !== NOT_A_MOMENT) {
      this.#kind = stamp === NOT_A_MOMENT ? TIME : TIMESTAMP
      this.#zoned = fineness(moment).zoned
      this.#refine(moment)
      return
    }
    if (dateAt(bytes, start, end)) this.#kind = DATE
    else this.#kind = uuidAt(bytes, start, end) ? UUID : TEXT
  }

  /** Takes a number in, by the narrowest kind that holds it and those before it. */
  #number(bytes: Uint8Array, start: number, end: number): void {
    const digits = numberAt(bytes, start, end)
    if (digits === NOT_A_NUMBER && !exponentAt(bytes, start, end)) {
      this.#kind = TEXT
      return
    }
    this.#float &&= fitsFloat64(bytes, start, end)
    if (digits === NOT_A_NUMBER) {
      this.#kind = this.#float ? FLOAT : TEXT
      return
    }
    const wide = digitsAfter(digits) > 0 || !fitsInt64(bytes, start, end)
    if (wide || this.#kind === DECIMAL) this.#kind = DECIMAL
    else this.#kind = INTEGER
    this.#before = Math.max(this.#before, digitsBefore(digits))
    this.#after = Math.max(this.#after, digitsAfter(digits))
  }

  /** The column is not boolean after all: what it held is seen again as what else it may be. */
  #unboolean(bytes: Uint8Array, start: number, end: number): void {
    const { whenTrue, whenFalse } = this.#pair!
    this.#kind = NOTHING
    for (const seen of [...this.#sawTrue ? [whenTrue] : [], ...this.#sawFalse ? [whenFalse] : []]) this.#seeAgain(seen, 0, seen.length)
    this.#seeAgain(bytes, start, end)
  }

  #seeAgain(bytes: Uint8Array, start: number, end: number): void {
    if (this.#kind === NOTHING) this.#beginPlain(bytes, start, end)
    else if (this.#kind === TIMESTAMP || this.#kind === TIME || this.#kind === DATE || this.#kind === UUID) this.#kind = TEXT
    else this.#widenTo(bytes, start, end)
  }

  #type(): FieldType {
    switch (this.#kind) {
      case INTEGER:
        return { type: 'integer', bits: 64, signed: true }
      case DECIMAL:
        return this.#decimalType()
      case FLOAT:
        return { type: 'float', bits: 64 }
      case DATE:
        return { type: 'date' }
      case UUID:
        return { type: 'uuid' }
      case BOOLEAN:
        return this.#isTrulyBoolean() ? { type: 'boolean' } : { type: 'string' }
      case TIME:
        return { type: 'time', unit: unitOf(this.#written), zoned: this.#zoned }
      case TIMESTAMP:
        return this.#timestampType()
      default:
        return { type: 'string' }
    }
  }

  #decimalType(): FieldType {
    const whole = Math.max(this.#before, 1)
    const precision = whole + this.#after
    if (precision <= MOST_DECIMAL_DIGITS) return { type: 'decimal', precision, scale: this.#after }
    return this.#float ? { type: 'float', bits: 64 } : { type: 'string' }
  }

  #timestampType(): FieldType {
    const zoned = this.#zoned
    // Nanoseconds reach from 1677 to 2262 only; zeros that were written need not be kept.
    const digits = this.#far && this.#written > 6 ? this.#significant : this.#written
    if (this.#far && digits > 6) return { type: 'string' }
    return { type: 'timestamp', unit: unitOf(digits), zoned }
  }

  #isTrulyBoolean(): boolean {
    return !this.#pair!.both || (this.#sawTrue && this.#sawFalse)
  }
}

function unitOf(digits: number): TimeUnit {
  if (digits === 0) return 's'
  if (digits <= 3) return 'ms'
  return digits <= 6 ? 'us' : 'ns'
}

function isBackslashN(bytes: Uint8Array, start: number, end: number, flag: number): boolean {
  return end - start === 2 && bytes[start] === 92 && bytes[start + 1] === 78 && (flag & QUOTED) === 0
}
