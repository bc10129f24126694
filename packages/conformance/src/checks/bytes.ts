// Checks of bytes: each format passes from source to target whole, wherever its chunks are cut.
import type { Chunks, Part, RecordsFormat, RecordsSchema, Source } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Address } from '@records-mover/core/plugin'
import type { Check, Kit } from '../kit.js'
import { assertSameRows, everything, landingOf, people, seed } from '../records.js'
import type { TestRun } from '../test-run.js'

export const bytes: readonly Check[] = [
  {
    name: 'a source gives each format that it lists, unless it says why not',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(10))
      await withBytes(kit, at, async (source, schema, run) => {
        let given = 0
        for (const format of source.bytes!.formats) {
          const refused = source.bytes!.refuse(format, schema, schema)
          if (refused !== undefined) {
            kit.note(`${format.format} is refused: ${refused}`)
            continue
          }
          assert.ok((await allBytes(await source.bytes!.read(format, schema, run))).byteLength > 0)
          given++
        }
        assert.ok(given > 0, 'no listed format can be given')
      })
    },
  },
  ...[1, 7, 65_536].map((size): Check => ({
    name: `each format that both sides name round-trips when its chunks are cut after every ${size === 1 ? 'byte' : `${size.toLocaleString('en')} bytes`}`,
    run: (kit) => eachFormat(kit, people(size === 1 ? 40 : 2000), (part) => cutPart(part, size)),
  })),
  {
    name: 'each format that both sides name round-trips in the chunks that the source gives',
    run: (kit) => eachFormat(kit, people(20_000), (part) => part),
  },
  {
    name: 'hostile text round-trips in each format that both sides name',
    async run(kit) {
      const rows = HOSTILE.map((text, i) => [String(i), text])
      await eachFormat(kit, { schema: people(0).schema, rows }, (part) => cutPart(part, 3))
    },
  },
  { name: 'a table of no rows lands an empty table', run: (kit) => eachFormat(kit, people(0), (part) => part) },
  {
    name: 'no parts at all land an empty table',
    async run(kit) {
      await eachTargetFormat(kit, async (format, schema, at) => {
        const target = await kit.target(at)
        const run = kit.run()
        await target.look(run)
        const landing = landingOf(target, schema, 0, {})
        const from: Chunks = { format, parts: noParts(), tally: () => ({ rows: 0 }), [Symbol.asyncDispose]: () => Promise.resolve() }
        await target.bytes!.write(from, landing.fit.schema, landing, run)
        assert.equal(landing.confirmed.length, 1, 'the verb awaits confirm once before it resolves')
        await kit.close(target)
        assert.deepEqual((await everything(kit, at))?.rows, [])
      })
    },
  },
  {
    name: 'a part with `again` gives the same bytes each time, and takes bounds when it has a size',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(100))
      let again = 0
      await eachPart(kit, at, async (part) => {
        if (!part.again) return
        again++
        const all = await joined(part.read())
        assert.deepEqual(await joined(part.read()), all)
        if (part.byteLength === undefined) return
        assert.equal(all.byteLength, part.byteLength)
        const [start, end] = [Math.floor(all.byteLength / 3), Math.floor(all.byteLength / 2)]
        assert.deepEqual(await joined(part.read(start, end)), all.subarray(start, end), 'from start to end, exclusive')
      })
      if (again === 0) kit.cannot('the source gives no part that can be read again')
    },
  },
  {
    name: 'a chunk belongs to its receiver and is never written again',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(20_000))
      await eachPart(kit, at, async (part) => {
        const held: { chunk: Uint8Array, copy: Uint8Array }[] = []
        for await (const chunk of part.read()) held.push({ chunk, copy: Uint8Array.from(chunk) })
        for (const { chunk, copy } of held) assert.ok(Buffer.compare(chunk, copy) === 0, 'a chunk changed after it was given')
      })
    },
  },
  {
    name: 'the name of a part holds no credential',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(1))
      const password = at.setting('password')?.reveal() ?? ''
      await eachPart(kit, at, (part) => {
        assert.ok(part.name.length > 0)
        assert.ok(password === '' || !part.name.includes(password))
        return Promise.resolve()
      })
    },
  },
]

