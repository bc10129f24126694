// How wishes are granted by existing and new tables: what is matched, refused, changed and said.
import { describe, expect, test } from 'vitest'
import type { Field, FieldType, RecordsSchema, Wish } from '@records-mover/core/plugin'
import type { Relation } from './catalog.js'
import { fitOf, planLanding } from './fit.js'
import type { TargetState } from './landing-plan.js'
import type { FieldFacts, TableFacts, TypeFacts } from './origin.js'
import { asFacts } from './origin.js'
import { fieldTypeOf, homeOf, typeSql } from './types.js'

const INT: FieldType = { type: 'integer', bits: 32, signed: true }
const TEXT: FieldType = { type: 'string' }
const NAME = { schema: 'public', name: 'orders' }

describe('an existing table', () => {
  test('is matched by name, exactly first and then in other letters where only one can be meant', () => {
    const fit = fitted([field('ID', INT), field('Note', TEXT), field('note', TEXT)], [column('note', 'text'), column('id', 'int4'), column('Note', 'text')])
    expect(fit.plan.arrivals.map(({ field: { name }, column: to }) => [name, to])).toEqual([['ID', 'id'], ['Note', 'Note'], ['note', 'note']])
    expect(fit.refused).toEqual([])
    expect(fitted([field('A', TEXT)], [column('a', 'text'), column('á', 'text')]).refused).toEqual([])
    expect(fitted([field('Ab', TEXT)], [column('AB', 'text'), column('aB', 'text')]).refused).toHaveLength(1)
  })

  test('names every field without a column and every column that must have a value', () => {
    const fit = fitted([field('id', INT), field('extra', TEXT)], [column('id', 'int4'), column('must', 'text', { nullable: false }), column('may', 'text')])
    expect(fit.refused).toEqual([
      'field "extra" has no column in public.orders: leave it out with --columns, or add the column',
      'column "must" of public.orders has no field, is not null and has no default: add the field in a query, or give the column a default',
    ])
    expect(fit.changes).toEqual([{ change: 'column "may" is null: no field has its name' }])
  })

  test('takes columns with a default or an identity without a field, and no field for a generated one', () => {
    const fit = fitted([field('sum', INT)], [
      column('id', 'int8', { nullable: false, facts: { identity: 'always' } }),
      column('made', 'timestamptz', { nullable: false, facts: { default: 'now()' } }),
      column('sum', 'int4', { facts: { generated: { expression: '1', kind: 'stored' } } }),
    ])
    expect(fit.refused).toEqual(['field "sum": the column is generated: leave the field out with --columns'])
  })

  test.each<[FieldType, string, number | undefined, FieldType | 'refused']>([
    [{ type: 'date' }, 'int4', undefined, 'refused'],
    [{ type: 'boolean' }, 'interval', undefined, 'refused'],
    [TEXT, 'money', undefined, 'refused'],
    [TEXT, 'interval', undefined, 'refused'],
    [TEXT, 'char', undefined, 'refused'],
    [TEXT, 'numeric', (5 << 16 | (-2 & 0x7ff)) + 4, 'refused'],
    [TEXT, 'numeric', undefined, TEXT],
    [{ type: 'decimal', precision: 30, scale: 2 }, 'numeric', undefined, TEXT],
    [TEXT, 'inet', undefined, TEXT],
    [TEXT, 'numeric', (10 << 16 | 2) + 4, { type: 'decimal', precision: 10, scale: 2 }],
    // The server would round the second to the column's digits, so no finer unit is delivered.
    [{ type: 'timestamp', unit: 'us', zoned: false }, 'timestamp', 4, { type: 'timestamp', unit: 'ms', zoned: false }],
    [{ type: 'timestamp', unit: 'us', zoned: false }, 'timestamp', 2, { type: 'timestamp', unit: 's', zoned: false }],
    [{ type: 'timestamp', unit: 'ms', zoned: true }, 'timestamptz', undefined, { type: 'timestamp', unit: 'us', zoned: true }],
    [{ type: 'timestamp', unit: 'us', zoned: true }, 'timestamp', undefined, 'refused'],
    [INT, 'int2', undefined, { type: 'integer', bits: 16, signed: true }],
  ])('%o into %s (%s) is delivered as %o', (from, name, modifier, wanted) => {
    const { plan, refused } = fitted([field('v', from)], [column('v', name, { modifier })])
    if (wanted === 'refused') expect(refused).toHaveLength(1)
    else {
      expect(refused).toEqual([])
      expect(plan.arrivals[0]!.field.type).toEqual(wanted)
    }
  })

  test('merges by a key that is there, and of a type that has an equality', () => {
    const columns = [column('id', 'int4'), column('doc', 'json'), column('serial', 'int8', { facts: { identity: 'always' } })]
    const fields = [field('id', INT), field('doc', { type: 'json' }), field('serial', { type: 'integer', bits: 64, signed: true })]
    expect(fitted(fields, columns, { whenExists: 'merge' }).refused[0]).toContain('--key')
    expect(fitted(fields, columns, { whenExists: 'merge', key: ['none'] }).refused[0]).toContain('"none"')
    expect(fitted(fields, columns, { whenExists: 'merge', key: ['doc'] }).refused[0]).toContain('no equality')
    expect(fitted(fields, columns, { whenExists: 'merge', key: ['id'] }).refused).toEqual([expect.stringContaining('"serial" is generated always')])
    expect(fitted(fields, columns, { whenExists: 'merge', key: ['id', 'serial'] }).refused).toEqual([])
  })

  test('is refused as a view, and as a foreign table but for append', () => {
    const [fields, columns] = [[field('id', INT)], [column('id', 'int4')]]
    expect(fitted([], columns).refused).toEqual(['the records have no fields'])
    expect(fitted(fields, columns, {}, { kind: 'view' }).refused).toEqual(['public.orders is a view: name a table'])
    expect(fitted(fields, columns, { whenExists: 'delete' }, { kind: 'foreign table' }).refused).toHaveLength(1)
    expect(fitted(fields, columns, { whenExists: 'append' }, { kind: 'foreign table' }).refused).toEqual([])
    expect(fitted(fields, columns, { whenExists: 'fail' }).refused[0]).toContain('exists')
  })
})

