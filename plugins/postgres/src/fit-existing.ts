// How records arrive in a table that exists: matched by name, every missing or extra column named.
import type { Field, Wish, Why } from '@records-mover/core/plugin'
import { tableText } from './address.js'
import type { Change } from './ddl-keep.js'
import { matchNames } from './fit-names.js'
import { deliver } from './fit-type.js'
import type { Arrival, LandingPlan, TargetState } from './landing-plan.js'
import type { Relation } from './catalog.js'
import { baseOf } from './types.js'
import type { FieldFacts } from './origin.js'
import { fieldFacts } from './origin.js'

export function fitExisting(wish: Wish, state: TargetState, relation: Relation): LandingPlan {
  const table = tableText(state.name)
  const refused: Why[] = [...refuseRelation(relation, wish, table)]
  const changes: Change[] = []
  const arrivals: Arrival[] = []
  const { columns, unmatched } = matchNames(wish.schema.fields, relation.schema.fields)
  for (const field of wish.schema.fields) {
    const column = columns.get(field.name)
    if (column === undefined) {
      refused.push(`field "${field.name}" has no column in ${table}: leave it out with --columns, or add the column`)
      continue
    }
    if (column.name !== field.name) changes.push({ field: field.name, change: `goes to the column "${column.name}"` })
    const found = fieldFacts(column)!.generated === undefined ? deliver(field, column, wish.allow) : { why: `the column is generated: leave the field out with --columns` }
    if ('why' in found) {
      refused.push(`field "${field.name}": ${found.why}`)
      continue
    }
    const { type, ...change } = found
    if (change.change !== undefined) changes.push({ field: field.name, change: change.change, ...(change.loss !== undefined && { loss: change.loss }) })
    arrivals.push({ column: column.name, field: { name: field.name, type, nullable: column.nullable, ...(column.origin && { origin: column.origin }) } })
  }
  for (const column of unmatched) {
    const left = leaveOut(column, wish.whenExists)
    if ('why' in left) refused.push(`column "${column.name}" of ${table} ${left.why}`)
    else if (left.change !== undefined) changes.push({ change: `column "${column.name}" ${left.change}` })
  }
  if (wish.whenExists === 'merge') refused.push(...refuseMerge(wish, arrivals, relation))
  for (const { column } of arrivals) {
    const facts = fieldFacts(relation.schema.fields.find(({ name }) => name === column)!)
    if (facts?.sequence !== undefined) changes.push({ change: `column "${column}": its sequence is not moved on past the numbers that arrive` })
  }
  return { refused, changes, arrivals }
}

function refuseRelation(relation: Relation, wish: Wish, table: string): readonly Why[] {
  const { kind } = relation.facts
  const refused: Why[] = []
  if (kind === 'view' || kind === 'materialized view') refused.push(`${table} is a ${kind}: name a table`)
  if (kind === 'foreign table' && wish.whenExists !== 'append') refused.push(`${table} is a foreign table, which takes records by append only`)
  if (relation.hidesRows) refused.push(`row security is on for ${table}, and PostgreSQL then takes no COPY: connect as its owner or as a role with bypassrls`)
  if (wish.grants !== undefined && wish.grants.length > 0) refused.push(`privileges are granted on a table that the move makes, and ${table} exists: leave --grant out`)
  return refused
}

/** What becomes of a column that no field goes to. */
function leaveOut(column: Field, whenExists: Wish['whenExists']): { readonly why: Why } | { readonly change?: string } {
  const facts = fieldFacts(column)!
  if (facts.generated !== undefined) return {}
  if (hasDefault(facts)) return { change: whenExists === 'merge' ? 'gets its default in new records, and stays in old ones' : 'gets its default' }
  if (!column.nullable) return { why: 'has no field, is not null and has no default: add the field in a query, or give the column a default' }
  return { change: whenExists === 'merge' ? 'is null in new records, and stays in old ones' : 'is null: no field has its name' }
}

function hasDefault(facts: FieldFacts): boolean {
  if (facts.default !== undefined || facts.identity !== undefined) return true
  for (let type: FieldFacts['type'] | undefined = facts.type; type?.kind === 'domain'; type = type.base) if (type.default !== undefined) return true
  return false
}

// These have no equality that says two values are the same: none at all, or one that compares areas or lengths.
const NO_KEY: ReadonlySet<string> = new Set(['json', 'xml', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'])

function refuseMerge(wish: Wish, arrivals: readonly Arrival[], relation: Relation): readonly Why[] {
  const key = wish.key ?? []
  if (key.length === 0) return ['merge needs the fields that identify a record: name them with --key']
  const refused: Why[] = []
  for (const name of key) {
    const arrival = arrivals.find(({ field }) => field.name === name)
    if (arrival === undefined) refused.push(`there is no field "${name}" to merge by`)
    else if (NO_KEY.has(baseOf(fieldFacts(arrival.field)!.type).name)) refused.push(`field "${name}" cannot be a key: ${arrival.field.origin?.type ?? 'its type'} has no equality`)
  }
  for (const { column, field } of arrivals) {
    if (key.includes(field.name)) continue
    const facts = fieldFacts(relation.schema.fields.find(({ name }) => name === column)!)
    if (facts?.identity === 'always') refused.push(`column "${column}" is generated always as identity and cannot be updated: make it the key, or leave the field out with --columns`)
  }
  return refused
}
