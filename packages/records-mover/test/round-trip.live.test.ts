// Proves that a table goes from CSV through PostgreSQL, DuckDB and PostgreSQL back to CSV as the same bytes.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { move, rows } from '@records-mover/core'
import type { FieldType, RecordsSchema, Row } from '@records-mover/core'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { at, options, temporaryFolder } from './whole.js'

const postgres = postgresService()

const TYPES: readonly (readonly [name: string, type: FieldType])[] = [
  ['b', { type: 'boolean' }], ['i8', { type: 'integer', bits: 8, signed: true }], ['u8', { type: 'integer', bits: 8, signed: false }],
  ['i16', { type: 'integer', bits: 16, signed: true }], ['u16', { type: 'integer', bits: 16, signed: false }],
  ['i32', { type: 'integer', bits: 32, signed: true }], ['u32', { type: 'integer', bits: 32, signed: false }],
  ['i64', { type: 'integer', bits: 64, signed: true }], ['u64', { type: 'integer', bits: 64, signed: false }],
  ['f32', { type: 'float', bits: 32 }], ['f64', { type: 'float', bits: 64 }],
  ['d4', { type: 'decimal', precision: 4, scale: 2 }], ['d18', { type: 'decimal', precision: 18, scale: 18 }], ['d38', { type: 'decimal', precision: 38, scale: 10 }],
  ['s', { type: 'string' }], ['se"lect, \n"x', { type: 'string' }], ['bytes', { type: 'bytes' }], ['day', { type: 'date' }],
  ['t', { type: 'time', unit: 'us', zoned: false }], ['tz', { type: 'time', unit: 'us', zoned: true }],
  ['ts', { type: 'timestamp', unit: 'us', zoned: false }], ['tsz', { type: 'timestamp', unit: 'us', zoned: true }], ['j', { type: 'json' }], ['u', { type: 'uuid' }],
]
const SCHEMA: RecordsSchema = { fields: TYPES.map(([name, type]) => ({ name, type, nullable: true })) }
const HOSTILE = 'se"lect, \n"x'
// The ends of what both databases hold: dates and timestamps from 4713 BC to the year 294246.
const RECORDS: readonly Row[] = [
  {
    b: true, i8: -128, u8: 0, i16: -32768, u16: 0, i32: -2147483648, u32: 0, i64: -9223372036854775808n, u64: 0n, f32: Math.fround(-3.4028235e38), f64: -1.7976931348623157e308,
    d4: '-99.99', d18: '-0.999999999999999999', d38: '-9999999999999999999999999999.9999999999', s: '', [HOSTILE]: '\u0001\t\r\n"\'\\N,;|\ufeff', bytes: Uint8Array.of(),
    day: '4713-01-01 BC', t: '00:00:00', tz: '00:00:00+15:59:59', ts: '4713-01-01 00:00:00 BC', tsz: '4713-01-01 00:00:00+00 BC', j: 'null', u: '00000000-0000-0000-0000-000000000000',
  },
  {
    b: false, i8: 127, u8: 255, i16: 32767, u16: 65535, i32: 2147483647, u32: 4294967295, i64: 9223372036854775807n, u64: 18446744073709551615n, f32: Math.fround(1e-45), f64: 5e-324,
    d4: '99.99', d18: '0.999999999999999999', d38: '9999999999999999999999999999.9999999999', s: '\\N', [HOSTILE]: 'naïve 漢字 \u{1f600} line\nbreak', bytes: Uint8Array.of(0, 255, 34, 44),
    day: '294246-12-31', t: '24:00:00', tz: '23:59:59.999999-15:59:59', ts: '9999-12-31 23:59:59.999999', tsz: '294246-12-31 23:59:59.999999+00',
    j: '{"a": 1.00, "b":[1e400, 12345678901234567890]}', u: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  },
  { f32: Number.NEGATIVE_INFINITY, f64: Number.POSITIVE_INFINITY, s: 'NULL', [HOSTILE]: '\\.', day: '0001-01-01 BC', t: '23:59:59.999999', ts: '0001-12-31 23:59:59.999999 BC' },
  { f32: Number.NaN, f64: -0, d18: '0', d38: '0.0000000001', s: ' lead and trail ', [HOSTILE]: '\t', ts: '1582-10-10 00:00:00', tsz: '1969-12-31 23:59:59.999999+00', j: '""' },
  { b: null, s: "'; drop table x; --", [HOSTILE]: '=cmd()|x', day: '2000-02-29' },
  {},
]
const TABLE = '"public"."wéird "" tab.le"'

