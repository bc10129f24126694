// Which numbers DuckDB takes for dates and times: those outside would be infinity, or no moment at all.
import type { FieldType } from '@records-mover/core/plugin'

/** Bounds of the whole numbers of a column, both inclusive. */
export interface Bounds {
  readonly least: bigint
  readonly most: bigint
}

/**
 * The bounds of a date, time or timestamp; undefined for other types.
 *
 * The largest number and its negative stand for infinity. https://duckdb.org/docs/stable/sql/data_types/timestamp: timestamps start
 * on 290309-12-22 (BC), those in nanoseconds on 1677-09-22.
 */
export function boundsOf(type: FieldType): Bounds | undefined {
  switch (type.type) {
    case 'date':
      return { least: -2_147_483_646n, most: 2_147_483_646n }
    case 'time':
      return { least: 0n, most: 86_400n * UNITS[type.unit] }
    case 'timestamp':
      if (type.unit === 'ns') return { least: -9_223_286_400_000_000_000n, most: 2n ** 63n - 2n }
      return { least: -9_223_372_022_400n * UNITS[type.unit], most: (2n ** 63n - 2n) / (1_000_000n / UNITS[type.unit]) }
    default:
      return undefined
  }
}

/**
 * The first row whose number is outside the bounds; -1 when there is none. `values` holds 32-bit numbers or, as `words`, the
 * halves of 64-bit ones, low half first. Null rows may hold anything.
 */
export function firstOutside(values: Int32Array, wide: boolean, from: number, to: number, { least, most }: Bounds, isNull: (row: number) => boolean): number {
  // High halves strictly between those of the bounds need no closer look.
  const low = Number(wide ? least >> 32n : least)
  const high = Number(wide ? most >> 32n : most)
  for (let row = from; row < to; row++) {
    const number = wide ? values[row * 2 + 1]! : values[row]!
    if (number > low && number < high) continue
    const exact = wide ? (BigInt(number) << 32n) | BigInt(values[row * 2]! >>> 0) : BigInt(number)
    if ((exact < least || exact > most) && !isNull(row)) return row
  }
  return -1
}

const UNITS = { s: 1n, ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n }
