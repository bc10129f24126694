// Checks of schemas: which field types survive there and back, and what is refused before any write.
import type { FieldType, RecordsSchema } from '@records-mover/core/plugin'
import { conversion, LOSSES, sameType, typeText } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import { assertSameRows, everything, give, PEOPLE, people, seed, underSchema } from '../records.js'
import { TYPE_CASES } from '../values.js'

export const schema: readonly Check[] = [
  {
    name: 'look tells undefined where there is nothing, and the schema of what is there once it is',
    async run(kit) {
      const at = await kit.place()
      const before = await kit.target(at)
      assert.equal(await before.look(kit.run()), undefined)
      const fit = await give(kit, before, people(3))
      await kit.close(before)
      const after = await kit.target(at)
      assertTypes(await after.look(kit.run()), fit.schema)
    },
  },
  {
    name: 'a source says `not-found` where there is nothing',
    async run(kit) {
      const at = await kit.place()
      const open = async (): Promise<void> => {
        const run = kit.run()
        const source = await kit.source(at, run)
        await source.look('types', run)
      }
      assert.equal((await kit.rejection(open(), 'looking at what is not there')).code, 'not-found')
    },
  },
  {
    name: 'look tells the names, and with `types` the types that the target fitted',
    async run(kit) {
      const at = await kit.place()
      const target = await kit.target(at)
      const fit = await give(kit, target, people(3))
      await kit.close(target)
      const run = kit.run()
      const source = await kit.source(at, run)
      const names = await source.look('names', run)
      assert.deepEqual(names.schema.fields.map(({ name }) => name), ['id', 'name'])
      const look = await source.look('types', run)
      assertTypes(look.schema, fit.schema)
      if (look.rowsExact === true) assert.equal(look.rows, 3, 'an exact count of rows is exact')
    },
  },
  {
    name: 'fit is pure: asked twice it answers the same, and nothing is there afterwards',
    async run(kit) {
      const at = await kit.place()
      const target = await kit.target(at)
      await target.look(kit.run())
      const wish = { schema: PEOPLE, whenExists: 'fail', allow: [] } as const
      assert.deepEqual(target.fit(wish), target.fit(wish))
      await kit.close(target)
      assert.equal(await everything(kit, at), undefined)
    },
  },
  ...TYPE_CASES.map(({ type, values }): Check => ({
    name: `a field of type ${typeText(type)}${type.type === 'string' && type.maxBytes !== undefined ? ' in bytes' : ''} survives there and back, or is refused before any write`,
    run: (kit) => surviveOrRefuse(kit, type, values[0]!),
  })),
  {
    name: 'a loss that is allowed and taken is named in changes',
    async run(kit) {
      const target = await kit.target(await kit.place())
      await target.look(kit.run())
      for (const { type } of TYPE_CASES) {
        const fit = target.fit({ schema: { fields: [{ name: 'value', type, nullable: true }] }, whenExists: 'fail', allow: Object.keys(LOSSES) })
        const stored = fit.schema.fields[0]?.type
        if (fit.refused.length > 0 || stored === undefined) continue
        const turn = conversion(type, stored)
        const loss = turn.kind === 'checked' ? turn.loss : undefined
        if (loss !== undefined) assert.ok(fit.changes.some((change) => change.field === 'value' && change.loss === loss), `${typeText(type)} arrives as ${typeText(stored)}, and changes names no ${loss}`)
      }
    },
  },
  {
    name: 'names that need quoting survive, or are refused before any write',
    async run(kit) {
      const changed: string[] = []
      for (const name of HOSTILE_NAMES) {
        const at = await kit.place()
        const target = await kit.target(at)
        await target.look(kit.run())
        const hostile: RecordsSchema = { fields: [PEOPLE.fields[0]!, { name, type: { type: 'string' }, nullable: true }] }
        const { refused } = target.fit({ schema: hostile, whenExists: 'fail', allow: [] })
        if (refused.length > 0) {
          kit.note(`the name ${JSON.stringify(name)} is refused: ${refused.join('; ')}`)
          continue
        }
        const rows = { schema: hostile, rows: [['1', 'one']] }
        const fit = await give(kit, target, rows)
        await kit.close(target)
        const there = await everything(kit, at)
        assert.ok(there !== undefined)
        const change = fit.changes.find(({ field }) => field === name)
        if (change === undefined) assert.deepEqual(there.schema.fields.map((field) => field.name), ['id', name])
        else changed.push(`${JSON.stringify(name)}: ${change.change}`)
        assertSameRows(there.rows, rows.rows, `the table with the field ${JSON.stringify(name)}`)
      }
      if (changed.length > 0) kit.cannot(`the plan tells names as changed: ${changed.join('; ')}`)
    },
  },
  {
    name: 'fields keep their order and a hundred of them fit',
    async run(kit) {
      const at = await kit.place()
      const fields = Array.from({ length: 100 }, (_, i) => ({ name: `f${(i * 37) % 100}`, type: { type: 'string' } as const, nullable: true }))
      const rows = { schema: { fields }, rows: [fields.map(({ name }) => name)] }
      await seed(kit, at, rows)
      const there = await everything(kit, at)
      assert.deepEqual(there?.schema.fields.map(({ name }) => name), fields.map(({ name }) => name))
      assertSameRows(there.rows, rows.rows, 'the wide table')
    },
  },
  {
    name: 'a field that may not be null stays so, or the plan says that it does not',
    async run(kit) {
      const at = await kit.place()
      const strict: RecordsSchema = { fields: PEOPLE.fields.map((field) => ({ ...field, nullable: false })) }
      const target = await kit.target(at)
      const fit = await give(kit, target, { schema: strict, rows: [['1', 'one']] })
      await kit.close(target)
      const there = await (await kit.target(at)).look(kit.run())
      for (const field of there?.fields ?? []) {
        assert.ok(!field.nullable || fit.changes.some((change) => change.field === undefined || change.field === field.name), `"${field.name}" may be null, and fit said nothing`)
      }
    },
  },
  {
    name: 'the origin of a field is kept from one place to another of its own kind',
    async run(kit) {
      const at = await kit.place()
      await seed(kit, at, people(3))
      const run = kit.run()
      const look = await (await kit.source(at, run)).look('types', run)
      if (look.schema.fields.every(({ origin }) => origin?.type === undefined)) kit.cannot('the source tells no origin types')
      const to = await kit.place()
      const rows = await everything(kit, at)
      await seed(kit, to, { schema: look.schema, rows: rows!.rows })
      const copied = await (await kit.source(to, run)).look('types', run)
      assert.deepEqual(copied.schema.fields.map(({ origin }) => origin?.type), look.schema.fields.map(({ origin }) => origin?.type))
    },
  },
]

