// That the table of types says the same in both directions and spells every type so that PostgreSQL reads it.
import type { FieldType } from '@records-mover/core/plugin'
import type { TypeFacts } from './origin.js'
import { conversion, sameType, typeText } from '@records-mover/core/plugin'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldTypeOf, homeOf, numericParts, typeSql } from './types.js'

const bits = fc.constantFrom(8, 16, 32, 64)
const unit = fc.constantFrom('s', 'ms', 'us')
const storable: fc.Arbitrary<FieldType> = fc.oneof(
  fc.constantFrom<FieldType>({ type: 'boolean' }, { type: 'bytes' }, { type: 'date' }, { type: 'json' }, { type: 'uuid' }, { type: 'string' }),
  fc.record({ type: fc.constant('integer'), bits, signed: fc.boolean() }),
  fc.record({ type: fc.constant('float'), bits: fc.constantFrom(32, 64) }),
  fc.integer({ min: 1, max: 76 }).chain((precision) => fc.record({ type: fc.constant('decimal'), precision: fc.constant(precision), scale: fc.integer({ min: 0, max: precision }) })),
  fc.record({ type: fc.constant('string'), maxChars: fc.integer({ min: 1, max: 20_000_000 }) }),
  fc.record({ type: fc.constantFrom('time', 'timestamp'), unit, zoned: fc.boolean() }),
)

function builtIn(name: string, modifier = -1): TypeFacts {
  return { schema: 'pg_catalog', name, modifier, kind: 'base' }
}

describe('types', () => {
  test('every field type but nanoseconds has a home that holds all its values', () => {
    fc.assert(fc.property(storable, (type) => {
      const home = homeOf(type)!
      const kind = sameType(fieldTypeOf(home), type) ? 'same' : conversion(type, fieldTypeOf(home)).kind
      expect({ type: typeText(type), home: typeSql(home), kind }).toEqual({ type: typeText(type), home: typeSql(home), kind: expect.stringMatching(/same|widens/) as string })
    }))
    expect(homeOf({ type: 'timestamp', unit: 'ns', zoned: false })).toBeUndefined()
  })

  test.each<[TypeFacts, FieldType, string]>([
    [builtIn('numeric'), { type: 'string' }, 'numeric'],
    [builtIn('numeric', (12 << 16 | 2) + 4), { type: 'decimal', precision: 12, scale: 2 }, 'numeric(12,2)'],
    [builtIn('numeric', (5 << 16 | (-2 & 0x7ff)) + 4), { type: 'string' }, 'numeric(5,-2)'],
    [builtIn('numeric', (2 << 16 | 5) + 4), { type: 'string' }, 'numeric(2,5)'],
    [builtIn('numeric', (1000 << 16 | 1000) + 4), { type: 'string' }, 'numeric(1000,1000)'],
    [builtIn('bpchar', 5), { type: 'string', maxChars: 1 }, 'character(1)'],
    [builtIn('bpchar'), { type: 'string' }, 'pg_catalog.bpchar'],
    [builtIn('varchar', 24), { type: 'string', maxChars: 20 }, 'character varying(20)'],
    [builtIn('timestamptz', 3), { type: 'timestamp', unit: 'ms', zoned: true }, 'timestamp(3) with time zone'],
    [builtIn('timestamp', 0), { type: 'timestamp', unit: 's', zoned: false }, 'timestamp(0) without time zone'],
    [builtIn('time', 4), { type: 'time', unit: 'us', zoned: false }, 'time(4) without time zone'],
    [builtIn('interval', 470_286_339), { type: 'string' }, 'interval day to second(3)'],
    [builtIn('interval', 0x7fff << 16 | 2), { type: 'string' }, 'interval(2)'],
    [builtIn('interval', 4 << 16 | 0xffff), { type: 'string' }, 'interval year'],
    [builtIn('bit', 3), { type: 'string' }, 'bit(3)'],
    [builtIn('bit'), { type: 'string' }, 'pg_catalog."bit"'],
    [builtIn('inet'), { type: 'string' }, 'pg_catalog."inet"'],
    [{ ...builtIn('int4'), array: true }, { type: 'string' }, 'integer[]'],
    [{ schema: 'a"b', name: 'c', modifier: -1, kind: 'enum', labels: [] }, { type: 'string' }, '"a""b"."c"'],
    [{ schema: 'shop', name: 'price', modifier: -1, kind: 'domain', base: builtIn('int8') }, { type: 'integer', bits: 64, signed: true }, '"shop"."price"'],
  ])('%j', (type, field, sql) => {
    expect(fieldTypeOf(type)).toEqual(field)
    expect(typeSql(type)).toBe(sql)
  })

  test('a modifier of an extension\'s type is not spelled', () => {
    expect(typeSql({ schema: 'public', name: 'geometry', modifier: 1107, kind: 'base', extension: 'postgis' })).toBeUndefined()
  })

  test('precision and scale are read back from the modifier', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: -1000, max: 1000 }), (precision, scale) => {
      expect(numericParts((precision << 16 | (scale & 0x7ff)) + 4)).toEqual({ precision, scale })
    }))
  })
})
