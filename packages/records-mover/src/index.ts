// The batteries: core, and the plugins that come with it as a list for a registry.
import type { Plugin } from '@records-mover/core'
import { delimited } from '@records-mover/delimited'
import { duckdb } from '@records-mover/duckdb'
import { file } from '@records-mover/file'

export * from '@records-mover/core'

/** Delimited text, DuckDB and local files: `registry(batteries)`, or `registry([...batteries, postgres])`. No driver is loaded by this. */
export const batteries: readonly Plugin[] = [delimited, duckdb, file]
