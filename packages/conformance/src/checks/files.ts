// Checks of files: an unload lists exactly what it wrote, and a load takes exactly what is listed.
import type { Landing, Manifest, RecordsSchema, Stage, Store, Target } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { assertThrows } from '../kit.js'
import { assertAsBefore, assertSameRows, everything, landingOf, people, seed } from '../records.js'
import type { TestRun } from '../test-run.js'

const ROWS = people(500)

export const files: readonly Check[] = [
  {
    name: 'a manifest lists exactly the files that were written, under the stage, with true sizes',
    async run(kit) {
      const { manifest, stage, store, run } = await unloaded(kit)
      const stored = new Map<string, number | undefined>()
      for await (const { url, byteLength } of store.list(stage.url, run)) stored.set(url.href, byteLength)
      assert.deepEqual(manifest.files.map(({ url }) => url.href).sort(), [...stored.keys()].sort())
      for (const { url, byteLength } of manifest.files) {
        assert.ok(url.href.startsWith(stage.url.href), 'every path lies under the stage')
        assert.equal(url.username + url.password, '', 'no credentials stand in a URL')
        if (byteLength !== undefined) assert.equal(byteLength, stored.get(url.href))
      }
      const counts = manifest.files.map(({ rows }) => rows)
      if (!counts.includes(undefined)) assert.equal(counts.reduce<number>((sum, rows) => sum + (rows ?? 0), 0), ROWS.rows.length)
    },
  },
  {
    name: 'what was unloaded can be loaded',
    async run(kit) {
      const { manifest, stage } = await unloaded(kit)
      const at = await kit.place()
      await load(kit, at, manifest, stage, ROWS.rows.length)
      assertSameRows((await everything(kit, at))!.rows, ROWS.rows, 'the table')
    },
  },
  {
    name: 'a file that the manifest does not list is not loaded',
    async run(kit) {
      const { manifest, stage, store, run } = await unloaded(kit)
      await store.write(new URL('stray', stage.url), bytesOf(store, manifest, 0), run)
      const at = await kit.place()
      await load(kit, at, manifest, stage, ROWS.rows.length)
      assertSameRows((await everything(kit, at))!.rows, ROWS.rows, 'the table')
    },
  },
  {
    name: 'a file that is missing is an error, and leaves the target as it was',
    async run(kit) {
      const { manifest, stage, store, run } = await unloaded(kit)
      await store.remove([manifest.files[manifest.files.length - 1]!.url], run)
      const at = await kit.place()
      await kit.rejection(load(kit, at, manifest, stage, ROWS.rows.length), 'loading a missing file')
      assert.equal(await everything(kit, at), undefined)
    },
  },
  {
    name: 'a refused confirm leaves the target as it was',
    async run(kit) {
      const { manifest, stage } = await unloaded(kit)
      const at = await kit.place()
      const old = people(3)
      await seed(kit, at, old)
      await assertThrows(load(kit, at, manifest, stage, ROWS.rows.length, 'append', () => { throw new Error('confirm refuses') }), 'confirm refuses', 'a load whose confirm refused')
      assertAsBefore(await everything(kit, at), old, 'the table is as it was')
    },
  },
]

async function unloaded(kit: Kit): Promise<{ manifest: Manifest, stage: Stage, store: Store, run: TestRun }> {
  const at = await kit.place()
  const run = kit.run()
  if (kit.plugin.source === undefined) kit.cannot('the plugin has no door "source"')
  await seed(kit, at, ROWS)
  const source = await kit.source(at, run)
  const { schema } = await source.look('types', run)
  if (source.files === undefined) return kit.cannot('the source unloads no files')
  if (kit.options.stage === undefined) return kit.untested('no stage was given in `stage`')
  const { stage, store } = await kit.options.stage()
  const format = source.files.formats.find((each) => source.files?.refuse(each, schema, schema) === undefined)
  assert.ok(format !== undefined, 'the source unloads a format that it lists')
  return { manifest: await source.files.unload(stage, format, schema, run), stage, store, run }
}

async function load(
  kit: Kit, at: Parameters<typeof seed>[1], manifest: Manifest, stage: Stage, count: number, whenExists: Landing['whenExists'] = 'fail', confirm?: () => void,
): Promise<void> {
  const target: Target = await kit.target(at)
  const run = kit.run()
  await target.look(run)
  if (target.files === undefined) kit.cannot('the target loads no files')
  const given: RecordsSchema = manifest.schema
  const landing = landingOf(target, given, count, { whenExists, ...(confirm !== undefined && { confirm }) })
  const refused = target.files.refuse(manifest.format, given, landing.fit.schema)
  if (refused !== undefined) kit.cannot(refused)
  try {
    await target.files.load(manifest, stage, landing, run)
    assert.equal(landing.confirmed.length, 1, 'the verb awaits confirm once before it resolves')
  } finally {
    await kit.close(target)
  }
}

async function* bytesOf(store: Store, manifest: Manifest, index: number): AsyncGenerator<Uint8Array> {
  yield* store.part(manifest.files[index]!).read()
}

