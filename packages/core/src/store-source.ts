// How files in a store become a source: found, decompressed, looked at by their codec, and given as they are.
import type { FileEntry, Look, Manifest, Run, Source, Stage, Store } from './contract/contract.js'
import type { Chunks, Codec, Part, RecordsFormat, Told } from './contract/format.js'
import type { RecordsSchema } from './contract/schema.js'
import { MoveError } from './contract/errors.js'
import { sameFields } from './contract/schema.js'
import { compressionOfPart, decompressed } from './compress.js'
import type { Formats } from './file-formats.js'
import { formatOf, uncompressed, withoutCompression } from './file-formats.js'
import { partsOf, spooled } from './parts.js'
import { sameFormat } from './plan/match.js'
import { readDirectory } from './records-directory.js'

/** What the caller says of files. */
export interface ToldOfFiles extends Told {
  /** The schema of the records, in place of one found in the data. Every value is then checked against it. */
  readonly schema?: RecordsSchema
}

/** A source over the files of a store. Disposing it disposes the store. */
export function storeSource(store: Store, told: ToldOfFiles, formats: Formats): Source {
  const source: { -readonly [key in keyof Source]: Source[key] } = {
    async look(need, run) {
      const found = await lookAtFiles(store, told, formats, need, run)
      const own = uncompressed(found.look.format!)
      const known = found.look.given ?? found.look.schema
      const refuse = (format: RecordsFormat, _given: RecordsSchema, as: RecordsSchema): string | undefined => {
        if (!sameFields(known, as)) return 'the files give their own fields and types only'
        return sameFormat(format, own) ? undefined : 'the files are in another format'
      }
      source.bytes = {
        formats: [own],
        refuse,
        read: (format) => Promise.resolve(given(found, format)),
      }
      if (found.stored) {
        source.files = {
          formats: [found.look.format!],
          refuse: (format, _given, as) => sameFields(known, as) && sameFormat(format, found.look.format!) ? undefined : 'the files are as they are',
          reach: {},
          at: stageOf(store),
          unload: (_into, format, as) => Promise.resolve<Manifest>({ format, schema: as, files: found.files }),
        }
      }
      return found.look
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
  return source
}

/** The files as they are. Their rows are counted as given when the last byte of the last one has been. */
function given({ parts, look }: FoundFiles, format: RecordsFormat): Chunks {
  let left = parts.length
  const counted = parts.map((part): Part => ({
    ...part,
    async *read(start?: number, end?: number) {
      yield* part.read(start, end)
      left--
    },
  }))
  return {
    format,
    parts: partsOf(counted),
    tally: () => left === 0 && look.rowsExact && look.rows !== undefined ? { rows: look.rows } : {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

interface FoundFiles {
  readonly look: Look
  readonly files: readonly FileEntry[]
  readonly parts: readonly Part[]
  /** True when the files lie in the store as they were looked at. */
  readonly stored: boolean
}

async function lookAtFiles(store: Store, caller: ToldOfFiles, formats: Formats, need: 'names' | 'types', run: Run): Promise<FoundFiles> {
  const { files, told, schema } = await filesOf(store, caller, run)
  let parts = files.map((file) => store.part(file))
  const first = parts[0]
  if (first === undefined) throw new MoveError('not-found', `there are no files at ${store.at.href}: name a file, or a folder that holds some`)
  const notes: string[] = []
  const stored = parts.every((part) => part.again)
  if (!stored) {
    // A look and the move itself read the bytes twice.
    parts = await Promise.all(parts.map((part) => spooled(part, run)))
    notes.push('what can be read only once was kept in a temporary file')
  }
  const compression = told.hints?.compression ?? await compressionOfPart(parts[0]!)
  if (compression === 'GZIP') parts = parts.map(decompressed)
  const { descriptor } = formatOf(first.name, told, formats)
  if (descriptor.needs === 'path') parts = await Promise.all(parts.map((part) => part.path === undefined ? spooled(part, run) : Promise.resolve(part)))
  const codec: Codec = await descriptor.codec()
  const look = await codec.look(parts, { ...told, hints: withoutCompression(told.hints) }, schema === undefined ? need : 'names', run)
  const format: RecordsFormat = typeof compression !== 'string' ? look.format : { ...look.format, hints: { ...look.format.hints, compression } }
  const byteLength = files.every((file) => file.byteLength !== undefined) ? files.reduce((sum, file) => sum + file.byteLength!, 0) : undefined
  return {
    files,
    parts,
    stored,
    look: {
      ...look,
      format,
      again: true,
      ...(byteLength !== undefined && { byteLength }),
      notes: [...notes, ...look.notes ?? []],
      ...(schema !== undefined && toldSchema(schema, look.schema, first.name)),
    },
  }
}

async function filesOf(store: Store, caller: ToldOfFiles, run: Run): Promise<{ files: readonly FileEntry[], told: Told, schema: RecordsSchema | undefined }> {
  const files: FileEntry[] = []
  for await (const file of store.list(store.at, run)) files.push(file)
  const directory = store.at.href.endsWith('/') ? await readDirectory(store, files, run) : undefined
  if (directory === undefined) return { files, told: caller, schema: caller.schema }
  const format = caller.format ?? directory.format?.format
  const told = { hints: { ...directory.format?.hints, ...caller.hints }, ...(format !== undefined && { format }) }
  return { files: directory.files, told, schema: caller.schema ?? directory.schema }
}

/** The told schema in the order of the file; the data is text until its values are checked. */
function toldSchema(told: RecordsSchema, found: RecordsSchema, name: string): Pick<Look, 'schema' | 'given'> {
  const byName = new Map(told.fields.map((field) => [field.name, field]))
  const missing = told.fields.filter((field) => !found.fields.some((other) => other.name === field.name)).map((field) => field.name)
  const extra = found.fields.filter((field) => !byName.has(field.name)).map((field) => field.name)
  if (missing.length > 0 || extra.length > 0) {
    const lists = [missing.length > 0 ? `it lacks ${missing.join(', ')}` : '', extra.length > 0 ? `the schema does not describe ${extra.join(', ')}` : '']
    throw new MoveError('refused', `${name} and the given schema name different fields: ${lists.filter(Boolean).join('; ')}`)
  }
  return { schema: { ...told, fields: found.fields.map((field) => byName.get(field.name)!) }, given: found }
}

function stageOf(store: Store): Stage {
  const url = new URL('.', store.at)
  const lend = store.lend?.bind(store)
  return { url, ...(lend && { lend: (kind, run) => lend(url, kind, run) }) }
}
