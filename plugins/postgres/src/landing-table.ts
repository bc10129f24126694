// Makes a table before its rows and finishes it after them: keys, indexes, comments, rights, and the place of the old table.
import type { Run } from '@records-mover/core/plugin'
import type { TableName } from './address.js'
import { quoteIdentifier, quoteLiteral, quoteTable, tableText } from './address.js'
import type { Relation } from './catalog.js'
import type { Session } from './connect.js'
import type { NewIndex, NewTable } from './ddl.js'
import { commentTable, createIndex, createTable, grantSql } from './ddl.js'
import { columnName } from './fit-names.js'

export async function makeTable(session: Session, relation: string, table: NewTable): Promise<void> {
  await session.query(createTable(relation, table), [], { doing: `create the table ${relation}` })
}

export interface Adoption {
  /** The table with its rows, as SQL names it now. */
  readonly relation: string
  /** Its name in the end. */
  readonly name: Required<TableName>
  readonly table: NewTable
  readonly run: Run
  /** The table whose place it takes. */
  readonly old?: Relation
  /** Locks the old table; called as late as possible. */
  readonly swap?: () => Promise<void>
}

/** Finishes a table that has its rows. With `old`, it takes the rights, the owner and in the end the name of the old table. */
export async function adoptTable(session: Session, adoption: Adoption): Promise<void> {
  const { relation, name, table, run, old, swap } = adoption
  const doing = { doing: `finish the table ${tableText(name)}` }
  const temporary = (i: number): string => `records-mover ${run.id} ${i}`
  // One after the other: two statements cannot run in one session at once.
  for (const [i, index] of table.indexes.entries()) await session.query(createIndex(relation, index, temporary(i)), [], doing)
  for (const sql of commentTable(relation, table)) await session.query(sql, [], doing)
  if (old !== undefined) await takeRights(session, relation, old)
  for (const grant of table.grants) await session.query(grantSql(relation, grant), [], doing)
  await moveSequences(session, relation, table)
  if (old !== undefined) {
    await swap!()
    if (old.facts.owner !== undefined && old.facts.owner !== session.server.user) {
      await session.query(`alter table ${relation} owner to ${quoteIdentifier(old.facts.owner)}`, [], doing)
    }
    await session.query(`drop table ${quoteTable(name)}`, [], doing)
    await session.query(`alter table ${relation} rename to ${quoteIdentifier(name.name)}`, [], doing)
  }
  const final = quoteTable(name)
  for (const [i, index] of table.indexes.entries()) await nameIndex(session, name, index, temporary(i))
  if (old !== undefined) await nameSequences(session, final, name, table)
}

/** Exactly the old table's privileges: those that default privileges have added are taken away. */
async function takeRights(session: Session, relation: string, { facts }: Relation): Promise<void> {
  const doing = { doing: `grant the rights on ${relation}` }
  const { rows } = await session.query(GRANTED, [relation], doing)
  for (const [to, everybody] of rows) await session.query(`revoke all on table ${relation} from ${everybody === 't' ? 'public' : quoteIdentifier(to!)}`, [], doing)
  for (const { to, public: everybody, privilege, grantable, column } of facts.grants ?? []) {
    if (!everybody && to === facts.owner) continue
    const grant = { privilege, to: everybody ? 'public' : to, grantable, ...(column !== undefined && { column }) }
    await session.query(grantSql(relation, grant), [], doing)
  }
}

const GRANTED = `select distinct pg_catalog.pg_get_userbyid(x.grantee), x.grantee = 0
from pg_catalog.pg_class c cross join lateral pg_catalog.aclexplode(c.relacl) x
where c.oid = $1::pg_catalog.regclass and x.grantee <> c.relowner`

/** Sequences of identity columns go on behind the highest number that arrived, or where they stood at home if that is further. */
async function moveSequences(session: Session, relation: string, table: NewTable): Promise<void> {
  for (const { name, identity } of table.columns) {
    if (identity === undefined) continue
    const down = identity.sequence?.increment.startsWith('-') === true
    const last = identity.sequence?.last
    const extreme = `${down ? 'least' : 'greatest'}(${down ? 'min' : 'max'}(${quoteIdentifier(name)}), ${last !== undefined && /^-?\d{1,19}$/.test(last) ? last : 'null'})`
    await session.query(
      `select pg_catalog.setval(s.name::pg_catalog.regclass, x.value) from (select ${extreme}::bigint as value from ${relation}) x,
        (select pg_catalog.pg_get_serial_sequence($1, $2) as name) s join pg_catalog.pg_sequence q on q.seqrelid = s.name::pg_catalog.regclass
      where x.value between q.seqmin and q.seqmax`,
      [relation, name], { doing: `move the sequence of ${relation} on` },
    )
  }
}

/** Gives an index its home's name where that is free, else the name that PostgreSQL would choose. */
async function nameIndex(session: Session, table: Required<TableName>, index: NewIndex, now: string): Promise<void> {
  const suffix = index.kind === 'primary key' ? 'pkey' : index.kind === 'index' ? 'idx' : 'key'
  const columns = index.kind === 'primary key' ? '' : `_${index.columns.join('_')}`
  const usual = `${table.name}${columns}`
  const name = await freeName(session, table.schema, [...(index.name === undefined ? [] : [index.name]), ...numbered(usual, `_${suffix}`)])
  const sql = quoteTable({ schema: table.schema, name: now })
  if (index.comment !== undefined) await session.query(`comment on index ${sql} is ${quoteLiteral(index.comment)}`)
  await session.query(`alter index ${sql} rename to ${quoteIdentifier(name)}`, [], { doing: `name an index of ${tableText(table)}` })
}

async function nameSequences(session: Session, relation: string, table: Required<TableName>, { columns }: NewTable): Promise<void> {
  for (const { name, identity } of columns) {
    if (identity === undefined) continue
    const now = (await session.query('select pg_catalog.pg_get_serial_sequence($1, $2)', [relation, name])).rows[0]?.[0]
    if (now === null || now === undefined) continue
    const free = await freeName(session, table.schema, numbered(`${table.name}_${name}`, '_seq'))
    await session.query(`alter sequence ${now} rename to ${quoteIdentifier(free)}`, [], { doing: `name a sequence of ${relation}` })
  }
}

function numbered(name: string, suffix: string): readonly string[] {
  return Array.from({ length: 100 }, (_, i) => {
    const end = `${suffix}${i === 0 ? '' : i}`
    // The end must survive the cut to 63 bytes.
    let start = name
    while (columnName(start + end) !== start + end) start = start.slice(0, -1)
    return start + end
  })
}

async function freeName(session: Session, schema: string, names: readonly string[]): Promise<string> {
  const { rows } = await session.query(
    `select n.name from unnest($2::text[]) with ordinality n (name, place)
      where not exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace s on s.oid = c.relnamespace where s.nspname = $1 and c.relname = n.name)
      order by n.place limit 1`,
    [schema, arrayText(names)],
  )
  return rows[0]?.[0] ?? names[0]!
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}
