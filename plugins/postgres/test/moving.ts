// Moves between databases of the test server, by core's own move.
import type { End, MoveOptions, MoveResult } from '@records-mover/core'
import { move, registry } from '@records-mover/core'
import type { PostgresServer } from '@records-mover/test-infra/postgres'
import { postgres } from '../src/index.js'

const plugins = registry([postgres])

/** Moves with options; an end may be an address or one of the program's own. */
export function moving(from: string | End, to: string | End, options: Partial<MoveOptions> = {}): Promise<MoveResult> {
  return move(from, to, { registry: plugins, ...options })
}

/** The address of a table by its name as SQL would write it. */
export function tableAt(server: PostgresServer, database: string, table: string): string {
  return `${server.url(database)}#${encodeURIComponent(table)}`
}

/** All rows of a table as COPY writes them, in the order of their text. */
export async function copied(server: PostgresServer, database: string, select: string): Promise<string[]> {
  // A row as text shows every value by its type's own output function.
  const rows = await server.execute(`select r::text from (${select}) r order by 1`, database)
  return rows.map((row) => row[0]!)
}

/** How many sessions of a database there are, other than the one that asks. */
export async function sessions(server: PostgresServer, database: string): Promise<number> {
  const rows = await server.execute(`select count(*) from pg_stat_activity where datname = '${database}' and backend_type = 'client backend'`)
  return Number(rows[0]![0])
}
