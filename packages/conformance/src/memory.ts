// A database and a store in memory: the smallest whole plugins, and the example of how one is written.
import type { Plugin } from '@records-mover/core/plugin'
import type { MemoryTable } from './memory-table.js'

export type { MemoryTable } from './memory-table.js'

/** A plugin with a memory of its own. */
export interface MemoryPlugin extends Plugin {
  /** What is there now, by address without the scheme: `shop#orders`. */
  readonly tables: Map<string, MemoryTable>
}

/** A store with a memory of its own. */
export interface MemoryStorePlugin extends Plugin {
  /** What is there now, by URL. */
  readonly files: Map<string, Uint8Array>
}

/** A fresh database that answers `memory:name#table`. It forgets everything with the process. */
export function memory(): MemoryPlugin {
  const tables = new Map<string, MemoryTable>()
  return {
    contract: 1,
    name: '@records-mover/conformance/memory',
    schemes: ['memory'],
    tables,
    source: () => import('./memory-source.js').then(({ openSource }) => openSource(tables)),
    target: () => import('./memory-target.js').then(({ openTarget }) => openTarget(tables)),
  }
}

/** A fresh store that answers `memstore:///folder/`. It forgets everything with the process. */
export function memoryStore(): MemoryStorePlugin {
  const files = new Map<string, Uint8Array>()
  return {
    contract: 1,
    name: '@records-mover/conformance/memory',
    schemes: ['memstore'],
    files,
    store: () => import('./memory-store.js').then(({ openStore }) => openStore(files)),
  }
}
