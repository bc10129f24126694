// Merging by key in memory: old rows whose key arrives again give way to the new ones.
import type { Batch, RecordsSchema } from '@records-mover/core/plugin'
import { MoveError, valueText } from '@records-mover/core/plugin'
import type { MemoryTable } from './memory-table.js'
import { batchOf, textsOf } from './rows.js'

/**
 * The batches of a table after a merge.
 *
 * @throws MoveError `bad-data` for an incoming key that is null or arrives twice.
 */
export function mergeRows(now: MemoryTable, incoming: readonly Batch[], key: readonly string[]): readonly Batch[] {
  const places = key.map((name) => now.schema.fields.findIndex((field) => field.name === name))
  const arriving = new Set<string>()
  let count = 0
  for (const batch of incoming) {
    for (let row = 0; row < batch.rows; row++) {
      const values = keyAt(now.schema, batch, row, places)
      const context = { field: key.join(', '), row: String(count + row) }
      if (values.includes(null)) throw new MoveError('bad-data', 'a merge key is null: give every record a key, or leave it out', { context })
      const text = JSON.stringify(values)
      if (arriving.has(text)) throw new MoveError('bad-data', 'a merge key arrives twice: make the records unique by their key', { context })
      arriving.add(text)
    }
    count += batch.rows
  }
  const kept = now.batches.map((batch) => batchOf(now.schema, textsOf(now.schema, batch).filter((_, row) => !arriving.has(JSON.stringify(keyAt(now.schema, batch, row, places))))))
  return [...kept.filter(({ rows }) => rows > 0), ...incoming]
}

function keyAt(schema: RecordsSchema, batch: Batch, row: number, places: readonly number[]): (string | null)[] {
  return places.map((at) => valueText(schema.fields[at]!.type, batch.columns[at]!, row))
}
