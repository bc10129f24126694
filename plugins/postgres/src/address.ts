// What a postgres address says: the options it may carry, and how tables are named and quoted.
import type { Address } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** A table by its name, and by its schema where the address tells one. */
export interface TableName {
  readonly schema?: string
  readonly name: string
}

/** Options after `?`: those of libpq that are honoured, and ours. */
const OPTIONS: readonly string[] = [
  'user', 'password', 'host', 'port', 'dbname', 'application_name', 'connect_timeout', 'options', 'passfile', 'service',
  'sslmode', 'sslrootcert', 'sslcert', 'sslkey',
  'tls', 'tls-ca', 'tls-cert', 'tls-key',
]

/** Throws `bad-address` for an option that is not in OPTIONS, naming it. */
export function refuseUnknownOptions(at: Address): void {
  const unknown = at.options.find((name) => !OPTIONS.includes(name))
  if (unknown === undefined) return
  throw new MoveError('bad-address', `unknown option "${unknown}" in ${at.text}: it may be ${OPTIONS.join(', ')}`, { context: { option: unknown } })
}

/**
 * The table of a fragment: `table`, `schema.table`, `schema."Table"`. As in SQL, a part without quotes is folded to lower
 * case (ASCII letters only), a part in double quotes is kept, and a quote inside is written twice.
 *
 * @throws MoveError `bad-address` for an empty part, a lone quote, more than two parts or U+0000.
 */
export function parseTable(text: string): TableName {
  const parts: string[] = []
  const piece = /"((?:[^"]|"")*)"(?=\.|$)|([^".]+)(?=\.|$)/y
  let from = 0
  while (parts.length < 3) {
    piece.lastIndex = from
    const found = piece.exec(text)
    if (found === null || found[1] === '' || text.includes('\0')) throw wrongTable(text)
    parts.push(found[1]?.replaceAll('""', '"') ?? foldCase(found[2]!))
    from = piece.lastIndex
    if (from === text.length) break
    from += 1
  }
  if (parts.length === 1) return { name: parts[0]! }
  if (parts.length === 2 && from === text.length) return { schema: parts[0]!, name: parts[1]! }
  throw wrongTable(text)
}

function wrongTable(text: string): MoveError {
  return new MoveError('bad-address', `"${text.replaceAll('\0', '\\0')}" names no table: write #table, #schema.table or #schema."Table"`)
}

function foldCase(part: string): string {
  return part.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** A name as SQL quotes it. Throws `bad-address` for U+0000 and for the empty name, which no PostgreSQL name can be. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new MoveError('bad-address', `${JSON.stringify(name)} cannot be a name in PostgreSQL: it is empty or holds U+0000`)
  }
  return `"${name.replaceAll('"', '""')}"`
}

export function quoteTable(table: TableName): string {
  return table.schema === undefined ? quoteIdentifier(table.name) : `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
}

/** Text as an SQL literal, whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new MoveError('bad-address', 'U+0000 cannot stand in a text of PostgreSQL')
  const quoted = text.replaceAll('\'', '\'\'')
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** A table as a message names it: `public.orders`, quoted only where needed. */
export function tableText(table: TableName): string {
  const part = (name: string): string => /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
  return table.schema === undefined ? part(table.name) : `${part(table.schema)}.${part(table.name)}`
}