describe.skipIf(postgres.skip)(postgres.title('CSV to PostgreSQL to DuckDB to PostgreSQL to CSV'), () => {
  let first: string
  let second: string
  beforeAll(async () => {
    first = await postgres.server.createDatabase()
    second = await postgres.server.createDatabase()
  })
  afterAll(async () => {
    await postgres.server.dropDatabase(first)
    await postgres.server.dropDatabase(second)
  })

  test('keeps every byte of every schema type at its ends, hostile text and hostile names', async () => {
    await using folder = await temporaryFolder()
    const [before, after, database] = [folder.path('before.csv'), folder.path('after.csv'), at(`duckdb:${folder.path('x.duckdb')}`, '"wéird "" tab.le"')]
    await move(rows(RECORDS, { schema: SCHEMA }), before, options)
    await move(before, at(postgres.server.url(first), TABLE), { ...options, schema: SCHEMA, sourceFormat: { hints: { 'null-text': '' } } })
    await move(at(postgres.server.url(first), TABLE), database, options)
    await move(database, at(postgres.server.url(second), TABLE), options)
    await move(at(postgres.server.url(second), TABLE), after, options)
    expect(await readFile(after, 'utf8')).toBe(await readFile(before, 'utf8'))
  })

  test('keeps every other type of PostgreSQL as its text', async () => {
    await using folder = await temporaryFolder()
    await postgres.server.execute(OTHER_TYPES, first)
    const [before, after, database] = [folder.path('before.csv'), folder.path('after.csv'), `duckdb:${folder.path('x.duckdb')}#other`]
    await move(at(postgres.server.url(first), 'other'), before, options)
    await move(before, at(postgres.server.url(second), 'other'), { ...options, sourceFormat: { hints: { 'null-text': '' } } })
    await move(at(postgres.server.url(second), 'other'), database, options)
    await move(database, at(postgres.server.url(second), 'again'), options)
    await move(at(postgres.server.url(second), 'again'), after, options)
    expect(await readFile(after, 'utf8')).toBe(await readFile(before, 'utf8'))
  })
})

const OTHER_TYPES = `
  create type mood as enum ('sad', 'o''k, "well"', 'happy');
  create domain positive as integer check (value > 0);
  create type pair as (a integer, b text);
  create table other (
    i interval, a integer[], t text[], m money, n inet, c cidr, mac macaddr, bits bit(5), v varbit, r int4range, rt tstzrange, mr int4multirange,
    e mood, ea mood[], d positive, p pair, num numeric, neg numeric(5,-2), pt point, bx box, ts tsvector, tq tsquery, x xml, lsn pg_lsn, o oid, ch char(5), vc varchar(7), nm name, jb jsonb
  );
  insert into other values
    ('1 year -2 mons +3 days 04:05:06.789', '{1,null,{-3}}'::text::integer[], array['a"b', null, '', '{x,y}', 'NULL', e'\\\\'], '-12.34', '::1/64', '10.0.0.0/8', '08:00:2b:01:02:03',
     '10101', '1', '[1,5)', '["2024-01-01 00:00:00+00",)', '{[1,3),[5,8)}', 'o''k, "well"', array['sad','happy']::mood[], 7, row(1, 'x,"y"'), 'NaN', 12300, '(1,2)', '(1,1),(0,0)',
     'a:1 fat:2', 'a & !b', '<a>&lt;</a>', '16/B374D848', 4294967295, 'ab', 'seven', 'n', '{"b": 1.10, "a": [1e3]}'),
    ('-1 day', '{}', '{}', '92233720368547758.07', '192.168.0.1', '::/0', 'ff:ff:ff:ff:ff:ff', '00000', '', 'empty', 'empty', '{}', 'sad', '{}', 1, row(null, ''), 1e-300, -99900,
     '(NaN,Infinity)', '(3,4),(-1,-2)', '', '', '<a/>', '0/0', 0, '', '', '', 'null');
  insert into other (num) values ('-Infinity'), ('123456789012345678901234567890123456789012345678901234567890.0100'), (null);
`.replace("'{1,null,{-3}}'::text::integer[]", "'{1,null,-3}'")
