// The descriptor judges without the codec, and the package's own facts agree with it.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CONTRACT } from '@records-mover/core/plugin'
import { field, format, schemaOf } from '../test/support.js'
import { descriptor } from './descriptor.js'
import { refuseFormat } from './hints.js'
import { delimited } from './index.js'

const given = schemaOf(field('a', { type: 'string' }), field('b', { type: 'decimal', precision: 9, scale: 2 }))

describe('judging', () => {
  test('takes what conversion takes', () => {
    const as = schemaOf(field('b', { type: 'decimal', precision: 4, scale: 1 }), field('a', { type: 'date' }))
    expect(descriptor.refuse(format(), given, as, 'decode')).toBeUndefined()
    expect(descriptor.refuse(format(), given, as, 'transcode', format({}, 'postgres-text'))).toBeUndefined()
    expect(descriptor.refuse(format(), given, given, 'encode')).toBeUndefined()
  })

  test('refuses conversions that have no exact form, fields that are not there, and records without fields', () => {
    expect(descriptor.refuse(format(), given, schemaOf(field('b', { type: 'date' })), 'decode')).toBe('field "b": decimal(9,2) has no exact form as date')
    expect(descriptor.refuse(format(), given, schemaOf(field('c', { type: 'string' })), 'transcode', format())).toBe('the records have no field "c"')
    expect(descriptor.refuse(format(), given, schemaOf(), 'encode')).toContain('without fields')
  })

  test('refuses hints that the codec does not know, on either side', () => {
    const odd = { format: 'delimited', hints: { ...format().hints, 'thousands-mark': '.' } }
    expect(descriptor.refuse(odd, given, given, 'decode')).toContain('no hint "thousands-mark"')
    expect(descriptor.refuse(format(), given, given, 'transcode', odd)).toContain('no hint "thousands-mark"')
    expect(descriptor.refuse(format(), given, given, 'transcode')).toContain('needs the format that is to be written')
    expect(descriptor.refuse({ format: 'avro', hints: {} }, given, given, 'decode')).toContain('and not "avro"')
  })
})

test('completes every ending and every variant that it claims', () => {
  for (const format of [...descriptor.extensions, ...descriptor.variants!]) expect(refuseFormat(descriptor.complete({ format }))).toBeUndefined()
  expect(descriptor.complete({ format: 'tab' }).hints['field-delimiter']).toBe('\t')
  expect(descriptor.complete({ format: 'txt' })).toEqual(descriptor.complete({}))
})

describe('the package', () => {
  test('says the same in package.json as in its descriptor', () => {
    const { recordsMover } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { recordsMover: unknown }
    expect(recordsMover).toEqual({ contract: delimited.contract, export: 'delimited', schemes: delimited.schemes, formats: Object.keys(delimited.formats!) })
    expect(delimited.contract).toBe(CONTRACT)
  })

  test('offers every verb of a codec', async () => {
    expect(Object.keys(await descriptor.codec()).sort()).toEqual(['decode', 'encode', 'join', 'look', 'transcode'])
  })
})
