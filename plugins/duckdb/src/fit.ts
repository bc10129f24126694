// How a wish would be granted: which field goes to which column as what, and the statements around it. Pure.
import type { Field, FieldType, Fit, Loss, RecordsSchema, Why, Wish } from '@records-mover/core/plugin'
import { conversion, typeText } from '@records-mover/core/plugin'
import type { TableName } from './address.js'
import { quoteIdentifier } from './address.js'
import type { NamedRelation, TableColumn } from './catalog.js'
import { qualified, sameName } from './catalog.js'
import type { Home } from './types.js'
import { homeNamed, homeOf, homeOfOrigin, SYSTEM } from './types.js'

/** Where a field goes. */
export interface Arrival {
  readonly field: Field
  readonly column: string
  /** The type in which values are handed to DuckDB. */
  readonly home: Home
  /** What is stored, given the expression that holds a value of `home`. */
  readonly store: (value: string) => string
}

/** The whole landing. */
export interface LandingPlan {
  readonly refused: readonly Why[]
  readonly changes: readonly Change[]
  readonly arrivals: readonly Arrival[]
  /** CREATE TABLE, where one is made. */
  readonly create?: string
}

interface Change { readonly field?: string, readonly change: string, readonly loss?: Loss }

/** The same wish and table give the same plan, for the print and for the verb. */
export function planLanding(wish: Wish, name: Required<TableName>, there: NamedRelation | undefined): LandingPlan {
  const granted = wish.grants === undefined || wish.grants.length === 0 ? [] : ['DuckDB has no privileges on tables: leave the grants out']
  const plan = there === undefined ? fitNew(wish, name) : wish.whenExists === 'replace' ? fitReplace(wish, name, there) : fitExisting(wish, there)
  const merge = wish.whenExists === 'merge' ? refuseMerge(wish, plan.arrivals) : []
  return { ...plan, refused: [...granted, ...plan.refused, ...merge] }
}

/** The plan as the contract carries it. */
export function fitOf(plan: LandingPlan): Fit {
  const schema: RecordsSchema = { fields: plan.arrivals.map(({ field }) => field) }
  return { refused: plan.refused, schema, creates: plan.refused.length === 0 && plan.create !== undefined ? [plan.create] : [], changes: plan.changes }
}

function fitNew(wish: Wish, name: Required<TableName>): LandingPlan {
  const { fields, key } = wish.schema
  const refused: Why[] = fields.length === 0 ? ['a table needs at least one column, and there are no fields'] : []
  const changes: Change[] = []
  const arrivals: Arrival[] = []
  for (const [k, field] of fields.entries()) {
    const twin = fields.slice(0, k).find((other) => sameName(other.name, field.name))
    if (twin !== undefined) refused.push(`fields "${twin.name}" and "${field.name}" differ in case only, which DuckDB does not tell apart: give one another name in a query`)
    if (field.name === '' || field.name.includes('\0')) {
      refused.push(`field ${JSON.stringify(field.name)} has a name that DuckDB cannot have: give it another in a query`)
      continue
    }
    const home = homeOfOrigin(field) ?? homeOf(field.type)
    if (home !== undefined) {
      arrivals.push({ field: { ...field, type: home.type }, column: field.name, home, store: storing(home) })
      changes.push(...changesOf(field, home.type))
      continue
    }
    const coarser = field.type.type === 'time' || field.type.type === 'timestamp' ? { ...field.type, unit: 'us' as const } : undefined
    const coarserHome = coarser && homeOf(coarser)
    if (coarserHome === undefined) refused.push(`field "${field.name}": ${typeText(field.type)} has more digits than the 38 of DuckDB: cast it to text or to fewer digits in a query`)
    else if (!wish.allow.includes('timestamp-precision')) {
      refused.push(`field "${field.name}": ${typeText(field.type)} is finer than the microseconds of DuckDB's ${coarserHome.sql}: allow timestamp-precision to cut it`)
    } else {
      arrivals.push({ field: { ...field, type: coarserHome.type }, column: field.name, home: coarserHome, store: storing(coarserHome) })
      changes.push({ field: field.name, change: `${typeText(field.type)} becomes ${typeText(coarserHome.type)}`, loss: 'timestamp-precision' })
    }
  }
  if (key !== undefined) changes.push({ change: `the key (${key.join(', ')}) is not kept: DuckDB would check it with an index in memory` })
  const columns = arrivals.map(({ column, home, field }) => `${quoteIdentifier(column)} ${home.sql}${field.nullable ? '' : ' not null'}`)
  return { refused, changes, arrivals, create: `create table ${qualified(name)} (${columns.join(', ')})` }
}

