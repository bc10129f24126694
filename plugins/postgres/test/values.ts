// Every type of PostgreSQL with its extreme values, as SQL and as the one text that stands for each value.

/** One column: its type, and pairs of an SQL expression and the text by which COPY is to give it. */
export interface TypedValues {
  readonly type: string
  readonly values: readonly (readonly [sql: string, text: string])[]
}

function literals(type: string, ...texts: string[]): TypedValues {
  return { type, values: texts.map((text) => [`'${text.replaceAll('\'', '\'\'')}'::${type}`, text]) }
}

/** Types that every server has. Statements that make the others: SETUP. */
export const TYPES: readonly TypedValues[] = [
  { type: 'boolean', values: [['true', 't'], ['false', 'f']] },
  literals('smallint', '-32768', '32767'),
  literals('integer', '-2147483648', '2147483647'),
  literals('bigint', '-9223372036854775808', '9223372036854775807', '9007199254740993'),
  literals('numeric(12,2)', '-9999999999.99', '0.00', '-0.05', 'NaN'),
  literals('numeric(76,38)', `${'9'.repeat(38)}.${'9'.repeat(38)}`, `-0.${'0'.repeat(37)}1`),
  literals('numeric', '12345678901234567890.123456789', '0.000', 'NaN', 'Infinity', '-Infinity', `1${'0'.repeat(400)}`),
  literals('numeric(5,-2)', '1200'),
  literals('real', '3.4028235e+38', '1e-45', '-0', 'NaN', 'Infinity', '-Infinity', '0.1'),
  literals('double precision', '1.7976931348623157e+308', '5e-324', '-0', 'NaN', 'Infinity', '-Infinity', '0.30000000000000004', '1e+15'),
  literals('text', '', ' ', 'NULL', '\\N', '\\', '\\.', 'a,b', '"', '""', '\'', '\t', '\n', '\r\n', '\r', 'über 😀 \u{10ffff}', '\ufeff', '\u0001\u007f\u0085\u2028', 'x'.repeat(100_000)),
  literals('varchar(5)', '', 'äöü😀ß', ' a '),
  literals('char(3)', '   ', 'a  ', 'abc'),
  literals('name', 'n'.repeat(63)),
  literals('bytea', '\\x', '\\x00ff0a0d5c09'),
  literals('date', '4713-01-01 BC', '0001-12-31 BC', '0001-01-01', '2024-02-29', '12345-06-07', '5874897-12-31', 'infinity', '-infinity'),
  literals('time', '00:00:00', '23:59:59.999999', '24:00:00', '12:30:00.5'),
  literals('time(0)', '23:59:59'),
  literals('timetz', '00:00:00+00', '23:59:59.999999-15:59', '24:00:00+15:59:59', '12:00:00+05:30'),
  literals('timestamp', '4713-01-01 00:00:00 BC', '0044-03-15 12:00:00.000001 BC', '2024-03-10 02:30:00.123456', '294276-12-31 23:59:59.999999', 'infinity', '-infinity'),
  literals('timestamp(3)', '2024-03-10 02:30:00.12'),
  literals('timestamptz', '4713-01-01 00:00:00+00 BC', '2024-03-10 07:30:00.123456+00', '294276-12-31 23:59:59.999999+00', 'infinity', '-infinity'),
  literals('json', '{"a" : 12345678901234567890, "a":1.10}', '"\\u0000"', 'null', '[ ]\n'),
  literals('jsonb', '{"a": 12345678901234567890, "b": [1.10, null]}', '"\\\\"'),
  literals('uuid', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
  literals('interval', '00:00:00', '1 year 2 mons -3 days +04:05:06.000007', '-178000000 years', '178000000 years', '-00:00:00.000001'),
  literals('interval day to second(3)', '3 days 04:05:06.789'),
  literals('inet', '192.168.0.1/24', '::ffff:1.2.3.4', '2001:db8::1/64'),
  literals('cidr', '10.0.0.0/8', '::/0'),
  literals('macaddr', '08:00:2b:01:02:03'),
  literals('macaddr8', '08:00:2b:01:02:03:04:05'),
  literals('money', '-$92,233,720,368,547,758.08', '$92,233,720,368,547,758.07', '$0.00'),
  literals('bit(3)', '101', '000'),
  literals('varbit', '', '1011'),
  literals('int4range', 'empty', '[1,5)', '(,)', '[2147483646,)'),
  literals('numrange', '(1.10,2.20]', '(,1)'),
  literals('tstzrange', '["2024-01-01 00:00:00+00",infinity)', '(-infinity,"2024-01-01 00:00:00+00"]'),
  literals('daterange', '[2024-01-01,2024-02-01)'),
  literals('int4multirange', '{}', '{[1,3),[5,7)}'),
  literals('int[]', '{}', '{1,NULL,3}', '[0:1]={1,2}', '{{1,2},{3,4}}'),
  literals('text[]', '{"",NULL,"NULL","a,b","\\"","\\\\","{}"}'),
  literals('numeric(5,2)[]', '{1.10,NaN}'),
  literals('timestamptz[]', '{"2024-01-01 00:00:00+00",infinity}'),
  literals('point', '(1.5,-2)'),
  literals('line', '{1,-1,0}'),
  literals('lseg', '[(0,0),(1,1)]'),
  literals('box', '(1,1),(0,0)'),
  literals('path', '[(0,0),(1,1)]', '((0,0),(1,1))'),
  literals('polygon', '((0,0),(1,1),(1,0))'),
  literals('circle', '<(0,0),1.5>'),
  literals('tsvector', '\'a\':1 \'b\':2B', ''),
  literals('tsquery', '\'a\' & !\'b\''),
  literals('xml', '<a b="c">d</a>'),
  literals('oid', '4294967295'),
  literals('pg_lsn', '16/B374D848', '0/0'),
  literals('xid8', '18446744073709551615'),
  literals('txid_snapshot', '10:20:10,14'),
  literals('"char"', 'a', ''),
  literals('jsonpath', '$."a"[*]?(@ > 1)'),
  literals('regclass', 'pg_class'),
  literals('mood', 'happy', 'it\'s "odd", \\ ', ''),
  literals('mood[]', '{happy,""}'),
  literals('price', '1.10'),
  literals('"My Pair"', '(1,"a,b ""c""")', '(,)'),
  literals('hstore', '"a"=>"1", "b"=>NULL', ''),
  literals('citext', 'MiXed'),
]

/** Makes the types that no server has by itself. */
export const SETUP = `create extension hstore; create extension citext;
create type mood as enum ('happy', 'it''s "odd", \\ ', '');
create domain price as numeric(12,2) check (value > 0);
create type "My Pair" as (a int, b text)`

/** A table `everything` of one column for each type, and a row for each place in their lists, null where a list has ended. */
export function everything(): string {
  const most = Math.max(...TYPES.map(({ values }) => values.length))
  const columns = TYPES.map(({ type }, i) => `c${i} ${type}`)
  const rows = Array.from({ length: most }, (_, row) => `(${[row + 1, ...TYPES.map(({ values }) => values[row]?.[0] ?? 'null')].join(', ')})`)
  const nulls = `(${[most + 1, ...TYPES.map(() => 'null')].join(', ')})`
  return `create table everything (id int primary key, ${columns.join(', ')}); insert into everything values ${[...rows, nulls].join(', ')}`
}

/** The texts of one row of `everything`: null where there is no value. */
export function textsOf(row: number): (string | null)[] {
  return [String(row), ...TYPES.map(({ values }) => values[row - 1]?.[1] ?? null)]
}
