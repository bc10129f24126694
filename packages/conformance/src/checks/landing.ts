// Checks of landings: every way to meet an existing table, and that nobody ever sees less than the old or the new.
import type { WhenExists } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { assertAsBefore, assertSameRows, everything, give, people, seed, take } from '../records.js'
import type { Row, Rows } from '../rows.js'

const MODES: readonly WhenExists[] = ['fail', 'append', 'truncate', 'delete', 'replace', 'merge']
const { schema } = people(0)
const OLD: Rows = { schema, rows: [['1', 'one'], ['2', 'two'], ['3', null]] }
const NEW: Rows = { schema, rows: [['2', 'zwei'], ['4', null]] }
const EMPTY: Rows = { schema, rows: [] }

/** What is there after a landing of `NEW` on what was there. */
const AFTER: { readonly [mode in Exclude<WhenExists, 'fail'>]: (old: readonly Row[]) => readonly Row[] } = {
  append: (old) => [...old, ...NEW.rows],
  truncate: () => NEW.rows,
  delete: () => NEW.rows,
  replace: () => NEW.rows,
  merge: (old) => [...old.filter(([id]) => !NEW.rows.some((row) => row[0] === id)), ...NEW.rows],
}

export const landing: readonly Check[] = [
  ...MODES.map((mode): Check => ({
    name: `\`${mode}\` where nothing is lands every record`,
    async run(kit) {
      const at = await kit.place()
      await land(kit, at, NEW, mode)
      assertSameRows((await everything(kit, at))!.rows, NEW.rows, 'the table')
    },
  })),
  ...([['empty', EMPTY], ['full', OLD]] as const).flatMap(([what, old]): Check[] => [
    {
      name: `\`fail\` on a table that is ${what} is refused, and leaves it as it was`,
      async run(kit) {
        const at = await kit.place()
        await seed(kit, at, old)
        const target = await kit.target(at)
        await target.look(kit.run())
        const { refused } = target.fit({ schema, whenExists: 'fail', allow: [] })
        if (refused.length === 0) {
          const error = await kit.rejection(give(kit, target, NEW), 'a landing that must fail')
          assert.equal(error.code, 'already-exists')
        }
        await kit.close(target)
        assertAsBefore(await everything(kit, at), old, 'the table is as it was')
      },
    },
    ...(['append', 'truncate', 'delete', 'replace', 'merge'] as const).map((mode): Check => ({
      name: `\`${mode}\` on a table that is ${what} leaves what it says`,
      async run(kit) {
        const at = await kit.place()
        await seed(kit, at, old)
        await land(kit, at, NEW, mode)
        assertSameRows((await everything(kit, at))!.rows, AFTER[mode](old.rows), 'the table')
      },
    })),
    ...(['append', 'truncate', 'delete', 'replace', 'merge'] as const).map((mode): Check => ({
      name: `\`${mode}\` of no records on a table that is ${what} leaves what it says`,
      async run(kit) {
        const at = await kit.place()
        await seed(kit, at, old)
        await land(kit, at, EMPTY, mode)
        const expected = mode === 'append' || mode === 'merge' ? old.rows : []
        assertSameRows((await everything(kit, at))!.rows, expected, 'the table')
      },
    })),
  ]),
  {
    name: '`replace` takes the fields of the incoming records',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      const other: Rows = {
        schema: { fields: [{ name: 'day', type: { type: 'date' }, nullable: true }, schema.fields[0]!] }, rows: [['2024-02-29', '1'], [null, '2']],
      }
      await land(kit, at, other, 'replace')
      const there = await everything(kit, at)
      assert.deepEqual(there?.schema.fields.map(({ name }) => name), ['day', 'id'])
      assertSameRows(there.rows, other.rows, 'the table')
    },
  },
  {
    name: 'fields are matched by name, never by position alone',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      const turned: Rows = { schema: { fields: [...schema.fields].reverse() }, rows: NEW.rows.map((row) => [...row].reverse()) }
      await land(kit, at, turned, 'append')
      assertSameRows((await everything(kit, at))!.rows, [...OLD.rows, ...NEW.rows], 'the table')
    },
  },
  {
    name: 'a field that the table does not have is refused, and named',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      const target = await kit.target(at)
      await target.look(kit.run())
      const more = { fields: [...schema.fields, { name: 'surplus', type: { type: 'boolean' }, nullable: true } as const] }
      const { refused } = target.fit({ schema: more, whenExists: 'append', allow: [] })
      assert.ok(refused.some((why) => why.includes('surplus')), `refused: ${refused.join('; ')}`)
    },
  },
  {
    name: 'what creates nothing prints no statement that creates',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      const target = await kit.target(at)
      await target.look(kit.run())
      const { refused, creates } = target.fit({ schema, whenExists: 'append', allow: [] })
      if (refused.length > 0) kit.cannot(`the target refuses \`append\`: ${refused.join('; ')}`)
      assert.deepEqual(creates, [])
    },
  },
  {
    name: 'a grant is refused, or stands in what the plan prints',
    async run(kit) {
      const target = await kit.target(await kit.place())
      await target.look(kit.run())
      const { refused, creates } = target.fit({ schema, whenExists: 'fail', allow: [], grants: [{ privilege: 'select', to: 'kit_reader' }] })
      assert.ok(refused.length > 0 || creates.some((statement) => statement.includes('kit_reader')), `creates: ${creates.join('; ')}`)
    },
  },
  {
    name: '`merge` without a key is refused',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      const target = await kit.target(at)
      await target.look(kit.run())
      assert.notDeepEqual(target.fit({ schema, whenExists: 'merge', allow: [] }).refused, [])
    },
  },
  ...([['arrives twice', [['7', 'a'], ['7', 'b']]], ['is null', [[null, 'a']]]] as const).map(([what, rows]): Check => ({
    name: `a merge key that ${what} is \`bad-data\`, and leaves the table as it was`,
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, OLD)
      const error = await kit.rejection(land(kit, at, { schema, rows }, 'merge'), 'the merge')
      assert.equal(error.code, 'bad-data')
      assertAsBefore(await everything(kit, at), OLD, 'the table is as it was')
    },
  })),
  ...(['absent', ...MODES.slice(1)] as const).map((mode): Check => ({
    name: mode === 'absent'
      ? 'records become visible only after confirm, where nothing was'
      : `another session sees the old or the new, never between, during \`${mode}\``,
    run: (kit) => looksOn(kit, mode === 'absent' ? 'fail' : mode, mode === 'absent' ? undefined : OLD),
  })),
]

