// How the files under a folder, or matching a pattern, are found in the order of their names.
import type { BigIntStats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { fileError } from './errors.js'
import type { Segments } from './pattern.js'
import { advance } from './pattern.js'

export interface Found {
  readonly path: string
  readonly stats: BigIntStats
}

/** What a walk takes in: everything that is not hidden, or what is left of a pattern. */
type Wanted = 'all' | readonly Segments[]

/**
 * The files below `folder`, which ends in `/`, in the order of their whole names; only one folder's names are held at a time
 * for each level. Symbolic links are followed; one that leads back to a folder above itself is passed over, since its files are
 * listed there. Sockets, pipes and devices are passed over.
 *
 * A folder's listing leaves out names that begin with `.` or `_`: they hold notes about records, or are unfinished.
 */
export async function* filesBelow(folder: string, wanted: Wanted, above: readonly string[] = []): AsyncGenerator<Found> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => { throw fileError(error, 'list', folder) })
  const names: { readonly name: string, readonly found: Found, readonly left: Wanted }[] = []
  for (const { name } of entries) {
    const left = wanted === 'all' ? wanted : advance(wanted, name)
    if (wanted === 'all' ? name.startsWith('.') || name.startsWith('_') : left.length === 0) continue
    const path = folder + name
    const stats = await stat(path, { bigint: true }).catch((error: unknown) => { throw fileError(error, 'look at', path) })
    // With its "/" a folder sorts where its files belong in the order of whole names.
    if (stats.isDirectory() || stats.isFile()) names.push({ name: stats.isDirectory() ? `${name}/` : name, found: { path, stats }, left })
  }
  names.sort((a, b) => a.name < b.name ? -1 : 1)
  for (const { found, left } of names) {
    if (found.stats.isFile()) {
      if (left === 'all' || left.some((segments) => segments.length === 0)) yield found
      continue
    }
    const identity = `${found.stats.dev}:${found.stats.ino}`
    const below = left === 'all' ? left : left.filter((segments) => segments.length > 0)
    if (below.length > 0 && !above.includes(identity)) yield* filesBelow(`${found.path}/`, below, [...above, identity])
  }
}
