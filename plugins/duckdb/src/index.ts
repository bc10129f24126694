// The plugin's descriptor: DuckDB, embedded in this process, as source and target.
import type { Plugin } from '@records-mover/core/plugin'
import { CONTRACT } from '@records-mover/core/plugin'

/**
 * DuckDB database files, and one database in memory per process.
 *
 * `duckdb:shop.duckdb#orders` is a table of a file, `duckdb:#orders` one in memory, `#schema.table` and `#"a.b"` name tables
 * elsewhere or with odd names; a query is a source. Options: `memory-limit` (`2GB`) and `threads`.
 */
export const duckdb: Plugin = {
  contract: CONTRACT,
  name: '@records-mover/duckdb',
  schemes: ['duckdb'],
  source: () => import('./source.js').then((module) => module.openSource),
  target: () => import('./target.js').then((module) => module.openTarget),
}