/** Lands records by the plugin's own target; a way that it does not have ends the check as "cannot". */
async function land(kit: Kit, at: Parameters<typeof seed>[1], rows: Rows, mode: WhenExists, confirm?: () => Promise<void>): Promise<void> {
  const target = await kit.target(at)
  const run = kit.run()
  await target.look(run)
  const key = mode === 'merge' ? { key: ['id'] } : {}
  const { refused } = target.fit({ schema: rows.schema, whenExists: mode, allow: [], ...key })
  if (refused.length > 0) kit.cannot(`the target refuses \`${mode}\`: ${refused.join('; ')}`)
  try {
    await give(kit, target, rows, { whenExists: mode, ...key, run, size: 1, ...(confirm !== undefined && { confirm }) })
  } finally {
    await kit.close(target)
  }
}

// A reader that the server holds back until the commit is no fault; one that answers earlier must see the old.
const PATIENCE_MS = 700

/** Reads from another session again and again while one lands, and once more between the last record and the end of confirm. */
async function looksOn(kit: Kit, mode: WhenExists, old: Rows | undefined): Promise<void> {
  const { oneSession } = kit.options
  if (oneSession !== undefined) kit.untested(oneSession)
  if (kit.plugin.source === undefined) kit.cannot('the plugin has no source to look through')
  const at = await kit.place()
  if (old !== undefined) await seed(kit, at, old)
  const fresh: Rows = { schema, rows: people(500, 1000).rows }
  const after = mode === 'append' || mode === 'merge' ? [...old?.rows ?? [], ...fresh.rows] : fresh.rows
  const held: Promise<void>[] = []
  await land(kit, at, fresh, mode, async () => {
    const glance = look(kit, at).then((seen) => { assertOneOf(seen, old?.rows, after) })
    glance.catch(() => undefined)
    held.push(glance)
    const early = await Promise.race([glance.then(() => true), new Promise<false>((resolve) => setTimeout(resolve, PATIENCE_MS, false))])
    if (early) assertSameOrNone(await look(kit, at), old?.rows)
    else kit.note('another session waits until the landing has ended')
  })
  await kit.within(Promise.all(held), 'the other session')
  assertSameOrNone(await look(kit, at), after)
}

/** What a session that comes now sees; undefined when there is nothing. One that the landing got in the way of says `busy`, and comes again. */
async function look(kit: Kit, at: Parameters<typeof seed>[1], tries = 5): Promise<readonly Row[] | undefined> {
  const run = kit.run()
  try {
    const source = await kit.source(at, run)
    const { rows } = await take(kit, source, run)
    await kit.close(source)
    return rows
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'not-found') return undefined
    if (code === 'busy' && tries > 1) return await look(kit, at, tries - 1)
    throw error
  }
}

function assertOneOf(seen: readonly Row[] | undefined, old: readonly Row[] | undefined, after: readonly Row[]): void {
  if (seen?.length === after.length) assertSameOrNone(seen, after)
  else assertSameOrNone(seen, old)
}

function assertSameOrNone(seen: readonly Row[] | undefined, expected: readonly Row[] | undefined): void {
  if (seen === undefined || expected === undefined) assert.equal(seen?.length, expected?.length, 'another session sees neither the old nor the new')
  else assertSameRows(seen, expected, 'what another session sees')
}
