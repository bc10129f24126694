// Every type there and back, through vectors both ways.
import type { FieldType } from '@records-mover/core/plugin'
import { typeText } from '@records-mover/core/plugin'
import { describe, expect, test } from 'vitest'
import { address, field, get, put } from '../test/ends.js'

const WIDE = '9'.repeat(38)

const EXTREMES: readonly (readonly [FieldType, readonly string[]])[] = [
  [{ type: 'boolean' }, ['true', 'false']],
  ...([8, 16, 32, 64] as const).map((bits) => [{ type: 'integer', bits, signed: true }, [String(-(2n ** BigInt(bits - 1))), '-1', '0', '1', String(2n ** BigInt(bits - 1) - 1n)]] as const),
  ...([8, 16, 32, 64] as const).map((bits) => [{ type: 'integer', bits, signed: false }, ['0', '1', String(2n ** BigInt(bits) - 1n)]] as const),
  [{ type: 'float', bits: 32 }, ['0', '-0', '1.5', '-1.5', '3.4028235e+38', '1e-45', 'NaN', 'Infinity', '-Infinity']],
  [{ type: 'float', bits: 64 }, ['0', '-0', '0.1', '1.7976931348623157e+308', '5e-324', 'NaN', 'Infinity', '-Infinity']],
  [{ type: 'decimal', precision: 1, scale: 0 }, ['-9', '0', '9']],
  [{ type: 'decimal', precision: 4, scale: 4 }, ['-0.9999', '0.0000', '0.0001']],
  [{ type: 'decimal', precision: 9, scale: 2 }, ['-9999999.99', '0.01', '9999999.99']],
  [{ type: 'decimal', precision: 18, scale: 4 }, ['-99999999999999.9999', '-0.0001', '99999999999999.9999']],
  [{ type: 'decimal', precision: 19, scale: 0 }, ['-9999999999999999999', '0', '9999999999999999999']],
  [{ type: 'decimal', precision: 38, scale: 10 }, [`-${WIDE.slice(10)}.${WIDE.slice(28)}`, '0.0000000001', `${WIDE.slice(10)}.${WIDE.slice(28)}`]],
  [{ type: 'decimal', precision: 38, scale: 38 }, [`-0.${WIDE}`, `0.${WIDE}`]],
  [{ type: 'string' }, ['', 'a', 'twelve bytes', 'thirteen byte', 'naïve 漢字 😀', 'a\0b', '\ufeff', '"quoted", and\r\nmore', '\\N', 'x'.repeat(100_000)]],
  [{ type: 'bytes' }, ['\\x', '\\x00', '\\x00ff', `\\x${'c328'.repeat(50)}`]],
  [{ type: 'json' }, ['{}', '{ "a" : 1.00000000000000000000001, "a" : [null] }', '"text"', 'null']],
  [{ type: 'uuid' }, ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '80000000-0000-0000-0000-000000000001', '12345678-9abc-def0-1234-56789abcdef0']],
  [{ type: 'date' }, ['1970-01-01', '1582-10-10', '9999-12-31', '10000-01-01', '0044-03-15 BC', '5877642-06-25 BC', '5881580-07-10']],
  [{ type: 'time', unit: 'us', zoned: false }, ['00:00:00', '23:59:59.999999', '24:00:00', '12:34:56.7']],
  [{ type: 'time', unit: 'ns', zoned: false }, ['00:00:00', '23:59:59.999999999', '24:00:00']],
  [{ type: 'time', unit: 'us', zoned: true }, ['00:00:00+00', '23:59:59.999999-15:59:59', '24:00:00+15:59:59', '12:00:00.5+05:30']],
  [{ type: 'timestamp', unit: 's', zoned: false }, ['1970-01-01 00:00:00', '290309-12-22 00:00:00 BC', '294247-01-10 04:00:54']],
  [{ type: 'timestamp', unit: 'ms', zoned: false }, ['1969-12-31 23:59:59.999', '290309-12-22 00:00:00 BC', '294247-01-10 04:00:54.775']],
  [{ type: 'timestamp', unit: 'us', zoned: false }, ['0001-01-01 00:00:00', '9999-12-31 23:59:59.999999', '290309-12-22 00:00:00 BC', '294247-01-10 04:00:54.775806']],
  [{ type: 'timestamp', unit: 'ns', zoned: false }, ['1677-09-22 00:00:00', '1970-01-01 00:00:00.000000001', '2262-04-11 23:47:16.854775806']],
  [{ type: 'timestamp', unit: 'us', zoned: true }, ['1970-01-01 00:00:00+00', '2024-03-31 01:30:00.123456+00', '290309-12-22 00:00:00+00 BC', '294247-01-10 04:00:54.775806+00']],
]

describe('round trips', () => {
  test.each(EXTREMES.map(([type, values], k) => ({ name: typeText(type), type, values, k })))('$name keeps its extremes and nulls', async ({ type, values, k }) => {
    const at = address('', { fragment: `extremes_${k}` })
    const schema = { fields: [field('a', type), field('n', { type: 'integer', bits: 32, signed: true })] }
    // Nulls at both ends, around every value.
    const rows = [null, ...values.flatMap((value) => [value, null])].map((value, i) => [value, String(i)])
    await put(at, { schema }, rows)
    const back = await get(at)
    expect(back.schema.fields[0]).toMatchObject({ name: 'a', type, nullable: true })
    expect(back.rows).toEqual(rows)
    expect(back.exact).toBe(rows.length)
  })
})