const HOSTILE_NAMES = [
  'a"b', "a'b", 'a`b', 'a]b', 'select', 'Name', ' leading', 'trailing ', 'a.b', 'a b', 'a,b', 'a;--', 'a\\b', 'a\nb', 'Ünïcödé', '漢字', '🎈', '1', '$1', '%s', '?',
  'x'.repeat(63), 'x'.repeat(200), 'oid', 'ctid', '\u0000',
]

/** What a type became: for the notes, from which support tables are made. */
async function surviveOrRefuse(kit: Kit, type: FieldType, value: string): Promise<void> {
  const at = await kit.place()
  const target = await kit.target(at)
  await target.look(kit.run())
  const wished: RecordsSchema = { fields: [PEOPLE.fields[0]!, { name: 'value', type, nullable: true }] }
  const fit = target.fit({ schema: wished, whenExists: 'fail', allow: [] })
  if (fit.refused.length > 0) {
    for (const why of fit.refused) assert.match(why, /^[^A-Z]{3,}/, `a refusal is a lower-case clause: ${why}`)
    await kit.close(target)
    assert.equal(await everything(kit, at), undefined, 'nothing was written')
    kit.note(`refused: ${fit.refused.join('; ')}`)
    return
  }
  const stored = fit.schema.fields.find(({ name }) => name === 'value')?.type
  assert.ok(stored !== undefined, 'fit.schema has the field')
  if (!sameType(stored, type)) {
    assert.ok(fit.changes.some(({ field }) => field === 'value'), `fit stores it as ${typeText(stored)}, and does not say so in changes`)
    const turns = conversion(type, stored)
    assert.ok(turns.kind !== 'refused', `${typeText(stored)} cannot hold it`)
    kit.note(`arrives as ${typeText(stored)}${turns.kind === 'checked' ? ', every value checked' : ''}`)
  }
  const rows = { schema: wished, rows: [['1', value], ['2', null]] }
  await give(kit, target, rows)
  await kit.close(target)
  const there = await everything(kit, at)
  assertTypes(there?.schema, fit.schema)
  assertSameRows(there!.rows, underSchema(rows, fit.schema).rows, typeText(type))
}

function assertTypes(actual: RecordsSchema | undefined, expected: RecordsSchema): void {
  const texts = (from: RecordsSchema | undefined): string[] | undefined => from?.fields.map(({ name, type }) => `${name}: ${typeText(type)}`)
  assert.deepEqual(texts(actual), texts(expected), 'what is there has the types that fit told')
}
