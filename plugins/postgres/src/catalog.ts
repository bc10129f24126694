// What the server's catalog says of a table or of the result of a query, as a schema with origins.
import type { Field, RecordsSchema } from '@records-mover/core/plugin'
import type { TableName } from './address.js'
import type { Session } from './connect.js'
import type { FieldFacts, SequenceFacts, TableFacts } from './origin.js'
import type { TypeOf } from './catalog-types.js'
import { MoveError } from '@records-mover/core/plugin'
import { quoteTable, tableText } from './address.js'
import { readTypes } from './catalog-types.js'
import { readTableFacts } from './catalog-table.js'
import { asFacts, SYSTEM } from './origin.js'
import { fieldTypeOf } from './types.js'

/** A relation as the catalog describes it. */
export interface Relation {
  /** Schema and name as they are, whatever the address left out. */
  readonly name: Required<TableName>
  /** Object identifier. */
  readonly oid: string
  readonly schema: RecordsSchema
  readonly facts: TableFacts
  /** How many rows the server's statistics tell of; undefined when it has none. */
  readonly rows: number | undefined
  /** True when the user may read at least one column. */
  readonly readable: boolean
  /** True when the user may read every column, those to come included; locks ask for this. */
  readonly lockable: boolean
  /** True when row security hides rows from this user. */
  readonly hidesRows: boolean
}

/** pg_class.relkind of what has rows to read. */
const KINDS: { readonly [relkind: string]: TableFacts['kind'] } = {
  r: 'table', p: 'partitioned table', v: 'view', m: 'materialized view', f: 'foreign table',
}

/**
 * Reads the catalog for one table, view, materialised view, partitioned or foreign table; undefined when there is none of the
 * name. Works inside and outside of a transaction, and leaves the search path as it was.
 *
 * @throws MoveError `denied` when the schema may not be used, `bad-address` when the name is that of something else.
 */
export async function readTable(session: Session, table: TableName): Promise<Relation | undefined> {
  const doing = { doing: `look at ${tableText(table)}` }
  const found = await session.query(CLASS, [quoteTable(table)], doing)
  const [oid, schemaName, name, relkind, rows, readable, lockable, hidesRows] = found.rows[0] ?? []
  // The server cuts a name that is too long, and would answer for another table.
  if (oid === undefined || oid === null || name !== table.name) return undefined
  const kind = KINDS[relkind!]
  if (kind === undefined) throw new MoveError('bad-address', `${tableText(table)} is no table or view: name one`)
  return await underEmptyPath(session, async () => {
    const columns = (await session.query(COLUMNS, [oid], doing)).rows.map((row) => JSON.parse(row[0]!) as ColumnRow)
    const types = await readTypes(session, columns)
    const facts = await readTableFacts(session, oid, { kind, schema: schemaName!, name })
    const primary = facts.indexes?.find((index) => index.primary)
    const unproved = new Set(facts.constraints?.filter((rule) => rule.type === 'not null' && !rule.validated).flatMap((rule) => rule.columns))
    return {
      name: { schema: schemaName!, name }, oid, facts,
      schema: {
        fields: columns.map((column, i) => fieldOf(column, types[i]!, unproved)),
        ...(primary === undefined ? {} : { key: primary.columns.filter((column) => column !== null) }),
        origin: { system: SYSTEM, facts: asFacts(facts) },
      },
      // -1 says that the table was never analysed; so does 0 before version 14, which tells little.
      rows: rows === undefined || rows === null || Number(rows) < 0 || (Number(rows) === 0 && session.server.version < 140_000) ? undefined : Number(rows),
      readable: readable === 't', lockable: lockable === 't', hidesRows: hidesRows === 't',
    }
  })
}

/**
 * The schema of a query's result, which the server describes without running it.
 *
 * @throws MoveError `refused` for a query that is not one statement with a result, or has two columns of one name.
 */
export async function readQuery(session: Session, query: string): Promise<RecordsSchema> {
  const { columns } = await session.query(`select * from ${subquery(query)} limit 0`, [], { doing: 'describe the query', single: true })
  const twice = columns.find((column, i) => columns.findIndex((other) => other.name === column.name) < i)
  if (twice !== undefined) {
    throw new MoveError('refused', `the query has two columns named "${twice.name}": name one of them with "as"`, { context: { field: twice.name } })
  }
  return await underEmptyPath(session, async () => {
    const types = await readTypes(session, columns.map((column) => ({ typeOid: String(column.type), modifier: column.modifier })))
    const facts: TableFacts = { kind: 'query' }
    return {
      fields: columns.map((column, i) => ({
        name: column.name, type: fieldTypeOf(types[i]!.facts), nullable: true,
        origin: { system: SYSTEM, type: types[i]!.text, facts: asFacts({ type: types[i]!.facts }) },
      })),
      origin: { system: SYSTEM, facts: asFacts(facts) },
    }
  })
}

