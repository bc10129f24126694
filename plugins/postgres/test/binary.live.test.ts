// That the codec and the server mean the same values by the same bytes, digit for digit, in both directions.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FieldType } from '@records-mover/core'
import { rows, toRows } from '@records-mover/core'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { moving, tableAt } from './moving.js'

const postgres = postgresService()
const DECIMALS: readonly (readonly [number, number])[] = [[1, 0], [4, 4], [5, 2], [9, 3], [15, 2], [15, 15], [16, 1], [18, 0], [18, 18], [19, 4], [20, 0], [38, 10], [38, 37], [39, 0], [76, 38], [76, 76]]

/** Canonical text of decimals: all lengths, runs of zeros, powers of ten, the extremes. */
function decimals(precision: number, scale: number): fc.Arbitrary<string> {
  const nines = '9'.repeat(precision)
  const digits = fc.oneof(
    fc.bigInt({ min: 0n, max: BigInt(nines) }).map(String),
    fc.integer({ min: 0, max: precision }).chain((length) => fc.bigInt({ min: 0n, max: 10n ** BigInt(length) - 1n }).map(String)),
    fc.integer({ min: 0, max: precision - 1 }).map((zeros) => `1${'0'.repeat(zeros)}`),
    fc.tuple(fc.integer({ min: 0, max: precision - 1 }), fc.integer({ min: 1, max: 9999 })).map(([zeros, head]) => `${head}${'0'.repeat(zeros)}`.slice(0, precision)),
    fc.constantFrom('0', nines),
  )
  return fc.tuple(digits, fc.boolean()).map(([text, negative]) => {
    const padded = text.padStart(scale + 1, '0')
    const value = scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`
    return negative && /[1-9]/.test(value) ? `-${value}` : value
  })
}

const MOMENTS: readonly { readonly name: string, readonly sql: string, readonly type: FieldType, readonly text: string }[] = [
  // Every expression of i gives values over the whole range, fractions included.
  { name: 'date', sql: 'date', type: { type: 'date' }, text: '(date \'4713-01-01 BC\' + (i * 214501)::int)' },
  { name: 'timestamp', sql: 'timestamp', type: { type: 'timestamp', unit: 'us', zoned: false }, text: '(timestamp \'2000-01-01\' + (i - 5000) * interval \'4 days 03:04:05.678901\')' },
  { name: 'timestamptz', sql: 'timestamptz', type: { type: 'timestamp', unit: 'us', zoned: true }, text: '(timestamptz \'4712-01-01 00:00:00+00 BC\' + i * interval \'29 years 3 days 00:00:00.000007\')' },
  { name: 'timestamp(3)', sql: 'timestamp(3)', type: { type: 'timestamp', unit: 'ms', zoned: false }, text: '(timestamp \'0001-01-01 BC\' + i * interval \'100 days 00:00:00.123\')' },
  { name: 'timestamp(0)', sql: 'timestamp(0)', type: { type: 'timestamp', unit: 's', zoned: false }, text: '(timestamp \'4713-01-01 BC\' + i * interval \'29 years 1 sec\')' },
  { name: 'time', sql: 'time', type: { type: 'time', unit: 'us', zoned: false }, text: '(time \'00:00\' + i * interval \'8.639999 sec\')' },
  { name: 'time(3)', sql: 'time(3)', type: { type: 'time', unit: 'ms', zoned: false }, text: '(time \'00:00\' + i * interval \'8.639 sec\')' },
  { name: 'timetz', sql: 'timetz', type: { type: 'time', unit: 'us', zoned: true }, text: '((time \'00:00\' + i * interval \'8.639999 sec\')::text || case when i % 2 = 0 then \'+\' else \'-\' end || lpad((i % 16)::text, 2, \'0\') || \':\' || lpad((i % 60)::text, 2, \'0\'))' },
  { name: 'real', sql: 'real', type: { type: 'float', bits: 32 }, text: '(case when i % 2 = 0 then 1 else -1 end * (i + 0.37) * 10.0 ^ (i % 70 - 37))::real' },
  { name: 'double precision', sql: 'double precision', type: { type: 'float', bits: 64 }, text: '(case when i % 2 = 0 then 1 else -1 end * (i + 0.37)::float8 * 10::float8 ^ (i % 600 - 300))' },
]

describe.skipIf(postgres.skip)(postgres.title('postgres-binary and the server'), () => {
  let database: string

  beforeAll(async () => { database = await postgres.server.createDatabase() })
  afterAll(() => postgres.server.dropDatabase(database))

  test.each(DECIMALS)('numeric(%i,%i) is read and written as the server means it', async (precision, scale) => {
    const values = fc.sample(decimals(precision, scale), { numRuns: 400, seed: precision * 100 + scale })
    const table = `n_${precision}_${scale}`
    await postgres.server.execute(`create table ${table} as select i, v::numeric(${precision},${scale}) from unnest('{${values.join(',')}}'::text[]) with ordinality u (v, i)`, database)
    const read = toRows()
    const { plan } = await moving(at(table), read)
    expect(formatOf(plan)).toBe('postgres-binary')
    expect(read.rows.map((row) => row.v)).toEqual(values)
    const schema = { fields: [{ name: 'v', type: { type: 'decimal', precision, scale } as const, nullable: true }] }
    const written = await moving(rows(values.map((v) => ({ v })), { schema }), at(`${table}_w`))
    expect(written.plan.verdicts.find(({ choice }) => choice)!.choice!.writes!.format).toBe('postgres-binary')
    expect((await postgres.server.execute(`select v::text from ${table}_w`, database)).map(([v]) => v)).toEqual(values)
    // Not only equal: the same bytes as the server's own, so that hashes and comparisons of representations agree.
    expect(await postgres.server.execute(`select count(*) from ${table} a where not exists (select from ${table}_w b where numeric_send(a.v) = numeric_send(b.v))`, database)).toEqual([['0']])
  })

  test.each(MOMENTS)('$name is read and written as the server means it', async ({ sql, type, text }) => {
    const table = `m_${MOMENTS.findIndex((one) => one.sql === sql)}`
    await postgres.server.execute(`create table ${table} as select i, ${text}::${sql} as v from generate_series(0, 9999, 7) i`, database)
    const values = (await postgres.server.execute(`select v::text from ${table} order by i`, database)).map(([v]) => v!)
    const read = toRows()
    await moving(at(table), read)
    const got = read.rows.map((row) => row.v)
    if (type.type === 'float') expect(got).toEqual(values.map((value) => type.bits === 32 ? Math.fround(Number(value)) : Number(value)))
    else expect(got).toEqual(values)
    const schema = { fields: [{ name: 'v', type, nullable: true }] }
    await moving(rows(got.map((v) => ({ v })), { schema }), at(`${table}_w`))
    expect((await postgres.server.execute(`select v::text from ${table}_w`, database)).map(([v]) => v)).toEqual(values)
  })

  test.each([
    ['numeric(5,2)', '\'NaN\'', 'NaN'], ['date', '\'infinity\'', 'infinity'], ['date', '\'-infinity\'', 'infinity'],
    ['timestamp', '\'infinity\'', 'infinity'], ['timestamptz', '\'-infinity\'', 'infinity'], ['timestamp', '\'294276-12-31\'', 'after the year'],
  ])('%s %s, which only PostgreSQL holds, is refused with row and field', async (type, value, why) => {
    await postgres.server.execute(`drop table if exists odd; create table odd as select 1 as id, null::${type} as v union all select 2, ${value}::${type}`, database)
    const failed = moving(at('odd'), toRows())
    await expect(failed).rejects.toMatchObject({ code: 'bad-data', context: { row: '2', field: 'v' } })
    await expect(failed).rejects.toThrow(why)
  })

  test('U+0000 is refused with row and field, or removed and counted', async () => {
    const records = [{ id: 1, note: 'fine' }, { id: 2, note: 'a\0b' }]
    await expect(moving(rows(records), at('nul'))).rejects.toMatchObject({ code: 'bad-data', context: { row: '2', field: 'note' } })
    const { tally } = await moving(rows(records), at('nul'), { allow: ['nul-removed'] })
    expect(tally).toEqual({ rows: 2, losses: { 'nul-removed': 1 } })
    expect(await postgres.server.execute('select note from nul order by id', database)).toEqual([['fine'], ['ab']])
  })

  function at(table: string): string {
    return tableAt(postgres.server, database, table)
  }
})

function formatOf(plan: Awaited<ReturnType<typeof moving>>['plan']): string | undefined {
  return plan.verdicts.find(({ choice }) => choice)!.choice!.reads?.format
}
