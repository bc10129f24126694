// What DuckDB's catalog says of a table: its columns, their homes, and what they take.
import type { Field, RecordsSchema } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Place, TableName } from './address.js'
import { quoteIdentifier, quoteText } from './address.js'
import type { Described, Session } from './session.js'
import type { Home } from './types.js'
import { homeOfColumn, originOf } from './types.js'

/** A column of a table, a view or a query. */
export interface TableColumn {
  readonly name: string
  /** The type as DuckDB spells it. */
  readonly declared: string
  /** Absent for a type that travels as text. */
  readonly home?: Home
  readonly nullable: boolean
  /** True when a row may leave it out though it takes no null. */
  readonly defaulted: boolean
  /** True for a column that is computed and never written. */
  readonly generated: boolean
}

/** Something that can be read. */
export interface Relation {
  readonly kind: 'table' | 'view' | 'query'
  /** As it stands behind FROM. */
  readonly sql: string
  readonly columns: readonly TableColumn[]
  readonly key?: readonly string[]
}

/** A table or view under the name that the catalog has for it, with its schema. */
export interface NamedRelation extends Relation {
  readonly schema: string
  readonly name: string
}

/** The table or view of a name, found as DuckDB finds it: whatever the case of ASCII letters. Undefined when there is none. */
export async function findTable(session: Session, table: TableName, what: string): Promise<NamedRelation | undefined> {
  const schema = table.schema ?? await defaultSchema(session, what)
  const rows = await session.rows(
    `select schema_name, table_name, 'table' from duckdb_tables() where database_name = current_database()
    union all select schema_name, view_name, 'view' from duckdb_views() where database_name = current_database()`, what)
  const found = rows.find(([itsSchema, name]) => sameName(itsSchema!, schema) && sameName(name!, table.name))
  if (found === undefined) return undefined
  const [itsSchema, name, kind] = found as [string, string, 'table' | 'view']
  const sql = qualified({ schema: itsSchema, name })
  const facts = await session.rows(
    `select column_name, data_type, is_nullable::varchar, column_default from duckdb_columns()
    where database_name = current_database() and schema_name = ${quoteText(itsSchema)} and table_name = ${quoteText(name)} order by column_index`, what)
  const described = await session.describe(`select * from ${sql}`, what)
  const columns: TableColumn[] = []
  for (const [k, column] of described.entries()) {
    const [, declared, nullable, value] = facts[k]!
    columns.push({
      ...columnOf(column, declared!),
      nullable: kind === 'view' || nullable === 'true',
      defaulted: value !== null,
      generated: value !== null && !await takesValues(session, sql, column.name),
    })
  }
  const keys = kind === 'view' ? [] : await session.rows(
    `select unnest(constraint_column_names) from duckdb_constraints() where constraint_type = 'PRIMARY KEY'
    and database_name = current_database() and schema_name = ${quoteText(itsSchema)} and table_name = ${quoteText(name)}`, what)
  return { kind, schema: itsSchema, name, sql, columns, ...(keys.length > 0 && { key: keys.map(([key]) => key!) }) }
}

/** The relation that a source's address names. Throws `not-found`, or `refused` for text that is no query. */
export async function relationOf(session: Session, place: Place, what: string): Promise<Relation> {
  if (place.query !== undefined) return queryRelation(session, place.query, what)
  const found = await findTable(session, place.table!, what)
  if (found !== undefined) return found
  const name = place.table!.schema === undefined ? place.table!.name : `${place.table!.schema}.${place.table!.name}`
  throw new MoveError('not-found', `there is no table "${name}" in ${place.text}: ${await tablesThere(session, what)}`, { context: { table: name } })
}

/** The fields of a relation's columns. */
export function schemaOf({ columns, key }: Relation): RecordsSchema {
  const fields = columns.map(({ name, declared, home, nullable }): Field => ({
    name, type: home?.type ?? { type: 'string' }, nullable, origin: originOf(declared),
  }))
  return { fields, ...(key && { key }) }
}

/** True when DuckDB takes both for the same name. */
export function sameName(a: string, b: string): boolean {
  return a === b || foldCase(a) === foldCase(b)
}

/** A table with its schema, quoted. */
export function qualified({ schema, name }: Required<TableName>): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
}

/** The schema that a name without one means. */
export async function defaultSchema(session: Session, what: string): Promise<string> {
  return (await session.rows('select current_schema()', what))[0]![0]!
}

async function queryRelation(session: Session, query: string, what: string): Promise<Relation> {
  await session.describe(query, what)
  // What ends the statement cannot stand in parentheses; what only looks like an end leaves no statement when it is cut off.
  const cut = query.replace(/;(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/|;)*$/, '')
  const text = await session.bind(`select * from (${cut}\n)`).then(() => cut, () => query)
  const columns = await session.describe(text, what)
  const names = new Set(columns.map(({ name }) => name))
  if (names.size < columns.length) {
    const twice = columns.find(({ name }, k) => columns.findIndex((other) => other.name === name) < k)!
    throw new MoveError('refused', `the query gives two columns named "${twice.name}": give each a name of its own with as`)
  }
  // A line comment at the end of the query must not swallow the parenthesis.
  const sql = `(${text}\n)`
  const types = await session.rows(`describe select * from ${sql}`, what)
  return {
    kind: 'query',
    sql,
    columns: columns.map((column, k) => ({ ...columnOf(column, types[k]![1]!), nullable: true, defaulted: false, generated: false })),
  }
}

function columnOf(column: Described, declared: string): Pick<TableColumn, 'name' | 'declared' | 'home'> {
  const home = homeOfColumn(column)
  return { name: column.name, declared, ...(home && { home }) }
}

/** The catalog shows a generated column as one with a default; only an insert tells them apart, here one that is not run. */
async function takesValues(session: Session, sql: string, column: string): Promise<boolean> {
  return session.bind(`insert into ${sql} (${quoteIdentifier(column)}) values (null)`).then(() => true, () => false)
}

async function tablesThere(session: Session, what: string): Promise<string> {
  const rows = await session.rows(
    `select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database() and not internal order by 1 limit 11`, what)
  if (rows.length === 0) return 'it has no tables'
  const names = rows.slice(0, 10).map(([name]) => name!.replace(/^main\./, ''))
  return `it has ${names.join(', ')}${rows.length > 10 ? ' ...' : ''}`
}

function foldCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
