// How a wish would be granted: the plan of the landing, and how it reads in print.
import type { Fit, Wish, Why } from '@records-mover/core/plugin'
import { quoteTable, tableText } from './address.js'
import { commentTable, createIndex, createTable, grantSql } from './ddl.js'
import type { Change } from './ddl-keep.js'
import { leftBehind } from './ddl-keep.js'
import { fitExisting } from './fit-existing.js'
import { fitNew } from './fit-new.js'
import type { LandingPlan, TargetState } from './landing-plan.js'
import { deliveredSchema } from './landing-plan.js'

/** Pure: the same wish and state give the same plan, for the print and for the verb. */
export function planLanding(wish: Wish, state: TargetState): LandingPlan {
  const { relation } = state
  if (wish.schema.fields.length === 0) return { refused: ['the records have no fields'], changes: [], arrivals: [] }
  if (relation === undefined) return fitNew(wish, state)
  if (wish.whenExists === 'fail') {
    return { refused: [`${tableText(state.name)} exists: say what to do with it (append, truncate, delete, replace or merge)`], changes: [], arrivals: [] }
  }
  if (wish.whenExists === 'replace') {
    const plan = fitNew(wish, state)
    return { ...plan, refused: [...plan.refused, ...refuseReplace(state)], changes: [...plan.changes, ...replaceChanges(state), OLDER_SNAPSHOT] }
  }
  const plan = fitExisting(wish, state, relation)
  if (wish.whenExists !== 'truncate') return plan
  return {
    ...plan,
    refused: [...plan.refused, ...refuseTruncate(state)],
    changes: [...plan.changes, { change: 'other sessions wait for the table until the new records are in; delete lets them read on' }, OLDER_SNAPSHOT],
  }
}

/** The plan as the contract carries it. */
export function fitOf(plan: LandingPlan, state: TargetState): Fit {
  return {
    refused: plan.refused,
    schema: deliveredSchema(plan),
    creates: plan.refused.length > 0 ? [] : statements(plan, quoteTable(state.name)),
    changes: plan.changes,
  }
}

const OLDER_SNAPSHOT: Change = { change: 'a session that holds an older snapshot may find the table empty afterwards; delete avoids that' }

function statements({ table }: LandingPlan, relation: string): readonly string[] {
  if (table === undefined) return []
  return [
    createTable(relation, table),
    ...table.indexes.map((index) => createIndex(relation, index, undefined)),
    ...commentTable(relation, table),
    ...table.grants.map((grant) => grantSql(relation, grant)),
  ]
}

function refuseReplace({ name, relation, ties }: TargetState): readonly Why[] {
  const table = tableText(name)
  const { facts } = relation!
  if (facts.kind !== 'table') return [`${table} is a ${facts.kind}, which replace does not make anew: use delete or truncate`]
  if (facts.partition === true || ties!.inherits) return [`${table} is part of another table and would leave it: use delete or truncate`]
  const refused: Why[] = []
  if (facts.policies !== undefined || facts.rowSecurity === true) refused.push(`${table} has row security, which replace would take away: use delete or truncate`)
  const dependents = [...new Set([...facts.dependents ?? [], ...ties!.dependents])]
  if (dependents.length > 0) refused.push(`${dependents.join(', ')} would be lost with ${table}: use delete or truncate`)
  if (!ties!.owned) refused.push(`only the owner of ${table} (${facts.owner ?? 'another role'}) may replace it: connect as a member of that role, or use delete`)
  return refused
}

function refuseTruncate({ name, relation }: TargetState): readonly Why[] {
  const keys = relation!.facts.dependents?.filter((dependent) => dependent.startsWith('foreign key ')) ?? []
  return keys.length === 0 ? [] : [`${keys.join(', ')} refers to ${tableText(name)}, which PostgreSQL then does not truncate: use delete`]
}

function replaceChanges({ relation, ties }: TargetState): readonly Change[] {
  const { facts } = relation!
  return [
    ...leftBehind(facts).map(({ change }): Change => ({ change: `of the existing table: ${change}` })),
    ...ties!.publications.map((publication): Change => ({ change: `of the existing table: its place in the publication ${publication} is not kept` })),
  ]
}
