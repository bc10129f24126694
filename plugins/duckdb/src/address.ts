// What a duckdb address says: which database, which table or query, which settings; and how names are quoted.
import type { Address } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { resolve } from 'node:path'

/** The path that stands for the one database in memory. */
export const MEMORY = ':memory:'

/** A table by its name, and by its schema where the address tells one. */
export interface TableName {
  readonly schema?: string
  readonly name: string
}

/** What an address sets of its database. An absent setting has the default of databases.ts. */
export interface Settings {
  /** A size as DuckDB spells it: `512MB`, `2GiB`. */
  readonly memoryLimit?: string
  readonly threads?: number
}

/** An address, understood. */
export interface Place {
  /** For messages. */
  readonly text: string
  /** Absolute, or MEMORY. */
  readonly path: string
  readonly table?: TableName
  readonly query?: string
  readonly settings: Settings
}

const OPTIONS = ['memory-limit', 'threads']
const MOST_THREADS = 1024

/** Throws `bad-address` for a host, an unknown option, a wrong value, or an odd table name. */
export function parsePlace(at: Address): Place {
  const unknown = at.options.find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw wrong(at, `unknown option "${unknown}" in ${at.text}: it may be ${OPTIONS.join(', ')}`, { option: unknown })
  }
  if (at.host !== undefined || at.setting('user') !== undefined || at.setting('password') !== undefined) {
    throw wrong(at, `${at.text} names a host or a user, but DuckDB lives in this process: write duckdb:shop.duckdb#orders`)
  }
  if (at.path.includes('\0')) throw wrong(at, 'a path cannot hold U+0000')
  const memoryLimit = at.setting('memory-limit')?.reveal()
  if (memoryLimit !== undefined && !/^[1-9]\d*(\.\d+)? ?[KMGT]i?B$/i.test(memoryLimit)) {
    throw wrong(at, `memory-limit in ${at.text} is no size: write one such as 512MB or 2GB`, { option: 'memory-limit' })
  }
  const threads = at.setting('threads')?.reveal()
  if (threads !== undefined && !(/^\d{1,4}$/.test(threads) && Number(threads) >= 1 && Number(threads) <= MOST_THREADS)) {
    throw wrong(at, `threads in ${at.text} is not a whole number from 1 to ${MOST_THREADS}`, { option: 'threads' })
  }
  return {
    text: at.text,
    path: at.path === '' || at.path === MEMORY ? MEMORY : resolve(at.path),
    ...(at.fragment !== undefined && { table: parseTable(at.fragment) }),
    ...(at.query !== undefined && { query: at.query }),
    settings: { ...(memoryLimit !== undefined && { memoryLimit }), ...(threads !== undefined && { threads: Number(threads) }) },
  }
}

/**
 * The table of a fragment: `table`, `schema.table`, `schema."Table.1"`. A part in double quotes is taken as it stands, a quote
 * inside is written twice. DuckDB finds names whatever their case, so nothing is folded.
 *
 * @throws MoveError `bad-address` for an empty part, a lone quote, more than two parts or U+0000.
 */
export function parseTable(text: string): TableName {
  const parts: string[] = []
  const piece = /"((?:[^"]|"")*)"(?=\.|$)|([^".]+)(?=\.|$)/y
  for (let from = 0; parts.length < 2; from++) {
    piece.lastIndex = from
    const found = piece.exec(text)
    if (found === null || found[1] === '' || text.includes('\0')) break
    parts.push(found[1]?.replaceAll('""', '"') ?? found[2]!)
    from = piece.lastIndex
    if (from === text.length) return parts.length === 1 ? { name: parts[0]! } : { schema: parts[0]!, name: parts[1]! }
  }
  throw new MoveError('bad-address', `${JSON.stringify(text)} names no table: write #table, #schema.table or #schema."a table"`)
}

/** A name as SQL quotes it. Throws `bad-address` for U+0000 and for the empty name. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new MoveError('bad-address', `${JSON.stringify(name)} cannot be a name in DuckDB: it is empty or holds U+0000`)
  }
  return `"${name.replaceAll('"', '""')}"`
}

/** Text as an SQL literal. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new MoveError('refused', 'text in a statement cannot hold U+0000')
  return `'${text.replaceAll("'", "''")}'`
}

function wrong(at: Address, message: string, context: Readonly<Record<string, string>> = {}): MoveError {
  return new MoveError('bad-address', message, { context: { address: at.text, ...context } })
}
