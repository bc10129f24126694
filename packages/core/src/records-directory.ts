// What a records directory is: data files, `_format_*`, `_schema.json`, and `_manifest`, which is written last and is the only list believed.
import type { Tally } from './contract/batch.js'
import type { FileEntry, Landing, Run, Store } from './contract/contract.js'
import type { Chunks, Part, RecordsFormat } from './contract/format.js'
import type { RecordsSchema } from './contract/schema.js'
import { MoveError } from './contract/errors.js'
import { compressed } from './compress.js'
import { eachPart } from './parts.js'
import { schemaFromJson, schemaToJson } from './schema-json.js'

// Metadata larger than this is no metadata of ours.
const METADATA_LIMIT = 16 * 2 ** 20

export interface RecordsDirectory {
  readonly files: readonly FileEntry[]
  readonly format?: RecordsFormat
  readonly schema?: RecordsSchema
}

/** Reads the metadata of a directory; undefined when it holds no manifest, and is just a folder of files. */
export async function readDirectory(store: Store, listed: readonly FileEntry[], run: Run): Promise<RecordsDirectory | undefined> {
  const manifestUrl = new URL('_manifest', store.at)
  if (!await store.exists(manifestUrl, run)) return undefined
  const manifest = await readJson(store, manifestUrl) as { entries?: { url?: unknown }[] } | null
  if (!Array.isArray(manifest?.entries)) throw damaged(manifestUrl, 'it has no "entries"')
  const sizes = new Map(listed.map((file) => [file.url.href, file]))
  const files = manifest.entries.map((entry): FileEntry => {
    const url = urlWithin(store.at, String(entry.url), manifestUrl)
    const file = sizes.get(url.href)
    if (file === undefined) throw new MoveError('not-found', `${url.href} is in the manifest but not in the directory: the directory is incomplete`, { context: { file: url.href } })
    return file
  })
  const formatUrl = new URL('_format_delimited', store.at)
  const format = await store.exists(formatUrl, run) ? await readJson(store, formatUrl) as { hints?: unknown, variant?: unknown } : undefined
  const schemaUrl = new URL('_schema.json', store.at)
  return {
    files,
    ...(format && { format: { format: typeof format.variant === 'string' ? format.variant : 'delimited', hints: (format.hints ?? {}) as RecordsFormat['hints'] } }),
    ...(await store.exists(schemaUrl, run) && { schema: schemaFromJson(await readJson(store, schemaUrl), schemaUrl.href) }),
  }
}

/** Writes the parts side by side, then the metadata, then the manifest; files that the manifest no longer names are removed last. */
export async function writeDirectory(store: Store, from: Chunks, format: RecordsFormat, ending: string, as: Landing, run: Run): Promise<Tally> {
  const before: FileEntry[] = []
  if (await store.exists(store.at, run)) for await (const file of store.list(store.at, run)) before.push(file)
  const written: FileEntry[] = []
  const compress = format.hints.compression === 'GZIP'
  try {
    await eachPart(from.parts, run.concurrency, async (part, index) => {
      const name = `data${String(index + 1).padStart(3, '0')}${before.length > 0 ? `-${run.id}` : ''}.${ending}`
      const body = watched(part)
      written[index] = await store.write(new URL(encodeURIComponent(name), store.at), compress ? compressed(body) : body, run)
    })
    await as.confirm(from.tally())
    await writeJson(store, '_schema.json', schemaToJson(as.fit.schema), run)
    await writeJson(store, `_format_${format.format}`, { type: format.format, variant: format.format === 'delimited' ? 'csv' : format.format, hints: format.hints }, run)
    const entries = written.map((file) => ({ url: file.url.href, mandatory: true, meta: { content_length: file.byteLength } }))
    await writeJson(store, '_manifest', { entries }, run)
  } catch (error) {
    await store.remove(written.filter((file: FileEntry | undefined) => file !== undefined).map((file) => file.url), run)
    throw error
  }
  await store.remove(before.map((file) => file.url), run)
  return from.tally()
}

async function* watched(part: Part): AsyncIterable<Uint8Array> {
  yield* part.read()
}

function urlWithin(folder: URL, written: string, manifest: URL): URL {
  let url: URL
  try {
    url = new URL(written, folder)
  } catch {
    throw damaged(manifest, 'one of its entries is no URL')
  }
  // The directory may have been moved since it was written: what counts is the name, and that it stays inside.
  const moved = url.href.startsWith(folder.href) ? url : new URL(url.pathname.slice(url.pathname.lastIndexOf('/') + 1), folder)
  if (!moved.href.startsWith(folder.href) || /%2f/i.test(moved.pathname.slice(folder.pathname.length))) throw damaged(manifest, 'one of its entries lies outside the directory')
  return moved
}

async function readJson(store: Store, url: URL): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of store.part({ url }).read()) {
    chunks.push(chunk)
    size += chunk.length
    if (size > METADATA_LIMIT) throw new MoveError('over-limit', `${url.href} is larger than the ${METADATA_LIMIT} bytes that metadata may have`, { context: { file: url.href } })
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch (error) {
    throw new MoveError('bad-data', `${url.href} is not JSON: the directory is damaged`, { cause: error, context: { file: url.href } })
  }
}

async function writeJson(store: Store, name: string, value: unknown, run: Run): Promise<void> {
  async function* body(): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(new TextEncoder().encode(JSON.stringify(value, undefined, 2) + '\n'))
  }
  await store.write(new URL(name, store.at), body(), run)
}

function damaged(url: URL, why: string): MoveError {
  return new MoveError('bad-data', `${url.href} is no manifest of this directory: ${why}`, { context: { file: url.href } })
}
