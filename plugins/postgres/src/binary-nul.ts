// What becomes of U+0000 in text that PostgreSQL cannot hold: refused with row and field, or removed and counted.
import type { Batch, Column } from '@records-mover/core/plugin'
import { MoveError, bytesAt, isNull } from '@records-mover/core/plugin'
import type { EncodeColumn } from './binary-encode.js'

/** Called with how many values were changed. */
export type CountRemoved = (values: number) => void

/**
 * The batch with text that PostgreSQL takes. Throws `bad-data` for U+0000 unless `removed` is there to count.
 *
 * https://www.postgresql.org/docs/current/datatype-character.html: the character with code zero cannot be stored.
 */
export function withoutNul(batch: Batch, columns: readonly EncodeColumn[], before: number, removed: CountRemoved | undefined): Batch {
  let changed: Column[] | undefined
  for (const [c, { field, wire }] of columns.entries()) {
    if (wire !== 'text' && wire !== 'jsonb') continue
    const column = batch.columns[c]!
    const end = column.offsets![batch.rows]!
    const start = column.offsets![0]!
    // The bytes of null rows are looked at too, which costs nothing and harms nothing: the exact answer follows.
    if (!holdsNul((column.values as Uint8Array).subarray(start, end))) continue
    if (removed === undefined) {
      const row = firstWithNul(column, batch.rows)
      if (row < 0) continue
      throw new MoveError('bad-data', `row ${before + row + 1}, field "${field.name}": the text holds U+0000, which PostgreSQL cannot store; allow nul-removed to have it removed`, {
        context: { row: String(before + row + 1), field: field.name },
      })
    }
    changed ??= [...batch.columns]
    changed[c] = removeNul(column, batch.rows, removed)
  }
  return changed === undefined ? batch : { rows: batch.rows, columns: changed }
}

function holdsNul(bytes: Uint8Array): boolean {
  return bytes.includes(0)
}

function firstWithNul(column: Column, rows: number): number {
  for (let row = 0; row < rows; row++) if (!isNull(column, row) && holdsNul(bytesAt(column, row))) return row
  return -1
}

function removeNul(column: Column, rows: number, removed: CountRemoved): Column {
  const from = column.values as Uint8Array
  const values = new Uint8Array(column.offsets![rows]! - column.offsets![0]!)
  const offsets = new Int32Array(rows + 1)
  let at = 0
  let count = 0
  for (let row = 0; row < rows; row++) {
    const before = at
    const end = column.offsets![row + 1]!
    for (let i = column.offsets![row]!; i < end; i++) if (from[i] !== 0) values[at++] = from[i]!
    if (at - before < end - column.offsets![row]! && !isNull(column, row)) count++
    offsets[row + 1] = at
  }
  if (count > 0) removed(count)
  return { ...column, values, offsets }
}
