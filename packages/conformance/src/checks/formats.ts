// Checks of formats: what a codec encodes it decodes, to the value, wherever its bytes are cut.
import type { Batches, Chunks, Codec, FormatDescriptor, Part, RecordsFormat, RecordsSchema, Run } from '@records-mover/core/plugin'
import { MoveError, typeText } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { assertSameRows, PEOPLE, people } from '../records.js'
import type { BatchesOptions, Row, Rows } from '../rows.js'
import { batchesOf, rowsOf } from '../rows.js'
import { TYPE_CASES } from '../values.js'

export const formats: readonly Check[] = [
  {
    name: 'complete gives a whole format, and completing that again changes nothing',
    run: (kit) => each(kit, ({ id, descriptor, format }) => {
      assert.equal(format.format, id)
      assert.deepEqual(descriptor.complete(format), format)
      return Promise.resolve()
    }),
  },
  {
    name: 'complete refuses a hint that it does not know, and names it',
    run: (kit) => each(kit, ({ id, descriptor }) => {
      assert.throws(() => descriptor.complete({ format: id, hints: { 'no-such-hint': true } }), (error: unknown) => {
        assert.ok(MoveError.is(error) && error.code === 'refused', String(error))
        return error.message.includes('no-such-hint')
      })
      return Promise.resolve()
    }),
  },
  ...TYPE_CASES.map(({ type, values }): Check => ({
    name: `every value of type ${typeText(type)}${type.type === 'string' && type.maxBytes !== undefined ? ' in bytes' : ''} that is encoded is decoded exactly, or is \`bad-data\``,
    run: (kit) => each(kit, async (tried) => {
      const schema: RecordsSchema = { fields: [PEOPLE.fields[0]!, { name: 'value', type, nullable: true }] }
      const refused = tried.descriptor.refuse(tried.format, schema, schema, 'encode') ?? tried.descriptor.refuse(tried.format, schema, schema, 'decode')
      if (refused !== undefined) return kit.cannot(refused)
      let exact = 0
      for (const [i, value] of values.entries()) {
        const rows = [['-1', null], [String(i), value]]
        const why = await badData(async () => { assertSameRows((await thereAndBack(tried, { schema, rows })).rows, rows, typeText(type)) })
        if (why === undefined) exact++
        else kit.note(`${tried.id}: ${JSON.stringify(value.slice(0, 60))} is refused: ${why}`)
      }
      assert.ok(exact > 0, 'no value at all of a type that is not refused')
    }),
  })),
  ...[1, 7, 65_536].map((size): Check => ({
    name: `what is encoded is decoded alike when its chunks are cut after every ${size === 1 ? 'byte' : `${size.toLocaleString('en')} bytes`}`,
    run: (kit) => each(kit, async (tried) => {
      const rows = people(size === 1 ? 300 : 5000)
      assertSameRows((await thereAndBack(tried, rows, {}, size)).rows, rows.rows, 'the records')
    }),
  })),
  {
    name: 'one part comes out of encode for each part in, and decode gives a part for each',
    run: (kit) => each(kit, async (tried) => {
      const rows = people(1000)
      const encoded = await encode(tried, rows, { size: 100, parts: 4 })
      assert.equal(encoded.length, 4)
      const decoded = tried.codec.decode(chunksOf(tried.format, encoded), rows.schema, rows.schema, tried.run)
      let parts = 0
      const all: Row[] = []
      for await (const part of decoded.parts) {
        parts++
        all.push(...(await rowsOf({ ...decoded, parts: only(part) })).rows)
      }
      assert.equal(parts, 4)
      assertSameRows(all, rows.rows, 'the records')
      const { rows: counted } = decoded.tally()
      if (counted !== undefined) assert.equal(counted, 1000, 'the tally is complete when the parts have ended')
    }),
  },
  {
    name: 'no rows are encoded and decoded as no rows',
    run: (kit) => each(kit, async (tried) => { assert.deepEqual((await thereAndBack(tried, people(0))).rows, []) }),
  },
  {
    name: 'decode finds fields by name: in another order, and fewer of them',
    run: (kit) => each(kit, async (tried) => {
      const rows = people(50)
      for (const order of [[1, 0], [1]]) {
        const as: RecordsSchema = { fields: order.map((k) => rows.schema.fields[k]!) }
        const refused = tried.descriptor.refuse(tried.format, rows.schema, as, 'decode')
        if (refused !== undefined) return kit.cannot(refused)
        const decoded = tried.codec.decode(chunksOf(tried.format, await encode(tried, rows)), rows.schema, as, tried.run)
        assertSameRows((await rowsOf(decoded)).rows, rows.rows.map((row) => order.map((k) => row[k]!)), 'the chosen fields')
      }
    }),
  },
  {
    name: 'look finds the names and the count of what was encoded, and a format that decodes it',
    run: (kit) => each(kit, async (tried) => {
      const rows = people(60)
      const parts = (await encode(tried, rows)).map((bytes, i) => partOf(bytes, i))
      const look = await tried.codec.look(parts, tried.format, 'types', tried.run).catch((error: unknown) => {
        if (MoveError.is(error) && error.code === 'refused') return kit.cannot(error.message)
        throw error
      })
      if (look.rowsExact === true) assert.equal(look.rows, 60, 'an exact count of rows is exact')
      assert.equal(look.schema.fields.length, 2)
      assert.equal(look.format.format, tried.id)
      const decoded = tried.codec.decode(chunksOf(look.format, await encode(tried, rows)), look.schema, look.schema, tried.run)
      assertSameRows((await rowsOf(decoded)).rows, rows.rows, 'the records')
    }),
  },
  {
    name: 'join makes one part of many, which decodes to all of them',
    run: (kit) => each(kit, async (tried) => {
      if (tried.codec.join === undefined) return kit.cannot('the codec cannot join')
      const rows = people(100)
      const joined = await bytesOf(tried.codec.join(chunksOf(tried.format, await encode(tried, rows, { size: 10, parts: 4 })), tried.run))
      assert.equal(joined.length, 1)
      assertSameRows((await decode(tried, joined, rows.schema)).rows, rows.rows, 'the records')
    }),
  },
  {
    name: 'transcode to the same format keeps every record',
    run: (kit) => each(kit, async (tried) => {
      const rows = people(500)
      if (tried.codec.transcode === undefined) return kit.cannot('the codec does not transcode')
      const refused = tried.descriptor.refuse(tried.format, rows.schema, rows.schema, 'transcode', tried.format)
      if (refused !== undefined) return kit.cannot(refused)
      const from = chunksOf(tried.format, await encode(tried, rows, { size: 50, parts: 3 }), 7)
      const written = await bytesOf(tried.codec.transcode(from, rows.schema, tried.format, rows.schema, tried.run))
      assert.equal(written.length, 3, 'one part out for each part in')
      assertSameRows((await decode(tried, written, rows.schema)).rows, rows.rows, 'the records')
    }),
  },
  {
    name: 'an error of what it reads is thrown, not turned into the end',
    run: (kit) => each(kit, async (tried) => {
      const rows = people(5000)
      const broken = new Error('what is read broke')
      const [bytes] = await encode(tried, rows)
      async function* half(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(bytes!.slice(0, bytes!.byteLength >> 1))
        throw broken
      }
      const part: Part = { name: 'broken', again: false, read: half }
      const decoding = rowsOf(tried.codec.decode({ ...chunksOf(tried.format, []), parts: only(part) }, rows.schema, rows.schema, tried.run))
      await assert.rejects(decoding, (error: unknown) => error === broken || (error as { cause?: unknown }).cause === broken)
      await assert.rejects(encode(tried, rows, { before: (given) => { if (given === 2) throw broken } }), (error: unknown) => error === broken || (error as { cause?: unknown }).cause === broken)
    }),
  },
  {
    name: 'a chunk that is encoded belongs to its receiver and is never written again',
    run: (kit) => each(kit, async (tried) => {
      const held: { chunk: Uint8Array, copy: Uint8Array }[] = []
      for await (const part of tried.codec.encode(batchesOf(people(50_000)), tried.format, tried.run).parts) {
        for await (const chunk of part.read()) held.push({ chunk, copy: Uint8Array.from(chunk) })
      }
      for (const { chunk, copy } of held) assert.ok(Buffer.compare(chunk, copy) === 0, 'a chunk changed after it was given')
    }),
  },
]

