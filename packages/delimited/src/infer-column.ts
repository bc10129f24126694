// The narrowest type that holds every value of one column exactly, found in one pass over bytes with no string made per cell.
import type { FieldType } from '@records-mover/core/plugin'
import { isNull } from './fields.js'
import type { Evidence } from './infer-type.js'
import { BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, NOTHING, TEXT, TIME, TIMESTAMP, typeOf, UUID } from './infer-type.js'
import { dateAt, fineness, NOT_A_MOMENT, timeAt, timestampAt } from './recognise-moment.js'
import { digitsAfter, digitsBefore, exponentAt, fitsFloat64, fitsInt64, NOT_A_NUMBER, numberAt } from './recognise-number.js'
import type { BooleanPair } from './recognise-word.js'
import { textAt, uuidAt } from './recognise-word.js'
import type { Records } from './scan.js'
import { QUOTED } from './scan.js'

// Any number of so many digits fits 64 bits, so that its digits need not be compared.
const SURE_INTEGER_DIGITS = 18
const MOST_INTEGER_DIGITS = 19
// More digits than this and a decimal may not survive the way through a double.
const SURE_FLOAT_DIGITS = 15

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
  readonly #seen: Evidence = {
    kind: NOTHING, before: 0, after: 0, float: true, written: 0, significant: 0, zoned: false, far: false,
    pair: undefined, sawTrue: false, sawFalse: false,
  }

  #nulls = 0
  #empties = 0

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
    const type = typeOf(this.#seen)
    const text = type.type === 'string'
    return {
      type,
      nullable: this.#nulls > 0 || this.#seen.kind === NOTHING,
      ...(type.type === 'boolean' && { booleanText: this.#seen.pair!.texts }),
      emptyAmongValues: this.#empties > 0 && !text,
    }
  }

  /** Runs over cells of the kind that the column has; answers the first cell that is not, or `cells`. */
  #run(records: Records, from: number, cells: number): number {
    switch (this.#seen.kind) {
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
  #isAbsent(bytes: Buffer, start: number, end: number, flag: number): boolean {
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
    let before = this.#seen.before
    let cell = from
    for (; cell < cells; cell += width) {
      const start = starts[cell]!
      const end = ends[cell]!
      if ((start === end || end - start === nullLength) && this.#isAbsent(bytes, start, end, flags[cell]!)) continue
      // Without digits behind a point the answer is the digits before it.
      const digits = numberAt(bytes, start, end)
      if (digits > SURE_INTEGER_DIGITS ? digits > MOST_INTEGER_DIGITS || !fitsInt64(bytes, start, end) : digits < 0) break
      if (digits > before) before = digits
      if (digits > SURE_FLOAT_DIGITS && this.#seen.float) this.#seen.float = fitsFloat64(bytes, start, end)
    }
    this.#seen.before = before
    return Math.min(cell, cells)
  }

  #decimals({ bytes, starts, ends, flags, width }: Records, from: number, cells: number): number {
    const nullLength = this.#rules.nullText.length
    let before = this.#seen.before
    let after = this.#seen.after
    let cell = from
    for (; cell < cells; cell += width) {
      const start = starts[cell]!
      const end = ends[cell]!
      if ((start === end || end - start === nullLength) && this.#isAbsent(bytes, start, end, flags[cell]!)) continue
      const digits = numberAt(bytes, start, end)
      if (digits === NOT_A_NUMBER) break
      if (digitsBefore(digits) > before) before = digitsBefore(digits)
      if (digitsAfter(digits) > after) after = digitsAfter(digits)
      if (end - start > SURE_FLOAT_DIGITS && this.#seen.float) this.#seen.float = fitsFloat64(bytes, start, end)
    }
    this.#seen.before = before
    this.#seen.after = after
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
    const stamp = this.#seen.kind === TIMESTAMP
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

  #isOther(bytes: Buffer, start: number, end: number): boolean {
    switch (this.#seen.kind) {
      case FLOAT:
        return (numberAt(bytes, start, end) !== NOT_A_NUMBER || exponentAt(bytes, start, end)) && fitsFloat64(bytes, start, end)
      case BOOLEAN:
        return this.#isBoolean(bytes, start, end, this.#seen.pair!)
      case UUID:
        return uuidAt(bytes, start, end)
      default:
        return false
    }
  }

  #isBoolean(bytes: Buffer, start: number, end: number, pair: BooleanPair): boolean {
    if (textAt(bytes, start, end, pair.whenTrue)) this.#seen.sawTrue = true
    else if (textAt(bytes, start, end, pair.whenFalse)) this.#seen.sawFalse = true
    else return false
    return true
  }

  /** Takes in how fine a moment is; false when it has a zone and the others have none, or the reverse. */
  #refine(packed: number): boolean {
    const { written, significant, zoned, far } = fineness(packed)
    if (zoned !== this.#seen.zoned) return false
    this.#seen.written = Math.max(this.#seen.written, written)
    this.#seen.significant = Math.max(this.#seen.significant, significant)
    this.#seen.far ||= far
    return true
  }

  /** Makes the column hold a cell that its kind does not; false for an unquoted `\N` that was watched for. */
  #widen({ bytes, starts, ends, flags }: Records, cell: number): boolean {
    const [start, end, flag] = [starts[cell]!, ends[cell]!, flags[cell]!]
    if (this.#rules.watchForBackslashN && isBackslashN(bytes, start, end, flag)) return false
    this.#widenTo(bytes, start, end)
    return true
  }

  #widenTo(bytes: Buffer, start: number, end: number): void {
    switch (this.#seen.kind) {
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
        this.#seen.kind = TEXT
    }
  }

  /** Takes the kind of the first value. */
  #begin(bytes: Buffer, start: number, end: number): void {
    this.#seen.pair = this.#rules.booleans.find((pair) => this.#isBoolean(bytes, start, end, pair))
    if (this.#seen.pair !== undefined) this.#seen.kind = BOOLEAN
    else this.#beginPlain(bytes, start, end)
  }

  #beginPlain(bytes: Buffer, start: number, end: number): void {
    if (numberAt(bytes, start, end) !== NOT_A_NUMBER || exponentAt(bytes, start, end)) {
      this.#number(bytes, start, end)
      return
    }
    const stamp = timestampAt(bytes, start, end)
    const moment = stamp === NOT_A_MOMENT ? timeAt(bytes, start, end) : stamp
    if (moment !== NOT_A_MOMENT) {
      this.#seen.kind = stamp === NOT_A_MOMENT ? TIME : TIMESTAMP
      this.#seen.zoned = fineness(moment).zoned
      this.#refine(moment)
      return
    }
    if (dateAt(bytes, start, end)) this.#seen.kind = DATE
    else this.#seen.kind = uuidAt(bytes, start, end) ? UUID : TEXT
  }

  /** Takes a number in, by the narrowest kind that holds it and those before it. */
  #number(bytes: Buffer, start: number, end: number): void {
    const digits = numberAt(bytes, start, end)
    if (digits === NOT_A_NUMBER && !exponentAt(bytes, start, end)) {
      this.#seen.kind = TEXT
      return
    }
    this.#seen.float &&= fitsFloat64(bytes, start, end)
    if (digits === NOT_A_NUMBER) {
      this.#seen.kind = this.#seen.float ? FLOAT : TEXT
      return
    }
    const wide = digitsAfter(digits) > 0 || !fitsInt64(bytes, start, end)
    if (wide || this.#seen.kind === DECIMAL) this.#seen.kind = DECIMAL
    else this.#seen.kind = INTEGER
    this.#seen.before = Math.max(this.#seen.before, digitsBefore(digits))
    this.#seen.after = Math.max(this.#seen.after, digitsAfter(digits))
  }

  /** The column is not boolean after all: what it held is seen again as what else it may be. */
  #unboolean(bytes: Buffer, start: number, end: number): void {
    const { whenTrue, whenFalse } = this.#seen.pair!
    this.#seen.kind = NOTHING
    for (const seen of [...this.#seen.sawTrue ? [whenTrue] : [], ...this.#seen.sawFalse ? [whenFalse] : []]) this.#seeAgain(seen, 0, seen.length)
    this.#seeAgain(bytes, start, end)
  }

  #seeAgain(bytes: Buffer, start: number, end: number): void {
    if (this.#seen.kind === NOTHING) this.#beginPlain(bytes, start, end)
    else if (this.#seen.kind === TIMESTAMP || this.#seen.kind === TIME || this.#seen.kind === DATE || this.#seen.kind === UUID) this.#seen.kind = TEXT
    else this.#widenTo(bytes, start, end)
  }

}

function isBackslashN(bytes: Buffer, start: number, end: number, flag: number): boolean {
  return end - start === 2 && bytes[start] === 92 && bytes[start + 1] === 78 && (flag & QUOTED) === 0
}
