// Proves moves between the program's own ends, and what every move promises.
import { describe, expect, test } from 'vitest'
import type { RecordsSchema } from './contract/schema.js'
import type { MoveEvent } from './contract/contract.js'
import { head } from './head.js'
import { look, move, plan } from './move.js'
import { planText } from './plan/print.js'
import { registry } from './registry.js'
import type { Row } from './rows.js'
import { rows, toRows } from './rows.js'

const options = { registry: registry([]) }

describe('rows() to toRows()', () => {
  test('keeps every value of every type exact', async () => {
    const schema: RecordsSchema = {
      fields: ([
        ['b', { type: 'boolean' }], ['i', { type: 'integer', bits: 32, signed: true }], ['l', { type: 'integer', bits: 64, signed: false }], ['f', { type: 'float', bits: 64 }],
        ['d', { type: 'decimal', precision: 40, scale: 2 }], ['s', { type: 'string' }], ['x', { type: 'bytes' }], ['day', { type: 'date' }],
        ['t', { type: 'time', unit: 'ns', zoned: false }], ['tz', { type: 'time', unit: 'us', zoned: true }], ['ts', { type: 'timestamp', unit: 'us', zoned: false }],
        ['tsz', { type: 'timestamp', unit: 'us', zoned: true }], ['j', { type: 'json' }], ['u', { type: 'uuid' }],
      ] as const).map(([name, type]) => ({ name, type, nullable: true })),
    }
    const record: Row = {
      b: true, i: -2147483648, l: 18446744073709551615n, f: -0, d: '12345678901234567890123456789012345678.99', s: 'a\u0000b', x: Uint8Array.of(1, 0), day: '0044-03-15 BC',
      t: '23:59:59.999999999', tz: '01:02:03-05:30', ts: '9999-12-31 23:59:59.999999', tsz: '2024-02-29 12:00:00+00', j: '{"a":1.00}', u: '00112233-4455-6677-8899-aabbccddeeff',
    }
    const nulls = Object.fromEntries(schema.fields.map(({ name }) => [name, null]))
    const target = toRows()
    const result = await move(rows([record, nulls], { schema }), target, options)
    expect(target.rows).toEqual([record, nulls])
    expect(result.tally).toEqual({ rows: 2 })
  })

  test('finds the schema from the rows', async () => {
    const found = await look(rows([{ a: 1 }, { a: 2n, b: 'x' }, { a: null, b: 'y', c: new Date(5) }, { a: 1 }]), options)
    expect(found.schema.fields.map(({ name, type }) => [name, type.type])).toEqual([['a', 'integer'], ['b', 'string'], ['c', 'timestamp']])
  })

  test.each([
    [[{ a: 1 }, { a: 'x' }], 'row 2', 'a'], [[{ a: {} }], 'row 1', 'a'], [[{ a: '\ud800' }], 'row 1', 'a'],
  ])('refuses %j with row and field', async (records, row, field) => {
    const moved = move(rows(records as Row[]), toRows(), options)
    await expect(moved).rejects.toMatchObject({ code: 'bad-data', context: { field } })
    await expect(moved).rejects.toThrow(row)
  })

  test('a later row with a field that the schema lacks is refused and nothing arrives', async () => {
    const target = toRows()
    const many = Array.from({ length: 1500 }, (_, i): Row => i === 1400 ? { a: i, extra: 1 } : { a: i })
    await expect(move(rows(many), target, options)).rejects.toMatchObject({ code: 'bad-data', context: { row: '1401', field: 'extra' } })
    expect(target.rows).toEqual([])
  })

  test('a value that does not fit its told type is refused', async () => {
    const schema: RecordsSchema = { fields: [{ name: 'd', type: { type: 'decimal', precision: 4, scale: 2 }, nullable: false }] }
    await expect(move(rows([{ d: '1.239' }], { schema }), toRows(), options)).rejects.toMatchObject({ code: 'bad-data' })
    await expect(move(rows([{ d: null }], { schema }), toRows(), options)).rejects.toThrow('is null and may not be')
  })

  test('moves only the named columns, in their order', async () => {
    const target = toRows()
    await move(rows([{ a: 1, b: 'x', c: true }]), target, { ...options, columns: ['c', 'a'] })
    expect(target.rows).toEqual([{ c: true, a: 1n }])
    await expect(move(rows([{ a: 1 }]), toRows(), { ...options, columns: ['z'] })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('hands each row to a function, in order', async () => {
    const seen: unknown[] = []
    await move(rows((function* () {
      for (let i = 0; i < 10_000; i++) yield { i }
    })()), toRows((row) => void seen.push(row.i)), options)
    expect(seen).toHaveLength(10_000)
    expect(seen[9999]).toBe(9999n)
  })
})

describe('a move', () => {
  test('that the caller does not confirm leaves nothing', async () => {
    const target = toRows()
    const moved = move(rows([{ a: 1 }]), target, { ...options, confirm: () => { throw new Error('no thanks') } })
    await expect(moved).rejects.toThrow('no thanks')
    expect(target.rows).toEqual([])
  })

  test('whose signal fires rejects with aborted and the reason, and ends the source', async () => {
    const stop = new AbortController()
    let ended = false
    async function* endless(): AsyncIterable<Row> {
      try {
        for (let i = 0; ; i++) {
          if (i === 20_000) stop.abort(new Error('enough'))
          yield await Promise.resolve({ i })
        }
      } finally {
        ended = true
      }
    }
    await expect(move(rows(endless()), toRows(), { ...options, signal: stop.signal })).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } })
    expect(ended).toBe(true)
  })

  test('announces totals that never fall, the last of which is the tally', async () => {
    const events: MoveEvent[] = []
    await move(rows(Array.from({ length: 50_000 }, (_, i) => ({ i }))), toRows(), { ...options, onEvent: (event) => void events.push(event) })
    expect(events.map(({ event }) => event).filter((event, i, all) => all.indexOf(event) === i)).toEqual(['move-started', 'route-chosen', 'records-moved', 'move-ended'])
    const totals = events.filter(({ event }) => event === 'records-moved').map(({ rows: count }) => count as number)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
    expect(totals.at(-1)).toBe(50_000)
  })

  test('with no way between its ends tells every reason', async () => {
    const moved = move(rows([{ a: 1 }]), toRows(), { ...options, notRoutes: ['batches-to-batches'] })
    await expect(moved).rejects.toMatchObject({ code: 'no-route' })
    await expect(moved).rejects.toThrow(/batches to batches {2}no {3}forbidden by the caller/)
  })

  test('refuses a key without merge, a source that takes no records, a target that gives none', async () => {
    await expect(move(rows([{ a: 1 }]), toRows(), { ...options, key: ['a'] })).rejects.toMatchObject({ code: 'refused' })
    await expect(move(toRows(), toRows(), options)).rejects.toMatchObject({ code: 'refused' })
    await expect(move(rows([{ a: 1 }]), rows([]), options)).rejects.toMatchObject({ code: 'refused' })
  })
})

test('a plan prints every route with its verdict in 80 columns', async () => {
  const text = planText(await plan(rows([{ a: 1 }]), toRows(), options))
  expect(text).toContain('batches to batches  yes  as they are')
  expect(text).toContain('through here        yes  records pass through this process')
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

test('head gives the first records as canonical text and ends the source', async () => {
  const found = await head(rows([{ a: 1, b: 1.5 }, { a: 2, b: null }, { a: 3, b: 2 }]), 2, options)
  expect(found.rows).toEqual([['1', '1.5'], ['2', null]])
  expect(found.look.schema.fields).toHaveLength(2)
})
