// Records as bytes: formats, the parts that carry them, and the codecs that read and write them.
import type { Batches, Tally } from './batch.js'
import type { Look, Run, Why } from './contract.js'
import type { RecordsSchema } from './schema.js'

/** How records are written as bytes: a format by its id, with the hints that fix its variations. */
export interface RecordsFormat {
  /** `delimited`, `parquet` ... An open set; a vendor's own is named for it, such as `postgres-binary`. */
  readonly format: string
  readonly hints: { readonly [hint: string]: unknown }
}

/** Bytes of whole records in one format, complete by themselves: header and trailer included. */
export interface Part {
  /** For messages: a file's path or URL, or what the end calls this slice. Never holds a credential. */
  readonly name: string
  /** Size in bytes, where known. */
  readonly byteLength?: number
  /** True when `read` may be called more than once and gives the same bytes each time. */
  readonly again: boolean
  /** Where the same bytes lie in the local file system, when they do. */
  readonly path?: string
  /**
   * The bytes from `start` (default 0) to `end`, exclusive (default: all), in chunks of any size. A chunk belongs to its
   * receiver and is never written again. Only a part with `again` and `byteLength` takes bounds.
   *
   * Nothing is opened before the first chunk is asked for; ending the loop early releases what was opened.
   */
  read(start?: number, end?: number): AsyncIterable<Uint8Array>
}

/** Records as bytes, in one format, in parts that may be read side by side. */
export interface Chunks extends AsyncDisposable {
  readonly format: RecordsFormat
  /** Each part is opened only when it is read. */
  readonly parts: AsyncIterable<Part>
  /** What was given so far; complete when the parts have ended. */
  tally(): Tally
}

export type FormatVerb = 'decode' | 'encode' | 'transcode'

/** A format as plain data: enough to judge it, without its codec being loaded. */
export interface FormatDescriptor {
  /** File name endings without the dot, the usual one first. */
  readonly extensions: readonly string[]
  /** Names for common sets of hints, such as `tsv`; a caller may say one in place of the format's id, and `complete` knows them. */
  readonly variants?: readonly string[]
  /** True for the format to be tried on a file, or a stream, whose name says nothing. */
  readonly fallback?: true
  /**
   * Pure. Why the codec cannot do `verb` on `format`, turning records of `given` into records of `as`; undefined when it can.
   *
   * For `transcode`, `format` is what is read; `to` is what is written.
   */
  refuse(format: RecordsFormat, given: RecordsSchema, as: RecordsSchema, verb: FormatVerb, to?: RecordsFormat): Why | undefined
  /** The format in full for a target that names it in part, or by an id and a few hints; throws `refused` for hints that are wrong. */
  complete(told: Told): RecordsFormat
  /** True when it writes down no types, so that a target in it asks for none. */
  readonly typeless?: true
  /** What decode reads from. Core spools a part that has less. */
  readonly needs: 'stream' | 'path'
  readonly codec: () => Promise<Codec>
}

/** What a caller says of a format: an id, hints, or both. */
export interface Told {
  readonly format?: string
  readonly hints?: { readonly [hint: string]: unknown }
}

/** A loaded codec. Every verb checks the values it passes against `as`: exact, or `bad-data` with file, line or row, and field. */
export interface Codec {
  /**
   * Finds format and schema of parts that can be read again. `told` is believed. `names` is a cheap look: field names, with
   * every type `string` unless the format itself carries types. `types` reads as much as exact types need.
   */
  look(parts: readonly Part[], told: Told, need: 'names' | 'types', run: Run): Promise<Look & { readonly format: RecordsFormat }>
  /** Bytes to batches of exactly the schema `as`, whose fields are found by name among `given`'s. */
  decode(from: Chunks, given: RecordsSchema, as: RecordsSchema, run: Run): Batches
  /** Batches to bytes; one part out for each part in. */
  encode(from: Batches, format: RecordsFormat, run: Run): Chunks
  /** Bytes to bytes of the same format id under other hints or types; one part out for each part in. */
  transcode?(from: Chunks, given: RecordsSchema, to: RecordsFormat, as: RecordsSchema, run: Run): Chunks
  /** Many parts into one: what stands once in a file, such as a header row, is kept from the first part only. Absent: it cannot. */
  join?(from: Chunks, run: Run): Chunks
}