function changesOf(field: Field, type: FieldType): Change[] {
  const { name, type: from, origin } = field
  if (from.type === 'string') {
    if (from.maxChars !== undefined || from.maxBytes !== undefined) return [{ field: name, change: `${typeText(from)} becomes string: DuckDB keeps no bound of text` }]
    if (origin?.type === undefined || /char|text|string|^name$/i.test(origin.type)) return []
    return [{ field: name, change: `${origin.type} arrives as text` }]
  }
  return typeText(from) === typeText(type) ? [] : [{ field: name, change: `${typeText(from)} becomes ${typeText(type)}` }]
}

function fitReplace(wish: Wish, name: Required<TableName>, there: NamedRelation): LandingPlan {
  const plan = fitNew(wish, { ...name, name: there.name, schema: there.schema })
  const refused = there.kind === 'view' ? [`${there.sql} is a view: name a table`] : []
  const lost = [...there.key ? ['key'] : [], ...there.columns.some(({ defaulted }) => defaulted) ? ['defaults'] : []]
  return {
    ...plan,
    refused: [...plan.refused, ...refused],
    changes: [...plan.changes, ...lost.length > 0 ? [{ change: `of the existing table: its ${lost.join(' and ')} are not kept` }] : []],
  }
}

function fitExisting(wish: Wish, there: NamedRelation): LandingPlan {
  if (wish.whenExists === 'fail') return { refused: [`${there.sql} exists: say what to do with it (append, truncate, delete, replace or merge)`], changes: [], arrivals: [] }
  const refused: Why[] = there.kind === 'view' ? [`${there.sql} is a view: name a table`] : []
  const changes: Change[] = []
  const arrivals: Arrival[] = []
  const taken = new Set<TableColumn>()
  for (const field of wish.schema.fields) {
    const column = there.columns.find(({ name }) => name === field.name) ?? there.columns.find(({ name }) => sameName(name, field.name))
    if (column === undefined) {
      refused.push(`field "${field.name}" has no column in ${there.sql}: leave it out with --columns, or add the column`)
      continue
    }
    if (taken.has(column)) {
      refused.push(`field "${field.name}" and another one both go to the column "${column.name}": give one another name in a query`)
      continue
    }
    taken.add(column)
    if (column.generated) {
      refused.push(`field "${field.name}": the column is generated: leave the field out with --columns`)
      continue
    }
    const home = column.home ?? homeNamed('VARCHAR')
    const found = conversion(field.type, home.type)
    if (found.kind === 'refused') {
      refused.push(`field "${field.name}": ${found.why}: turn it into one in a query, or leave it out with --columns`)
      continue
    }
    if (column.name !== field.name) changes.push({ field: field.name, change: `goes to the column "${column.name}"` })
    if (found.kind === 'checked' && found.loss !== undefined && wish.allow.includes(found.loss)) {
      changes.push({ field: field.name, change: `${typeText(field.type)} becomes ${typeText(home.type)}`, loss: found.loss })
    } else if (field.type.type !== 'string' && typeText(field.type) !== typeText(home.type)) {
      changes.push({ field: field.name, change: `${typeText(field.type)} becomes ${typeText(home.type)}` })
    }
    if (column.home === undefined) changes.push({ field: field.name, change: `text is read as ${column.declared} by DuckDB` })
    arrivals.push({
      field: { name: field.name, type: home.type, nullable: column.nullable, origin: { system: SYSTEM, type: column.declared } },
      column: column.name,
      home,
      store: column.home === undefined ? (value) => readText(value, column.declared) : storing(home),
    })
  }
  for (const column of there.columns) {
    if (taken.has(column) || column.generated) continue
    if (column.defaulted) changes.push({ change: `column "${column.name}" gets its default${wish.whenExists === 'merge' ? ' in new records, and stays in old ones' : ''}` })
    else if (column.nullable) changes.push({ change: `column "${column.name}" is null${wish.whenExists === 'merge' ? ' in new records, and stays in old ones' : ': no field has its name'}` })
    else refused.push(`column "${column.name}" of ${there.sql} has no field, takes no null and has no default: add the field in a query, or give the column a default`)
  }
  return { refused, changes, arrivals }
}

function refuseMerge(wish: Wish, arrivals: readonly Arrival[]): readonly Why[] {
  const key = wish.key ?? []
  if (key.length === 0) return ['merge needs the fields that identify a record: name them with --key']
  return key.filter((name) => !arrivals.some(({ field }) => field.name === name)).map((name) => `there is no field "${name}" to merge by`)
}

function storing(home: Home): (value: string) => string {
  // A cast to JSON checks that it is JSON and keeps its text.
  return home.sql === 'JSON' ? (value) => `cast(${value} as json)` : (value) => value
}

/** DuckDB guesses what text of its other types means; what it takes it for must be spelled the same again. */
function readText(value: string, declared: string): string {
  const cast = `cast(${value} as ${declared})`
  return `case when cast(${cast} as varchar) is distinct from ${value} then error('not exact: text is no ${declared.replaceAll("'", "''")}') else ${cast} end`
}
