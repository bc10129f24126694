// What a table in memory is, how its address is written, and how its rows are picked.
import type { Address, Batch, RecordsSchema, Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** A table as it is at one moment: a change puts another in its place. */
export interface MemoryTable {
  readonly schema: RecordsSchema
  readonly batches: readonly Batch[]
}

/** The name of the table that an address means. */
export function tableName(at: Address): string {
  const wrong = (why: string): MoveError => new MoveError('bad-address', `the memory address ${why}: write memory:name#table`)
  const option = at.options[0]
  if (option !== undefined) throw wrong(`has an option "${option}", and memory has none`)
  for (const name of ['user', 'password']) if (at.setting(name) !== undefined) throw wrong(`names a ${name}, and memory knows no users`)
  if (at.host !== undefined) throw wrong(`names the host "${at.host}", and memory is here`)
  if (at.query !== undefined) throw wrong('carries a query, and memory runs none')
  if (at.fragment === undefined || at.fragment === '') throw wrong('names no table')
  return `${at.path}#${at.fragment}`
}

/** How many rows some batches hold. */
export function countRows(batches: readonly Batch[]): number {
  return batches.reduce((sum, { rows }) => sum + rows, 0)
}

/** Rejects with `aborted` when the run's signal has fired. */
export function checkSignal(run: Run): void {
  if (run.signal.aborted) throw new MoveError('aborted', 'the move was stopped before it finished', { cause: run.signal.reason })
}
