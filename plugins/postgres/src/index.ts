// The plugin for PostgreSQL as plain data; nothing is loaded before one of its doors is opened.
import type { Plugin } from '@records-mover/core/plugin'
import { CONTRACT } from '@records-mover/core/plugin'
import { binary } from './binary.js'

/** PostgreSQL as a source and a target: `postgres://user@host:port/database?options#schema.table`. */
export const postgres: Plugin = {
  contract: CONTRACT,
  name: '@records-mover/postgres',
  schemes: ['postgres', 'postgresql'],
  source: async () => (await import('./source.js')).openSource,
  target: async () => (await import('./target.js')).openTarget,
  formats: { 'postgres-binary': binary },
}
