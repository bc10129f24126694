// Checks of native copies: one statement of one server moves everything, and is as whole as any other landing.
import type { Landing, Target } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Address } from '@records-mover/core/plugin'
import type { Check, Kit } from '../kit.js'
import { assertThrows } from '../kit.js'
import { assertAsBefore, assertSameRows, everything, landingOf, people, seed } from '../records.js'

const ROWS = people(700, 10)
const OLD = people(5)

export const native: readonly Check[] = [
  {
    name: 'a copy on the server lands every record, by the names of the fields',
    async run(kit) {
      const at = await kit.place()
      await copy(kit, at, 'fail')
      assertSameRows((await everything(kit, at))!.rows, ROWS.rows, 'the table')
    },
  },
  {
    name: 'a copy on the server meets an existing table as the landing says',
    async run(kit) {
      for (const mode of ['append', 'replace'] as const) {
        const at = await kit.place()
        await seed(kit, at, OLD)
        await copy(kit, at, mode)
        assertSameRows((await everything(kit, at))!.rows, mode === 'append' ? [...OLD.rows, ...ROWS.rows] : ROWS.rows, `the table after \`${mode}\``)
      }
    },
  },
  {
    name: 'a refused confirm leaves the target of a copy on the server as it was',
    async run(kit) {
      for (const mode of ['append', 'replace'] as const) {
        const at = await kit.place()
        await seed(kit, at, OLD)
        await assertThrows(copy(kit, at, mode, () => { throw new Error('confirm refuses') }), 'confirm refuses', 'a copy whose confirm refused')
        assertAsBefore(await everything(kit, at), OLD, 'the target is as it was')
      }
    },
  },
  {
    name: 'a signal fired before a copy on the server starts leaves the target as it was',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      const error = await kit.rejection(kit.within(copy(kit, at, 'append', undefined, true), 'a copy whose signal fired'), 'a copy whose signal fired')
      assert.equal(error.code, 'aborted', error.message)
      assertAsBefore(await everything(kit, at), OLD, 'the target is as it was')
    },
  },
]

async function copy(kit: Kit, to: Address, whenExists: Landing['whenExists'], confirm?: () => void, stopped = false): Promise<void> {
  const from = await kit.place()
  await seed(kit, from, ROWS)
  const run = kit.run()
  const source = await kit.source(from, run)
  const { schema } = await source.look('types', run)
  const target: Target = await kit.target(to, run)
  await target.look(run)
  if (source.native === undefined || target.native === undefined) return kit.cannot(`the ${source.native === undefined ? 'source' : 'target'} has no native relation`)
  if (source.native.server !== target.native.server) return kit.cannot('source and target are not on one server')
  const landing = landingOf(target, schema, ROWS.rows.length, { whenExists, ...(confirm !== undefined && { confirm }) })
  const refused = target.native.refuse(schema, landing.fit.schema)
  if (refused !== undefined) return kit.cannot(refused)
  if (stopped) run.stop()
  try {
    const tally = await target.native.copy(source.native, schema, landing, run)
    assert.equal(landing.confirmed.length, 1, 'the verb awaits confirm once before it resolves')
    if (tally.rows !== undefined) assert.equal(tally.rows, ROWS.rows.length)
  } finally {
    await kit.close(source)
    await kit.close(target)
  }
}
