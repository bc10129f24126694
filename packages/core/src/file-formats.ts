// Which format a file is in, by what the caller told or by its name.
import type { FormatDescriptor, RecordsFormat, Told } from './contract/format.js'
import { MoveError } from './contract/errors.js'
import { compressionOfName } from './compress.js'

export type Formats = ReadonlyMap<string, FormatDescriptor>

export interface NamedFormat {
  readonly id: string
  readonly descriptor: FormatDescriptor
  /** What was told, with the name's own ending standing in for a format that was not: for writing. What is read speaks for itself. */
  readonly told: Told
}

/** @throws MoveError `refused` when nothing says which format it is. */
export function formatOf(name: string, told: Told, formats: Formats): NamedFormat {
  if (told.format !== undefined) {
    const found = named(told.format, formats)
    if (found !== undefined) return { ...found, told }
    throw new MoveError('refused', `the format "${told.format}" is not known: registered are ${known(formats)}`)
  }
  const ending = endingOf(name)
  const found = ending === undefined ? undefined : named(ending, formats)
  if (found !== undefined) return { ...found, told: { ...told, format: ending! } }
  const fallback = [...formats].find(([, descriptor]) => descriptor.fallback === true)
  if (fallback !== undefined) return { id: fallback[0], descriptor: fallback[1], told }
  throw new MoveError('refused', `nothing says in which format ${name} is: name one of ${known(formats)}`)
}

/** The format of byte routes, where core adds and removes compression. */
export function uncompressed(format: RecordsFormat): RecordsFormat {
  return 'compression' in format.hints ? { ...format, hints: { ...format.hints, compression: null } } : format
}

/** Hints as a codec sees them. */
export function withoutCompression(hints: Told['hints'] = {}): NonNullable<Told['hints']> {
  return Object.fromEntries(Object.entries(hints).filter(([name]) => name !== 'compression'))
}

/** The ending that says the format: the one before `.gz` where there is one. */
export function endingOf(name: string): string | undefined {
  const plain = compressionOfName(name) === undefined ? name : name.replace(/\.[^.]*$/, '')
  return /[^/]\.([a-z0-9-]+)$/i.exec(plain)?.[1]?.toLowerCase()
}

function named(name: string, formats: Formats): { id: string, descriptor: FormatDescriptor } | undefined {
  const exact = formats.get(name)
  if (exact !== undefined) return { id: name, descriptor: exact }
  const [id, descriptor] = [...formats].find(([, { extensions, variants = [] }]) => extensions.includes(name) || variants.includes(name)) ?? []
  return id === undefined ? undefined : { id, descriptor: descriptor! }
}

function known(formats: Formats): string {
  const names = [...formats].map(([id, { extensions, variants = [] }]) => [id, ...new Set([...extensions, ...variants])])
  return names.map(([id, ...others]) => others.length === 0 ? id : `${id} (${others.join(', ')})`).join(', ') || 'none'
}
