// Where the benchmarks run: a private server with two databases, a DuckDB file, a folder, and how each is asked to prove what it holds.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PostgresService } from '@records-mover/test-infra/postgres'
import { COLUMNS } from './lineitem.js'
import type { Command, Finished } from './timing.js'
import { run } from './timing.js'

export interface Places {
  readonly folder: string
  readonly csv: string
  readonly out: string
  readonly server: PostgresService
  readonly psqlPath: string
  readonly from: string
  readonly to: string
  readonly duckdb: string
}

export const TABLE = 'lineitem'

export function psql(places: Places, database: string, statement: string): Command {
  return {
    program: places.psqlPath,
    arguments: ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--command', statement],
    environment: { PGHOST: '127.0.0.1', PGPORT: String(places.server.port), PGUSER: places.server.user, PGPASSWORD: places.server.password, PGDATABASE: database, PGSSLMODE: 'disable' },
  }
}

/** Clear text on both sides: the same road as psql's. */
export function address(places: Places, database: string): string {
  return `postgres://${places.server.user}:${places.server.password}@127.0.0.1:${places.server.port}/${database}#${TABLE}`
}

export function mover(from: string, to: string, whenExists?: 'append'): Command {
  return node('mover.js', from, to, ...whenExists === undefined ? [] : [whenExists])
}

export function duckdbOwn(database: string, statement: string): Command {
  return node('duckdb-own.js', database, statement)
}

export async function emptyTable(places: Places, database: string): Promise<void> {
  await places.server.execute(`drop table if exists ${TABLE}; ${postgresDdl()}; checkpoint`, database)
}

export async function dropTable(places: Places, database: string): Promise<void> {
  await places.server.execute(`drop table if exists ${TABLE}; checkpoint`, database)
}

export async function emptyDuckdb(places: Places): Promise<void> {
  await rm(places.duckdb, { force: true })
  await run(duckdbOwn(places.duckdb, `create table ${TABLE} (${COLUMNS.map(([name, , type]) => `${name} ${type}`).join(', ')})`))
}

/** A number that differs when a single value does: the sum of a hash of every row. */
export async function postgresDigest(places: Places, database: string): Promise<string> {
  // Text of the columns as declared, so that a table whose types were found and one whose types were given agree.
  const text = COLUMNS.map(([name]) => `coalesce(${name}::text, '\\N')`).join(" || '|' || ")
  const rows = await places.server.execute(`select count(*) || ' rows ' || coalesce(sum(hashtextextended(${text}, 0)::numeric), 0) from ${TABLE}`, database)
  return rows[0]?.[0] ?? 'nothing'
}

export async function duckdbDigest(places: Places): Promise<string> {
  const text = COLUMNS.map(([name]) => `coalesce(${name}::varchar, '\\N')`).join(" || '|' || ")
  const { output } = await run(duckdbOwn(places.duckdb, `select count(*)::varchar || ' rows ' || sum(hash(${text})::hugeint)::varchar as d from ${TABLE}`))
  return output.trim()
}

export function peakOf({ output }: Finished): number {
  return (JSON.parse(output) as { peakMb: number }).peakMb
}

function postgresDdl(): string {
  return `create table ${TABLE} (${COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')})`
}

function node(script: string, ...list: string[]): Command {
  return { program: process.execPath, arguments: [join(fileURLToPath(new URL('.', import.meta.url)), script), ...list] }
}
