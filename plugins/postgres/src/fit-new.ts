// How records arrive in a table that the move makes: names, types, and what is kept of a home in PostgreSQL.
import type { Field, Wish, Why } from '@records-mover/core/plugin'
import { conversion, typeText } from '@records-mover/core/plugin'
import type { NewColumn, NewIndex, NewTable } from './ddl.js'
import { isPrivilege } from './ddl.js'
import type { Change } from './ddl-keep.js'
import { keepColumn, keepTable } from './ddl-keep.js'
import { columnType } from './ddl-type.js'
import { columnName, refuseName } from './fit-names.js'
import type { Arrival, LandingPlan, TargetState } from './landing-plan.js'
import { SYSTEM, asFacts, fieldFacts, tableFacts } from './origin.js'

// https://www.postgresql.org/docs/current/limits.html
const MOST_COLUMNS = 1600

export function fitNew(wish: Wish, state: TargetState): LandingPlan {
  const refused: Why[] = []
  const changes: Change[] = []
  const columns: NewColumn[] = []
  const arrivals: Arrival[] = []
  const names = new Map<string, string>()
  const retyped = new Set<string>()
  for (const field of wish.schema.fields) {
    const name = columnName(field.name)
    const why = refuseName(name)
    if (why !== undefined) refused.push(why)
    const other = names.get(name)
    if (other !== undefined) refused.push(`fields "${other}" and "${field.name}" are the same in the 63 bytes of a column's name: give one another name in a query`)
    names.set(name, field.name)
    if (name !== field.name) changes.push({ field: field.name, change: `the name is cut to "${name}", the 63 bytes that PostgreSQL allows` })
    const made = newColumn(field, name, state, wish, changes)
    columns.push(made.column)
    if (made.retyped) retyped.add(field.name)
    arrivals.push({ column: name, field: made.delivered })
  }
  if (columns.length > MOST_COLUMNS) refused.push(`${columns.length} fields are more than the ${MOST_COLUMNS} columns that a table of PostgreSQL has: choose some with --columns`)
  for (const { privilege } of wish.grants ?? []) {
    if (!isPrivilege(privilege)) refused.push(`"${privilege}" is no privilege on a table: it may be select, insert, update, delete, truncate, references, trigger or all`)
  }
  const columnOf = new Map(arrivals.map(({ field, column }) => [field.name, column]))
  const kept = keepTable(wish.schema, columnOf, retyped)
  changes.push(...kept.changes)
  const indexes = [...kept.indexes]
  const key = keyIndex(wish, columnOf, indexes)
  if (typeof key === 'string') refused.push(key)
  else if (key !== undefined) indexes.unshift(key)
  const home = tableFacts(wish.schema)
  const old = state.relation?.facts
  const comment = home?.comment ?? old?.comment
  const table: NewTable = {
    columns, indexes, grants: wish.grants ?? [], unlogged: old?.unlogged ?? false, ...(comment !== undefined && { comment }),
  }
  if (home?.unlogged === true && !table.unlogged) changes.push({ change: 'unlogged at home, and an ordinary table here' })
  return { refused, changes, arrivals, table }
}

function newColumn(field: Field, name: string, state: TargetState, wish: Wish, changes: Change[]): { readonly column: NewColumn, readonly delivered: Field, readonly retyped: boolean } {
  const type = columnType(field, state.types)
  const say = (change: string, loss?: string): void => { changes.push({ field: field.name, change, ...(loss !== undefined && { loss }) }) }
  if (type.change !== undefined) {
    if (type.loss === undefined) say(type.change)
    else if (wish.allow.includes(type.loss)) say(type.change, type.loss)
    else say(`${type.change}: finer values are refused, unless ${type.loss} is allowed`)
  }
  // A home's own type may deliver another field type than the source told: then it is checked like any other.
  if (conversion(field.type, type.type).kind === 'refused') say(`${typeText(field.type)} arrives as ${typeText(type.type)}`)
  const home = fieldFacts(field)
  const { kept, changes: lost } = home === undefined ? { kept: {}, changes: [] } : keepColumn(field.name, home, type)
  changes.push(...lost)
  return {
    retyped: type.change !== undefined,
    column: { name, type: type.sql, notNull: !field.nullable, ...kept },
    delivered: {
      name: field.name, type: type.type, nullable: field.nullable,
      origin: { system: SYSTEM, type: type.sql, facts: asFacts({ type: type.facts }) },
    },
  }
}

/** The primary key of a schema that knows its key and has no indexes of a PostgreSQL home, or of a merge into nothing. */
function keyIndex(wish: Wish, columnOf: ReadonlyMap<string, string>, kept: readonly NewIndex[]): NewIndex | string | undefined {
  const key = wish.whenExists === 'merge' ? wish.key ?? wish.schema.key : tableFacts(wish.schema) === undefined ? wish.schema.key : undefined
  if (key === undefined || key.length === 0) return undefined
  const missing = key.find((name) => !columnOf.has(name))
  if (missing !== undefined) return wish.whenExists === 'merge' ? `there is no field "${missing}" to merge by` : undefined
  if (kept.some(({ kind }) => kind === 'primary key')) return undefined
  const columns = key.map((name) => columnOf.get(name)!)
  return { kind: 'primary key', method: 'btree', columns, include: [], nullsNotDistinct: false, deferrable: false, deferred: false }
}
