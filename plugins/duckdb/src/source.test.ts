// What a source says and gives: tables, views, queries, types without a field type, conversions.
import type { FieldType, RecordsSchema } from '@records-mover/core/plugin'
import { typeText } from '@records-mover/core/plugin'
import { describe, expect, test } from 'vitest'
import { address, field, get, newRun, rowsOf, withSource } from '../test/ends.js'
import { sql } from '../test/sql.js'

const query = (text: string): ReturnType<typeof address> => address('', { query: text })

async function readAs(text: string, as: RecordsSchema): Promise<(string | null)[][]> {
  return withSource(query(text), async (source) => {
    await source.look('types', newRun())
    expect(source.batches!.refuse(as)).toBeUndefined()
    return rowsOf(await source.batches!.read(as, newRun()))
  })
}

describe('look', () => {
  test('says schema, key, origins and the exact count of a table', async () => {
    await sql('', `create table looked (id integer primary key, v varchar not null, l integer[], d decimal(10,2)); insert into looked select range, 'x', [1], 2.5 from range(1000)`)
    await withSource(address('', { fragment: 'LOOKED' }), async (source) => {
      expect(await source.look('types', newRun())).toEqual({
        schema: {
          fields: [
            { name: 'id', type: { type: 'integer', bits: 32, signed: true }, nullable: false, origin: { system: 'duckdb', type: 'INTEGER' } },
            { name: 'v', type: { type: 'string' }, nullable: false, origin: { system: 'duckdb', type: 'VARCHAR' } },
            { name: 'l', type: { type: 'string' }, nullable: true, origin: { system: 'duckdb', type: 'INTEGER[]' } },
            { name: 'd', type: { type: 'decimal', precision: 10, scale: 2 }, nullable: true, origin: { system: 'duckdb', type: 'DECIMAL(10,2)' } },
          ],
          key: ['id'],
        },
        again: true,
        rows: 1000,
        rowsExact: true,
        notes: ['"l" (INTEGER[]) is given as text'],
      })
    })
  })

  test('reads views and queries, with a comment at their end', async () => {
    await sql('', `create view seen as select 1 as a`)
    expect((await get(address('', { fragment: 'seen' }))).rows).toEqual([['1']])
    expect((await get(query(`with x as (select 2 as a) select * from x; -- done`))).rows).toEqual([['2']])
    expect((await get(query(`select ';' as a; /* ; */ ;`))).rows).toEqual([[';']])
    expect((await get(query(`select '; -- ' as a`))).rows).toEqual([['; -- ']])
    expect((await get(query(`from range(3) t(n) order by n desc -- done`))).rows).toEqual([['2'], ['1'], ['0']])
  })

  test.each([
    ['two statements', 'select 1; select 2', 'refused'],
    ['a statement that writes', 'create table sneaky (a integer)', 'refused'],
    ['an insert that gives rows', 'insert into looked_too values (1) returning *', 'refused'],
    ['a copy to a file', `copy (select 1) to '/tmp/sneaky.csv'`, 'refused'],
    ['a syntax error', 'selec 1', 'refused'],
    ['a table that is not there', 'select * from nothing_here', 'not-found'],
    ['two columns of one name', 'select 1 as a, 2 as a', 'refused'],
  ])('refuses %s', async (_, text, code) => {
    await sql('', 'create or replace table looked_too (a integer)')
    await expect(get(query(text))).rejects.toMatchObject({ code })
    expect((await get(address('', { fragment: 'looked_too' }))).rows).toEqual([])
  })

  test('needs a table or a query, and not both', async () => {
    await expect(get(address(''))).rejects.toMatchObject({ code: 'bad-address' })
    await expect(get(address('', { fragment: 'a', query: 'select 1' }))).rejects.toMatchObject({ code: 'bad-address' })
  })
})

