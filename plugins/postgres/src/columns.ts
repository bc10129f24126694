// How SQL delivers one field as another type: as it is, by a cast that is exact for every value, or not at all.
import type { Field, RecordsSchema, Why } from '@records-mover/core/plugin'
import type { TypeFacts } from './origin.js'
import { conversion, typeText } from '@records-mover/core/plugin'
import { quoteIdentifier, quoteLiteral } from './address.js'
import { passes } from './binary-pass.js'
import { fieldFacts } from './origin.js'
import { baseOf, homeOf, typeSql } from './types.js'

/** The select list that delivers `as` from `given`, or why SQL cannot. `booleans`: how to spell them in text. */
export function selectList(given: RecordsSchema, as: RecordsSchema, form: 'text' | 'binary', booleans?: readonly [string, string]): { readonly sql: string } | { readonly why: Why } {
  const byName = new Map(given.fields.map((field) => [field.name, field]))
  const items: string[] = []
  for (const field of as.fields) {
    const from = byName.get(field.name)
    if (from === undefined) return { why: `there is no field "${field.name}"` }
    const column = quoteIdentifier(field.name)
    const sql = form === 'binary' ? binaryColumn(column, from, field) : textColumn(column, from, field, booleans ?? BOOLEANS)
    if (sql === undefined) return { why: `field "${field.name}": SQL does not turn ${describe(from)} into ${describe(field)} with every value checked` }
    items.push(sql === column ? column : `${sql} as ${column}`)
  }
  return { sql: items.join(', ') }
}

const BOOLEANS = ['true', 'false'] as const
/** How PostgreSQL itself spells booleans. */
const OWN_BOOLEANS = ['t', 'f']

function textColumn(column: string, from: Field, as: Field, booleans: readonly [string, string]): string | undefined {
  const { kind } = conversion(from.type, as.type)
  if (kind !== 'same' && kind !== 'widens') return undefined
  if (from.type.type === 'boolean') return booleanColumn(column, as.type.type === 'boolean' ? booleans : BOOLEANS)
  // What is text already, or becomes text, is spelled by the type itself. A cast of char(n) would cut its blanks off.
  if (kind === 'same' || as.type.type === 'string') return column
  const home = homeOf(as.type)
  const type = home === undefined ? undefined : typeSql(home)
  return type === undefined ? undefined : cast(column, type)
}

function booleanColumn(column: string, [yes, no]: readonly [string, string]): string {
  if (yes === OWN_BOOLEANS[0] && no === OWN_BOOLEANS[1]) return column
  if (yes === BOOLEANS[0] && no === BOOLEANS[1]) return cast(column, 'text')
  return `case when ${column} then ${quoteLiteral(yes)} when not ${column} then ${quoteLiteral(no)} end`
}

/**
 * In binary the receiver takes the bytes for those of its own type, so what is delivered is of exactly that type: the one
 * that `as` tells by its origin, else the home of its field type.
 */
function binaryColumn(column: string, from: Field, as: Field): string | undefined {
  const source = fieldFacts(from)?.type
  const wanted = fieldFacts(as)?.type ?? homeOf(as.type)
  if (source === undefined || wanted === undefined) return undefined
  if (passes(source, wanted)) return column
  if (!castable(from, source, as, wanted)) return undefined
  if (wanted.name === 'text') return outputOf(column, source)
  const type = typeSql(wanted)
  return type === undefined ? undefined : cast(column, type)
}

/** The text by which a type is written. For most types that is the cast to text, which is faster. */
function outputOf(column: string, type: TypeFacts): string {
  const base = baseOf(type)
  // These have casts of their own that spell differently (inet always with its mask); so may any type of an extension or user.
  // A row of nulls is not null itself, but `is not null` says otherwise.
  const own = base.schema !== 'pg_catalog' || (base.array !== true && (base.name === 'inet' || base.name === 'char'))
  return own ? `case when ${column} is distinct from null then pg_catalog.format('%s', ${column}) end` : cast(column, 'text')
}

/** True when the cast leaves every value what it is. */
function castable(from: Field, source: TypeFacts, as: Field, wanted: TypeFacts): boolean {
  if (wanted.schema !== 'pg_catalog' || wanted.array === true || wanted.kind !== 'base') return false
  const { kind } = conversion(from.type, as.type)
  if (as.type.type === 'string') return wanted.name === 'text' && (kind === 'same' || kind === 'widens')
  // Types that share a field type may differ in what they do to a value: json keeps the text of jsonb, but not the other way.
  return kind === 'widens' || (kind === 'same' && source.name === 'jsonb' && wanted.name === 'json')
}

function cast(column: string, type: string): string {
  return `${column}::${type}`
}

function describe(field: Field): string {
  return field.origin?.type ?? typeText(field.type)
}
