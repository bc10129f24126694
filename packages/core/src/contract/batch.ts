// How a batch lies in memory: Arrow's column layout, without bit offsets.
import type { RecordsSchema } from './schema.js'

export type ColumnValues =
  | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array
  | BigUint64Array | BigInt64Array | Float32Array | Float64Array

/**
 * One field of some rows. A null row has its validity bit at 0 and an undefined value of the right width.
 *
 * | field type | `values` |
 * |---|---|
 * | boolean | `Uint8Array`, one bit a row, lowest bit first |
 * | integer | `Int8Array` to `BigInt64Array` or their unsigned kin, by bits and sign |
 * | float | `Float32Array`, `Float64Array` |
 * | decimal, precision up to 18 | `BigInt64Array`: the number times 10^scale |
 * | decimal, precision 19 to 38; 39 to 76 | `Uint8Array`, 16 or 32 bytes a row: the same, little-endian two's complement; `byteOffset` a multiple of 8 |
 * | string, json | `Uint8Array` of UTF-8, with `offsets` |
 * | bytes | `Uint8Array`, with `offsets` |
 * | uuid | `Uint8Array`, 16 bytes a row, in the order they are printed |
 * | date | `Int32Array`: days since 1970-01-01, proleptic Gregorian |
 * | time s, ms; us, ns | `Int32Array`; `BigInt64Array`: units since midnight, 24:00:00 allowed |
 * | time with zone | as time, and `zone`: seconds east of UTC |
 * | timestamp | `BigInt64Array`: units since 1970-01-01T00:00:00, in UTC when zoned, on the wall clock when not |
 */
export interface Column {
  readonly values: ColumnValues
  /** One bit a row, lowest bit first, 1 for a value and 0 for null. Absent when no row is null. */
  readonly validity?: Uint8Array
  /** For text and bytes: rows + 1 positions in `values`; row i lies from `offsets[i]` to `offsets[i + 1]`, exclusive. */
  readonly offsets?: Int32Array
  /** For a time with zone: seconds east of UTC, one a row. */
  readonly zone?: Int32Array
}

/** Some rows as columns, in the order of the schema they are read under. Belongs to its receiver and is never written again. */
export interface Batch {
  /** How many rows; 0 is allowed. Arrays may be longer than the rows need. */
  readonly rows: number
  readonly columns: readonly Column[]
}

/** Batches under one schema, in parts that may be read side by side. */
export interface Batches extends AsyncDisposable {
  readonly schema: RecordsSchema
  /** Each part is opened only when it is read; a `for await` ended early releases what the part held. */
  readonly parts: AsyncIterable<AsyncIterable<Batch>>
  /** What was given so far; complete when the parts have ended. */
  tally(): Tally
}

/** Counts of a move. An unknown count is absent, never made up. */
export interface Tally {
  readonly rows?: number
  /** How many values each allowed loss changed, by the loss's name. */
  readonly losses?: { readonly [loss: string]: number }
}
