// The statements that make a table: what stands in CREATE TABLE, and what is added once the rows are in.
import type { Grant } from '@records-mover/core/plugin'
import { quoteIdentifier, quoteLiteral } from './address.js'
import type { SequenceFacts } from './origin.js'

/** A table to be made. Every type, default and definition in it was rebuilt here; names and comments are any text. */
export interface NewTable {
  readonly columns: readonly NewColumn[]
  readonly unlogged: boolean
  readonly indexes: readonly NewIndex[]
  readonly comment?: string
  readonly grants: readonly Grant[]
}

export interface NewColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly collation?: string
  readonly default?: string
  readonly identity?: { readonly kind: 'always' | 'by default', readonly sequence?: SequenceFacts }
  readonly comment?: string
}

export interface NewIndex {
  /** As its home calls it. */
  readonly name?: string
  readonly kind: 'primary key' | 'unique' | 'unique index' | 'index'
  readonly method: string
  readonly columns: readonly string[]
  readonly include: readonly string[]
  readonly nullsNotDistinct: boolean
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly comment?: string
}

export function createTable(relation: string, table: NewTable): string {
  return `create ${table.unlogged ? 'unlogged ' : ''}table ${relation} (${table.columns.map(columnSql).join(', ')})`
}

/** One index or key. `name`: undefined lets the server choose. */
export function createIndex(relation: string, index: NewIndex, name: string | undefined): string {
  const columns = `(${index.columns.map(quoteIdentifier).join(', ')})`
  const include = index.include.length === 0 ? '' : ` include (${index.include.map(quoteIdentifier).join(', ')})`
  const distinct = index.nullsNotDistinct ? ' nulls not distinct' : ''
  if (index.kind === 'primary key' || index.kind === 'unique') {
    const named = name === undefined ? '' : `constraint ${quoteIdentifier(name)} `
    const deferrable = index.deferrable ? ` deferrable${index.deferred ? ' initially deferred' : ''}` : ''
    return `alter table ${relation} add ${named}${index.kind}${distinct} ${columns}${include}${deferrable}`
  }
  const unique = index.kind === 'unique index' ? 'unique ' : ''
  const named = name === undefined ? '' : ` ${quoteIdentifier(name)}`
  return `create ${unique}index${named} on ${relation} using ${quoteIdentifier(index.method)} ${columns}${include}${distinct}`
}

export function commentTable(relation: string, table: NewTable): readonly string[] {
  const own = table.comment === undefined ? [] : [`comment on table ${relation} is ${quoteLiteral(table.comment)}`]
  const columns = table.columns.flatMap(({ name, comment }) => comment === undefined ? [] : [`comment on column ${relation}.${quoteIdentifier(name)} is ${quoteLiteral(comment)}`])
  return [...own, ...columns]
}

/** https://www.postgresql.org/docs/current/sql-grant.html: what may be granted on a table. */
const PRIVILEGES: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain', 'all'])

export function isPrivilege(privilege: string): boolean {
  return PRIVILEGES.has(privilege.toLowerCase())
}

/** One GRANT. `to` is a role's name as it is, or `public`. */
export function grantSql(relation: string, grant: Grant & { readonly column?: string, readonly grantable?: boolean }): string {
  if (!isPrivilege(grant.privilege)) throw new TypeError(`no privilege: ${grant.privilege}`)
  const column = grant.column === undefined ? '' : ` (${quoteIdentifier(grant.column)})`
  const grantee = grant.to.toLowerCase() === 'public' ? 'public' : quoteIdentifier(grant.to)
  return `grant ${grant.privilege.toLowerCase()}${column} on table ${relation} to ${grantee}${grant.grantable === true ? ' with grant option' : ''}`
}

function columnSql(column: NewColumn): string {
  return [
    quoteIdentifier(column.name), column.type,
    ...(column.collation === undefined ? [] : [`collate ${column.collation}`]),
    ...(column.default === undefined ? [] : [`default ${column.default}`]),
    ...(column.identity === undefined ? [] : [identitySql(column.identity)]),
    ...(column.notNull && column.identity === undefined ? ['not null'] : []),
  ].join(' ')
}

function identitySql({ kind, sequence }: NonNullable<NewColumn['identity']>): string {
  const options = sequence === undefined ? '' : sequenceOptions(sequence)
  return `generated ${kind} as identity${options === '' ? '' : ` (${options})`}`
}

/** Only options whose values are whole numbers as text are written; anything else is left to the default. */
function sequenceOptions(sequence: SequenceFacts): string {
  const numbers = ([['start with', sequence.start], ['increment by', sequence.increment], ['minvalue', sequence.min], ['maxvalue', sequence.max], ['cache', sequence.cache]] as const)
    .filter(([, value]) => /^-?\d{1,19}$/.test(value))
    .map(([word, value]) => `${word} ${value}`)
  return [...numbers, ...(sequence.cycle ? ['cycle'] : [])].join(' ')
}
