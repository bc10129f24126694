// The descriptor of local files: what answers `file:` addresses, plain paths and `-`.
import type { Plugin } from '@records-mover/core/plugin'

/** Local files and folders, standard input and standard output. */
export const file: Plugin = {
  contract: 1,
  name: '@records-mover/file',
  schemes: ['file'],
  store: () => import('./store.js').then((module) => module.openStore),
}
