// What a new table keeps of its PostgreSQL home beside types: defaults, identity, keys, indexes, comments; and what it does not.
import type { RecordsSchema } from '@records-mover/core/plugin'
import type { NewColumn, NewIndex } from './ddl.js'
import type { FieldFacts, IndexFacts, TableFacts } from './origin.js'
import { isNextval, rebuildDefault, takesIdentity } from './ddl-default.js'
import type { ColumnType } from './ddl-type.js'
import { tableFacts } from './origin.js'

export interface Change { readonly field?: string, readonly change: string, readonly loss?: string }

/** Properties of one column that its home has, as far as they can be rebuilt. */
export function keepColumn(field: string, home: FieldFacts, type: ColumnType): { readonly kept: Partial<NewColumn>, readonly changes: readonly Change[] } {
  const changes: Change[] = []
  const kept: { -readonly [part in keyof NewColumn]?: NewColumn[part] } = {}
  if (home.comment !== undefined) kept.comment = home.comment
  if (home.collation !== undefined) {
    if (home.collation.schema === 'pg_catalog' && PORTABLE_COLLATIONS.has(home.collation.name)) kept.collation = `pg_catalog."${home.collation.name}"`
    else changes.push({ field, change: `the collation ${home.collation.name} is not kept` })
  }
  if (home.generated !== undefined) changes.push({ field, change: 'the column is generated at home and an ordinary one here: its expression is not kept' })
  const serial = home.default !== undefined && home.sequence !== undefined && isNextval(home.default)
  if ((home.identity !== undefined || serial) && takesIdentity(type.facts)) {
    kept.identity = { kind: home.identity ?? 'by default', ...(home.sequence !== undefined && { sequence: home.sequence }) }
    if (serial) changes.push({ field, change: 'the default of a serial column arrives as identity' })
  } else if (home.identity !== undefined) {
    changes.push({ field, change: 'the identity is not kept' })
  } else if (home.default !== undefined) {
    const rebuilt = rebuildDefault(home.default, type.sql)
    if (rebuilt === undefined) changes.push({ field, change: `the default ${home.default} is not kept` })
    else kept.default = rebuilt
  }
  return { kept, changes }
}

// Every database has these under the same names with the same meaning.
const PORTABLE_COLLATIONS: ReadonlySet<string> = new Set(['C', 'POSIX', 'ucs_basic'])

/**
 * Keys and indexes of the home, and changes for all else that hangs on a table. `columnOf`: the new column of a home's column;
 * `retyped`: columns of the home whose type is another here.
 */
export function keepTable(schema: RecordsSchema, columnOf: ReadonlyMap<string, string>, retyped: ReadonlySet<string>): { readonly indexes: readonly NewIndex[], readonly changes: readonly Change[] } {
  const home = tableFacts(schema)
  if (home === undefined) return { indexes: [], changes: [] }
  const indexes: NewIndex[] = []
  const changes: Change[] = []
  for (const index of home.indexes ?? []) {
    const constraint = home.constraints?.find(({ name, type }) => name === index.constraint && type !== 'not null')
    const why = constraint?.type === 'exclusion' ? 'it belongs to an exclusion constraint' : unkept(index, columnOf, retyped)
    const what = index.primary ? 'primary key' : constraint?.type === 'unique' ? 'unique constraint' : 'index'
    if (why !== undefined) {
      changes.push({ change: `the ${what} ${index.name} is not kept: ${why}` })
      continue
    }
    indexes.push({
      name: index.name,
      kind: index.primary ? 'primary key' : constraint !== undefined ? 'unique' : index.unique ? 'unique index' : 'index',
      method: index.method,
      columns: index.columns.map((name) => columnOf.get(name!)!),
      include: index.include.map((name) => columnOf.get(name)!),
      nullsNotDistinct: index.nullsNotDistinct === true,
      deferrable: constraint?.deferrable ?? false,
      deferred: constraint?.deferred ?? false,
      ...(index.comment !== undefined && { comment: index.comment }),
    })
  }
  // A primary key first, so that it is the table's first index as at home.
  indexes.sort((a, b) => Number(b.kind === 'primary key') - Number(a.kind === 'primary key'))
  return { indexes, changes: [...changes, ...leftBehind(home)] }
}

// Methods that every PostgreSQL has: https://www.postgresql.org/docs/current/indexes-types.html
const METHODS: ReadonlySet<string> = new Set(['btree', 'hash', 'gist', 'spgist', 'gin', 'brin'])

function unkept(index: IndexFacts, columnOf: ReadonlyMap<string, string>, retyped: ReadonlySet<string>): string | undefined {
  if (!index.valid) return 'it is not valid at home'
  if (index.partial) return 'it has a condition'
  if (index.columns.some((name) => name === null)) return 'it has an expression'
  if (!index.plain) return 'it has operator classes, orders or collations of its own'
  if (!METHODS.has(index.method)) return `its method ${index.method} belongs to an extension`
  // Text can be sorted and hashed, and that is all.
  const other = index.method === 'btree' || index.method === 'hash' ? undefined : index.columns.find((name) => name !== null && retyped.has(name))
  if (typeof other === 'string') return `its column ${other} has another type here`
  const missing = [...index.columns, ...index.include].find((name) => name !== null && !columnOf.has(name))
  return missing === undefined ? undefined : `its column ${missing!} does not travel`
}

/** What of a table does not travel: named, so that nobody has to find out. */
export function leftBehind(home: TableFacts): readonly Change[] {
  const rules = (home.constraints ?? []).filter(({ type }) => type === 'foreign key' || type === 'check' || type === 'exclusion')
  const named: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['check constraint', rules.filter(({ type }) => type === 'check').map(({ name }) => name)],
    ['foreign key', rules.filter(({ type }) => type === 'foreign key').map(({ name }) => name)],
    ['exclusion constraint', rules.filter(({ type }) => type === 'exclusion').map(({ name }) => name)],
    ['trigger', home.triggers], ['rule', home.rules], ['row security policy', home.policies], ['extended statistics object', home.statistics],
  ]
  const changes = named.flatMap(([what, names]) => (names ?? []).map((name): Change => ({ change: `the ${what} ${name} is not kept` })))
  if (home.partitionKey !== undefined) changes.push({ change: `partitioned by ${home.partitionKey} at home and one table here` })
  return changes
}
