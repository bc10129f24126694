// Which end of a move is a file, and so what the plain --format and hints are about.
import type { Plugin } from '@records-mover/core'
import type { HintValues } from './hint-options.js'
import { joinHints } from './hint-options.js'
import type { MoveRequest, ToldOfEnd } from './request.js'
import { UsageError } from './usage.js'

/** A format and hints as core takes them. */
export interface Told {
  readonly format?: string
  readonly hints?: { readonly [hint: string]: unknown }
}

/** True for an end that holds files: it is a store, and so has no format of its own. */
export function holdsFiles(plugin: Plugin, as: 'source' | 'target'): boolean {
  return plugin.store !== undefined && plugin[as] === undefined
}

/**
 * What is told of each end's files: `--from-...` and `--to-...`, and what was told plainly for the one end that is a file.
 *
 * @throws UsageError when the plain options could mean both ends or neither, or contradict the others.
 */
export function toldOfEnds(request: MoveRequest, source: Plugin, target: Plugin): { readonly from: Told | undefined, readonly to: Told | undefined } {
  const { told, toldFrom, toldTo } = request
  if (isEmpty(told)) return { from: toldOf(toldFrom), to: toldOf(toldTo) }
  const [fromFile, toFile] = [holdsFiles(source, 'source'), holdsFiles(target, 'target')]
  if (fromFile && toFile) throw new UsageError(`both ends are files, and it could mean either: write ${remedies(told)}`)
  if (!fromFile && !toFile) {
    const what = told.format === undefined ? 'hints' : 'a format to tell'
    throw new UsageError(`neither end is a file, and only files have ${what}: leave out ${spelled(told).join(' and ')}`)
  }
  return fromFile
    ? { from: toldOf(joined(told, toldFrom, '--from-format')), to: toldOf(toldTo) }
    : { from: toldOf(toldFrom), to: toldOf(joined(told, toldTo, '--to-format')) }
}

/** As core takes it; undefined when nothing is told. @throws UsageError for a compression there is none of. */
export function toldOf(told: ToldOfEnd): Told | undefined {
  if (isEmpty(told)) return undefined
  const hints = Object.fromEntries([...told.hints].map(([name, value]) => [name, name === 'compression' ? compressionOf(value) : value]))
  return { ...(told.format !== undefined && { format: told.format }), ...(told.hints.size > 0 && { hints }) }
}

function joined(plain: ToldOfEnd, own: ToldOfEnd, option: string): ToldOfEnd {
  if (plain.format !== undefined && own.format !== undefined && plain.format !== own.format) {
    throw new UsageError(`--format and ${option} say different things: leave one out`)
  }
  const format = plain.format ?? own.format
  return { hints: joinHints(plain.hints, own.hints), ...(format !== undefined && { format }) }
}

/** Compression is core's own affair, so its spellings are read here; every other hint is read by the format it belongs to. */
function compressionOf(value: string): 'GZIP' | null {
  if (/^(gzip|gz)$/i.test(value)) return 'GZIP'
  if (/^(none|null)$/i.test(value)) return null
  throw new UsageError(`the compression "${value}" is not known: there are gzip and none`)
}

function isEmpty({ format, hints }: ToldOfEnd): boolean {
  return format === undefined && hints.size === 0
}

function spelled({ format, hints }: { readonly format?: string, readonly hints: HintValues }): string[] {
  return [...(format === undefined ? [] : [`--format ${format}`]), ...[...hints].map(([name, value]) => `--hint '${name}=${value}'`)]
}

function remedies(told: ToldOfEnd): string {
  return spelled(told).map((text) => `${text.replace('--', '--from-')} or ${text.replace('--', '--to-')}`).join(', and ')
}