const HOSTILE = ['', null, 'NULL', '\\N', '\\.', '"', '""', "'", ',', '\t', '\n', '\r', '\r\n', '\\', '\\n', ' ', '\ufeff', 'a"b,c\nd\\', '🎈漢', '\u0001\u001f', '\u2028']

/** Source to target of the plugin itself, once for every format that neither refuses. */
async function eachFormat(kit: Kit, rows: ReturnType<typeof people> | { schema: RecordsSchema, rows: (string | null)[][] }, cut: (part: Part) => Part): Promise<void> {
  const from = await kit.place()
  await seed(kit, from, rows)
  let moved = 0
  await withBytes(kit, from, async (source, given, run) => {
    for (const format of source.bytes!.formats) {
      const to = await kit.place()
      const target = await kit.target(to)
      await target.look(run)
      if (target.bytes === undefined) kit.cannot('the target takes no bytes')
      const landing = landingOf(target, given, rows.rows.length, {})
      const as = landing.fit.schema
      const refused = source.bytes!.refuse(format, given, as) ?? target.bytes.refuse(format, as, as)
      if (refused === undefined) {
        const chunks = await source.bytes!.read(format, as, run)
        const parts = cutParts(chunks.parts, cut)
        await target.bytes.write({ format: chunks.format, parts, tally: () => chunks.tally(), [Symbol.asyncDispose]: () => Promise.resolve() }, as, landing, run)
        await chunks[Symbol.asyncDispose]()
        assert.equal(landing.confirmed.length, 1, 'the verb awaits confirm once before it resolves')
        assertSameRows((await everything(kit, to))!.rows, rows.rows, `the table by ${format.format} ${JSON.stringify(format.hints)}`)
        const { rows: counted } = chunks.tally()
        if (counted !== undefined) assert.equal(counted, rows.rows.length, 'the tally of what was given is complete')
        moved++
      } else kit.note(`${format.format} is refused: ${refused}`)
      await kit.close(target)
    }
  })
  if (moved === 0) kit.cannot('no format passes from this source to this target')
}

/** Every format that the target takes, each with a fresh place. */
async function eachTargetFormat(kit: Kit, body: (format: RecordsFormat, schema: RecordsSchema, at: Address) => Promise<void>): Promise<void> {
  const at = await kit.place()
  const target = await kit.target(at)
  await target.look(kit.run())
  if (target.bytes === undefined) kit.cannot('the target takes no bytes')
  const { schema } = target.fit({ schema: people(0).schema, whenExists: 'fail', allow: [] })
  const formats = target.bytes.formats.filter((format) => target.bytes!.refuse(format, schema, schema) === undefined)
  await kit.close(target)
  if (formats.length === 0) kit.cannot('the target refuses every format for a plain table')
  for (const format of formats) await body(format, schema, await kit.place())
}

async function eachPart(kit: Kit, at: Address, body: (part: Part) => Promise<void>): Promise<void> {
  await withBytes(kit, at, async (source, schema, run) => {
    for (const format of source.bytes!.formats) {
      if (source.bytes!.refuse(format, schema, schema) !== undefined) continue
      const chunks = await source.bytes!.read(format, schema, run)
      for await (const part of chunks.parts) await body(part)
      await chunks[Symbol.asyncDispose]()
    }
  })
}

async function withBytes(kit: Kit, at: Address, body: (source: Source, schema: RecordsSchema, run: TestRun) => Promise<void>): Promise<void> {
  const run = kit.run()
  const source = await kit.source(at, run)
  const { schema } = await source.look('types', run)
  if (source.bytes === undefined) kit.cannot('the source gives no bytes')
  await body(source, schema, run)
  await kit.close(source)
}

async function* cutParts(parts: AsyncIterable<Part>, cut: (part: Part) => Part): AsyncGenerator<Part> {
  for await (const part of parts) yield cut(part)
}

/** The same part, read once from its start, in chunks of `size` bytes of their own memory. */
function cutPart(part: Part, size: number): Part {
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of part.read()) {
      for (let at = 0; at < chunk.byteLength; at += size) yield Uint8Array.from(chunk.subarray(at, at + size))
    }
  }
  return { name: part.name, again: false, read }
}

async function* noParts(): AsyncGenerator<Part> {
  // There are none.
}

async function allBytes(chunks: Chunks): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const part of chunks.parts) all.push(await joined(part.read()))
  await chunks[Symbol.asyncDispose]()
  return Buffer.concat(all)
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}
