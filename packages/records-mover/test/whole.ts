// Everything that the whole set of plugins needs to move records in a test: the registry, addresses, and a folder.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { registry } from '@records-mover/core'
import type { Registry } from '@records-mover/core'
import { delimited } from '@records-mover/delimited'
import { duckdb } from '@records-mover/duckdb'
import { file } from '@records-mover/file'
import { postgres } from '@records-mover/postgres'

export const options: { registry: Registry } = { registry: registry([file, delimited, duckdb, postgres]) }

/** An address with a table, whatever its name. */
export function at(address: string, table: string): string {
  return `${address}#${encodeURIComponent(table)}`
}

export async function temporaryFolder(): Promise<AsyncDisposable & { path: (name: string) => string }> {
  const folder = await mkdtemp(join(tmpdir(), 'records-mover-whole-'))
  return { path: (name) => join(folder, name), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** The same numbers in every run, so that a failure can be had again. Mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
