// How a test file reaches the run's PostgreSQL server, and how its tests say why they are skipped when there is none.
import { inject } from 'vitest'

import type { ProvidedPostgres } from './provided.js'
import { connectTo } from './server.js'
import type { PostgresServer } from './server.js'

export interface SharedPostgres {
  /** Why there is no server, for `describe.skipIf(postgres.skip)`; undefined when there is one. */
  readonly skip: string | undefined
  /** The server. Throws when there is none, so ask for it inside tests and hooks. */
  readonly server: PostgresServer
  /** The name for a group of tests: as given, with the reason in it when they are skipped. */
  title(name: string): string
}

/**
 * The server that the global setup `@records-mover/test-infra/postgres-setup` started for this run.
 *
 * Throws when the setup is not in the vitest configuration: a forgotten setup is a failure, not a skip.
 */
export function postgresService(): SharedPostgres {
  const provided = inject('postgres') as ProvidedPostgres | undefined
  if (provided === undefined) {
    throw new Error('no PostgreSQL was provided: add globalSetup: [\'@records-mover/test-infra/postgres-setup\'] to vitest.config.ts')
  }
  const skip = 'skip' in provided ? provided.skip : undefined
  const server = 'skip' in provided ? undefined : connectTo(provided)
  return {
    skip,
    get server() {
      if (server === undefined) throw new Error(`there is no PostgreSQL server: ${skip}`)
      return server
    },
    title: (name) => skip === undefined ? name : `${name} [skipped: ${skip}]`,
  }
}
