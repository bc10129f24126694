// Proves that a schema and its JSON are each other, and that the original's JSON is read.
import { describe, expect, test } from 'vitest'
import type { FieldType, RecordsSchema } from './contract/schema.js'
import { schemaFromJson, schemaToJson } from './schema-json.js'

const TYPES: FieldType[] = [
  { type: 'boolean' }, { type: 'bytes' }, { type: 'date' }, { type: 'json' }, { type: 'uuid' }, { type: 'integer', bits: 8, signed: false }, { type: 'integer', bits: 64, signed: true },
  { type: 'float', bits: 32 }, { type: 'decimal', precision: 76, scale: 0 }, { type: 'string' }, { type: 'string', maxBytes: 5, maxChars: 3 },
  { type: 'time', unit: 'ns', zoned: true }, { type: 'timestamp', unit: 's', zoned: false },
]

describe('schemaToJson and schemaFromJson', () => {
  test('keep every type, order, nullability and key', () => {
    const schema: RecordsSchema = { fields: TYPES.map((type, i) => ({ name: i === 3 ? '10' : i === 4 ? '__proto__' : `f${i}`, type, nullable: i % 2 === 0 })), key: ['f1', 'f0'] }
    expect(schemaFromJson(JSON.parse(JSON.stringify(schemaToJson(schema))), 'x')).toEqual(schema)
  })

  test("read the original's own form, in the order of its index", () => {
    const json = {
      schema: 'bltypes/v1',
      fields: {
        z: { type: 'integer', index: 2, constraints: { required: true, min: '-128', max: '127' } },
        a: { type: 'decimal', index: 1, constraints: { fixed_precision: 20, fixed_scale: 0 } },
        f: { type: 'decimal', index: 3, constraints: { fp_total_bits: 32, fp_significand_bits: 23 } },
        s: { type: 'string', index: 4, constraints: { max_length_chars: 7 }, representations: { origin: { rep_type: 'sql/postgresql' } } },
        t: { type: 'datetimetz', index: 5 },
      },
    }
    expect(schemaFromJson(json, 'x').fields).toEqual([
      { name: 'a', type: { type: 'decimal', precision: 20, scale: 0 }, nullable: true },
      { name: 'z', type: { type: 'integer', bits: 8, signed: true }, nullable: false },
      { name: 'f', type: { type: 'float', bits: 32 }, nullable: true },
      { name: 's', type: { type: 'string', maxChars: 7 }, nullable: true },
      { name: 't', type: { type: 'timestamp', unit: 'us', zoned: true }, nullable: true },
    ])
  })

  test('integers without bounds are 64 bits, and bounds past them are decimals', () => {
    const field = (constraints: object): unknown => schemaFromJson({ schema: 'bltypes/v1', fields: { a: { type: 'integer', constraints } } }, 'x').fields[0]!.type
    expect(field({})).toEqual({ type: 'integer', bits: 64, signed: true })
    expect(field({ min: '0', max: '255' })).toEqual({ type: 'integer', bits: 8, signed: false })
    expect(field({ min: '0', max: '18446744073709551616' })).toEqual({ type: 'decimal', precision: 20, scale: 0 })
  })

  test.each([null, 5, [], {}, { schema: 'bltypes/v2', fields: {} }, { schema: 'bltypes/v1' }, { schema: 'bltypes/v1', fields: { a: null } }, { schema: 'bltypes/v1', fields: { a: { type: 'blob' } } }])('%j is no schema', (json) => {
    expect(() => schemaFromJson(json, 'f.json')).toThrow(expect.objectContaining({ code: 'bad-data', context: { file: 'f.json' } }))
  })
})
