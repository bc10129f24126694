// How a place in a store becomes a target: one file, or a directory of files with its manifest written last.
import type { Fit, Landing, Run, Stage, Store, Target, Wish } from './contract/contract.js'
import type { Tally } from './contract/batch.js'
import type { Chunks, Part, RecordsFormat, Told } from './contract/format.js'
import type { RecordsSchema } from './contract/schema.js'
import { MoveError } from './contract/errors.js'
import { sameFields } from './contract/schema.js'
import type { Compression } from './compress.js'
import { compressed, compressionOfName } from './compress.js'
import type { Formats, NamedFormat } from './file-formats.js'
import { endingOf, formatOf, uncompressed, withoutCompression } from './file-formats.js'
import { sameFormat } from './plan/match.js'
import { writeDirectory } from './records-directory.js'

/** A target that writes files into a store, in the told format or the one that the name says. Disposing it disposes the store. */
export function storeTarget(store: Store, told: Told, formats: Formats, run: Run): Target {
  const url = store.at
  const name = decodeURIComponent(url.pathname)
  const named = formatOf(name, told, formats)
  const complete = named.descriptor.complete({ ...named.told, hints: withoutCompression(named.told.hints) })
  const hinted = named.told.hints?.compression as Compression | null | undefined
  // Null is an answer: no compression, whatever the name says.
  const compression = hinted === null ? undefined : hinted ?? compressionOfName(name)
  const format: RecordsFormat = compression ? { ...complete, hints: { ...complete.hints, compression } } : complete
  const plain = uncompressed(format)
  const folder = url.href.endsWith('/')
  const refuse = (wanted: RecordsFormat) => (offered: RecordsFormat, given: RecordsSchema, as: RecordsSchema): string | undefined => {
    if (!sameFormat(offered, wanted)) return 'the file is to be written in another format'
    return sameFields(given, as) ? undefined : 'values are to be written with other types'
  }
  const write = (from: Chunks, as: Landing): Promise<Tally> => folder
    ? writeDirectory(store, from, format, `${named.descriptor.extensions[0] ?? named.id}${compression ? '.gz' : ''}`, as, run)
    : writeFile(store, from, named, compression, as, run)
  return {
    async look() {
      // A file binds nothing: the records that replace it may have other fields.
      return await store.exists(url, run) ? { fields: [] } : undefined
    },
    ...(named.descriptor.typeless && { needs: 'names' as const }),
    fit: (wish) => fitFile(wish, named, plain, folder),
    bytes: { formats: [plain], refuse: refuse(plain), ...(folder && { parallel: true as const }), write: (from, _given, as) => write(from, as) },
    ...(!folder && store.rename && { files: renaming(store, store.rename.bind(store), format, refuse(format)) }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }

  function renaming(into: Store, rename: NonNullable<Store['rename']>, written: RecordsFormat, judge: ReturnType<typeof refuse>): NonNullable<Target['files']> {
    const stage: Stage = { url: new URL(`.${encodeURIComponent(endingOf(name) ?? 'file')}.${run.id}/`, url) }
    return {
      formats: [written],
      refuse: judge,
      reach: {},
      at: stage,
      async load(from, _stage, as) {
        const urls = from.files.map((file) => file.url)
        try {
          const [file, ...others] = from.files
          if (file === undefined || others.length > 0) throw new MoveError('refused', `${name} is one file and ${from.files.length} were unloaded: name a folder`)
          const rows = from.files.every((entry) => entry.rows !== undefined) ? { rows: from.files.reduce((sum, entry) => sum + entry.rows!, 0) } : {}
          await as.confirm(rows)
          await rename(file.url, url, run)
          return rows
        } finally {
          await into.remove([...urls, stage.url], run)
        }
      },
    }
  }
}

function fitFile(wish: Wish, { descriptor }: NamedFormat, format: RecordsFormat, folder: boolean): Fit {
  const refused: string[] = []
  if (wish.whenExists === 'append' || wish.whenExists === 'merge') {
    refused.push(`${wish.whenExists} needs a table: a ${folder ? 'directory' : 'file'} can only be replaced as a whole`)
  }
  if (wish.grants !== undefined && wish.grants.length > 0) refused.push('privileges can be granted on tables only')
  const why = descriptor.refuse(format, wish.schema, wish.schema, 'encode')
  if (why !== undefined) refused.push(why)
  return { refused, schema: wish.schema, creates: [], changes: [] }
}

async function writeFile(store: Store, from: Chunks, named: NamedFormat, compression: Compression | undefined, as: Landing, run: Run): Promise<Tally> {
  async function* body(): AsyncIterable<Uint8Array> {
    const parts = from.parts[Symbol.asyncIterator]()
    const [first, second] = [await parts.next(), await parts.next()]
    if (second.done !== true) yield* joined([first.value as Part, second.value], parts)
    else if (first.done !== true) yield* first.value.read()
    // The file is not visible before its body ends.
    await as.confirm(from.tally())
  }
  /** One part needs no codec to become one file. */
  async function* joined(known: readonly Part[], rest: AsyncIterator<Part>): AsyncIterable<Uint8Array> {
    const codec = await named.descriptor.codec()
    if (codec.join === undefined) throw new MoveError('refused', `${named.id} files cannot be joined into one: name a folder, with / at its end`)
    const whole = { ...from, parts: then(known, rest), tally: () => from.tally(), [Symbol.asyncDispose]: () => from[Symbol.asyncDispose]() }
    for await (const part of codec.join(whole, run).parts) yield* part.read()
  }
  await store.write(store.at, compression === undefined ? body() : compressed(body()), run)
  return from.tally()
}

async function* then<T>(known: readonly T[], rest: AsyncIterator<T>): AsyncIterable<T> {
  yield* known
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}
