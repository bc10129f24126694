// The memory database with bytes and files as well: each row a line of JSON, so that every group of the kit has something to check.
import type { Batch, Chunks, Codec, FormatDescriptor, Landing, Part, Plugin, RecordsFormat, RecordsSchema, Run, Source, Stage, Store, Tally, Target } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { Readable } from 'node:stream'
import { addressOf, batchesOf, batchOf, textsOf, testRun } from '../src/index.js'
import type { Row } from '../src/index.js'
import { memory, memoryStore } from '../src/memory.js'

const LINES: RecordsFormat = { format: 'memory-lines', hints: {} }
const ROWS_A_FILE = 200

export interface MemoryLines extends Plugin {
  stage(): Promise<{ stage: Stage, store: Store }>
}

/** A fresh database of the format `memory-lines`, and a store that its server reaches. */
export function memoryLines(): MemoryLines {
  const database = memory()
  const disk = memoryStore()
  let stages = 0
  const storeAt = async (url: URL): Promise<Store> => (await disk.store!())(addressOf(url.href), testRun())
  return {
    ...database,
    formats: { [LINES.format]: lines },
    async stage() {
      const stage = { url: new URL(`memstore:///stage-${++stages}/`) }
      return { stage, store: await storeAt(stage.url) }
    },
    source: async () => {
      const open = await database.source!()
      return async (at, run) => {
        const source = await open(at, run)
        return { ...source, bytes: bytesOf(source), files: filesOf(source, storeAt), native: { server: 'memory', relation: at.fragment! } }
      }
    },
    target: async () => {
      const open = await database.target!()
      return async (at, run) => {
        const target = await open(at, run)
        return {
          ...target,
          native: {
            server: 'memory',
            relation: at.fragment!,
            refuse: () => undefined,
            async copy(from, given, as, copying) {
              const table = database.tables.get(`kit#${from.relation}`)!
              const one = async function* (): AsyncGenerator<AsyncIterable<Batch>> { yield await Promise.resolve(Readable.from(table.batches)) }
              return await target.batches!.write({ schema: given, parts: one(), tally: () => ({}), [Symbol.asyncDispose]: () => Promise.resolve() }, as, copying)
            },
          },
          bytes: { formats: [LINES], refuse: refuses, write: (from, given, as, writing) => write(target, from.parts, as, writing) },
          files: {
            formats: [LINES],
            refuse: refuses,
            reach: { memstore: ['own'] },
            async load(manifest, stage, as, loading) {
              const store = await storeAt(stage.url)
              async function* parts(): AsyncGenerator<Part> {
                for (const file of manifest.files) yield await Promise.resolve(store.part(file))
              }
              return await write(target, parts(), as, loading)
            },
          },
        }
      }
    },
  }
}

function bytesOf(source: Source): NonNullable<Source['bytes']> {
  return {
    formats: [LINES],
    refuse: refuses,
    async read(format, as, run) {
      const batches = await source.batches!.read(as, run)
      async function* parts(): AsyncGenerator<Part> {
        for await (const part of batches.parts) {
          yield {
            name: 'all rows',
            again: false,
            async *read() {
              for await (const batch of part) {
                const lines = textsOf(as, batch).map((row) => JSON.stringify(row) + '\n')
                if (lines.length > 0) yield Buffer.from(lines.join(''))
              }
            },
          }
        }
      }
      return { format, parts: parts(), tally: () => batches.tally(), [Symbol.asyncDispose]: () => batches[Symbol.asyncDispose]() } satisfies Chunks
    },
  }
}

function filesOf(source: Source, storeAt: (url: URL) => Promise<Store>): NonNullable<Source['files']> {
  return {
    formats: [LINES],
    refuse: refuses,
    reach: { memstore: ['own'] },
    async unload(into, format, as, run) {
      const store = await storeAt(into.url)
      const rows: Row[] = []
      const read = await source.batches!.read(as, run)
      for await (const part of read.parts) for await (const batch of part) rows.push(...textsOf(as, batch))
      const files = []
      for (let at = 0; at < rows.length; at += ROWS_A_FILE) {
        const some = rows.slice(at, at + ROWS_A_FILE)
        const entry = await store.write(new URL(`part-${at}`, into.url), once(Buffer.from(some.map((row) => JSON.stringify(row) + '\n').join(''))), run)
        files.push({ ...entry, rows: some.length })
      }
      return { format, schema: as, files }
    },
  }
}

function refuses(format: RecordsFormat): string | undefined {
  return format.format === LINES.format ? undefined : `memory reads ${LINES.format} only`
}

async function write(target: Target, parts: AsyncIterable<Part>, as: Landing, run: Run): Promise<Tally> {
  const rows: Row[] = []
  const { schema } = as.fit
  for await (const part of parts) rows.push(...await linesOf(part, schema))
  return await target.batches!.write(batchesOf({ schema, rows }), as, run)
}

async function linesOf(part: Part, schema: RecordsSchema | undefined): Promise<Row[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of part.read()) chunks.push(chunk)
  const lines = Buffer.concat(chunks).toString().split('\n')
  if (lines.pop() !== '') throw new MoveError('bad-data', 'the last line has no end: the file was cut', { context: { file: part.name } })
  const rows = lines.map((line) => JSON.parse(line) as Row)
  if (schema !== undefined && rows.some((row) => row.length !== schema.fields.length)) throw new MoveError('bad-data', 'a line has another number of fields than the schema')
  return rows
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const codec: Codec = {
  async look(parts) {
    const [part] = parts
    const rows = await linesOf(part!, undefined)
    const fields = (rows[0] ?? []).map((_, i) => ({ name: `column ${i + 1}`, type: { type: 'string' } as const, nullable: true }))
    return { schema: { fields }, format: LINES, again: true }
  },
  decode(from, given, as) {
    const order = as.fields.map(({ name }) => given.fields.findIndex((field) => field.name === name))
    let count = 0
    async function* part(each: Part): AsyncGenerator<Batch> {
      const rows = (await linesOf(each, given)).map((row) => order.map((at) => row[at]!))
      count += rows.length
      if (rows.length > 0) yield batchOf(as, rows)
    }
    async function* parts(): AsyncGenerator<AsyncIterable<Batch>> {
      for await (const each of from.parts) yield part(each)
    }
    return { schema: as, parts: parts(), tally: () => ({ rows: count }), [Symbol.asyncDispose]: () => from[Symbol.asyncDispose]() }
  },
  encode(from, format) {
    async function* parts(): AsyncGenerator<Part> {
      for await (const part of from.parts) yield { name: 'rows', again: false, read: () => encoded(part, from.schema) }
    }
    return { format, parts: parts(), tally: () => from.tally(), [Symbol.asyncDispose]: () => from[Symbol.asyncDispose]() }
  },
}

const lines: FormatDescriptor = {
  extensions: ['lines'],
  refuse: refuses,
  complete(told) {
    const [hint] = Object.keys(told.hints ?? {})
    if (hint !== undefined) throw new MoveError('refused', `memory-lines has no hint "${hint}"`)
    return LINES
  },
  needs: 'stream',
  codec: () => Promise.resolve(codec),
}

async function* encoded(part: AsyncIterable<Batch>, schema: RecordsSchema): AsyncGenerator<Uint8Array> {
  for await (const batch of part) yield Buffer.from(textsOf(schema, batch).map((row) => JSON.stringify(row) + '\n').join(''))
}