interface Tried {
  readonly id: string
  readonly descriptor: FormatDescriptor
  readonly format: RecordsFormat
  readonly codec: Codec
  readonly run: Run
}

async function each(kit: Kit, body: (tried: Tried) => Promise<void>): Promise<void> {
  for (const [id, descriptor] of Object.entries(kit.plugin.formats ?? {})) {
    const format = descriptor.complete({ format: id })
    await body({ id, descriptor, format, codec: await descriptor.codec(), run: kit.run() })
  }
}

async function thereAndBack(tried: Tried, rows: Rows, options: BatchesOptions = {}, cut?: number): Promise<Rows> {
  return await decode(tried, await encode(tried, rows, options), rows.schema, cut)
}

function encode(tried: Tried, rows: Rows, options: BatchesOptions = {}): Promise<Uint8Array[]> {
  return bytesOf(tried.codec.encode(batchesOf(rows, options), tried.format, tried.run))
}

async function decode(tried: Tried, parts: readonly Uint8Array[], schema: RecordsSchema, cut?: number): Promise<Rows> {
  const batches: Batches = tried.codec.decode(chunksOf(tried.format, parts, cut), schema, schema, tried.run)
  const rows = await rowsOf(batches)
  await batches[Symbol.asyncDispose]()
  return rows
}

/** The bytes of each part. */
async function bytesOf(chunks: Chunks): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = []
  for await (const part of chunks.parts) {
    const all: Uint8Array[] = []
    for await (const chunk of part.read()) all.push(chunk)
    parts.push(Buffer.concat(all))
  }
  await chunks[Symbol.asyncDispose]()
  return parts
}

function chunksOf(format: RecordsFormat, parts: readonly Uint8Array[], cut?: number): Chunks {
  async function* all(): AsyncGenerator<Part> {
    for (const [i, bytes] of parts.entries()) yield await Promise.resolve(partOf(bytes, i, cut))
  }
  return { format, parts: all(), tally: () => ({}), [Symbol.asyncDispose]: () => Promise.resolve() }
}

function partOf(bytes: Uint8Array, index: number, cut: number = 1 << 18): Part {
  return {
    name: `part ${index}`,
    byteLength: bytes.byteLength,
    again: true,
    async *read(start = 0, end = bytes.byteLength) {
      for (let at = start; at < end; at += cut) yield await Promise.resolve(bytes.slice(at, Math.min(end, at + cut)))
    },
  }
}

async function* only<T>(one: T): AsyncGenerator<T> {
  yield await Promise.resolve(one)
}

async function badData(call: () => Promise<void>): Promise<string | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    if (MoveError.is(error) && error.code === 'bad-data') return error.message
    throw error
  }
}