/** A query as it stands in a FROM clause: its last semicolons taken off, its last line ended in case it is a comment. */
export function subquery(query: string): string {
  return `(\n${query.replace(/[\s;]+$/, '')}\n) as records`
}

/** One row of COLUMNS. */
interface ColumnRow {
  readonly name: string
  readonly typeOid: string
  readonly modifier: number
  readonly notNull: boolean
  readonly expression: string | null
  readonly generated: '' | 's' | 'v' | null
  readonly identity: '' | 'a' | 'd' | null
  readonly collation: NonNullable<FieldFacts['collation']> | null
  readonly comment: string | null
  readonly sequence: (Omit<SequenceFacts, 'last'> & { readonly last?: string | null }) | null
}

function fieldOf(column: ColumnRow, type: TypeOf, unproved: ReadonlySet<string>): Field {
  const facts: FieldFacts = {
    type: type.facts,
    ...expressionOf(column),
    ...(column.identity === 'a' ? { identity: 'always' } : column.identity === 'd' ? { identity: 'by default' } : {}),
    ...(column.sequence === null ? {} : { sequence: sequenceOf(column.sequence) }),
    ...(column.collation === null ? {} : { collation: column.collation }),
    ...(column.comment === null ? {} : { comment: column.comment }),
  }
  return {
    name: column.name, type: fieldTypeOf(type.facts), nullable: !column.notNull || unproved.has(column.name),
    origin: { system: SYSTEM, type: type.text, facts: asFacts(facts) },
  }
}

function sequenceOf({ last, ...told }: NonNullable<ColumnRow['sequence']>): SequenceFacts {
  return { ...told, ...(last === null || last === undefined ? {} : { last }) }
}

function expressionOf(column: ColumnRow): Pick<FieldFacts, 'default' | 'generated'> {
  if (column.expression === null) return {}
  if (column.generated === 's' || column.generated === 'v') {
    return { generated: { expression: column.expression, kind: column.generated === 's' ? 'stored' : 'virtual' } }
  }
  return { default: column.expression }
}

/** Runs `work` with an empty search path, so that everything the server spells is qualified. */
async function underEmptyPath<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const path = (await session.query('select pg_catalog.current_setting(\'search_path\')')).rows[0]![0]!
  await session.query('select pg_catalog.set_config(\'search_path\', \'\', false)')
  try {
    return await work()
  } finally {
    // In a transaction that has failed this fails too, and the end of the transaction restores the path.
    await session.query('select pg_catalog.set_config(\'search_path\', $1, false)', [path], { tidies: true }).catch(() => undefined)
  }
}

const CLASS = `select c.oid, n.nspname, c.relname, c.relkind, c.reltuples::bigint,
  pg_catalog.has_any_column_privilege(c.oid, 'select'), pg_catalog.has_table_privilege(c.oid, 'select'), pg_catalog.row_security_active(c.oid)
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = pg_catalog.to_regclass($1)`

// Columns that came with later versions are reached through to_jsonb, so that one statement serves all.
const COLUMNS = `select pg_catalog.json_build_object(
  'name', a.attname, 'typeOid', a.atttypid::text, 'modifier', a.atttypmod, 'notNull', a.attnotnull,
  'expression', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
  'generated', pg_catalog.to_jsonb(a) ->> 'attgenerated', 'identity', pg_catalog.to_jsonb(a) ->> 'attidentity',
  'collation', (select pg_catalog.json_build_object('schema', cn.nspname, 'name', co.collname)
    from pg_catalog.pg_collation co join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
    where co.oid = a.attcollation and a.attcollation <> t.typcollation),
  'comment', pg_catalog.col_description(a.attrelid, a.attnum),
  'sequence', (select pg_catalog.json_build_object('schema', s.schemaname, 'name', s.sequencename, 'type', s.data_type::text,
      'start', s.start_value::text, 'increment', s.increment_by::text, 'min', s.min_value::text, 'max', s.max_value::text,
      'cache', s.cache_size::text, 'cycle', s.cycle, 'last', s.last_value::text)
    from pg_catalog.pg_depend dep
    join pg_catalog.pg_class sc on sc.oid = dep.objid and sc.relkind = 'S'
    join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace
    join pg_catalog.pg_sequences s on s.schemaname = sn.nspname and s.sequencename = sc.relname
    where dep.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and dep.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and dep.refobjid = a.attrelid and dep.refobjsubid = a.attnum and dep.deptype in ('a', 'i')
    limit 1))::text
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
order by a.attnum`