describe('a new table', () => {
  test('is printed as it is made', () => {
    const fit = fitOf(...planned({ schema: {
      fields: [
        { name: 'id', type: INT, nullable: false }, field('tiny', { type: 'integer', bits: 8, signed: false }), field('huge', { type: 'integer', bits: 64, signed: false }),
        field('short', { type: 'string', maxChars: 7 }), field('sum', { type: 'decimal', precision: 10, scale: 2 }), field('at "x"', { type: 'timestamp', unit: 'ms', zoned: true }),
      ],
      key: ['id'],
    }, whenExists: 'fail', allow: [], grants: [{ privilege: 'SELECT', to: 'a"b' }] }, state()))
    expect(fit.refused).toEqual([])
    expect(fit.creates).toEqual([
      'create table "public"."orders" ("id" integer not null, "tiny" smallint, "huge" numeric(20,0), "short" character varying(7), "sum" numeric(10,2), "at ""x""" timestamp(3) with time zone)',
      'alter table "public"."orders" add primary key ("id")',
      'grant select on table "public"."orders" to "a""b"',
    ])
    expect(fit.changes.map(({ field: name }) => name)).toEqual(['tiny', 'huge'])
  })

  test('takes nanoseconds only as microseconds, with a word', () => {
    const wish: Wish = { schema: { fields: [field('at', { type: 'timestamp', unit: 'ns', zoned: false })] }, whenExists: 'fail', allow: [] }
    const strict = fitOf(...planned(wish, state()))
    expect(strict.schema.fields[0]!.type).toEqual({ type: 'timestamp', unit: 'us', zoned: false })
    expect(strict.changes[0]!.loss).toBeUndefined()
    expect(fitOf(...planned({ ...wish, allow: ['timestamp-precision'] }, state())).changes[0]!.loss).toBe('timestamp-precision')
  })
})

function field(name: string, type: FieldType): Field {
  return { name, type, nullable: true }
}

function column(name: string, type: string, more: { readonly modifier?: number | undefined, readonly nullable?: boolean, readonly facts?: Partial<FieldFacts> } = {}): Field {
  const facts: TypeFacts = { schema: 'pg_catalog', name: type, modifier: more.modifier ?? -1, kind: 'base' }
  return { name, type: fieldTypeOf(facts), nullable: more.nullable ?? true, origin: { system: 'postgres', type: typeSql(facts) ?? type, facts: asFacts({ type: facts, ...more.facts }) } }
}

function state(columns?: readonly Field[], table: Partial<TableFacts> = {}): TargetState {
  const common = { name: NAME, types: new Map(), user: 'me' }
  if (columns === undefined) return common
  const facts: TableFacts = { kind: 'table', ...table }
  const schema: RecordsSchema = { fields: columns, origin: { system: 'postgres', facts: asFacts(facts) } }
  const relation: Relation = { name: NAME, oid: '1', schema, facts, rows: undefined, readable: true, hidesRows: false, lockable: true }
  return { ...common, relation, ties: { owned: true, dependents: [], inherits: false, publications: [] } }
}

function planned(wish: Wish, at: TargetState): [ReturnType<typeof planLanding>, TargetState] {
  return [planLanding(wish, at), at]
}

function fitted(fields: readonly Field[], columns: readonly Field[], wish: Partial<Wish> = {}, table: Partial<TableFacts> = {}): ReturnType<typeof fitOf> & { readonly plan: ReturnType<typeof planLanding> } {
  const [plan, at] = planned({ schema: { fields }, whenExists: 'append', allow: [], ...wish }, state(columns, table))
  expect(homeOf(INT)).toBeDefined()
  return { ...fitOf(plan, at), plan }
}
