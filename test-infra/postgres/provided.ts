// The name and shape under which one vitest run hands its PostgreSQL server from the setup to the tests.
import type { PostgresFacts } from './server.js'

/** Where the server is, or why there is none. */
export type ProvidedPostgres = PostgresFacts | { readonly skip: string }

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: ProvidedPostgres
  }
}
