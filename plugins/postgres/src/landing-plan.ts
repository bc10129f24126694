// What fit decides and every verb then does: which field goes into which column, what table is made, and all that is said of it.
import type { Field, RecordsSchema, Why } from '@records-mover/core/plugin'
import type { TableName } from './address.js'
import type { Relation } from './catalog.js'
import type { NewTable } from './ddl.js'
import type { Change } from './ddl-keep.js'
import type { KnownTypes } from './ddl-type.js'

/** What the target knows after it has looked. */
export interface TargetState {
  /** Where the table is, or will be. */
  readonly name: Required<TableName>
  readonly relation?: Relation
  readonly ties?: Ties
  readonly types: KnownTypes
  readonly user: string
}

/** What ties an existing table to its surroundings, beyond what belongs to it. */
export interface Ties {
  /** True when the user may act as the table's owner. */
  readonly owned: boolean
  /** Objects that would be lost with the table, as the server describes them. */
  readonly dependents: readonly string[]
  /** True for a table that inherits from another. */
  readonly inherits: boolean
  readonly publications: readonly string[]
}

/** One field on its way into one column. */
export interface Arrival {
  /** What is delivered: the source's name with the type of the column. */
  readonly field: Field
  readonly column: string
}

export interface LandingPlan {
  readonly refused: readonly Why[]
  readonly changes: readonly Change[]
  readonly arrivals: readonly Arrival[]
  /** The table that is made; absent when records go into the one that exists. */
  readonly table?: NewTable
}

/** The schema of what is delivered. */
export function deliveredSchema(plan: LandingPlan): RecordsSchema {
  return { fields: plan.arrivals.map(({ field }) => field) }
}
