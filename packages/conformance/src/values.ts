// The table of field types and their hardest values, in canonical text.
import type { FieldType } from '@records-mover/core/plugin'

export interface TypeCase {
  readonly type: FieldType
  /** The first is an everyday value. */
  readonly values: readonly string[]
}

/** The last and the first fraction of a second that a unit counts. */
const FRACTIONS = { s: '', ms: '.999', us: '.999999', ns: '.999999999' }
const SMALLEST = { s: '', ms: '.001', us: '.000001', ns: '.000000001' }

/** Every field type of the contract, with its extremes and the values that are known to be changed on the way. */
export const TYPE_CASES: readonly TypeCase[] = [
  { type: { type: 'boolean' }, values: ['true', 'false'] },
  ...([8, 16, 32, 64] as const).flatMap((bits) => [
    { type: { type: 'integer', bits, signed: true }, values: ['7', '0', '-1', String(-(2n ** BigInt(bits - 1))), String(2n ** BigInt(bits - 1) - 1n)] },
    { type: { type: 'integer', bits, signed: false }, values: ['7', '0', String(2n ** BigInt(bits) - 1n)] },
  ] satisfies TypeCase[]),
  {
    type: { type: 'float', bits: 32 },
    values: ['1.5', '0', '-0', '0.1', '3.4028235e+38', '-3.4028235e+38', '1e-45', '1.1754944e-38', '1.6777216e+07', 'NaN', 'Infinity', '-Infinity'],
  },
  {
    type: { type: 'float', bits: 64 },
    values: [
      '1.5', '0', '-0', '0.1', '0.30000000000000004', '1.7976931348623157e+308', '-1.7976931348623157e+308', '5e-324', '2.2250738585072014e-308',
      '9.007199254740992e+15', '123456789012345.67', 'NaN', 'Infinity', '-Infinity',
    ],
  },
  ...[[5, 0], [12, 2], [18, 18], [19, 4], [38, 0], [38, 10], [38, 38], [39, 1], [76, 20]].map(([precision, scale]) => decimalCase(precision!, scale!)),
  {
    type: { type: 'string' },
    values: [
      'orders', '', ' ', ' both ends ', 'NULL', 'null', '\\N', '\\.', '""', '"quoted"', "it's", 'a,b\tc|d', 'line\nbreak', 'line\r\nbreak', 'tail\\',
      '\ufeffmark', 'Ünïcödé 漢字 🎈 e\u0301', '\u0001\u001f\u007f\u0085\u2028', '=1+1', '00123', '1e5', 'x'.repeat(100_000), 'nul\u0000inside',
    ],
  },
  { type: { type: 'string', maxChars: 10 }, values: ['orders', '', 'ten letter', '漢字漢字漢字漢字漢字', '🎈🎈🎈🎈🎈🎈🎈🎈🎈🎈', 'trail     '] },
  { type: { type: 'string', maxBytes: 10 }, values: ['orders', '', 'ten letter', '漢字漢'] },
  { type: { type: 'bytes' }, values: ['\\x0102', '\\x', '\\x00', '\\xff00fe5c0a0d22', `\\x${'5c27'.repeat(5000)}`] },
  { type: { type: 'uuid' }, values: ['123e4567-e89b-12d3-a456-426614174000', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] },
  { type: { type: 'json' }, values: ['{"a": 1}', 'null', '"text"', '[]', '{"b": 1.50, "a": 12345678901234567890, "a": true}', '{"u": "\\u00e9é\\n"}', ' [1,  2] '] },
  {
    type: { type: 'date' },
    values: ['2024-02-29', '1970-01-01', '1969-12-31', '1900-03-01', '1582-10-10', '0001-01-01', '9999-12-31', '12345-06-07', '0001-12-31 BC', '0044-03-15 BC'],
  },
  ...(['s', 'ms', 'us', 'ns'] as const).flatMap((unit) => [
    { type: { type: 'time', unit, zoned: false }, values: timeValues(unit) },
    { type: { type: 'time', unit, zoned: true }, values: ['12:00:00+00', '12:34:56+05:30', '00:00:00-12', '23:59:59+14', '12:00:00-00:30', '12:00:00+01:02:03'] },
    { type: { type: 'timestamp', unit, zoned: false }, values: timestampValues(unit) },
    { type: { type: 'timestamp', unit, zoned: true }, values: timestampValues(unit).map((text) => text.replace(/( BC)?$/, '+00$1')) },
  ] satisfies TypeCase[]),
]

function decimalCase(precision: number, scale: number): TypeCase {
  const nines = '9'.repeat(precision)
  const pointed = (digits: string): string => scale === 0 ? digits : `${digits.slice(0, -scale) || '0'}.${digits.slice(-scale)}`
  const one = pointed('1'.padStart(Math.max(1, scale + 1), '0'))
  const values = [pointed('120'.padStart(scale + 1, '0').slice(0, Math.max(precision, scale + 1))), pointed('0'.repeat(scale + 1)), one, `-${one}`, pointed(nines), `-${pointed(nines)}`]
  return { type: { type: 'decimal', precision, scale }, values: [...new Set(values)] }
}

function timeValues(unit: keyof typeof FRACTIONS): string[] {
  return [...new Set(['12:34:56', '00:00:00', `00:00:00${SMALLEST[unit]}`, `23:59:59${FRACTIONS[unit]}`, '24:00:00'])]
}

function timestampValues(unit: keyof typeof FRACTIONS): string[] {
  const near = ['2024-02-29 12:34:56', '1970-01-01 00:00:00', `1969-12-31 23:59:59${FRACTIONS[unit]}`, `2001-01-01 00:00:00${SMALLEST[unit]}`]
  // Nanoseconds of 64 bits span these years only.
  const far = unit === 'ns'
    ? ['1677-09-21 00:12:43.145224192', '2262-04-11 23:47:16.854775807']
    : ['0001-01-01 00:00:00', '0099-05-06 07:08:09', `9999-12-31 23:59:59${FRACTIONS[unit]}`, '12345-06-07 08:09:10', '0044-03-15 12:00:00 BC']
  return [...new Set([...near, ...far])]
}
