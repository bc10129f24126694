// Which column a field goes to: by its name as it is, as PostgreSQL would cut it, or in other letters where only one can be meant.
import type { Field } from '@records-mover/core/plugin'

// NAMEDATALEN - 1: https://www.postgresql.org/docs/current/limits.html
const NAME_BYTES = 63
// https://www.postgresql.org/docs/current/ddl-system-columns.html
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'])

/** A name as a column can have it: at most 63 bytes, cut between characters. */
export function columnName(name: string): string {
  if (Buffer.byteLength(name) <= NAME_BYTES) return name
  let cut = ''
  let byteLength = 0
  for (const character of name) {
    byteLength += Buffer.byteLength(character)
    if (byteLength > NAME_BYTES) break
    cut += character
  }
  return cut
}

/** Why a new column cannot have a name; undefined when it can. */
export function refuseName(name: string): string | undefined {
  if (name === '' || name.includes('\0')) return `the name ${JSON.stringify(name)} is empty or holds U+0000`
  return SYSTEM_COLUMNS.has(name) ? `every table of PostgreSQL has a system column "${name}": give the field another name in a query` : undefined
}

export interface Matches {
  /** The column of each field that has one, by the field's name. */
  readonly columns: ReadonlyMap<string, Field>
  /** Columns that no field goes to. */
  readonly unmatched: readonly Field[]
}

/** Matches fields to existing columns. Each column is taken once at most. */
export function matchNames(fields: readonly Field[], columns: readonly Field[]): Matches {
  const free = new Map(columns.map((column) => [column.name, column]))
  const matched = new Map<string, Field>()
  const take = (field: Field, column: Field | undefined): void => {
    if (column === undefined) return
    matched.set(field.name, column)
    free.delete(column.name)
  }
  for (const field of fields) take(field, free.get(field.name))
  for (const field of fields) if (!matched.has(field.name)) take(field, free.get(columnName(field.name)))
  const lonely = fields.filter((field) => !matched.has(field.name))
  const left = [...free.values()]
  for (const field of lonely) {
    const same = (other: Field): boolean => fold(other.name) === fold(field.name)
    const found = left.filter(same)
    if (found.length === 1 && lonely.filter(same).length === 1) take(field, found[0])
  }
  return { columns: matched, unmatched: [...free.values()] }
}

function fold(name: string): string {
  return name.toLowerCase()
}
