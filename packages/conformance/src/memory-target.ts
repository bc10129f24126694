// Landing records in memory: everything is collected, confirmed, and put in place in one step.
import type { Address, Batch, Batches, Fit, Landing, Open, RecordsSchema, Run, Tally, Target, Wish } from '@records-mover/core/plugin'
import { isNull, MoveError, typeText } from '@records-mover/core/plugin'
import { fitTable } from './memory-fit.js'
import { mergeRows } from './memory-merge.js'
import type { MemoryTable } from './memory-table.js'
import { checkSignal, countRows, tableName } from './memory-table.js'

/** The door of a target over some tables. */
export function openTarget(tables: Map<string, MemoryTable>): Open<Target> {
  return async (at: Address) => await Promise.resolve(targetOf(tables, tableName(at)))
}

function targetOf(tables: Map<string, MemoryTable>, name: string): Target {
  let there: MemoryTable | undefined
  return {
    look(): Promise<RecordsSchema | undefined> {
      there = tables.get(name)
      return Promise.resolve(there?.schema)
    },
    fit: (wish: Wish): Fit => fitTable(name, there?.schema, wish),
    batches: {
      refuse: () => undefined,
      write: (from, as, run) => write(tables, name, from, as, run),
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function write(tables: Map<string, MemoryTable>, name: string, from: Batches, as: Landing, run: Run): Promise<Tally> {
  if (as.fit.refused.length > 0) throw new MoveError('refused', as.fit.refused.join('; '))
  const batches = await collect(from, as.fit.schema, run)
  // Tried before confirm, so that nothing is left to fail after it.
  tableAfter(tables.get(name), name, batches, as)
  const tally = { rows: countRows(batches) }
  await as.confirm(tally)
  checkSignal(run)
  // From here on nothing waits: what others see is the table before this line or after it.
  tables.set(name, tableAfter(tables.get(name), name, batches, as))
  return tally
}

async function collect(from: Batches, schema: RecordsSchema, run: Run): Promise<Batch[]> {
  const batches: Batch[] = []
  let rows = 0
  for await (const part of from.parts) {
    for await (const batch of part) {
      checkSignal(run)
      checkNulls(batch, schema, rows)
      if (batch.rows > 0) batches.push(batch)
      rows += batch.rows
      run.emit({ event: 'records-written', rows })
    }
  }
  checkSignal(run)
  return batches
}

/** The table as it is once the records have landed. */
function tableAfter(now: MemoryTable | undefined, name: string, batches: readonly Batch[], as: Landing): MemoryTable {
  const { schema } = as.fit
  if (now === undefined || as.whenExists === 'replace') {
    // On nothing, a merge still asks for keys that are there and differ.
    return as.whenExists === 'merge' ? { schema, batches: mergeRows({ schema, batches: [] }, batches, as.key ?? []) } : { schema, batches }
  }
  if (as.whenExists === 'fail') throw new MoveError('already-exists', `the table "${name}" is there already: choose what to do with it`, { context: { table: name } })
  const incoming = batches.map((batch) => inOrder(batch, schema, now.schema))
  if (as.whenExists === 'append') return { ...now, batches: [...now.batches, ...incoming] }
  if (as.whenExists === 'merge') return { ...now, batches: mergeRows(now, incoming, as.key ?? []) }
  return { ...now, batches: incoming }
}

/** The columns in the order of the table; a field that is not delivered is null. */
function inOrder(batch: Batch, given: RecordsSchema, table: RecordsSchema): Batch {
  const columns = table.fields.map(({ name }) => {
    const at = given.fields.findIndex((field) => field.name === name)
    if (at < 0) throw new MoveError('refused', `the records have no field "${name}", which the table has: add it, or choose "replace"`)
    return batch.columns[at]!
  })
  return { rows: batch.rows, columns }
}

function checkNulls(batch: Batch, schema: RecordsSchema, before: number): void {
  for (const [k, { name, nullable, type }] of schema.fields.entries()) {
    const column = batch.columns[k]!
    if (nullable || column.validity === undefined) continue
    for (let row = 0; row < batch.rows; row++) {
      if (!isNull(column, row)) continue
      throw new MoveError('bad-data', `the field "${name}" (${typeText(type)}) may not be null, and a record has no value: fill it, or let the table take nulls`, {
        context: { field: name, row: String(before + row) },
      })
    }
  }
}