describe('read', () => {
  test('gives types without a field type as the text DuckDB casts them to', async () => {
    const back = await get(query(`select [1, null] as l, {'a': 'it''s'} as s, map {'k': 1.5} as m, interval '1 month 3 days 02:00:00.5' as i, '0101'::bit as b,
      'x'::enum ('x', 'y') as e, '123456789012345678901234567890123456789012345'::bignum as n, [1, 2]::integer[2] as f, null as z`))
    expect(back.rows).toEqual([['[1, NULL]', `{'a': 'it\\'s'}`, '{k=1.5}', '1 month 3 days 02:00:00.5', '0101', 'x', '123456789012345678901234567890123456789012345', '[1, 2]', null]])
    expect(back.schema.fields.map(({ type }) => type.type)).toEqual(['string', 'string', 'string', 'string', 'string', 'string', 'string', 'string', 'integer'])
  })

  test.each(['date', 'timestamp', 'timestamptz', 'timestamp_s', 'timestamp_ms', 'timestamp_ns'])('calls an infinite %s bad data', async (type) => {
    for (const sign of ['', '-']) {
      await expect(get(query(`select '2020-01-01'::${type} as t union all select '${sign}infinity'::${type} order by 1 ${sign === '' ? '' : 'desc'}`))).rejects
        .toMatchObject({ code: 'bad-data', context: { row: '2', field: 't' } })
    }
  })

  const INT = (bits: 8 | 16 | 32 | 64, signed = true): FieldType => ({ type: 'integer', bits, signed })
  const DEC = (precision: number, scale: number): FieldType => ({ type: 'decimal', precision, scale })
  const TS = (unit: 's' | 'ms' | 'us' | 'ns'): FieldType => ({ type: 'timestamp', unit, zoned: false })

  test.each<[string, FieldType, string, string | undefined]>([
    ['42::integer', INT(64), '42', undefined],
    ['42::ubigint', INT(8), '42', '300::ubigint'],
    ['(-1)::bigint', INT(16), '-1', '40000::bigint'],
    ['7::hugeint', DEC(38, 0), '7', '(-170141183460469231731687303715884105727)::hugeint'],
    ['1.50::decimal(10,2)', DEC(12, 4), '1.5000', undefined],
    ['1.50::decimal(10,2)', DEC(10, 1), '1.5', '1.55::decimal(10,2)'],
    ['3.00::decimal(10,2)', INT(32), '3', '3.01::decimal(10,2)'],
    ['3::bigint', { type: 'float', bits: 64 }, '3', '9007199254740993::bigint'],
    ['0.5::double', { type: 'float', bits: 32 }, '0.5', '0.1::double'],
    [`'nan'::double`, { type: 'float', bits: 32 }, 'NaN', '1e300::double'],
    [`timestamp '2020-01-01 00:00:01.5'`, TS('ms'), '2020-01-01 00:00:01.5', `timestamp '2020-01-01 00:00:01.0005'`],
    [`timestamp_s '2020-01-01 00:00:01'`, TS('us'), '2020-01-01 00:00:01', undefined],
    [`timestamp '2020-01-01 00:00:01.5'`, TS('ns'), '2020-01-01 00:00:01.5', `timestamp '1600-01-01 00:00:00'`],
    [`'abc'`, { type: 'string', maxChars: 3 }, 'abc', `'abcd'`],
    [`'é'`, { type: 'string', maxBytes: 2 }, 'é', `'éa'`],
    [`'{}'`, { type: 'json' }, '{}', `'{'`],
    ['true', { type: 'string' }, 'true', undefined],
    ['(-0.05)::decimal(2,2)', { type: 'string' }, '-0.05', undefined],
    [`'\\xAB'::blob`, { type: 'string' }, '\\xab', undefined],
    [`date '0044-03-15 (BC)'`, { type: 'string' }, '0044-03-15 BC', undefined],
    [`timestamptz '0044-03-15 (BC) 12:00:00.5+00'`, { type: 'string' }, '0044-03-15 12:00:00.5+00 BC', undefined],
  ])('%s becomes %o exactly or not at all', async (value, type, text, unfit) => {
    const as = { fields: [field('v', type)] }
    expect(await readAs(`select ${value} as v union all select null order by 1`, as)).toEqual([[text], [null]])
    if (unfit !== undefined) await expect(readAs(`select ${unfit} as v`, as)).rejects.toMatchObject({ code: 'bad-data' })
  })

  test.each<[string, FieldType]>([
    [`'1'`, INT(32)],
    ['1.5::double', { type: 'string' }],
    ['1.5::double', DEC(10, 2)],
    ['1.5::decimal(2,1)', { type: 'float', bits: 64 }],
    [`timestamp '2020-01-01'`, { type: 'date' }],
    [`timestamptz '2020-01-01'`, { type: 'timestamp', unit: 'ms', zoned: true }],
    [`time '12:00'`, { type: 'time', unit: 's', zoned: false }],
  ])('refuses to turn %s into %o', async (value, type) => {
    await withSource(query(`select ${value} as v`), async (source) => {
      await source.look('types', newRun())
      expect(source.batches!.refuse({ fields: [field('v', type)] })).toContain(typeText(type))
    })
  })

  test('gives fields in the order asked for, and only those', async () => {
    const whole = await get(query('select 1::integer as a, 2::integer as b, 3::integer as c'))
    const [a, , c] = whole.schema.fields
    expect(await readAs('select 1::integer as a, 2::integer as b, 3::integer as c', { fields: [c!, a!] })).toEqual([['3', '1']])
  })

  test('a source left early or never read gives its session back', async () => {
    await withSource(query('select range as n, repeat(\'x\', 1000) as t from range(10000000)'), async (source) => {
      const look = await source.look('types', newRun())
      const early = await source.batches!.read(look.schema, newRun())
      for await (const part of early.parts) {
        for await (const batch of part) {
          expect(batch.rows).toBeGreaterThan(0)
          break
        }
        break
      }
      await early[Symbol.asyncDispose]()
      await (await source.batches!.read(look.schema, newRun()))[Symbol.asyncDispose]()
    })
    await sql('', 'create or replace table free (a integer)')
  })

  test('a signal stops a query that is running', async () => {
    const stop = new AbortController()
    const run = newRun({ signal: stop.signal })
    await withSource(query('select count(*) as n from range(1000000000) a, range(1000) b where (a.range * b.range) % 7 = 1'), async (source) => {
      const look = await source.look('types', run)
      const batches = await source.batches!.read(look.schema, run)
      const reading = rowsOf(batches)
      setImmediate(() => {
        stop.abort(new Error('enough'))
      })
      await expect(reading).rejects.toMatchObject({ code: 'aborted', cause: new Error('enough') })
      await batches[Symbol.asyncDispose]()
    })
  })

  test('an error amid the rows is thrown and does not look like the end', async () => {
    await expect(get(query(`select case when range = 100000 then error('boo') else range end as n from range(200000)`))).rejects.toMatchObject({ code: 'failed' })
  })
})
