// A vitest global setup: one PostgreSQL server for all test files of the run.
import type { TestProject } from 'vitest/node'

import { PostgresUnavailable } from './binaries.js'
import type {} from './provided.js'
import { startPostgres } from './start.js'
import type { PostgresOptions } from './start.js'

/** For `globalSetup: ['@records-mover/test-infra/postgres-setup']`. */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  return providePostgres(project)
}

/**
 * Starts the run's server with options of its own, for a package that writes its own global setup.
 *
 * Resolves with what stops it. When the machine has no PostgreSQL, the tests are told why and skip; a server that is
 * there and does not come up fails the run.
 */
export async function providePostgres(project: TestProject, options: PostgresOptions = {}): Promise<() => Promise<void>> {
  try {
    const service = await startPostgres(options)
    project.provide('postgres', service.facts)
    return service.stop
  } catch (error) {
    if (!(error instanceof PostgresUnavailable)) throw error
    project.provide('postgres', { skip: error.message })
    return () => Promise.resolve()
  }
}
