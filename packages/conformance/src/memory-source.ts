// Reading a table in memory: a snapshot, in batches of the fields that are asked for.
import type { Address, Batch, Batches, Look, Open, RecordsSchema, Run, Source, Why } from '@records-mover/core/plugin'
import { MoveError, sameType, typeText } from '@records-mover/core/plugin'
import type { MemoryTable } from './memory-table.js'
import { checkSignal, countRows, tableName } from './memory-table.js'

/** The door of a source over some tables. */
export function openSource(tables: ReadonlyMap<string, MemoryTable>): Open<Source> {
  return async (at: Address) => {
    const name = tableName(at)
    const table = tables.get(name)
    if (table === undefined) throw new MoveError('not-found', `there is no table "${name}" in memory: write it first`, { context: { table: name } })
    return await Promise.resolve(sourceOf(table))
  }
}

function sourceOf(table: MemoryTable): Source {
  const schema = withOrigins(table.schema)
  const rows = countRows(table.batches)
  return {
    look: (): Promise<Look> => Promise.resolve({ schema, again: true, rows, rowsExact: true }),
    batches: {
      refuse: (as) => whyNot(schema, as),
      read: (as, run) => Promise.resolve(read(table, as, run)),
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** So that a move from memory to memory can tell where a type was at home. */
function withOrigins(schema: RecordsSchema): RecordsSchema {
  return { ...schema, fields: schema.fields.map((field) => ({ origin: { system: 'memory', type: typeText(field.type) }, ...field })) }
}

function whyNot(schema: RecordsSchema, as: RecordsSchema): Why | undefined {
  for (const { name, type } of as.fields) {
    const field = schema.fields.find((each) => each.name === name)
    if (field === undefined) return `there is no field "${name}"`
    if (!sameType(field.type, type)) return `"${name}" is ${typeText(field.type)}, and memory converts nothing to ${typeText(type)}`
  }
  return undefined
}

function read(table: MemoryTable, as: RecordsSchema, run: Run): Batches {
  const places = as.fields.map(({ name }) => table.schema.fields.findIndex((field) => field.name === name))
  let rows = 0
  async function* part(): AsyncGenerator<Batch> {
    for (const batch of table.batches) {
      checkSignal(run)
      rows += batch.rows
      // Nobody writes into a batch again, so its columns may be in several hands.
      yield await Promise.resolve({ rows: batch.rows, columns: places.map((at) => batch.columns[at]!) })
      run.emit({ event: 'records-read', rows })
    }
    checkSignal(run)
  }
  async function* parts(): AsyncGenerator<AsyncIterable<Batch>> {
    yield await Promise.resolve(part())
  }
  return { schema: as, parts: parts(), tally: () => ({ rows }), [Symbol.asyncDispose]: () => Promise.resolve() }
}
