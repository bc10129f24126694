// What a decoder of one type is handed: a stretch of one column's values, and how it tells of a bad one.
import type { ColumnBuilder, Field } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Tuples } from './binary-tuples.js'
import type { Wire } from './binary-wire.js'

/** One column: which field of the tuples, its wire form, and where its values go. */
export interface DecodeColumn {
  readonly field: Field
  /** Position of the field in the stream. */
  readonly at: number
  readonly wire: Wire
}

export interface Stretch {
  readonly column: DecodeColumn
  readonly into: ColumnBuilder
  readonly tuples: Tuples
  /** Fields of a tuple. */
  readonly fields: number
  readonly from: number
  readonly to: number
}

/** `bad-data` for one value; `row` counts from the start of these tuples. */
export function badValue(column: DecodeColumn, tuples: Tuples, row: number, why: string): MoveError {
  const number = String(tuples.before + row + 1)
  return new MoveError('bad-data', `row ${number}, field "${column.field.name}": the value ${why}`, {
    context: { row: number, field: column.field.name },
  })
}
