// Whether a test of this package can have a server, and where such servers keep their folders.
import { serverAccount, temporaryBase } from './account.js'
import { PostgresUnavailable, findBinaries } from './binaries.js'
import type { PostgresOrigin } from './binaries.js'
import { cacheFolder } from './cache.js'

/** Why there are no programs of this origin, or of any; undefined when there are. */
export function reasonAgainst(prefer: PostgresOrigin | undefined): string | undefined {
  try {
    findBinaries(prefer, cache())
    return undefined
  } catch (error) {
    if (error instanceof PostgresUnavailable) return error.message
    throw error
  }
}

export function cache(): string {
  return cacheFolder(temporaryBase(serverAccount()))
}
