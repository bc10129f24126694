// Checks of events: totals so far, so that losing one loses nothing.
import type { MoveEvent } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { give, people, readBatches, seed } from '../records.js'
import { rowsOf } from '../rows.js'

const COUNT = 25_000

export const events: readonly Check[] = [
  {
    name: 'totals of a landing never fall, and the last total of rows is the tally',
    async run(kit) {
      const run = kit.run()
      const target = await kit.target(await kit.place(), run)
      await give(kit, target, people(COUNT), { run, size: 1000 })
      assertTotals(kit, run.events)
    },
  },
  {
    name: 'totals of a reading never fall, and the last total of rows is the tally',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(COUNT))
      const run = kit.run()
      const source = await kit.source(at, run)
      const { schema } = await source.look('types', run)
      const read = await readBatches(kit, source, schema, run)
      await rowsOf(read)
      await read[Symbol.asyncDispose]()
      assertTotals(kit, run.events)
    },
  },
]

function assertTotals(kit: Kit, emitted: readonly MoveEvent[]): void {
  for (const { event } of emitted) assert.match(event, /^[a-z]+(-[a-z]+)+$/, 'an event is named noun-past-verb')
  const totals = new Map<string, number>()
  for (const event of emitted) {
    // The same event about another thing, such as another part, counts for itself.
    const about = JSON.stringify(Object.entries(event).filter(([, fact]) => typeof fact !== 'number'))
    for (const [fact, value] of Object.entries(event)) {
      if (typeof value !== 'number') continue
      const name = `${about} ${fact}`
      assert.ok(value >= (totals.get(name) ?? 0), `${event.event}: ${fact} falls from ${totals.get(name) ?? 0} to ${value}`)
      totals.set(name, value)
    }
  }
  const rows = [...totals].filter(([name]) => name.endsWith(' rows'))
  if (rows.length === 0) kit.cannot('the plugin emits no totals of rows')
  for (const [, total] of rows) assert.ok(total <= COUNT, `a total of ${total} rows, of ${COUNT}`)
  assert.ok(rows.some(([, total]) => total === COUNT), `no last total is ${COUNT}`)
}
