// Which type a column is made with: its home's own where this database has it, else the home of its field type.
import type { Field, FieldType, Loss } from '@records-mover/core/plugin'
import { typeText } from '@records-mover/core/plugin'
import type { TypeFacts } from './origin.js'
import { fieldFacts } from './origin.js'
import { fieldTypeOf, homeOf, typeSql } from './types.js'

/** The types that a database has beside the built-in ones, by schema and name. */
export type KnownTypes = ReadonlyMap<string, TypeFacts>

export interface ColumnType {
  readonly facts: TypeFacts
  readonly sql: string
  /** What is delivered for the column. */
  readonly type: FieldType
  /** What is different, where something is. */
  readonly change?: string
  readonly loss?: Loss
}

export function knownTypeKey(schema: string, name: string): string {
  return JSON.stringify([schema, name])
}

/** The type for a new column. Every field type has one; where values may not fit it, `type` is narrower and values are checked. */
export function columnType(field: Field, known: KnownTypes): ColumnType {
  const home = fieldFacts(field)?.type
  if (home !== undefined) return homeType(field, home, known)
  const facts = homeOf(field.type)
  if (facts === undefined) return tooFine(field)
  const change = boundChange(field.type, facts)
  return made(facts, field.type, change)
}

/** The types below are tried in turn: the home's own, the base of a domain, an enum's or any other's text. */
function homeType(field: Field, home: TypeFacts, known: KnownTypes): ColumnType {
  const found = findType(home, known)
  const sql = found === undefined ? undefined : typeSql(found.facts)
  if (found !== undefined && sql !== undefined) {
    return { facts: found.facts, sql, type: fieldTypeOf(found.facts), ...(found.change !== undefined && { change: found.change }) }
  }
  const name = field.origin?.type ?? home.name
  if (home.kind === 'domain' && home.base !== undefined && home.array !== true) {
    const base = homeType({ ...field, origin: { ...field.origin!, facts: { ...field.origin!.facts, type: home.base } } }, home.base, known)
    return { ...base, change: `the domain ${name} does not exist there: the column is ${base.sql}` }
  }
  return { ...made(TEXT, { type: 'string' }), change: `the type ${name} does not exist there: values arrive as text` }
}

const TEXT: TypeFacts = { schema: 'pg_catalog', name: 'text', modifier: -1, kind: 'base' }
// Types of the catalog that no column should be made with, or that mean something else in another database.
const UNFIT = /^(pg_node_tree|pg_ndistinct|pg_dependencies|pg_mcv_list|pg_brin_\w+|pg_ddl_command|gtsvector|aclitem)$/

function findType(home: TypeFacts, known: KnownTypes): { readonly facts: TypeFacts, readonly change?: string } | undefined {
  if (home.kind === 'pseudo') return undefined
  if (home.schema === 'pg_catalog') return home.kind === 'composite' || UNFIT.test(home.name) ? undefined : { facts: home }
  const there = known.get(knownTypeKey(home.schema, home.name)) ?? ofExtension(home, known)
  if (there?.kind !== home.kind || there.extension !== home.extension) return undefined
  const missing = home.labels?.find((label) => there.labels?.includes(label) !== true)
  if (missing !== undefined) return undefined
  const facts: TypeFacts = { ...there, modifier: -1, ...(home.array === true && { array: true }) }
  if (home.modifier === -1) return { facts }
  return { facts, change: `the modifier of the type ${home.name} is not kept` }
}

/** An extension may be installed into another schema. */
function ofExtension(home: TypeFacts, known: KnownTypes): TypeFacts | undefined {
  if (home.extension === undefined) return undefined
  return [...known.values()].find((type) => type.extension === home.extension && type.name === home.name)
}

function made(facts: TypeFacts, type: FieldType, change?: string): ColumnType {
  // Unsigned and 8-bit integers have a wider home, whose field type is what is delivered.
  const own = fieldTypeOf(facts)
  return { facts, sql: typeSql(facts)!, type: own, ...(change !== undefined ? { change } : widened(type, own)) }
}

function widened(from: FieldType, to: FieldType): { readonly change?: string } {
  return from.type === 'integer' && typeText(from) !== typeText(to) ? { change: `${typeText(from)} becomes ${typeText(to)}` } : {}
}

function boundChange(type: FieldType, facts: TypeFacts): string | undefined {
  if (type.type !== 'string' || facts.name !== 'text') return undefined
  if (type.maxBytes !== undefined) return `the bound of ${type.maxBytes} bytes is not kept`
  return type.maxChars === undefined ? undefined : `the bound of ${type.maxChars} characters is not kept`
}

/** Nanoseconds: PostgreSQL keeps microseconds, and finer values are refused one by one unless their loss is allowed. */
function tooFine(field: Field): ColumnType {
  const { type } = field
  if (type.type !== 'time' && type.type !== 'timestamp') throw new TypeError(`no home for ${typeText(type)}`)
  const micros = { ...type, unit: 'us' } as const
  return { ...made(homeOf(micros)!, micros), change: `${typeText(type)} becomes ${typeText(micros)}`, loss: 'timestamp-precision' }
}
