// The table of hints: defaults, spellings of a command line, and refusals that name the hint.
import { describe, expect, test } from 'vitest'
import { MoveError } from '@records-mover/core/plugin'
import { HINTS, VARIANTS, completeFormat, hintsOf, refuseFormat } from './hints.js'

function refusal(hints: Record<string, unknown>): string {
  try {
    completeFormat({ hints })
  } catch (error) {
    if (MoveError.is(error) && error.code === 'refused') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

describe('completing a format', () => {
  test('fills in every hint with its default', () => {
    const { format, hints } = completeFormat({})
    expect(format).toBe('delimited')
    expect(hints).toEqual(Object.fromEntries(Object.entries(HINTS).map(([name, hint]) => [name, hint.default])))
  })

  test('starts from the variant that the format or the caller names', () => {
    expect(completeFormat({ format: 'tsv' }).hints).toMatchObject({ 'field-delimiter': '\t', 'quoting': 'minimal' })
    expect(completeFormat({ format: 'delimited' }, 'tsv').hints).toMatchObject({ 'field-delimiter': '\t' })
    expect(completeFormat({ hints: { 'null-text': '-' } }, 'postgres-text').hints).toMatchObject({
      'field-delimiter': '\t', 'header-row': false, 'quoting': null, 'escape': '\\', 'letter-escapes': true, 'null-text': '-', 'boolean-text': ['t', 'f'],
    })
    expect(() => completeFormat({ format: 'parquet' })).toThrow('no delimited format is called "parquet": use delimited, csv, tsv, postgres-text')
    expect(() => completeFormat({ format: 'constructor' })).toThrow('no delimited format is called')
  })

  test('takes every default, every variant, and a complete format again', () => {
    for (const variant of Object.keys(VARIANTS)) {
      const complete = completeFormat({}, variant)
      expect(refuseFormat(complete)).toBeUndefined()
      expect(completeFormat(complete)).toEqual(complete)
      expect(hintsOf(complete)).toEqual(complete.hints)
    }
  })

  test('reads hints as a command line spells them', () => {
    expect(completeFormat({ hints: { 'header-row': 'false', 'field-delimiter': '\\t', 'record-terminator': '\\r\\n', 'escape': '\\', 'quoting': 'none', 'boolean-text': 'yes,no' } }).hints)
      .toMatchObject({ 'header-row': false, 'field-delimiter': '\t', 'record-terminator': '\r\n', 'escape': '\\', 'quoting': null, 'boolean-text': ['yes', 'no'] })
    expect(completeFormat({ hints: { encoding: 'UTF-8', compression: 'null' } }).hints).toMatchObject({ encoding: 'UTF8', compression: null })
  })
})

describe('what is refused names the hint, the value and what it takes', () => {
  test('a hint that there is not', () => {
    expect(refusal({ delimiter: ';' })).toContain('delimited text has no hint "delimiter": it has header-row, field-delimiter')
    expect(refusal({ toString: ';' })).toContain('no hint "toString"')
  })

  test('a value that it does not take', () => {
    expect(refusal({ 'quoting': 'sometimes' })).toBe('hint quoting cannot be "sometimes": it takes minimal, all, nonnumeric, null (never)')
    expect(refusal({ 'encoding': 'LATIN1' })).toBe('hint encoding cannot be "LATIN1": it takes UTF8')
    expect(refusal({ 'compression': 'BZIP' })).toContain('hint compression cannot be "BZIP"')
    expect(refusal({ 'header-row': undefined })).toContain('hint header-row cannot be undefined')
    for (const value of ['', ',,', 'a', '1', '.', '-', '\\', '\n', '§', '\0', 7]) expect(refusal({ 'field-delimiter': value })).toContain('hint field-delimiter cannot be')
    for (const value of ['x', 'a,a', 'a,b,c', ['a'], ['', 'b']]) expect(refusal({ 'boolean-text': value })).toContain('hint boolean-text cannot be')
    expect(refusal({ 'datetimeformat': 'MM/DD/YYYY' })).toContain('hint datetimeformat cannot be')
  })

  test('hints that contradict each other', () => {
    expect(refusal({ 'field-delimiter': '"' })).toBe('hints field-delimiter and quotechar are both "\\""')
    expect(completeFormat({ hints: { 'field-delimiter': '"', 'quoting': null } }).hints['field-delimiter']).toBe('"')
    expect(refusal({ 'letter-escapes': true })).toContain('letter-escapes needs an escape')
    expect(refusal({ 'null-text': 'a,b' })).toContain('hint null-text holds ","')
    expect(refusal({ 'null-text': '\\', 'escape': '\\' })).toContain('null-text ends in an escape')
    expect(refusal({ 'null-text': 'true' })).toContain('boolean-text and null-text share a spelling')
  })

  test('a format that is not complete, or another one', () => {
    expect(refuseFormat({ format: 'parquet', hints: {} })).toBe('this codec knows the format "delimited" and not "parquet"')
    expect(refuseFormat({ format: 'delimited', hints: {} })).toBe('the format lacks hint header-row: complete it first')
    expect(() => hintsOf({ format: 'delimited', hints: { ...completeFormat({}).hints, 'trim': true } })).toThrow('no hint "trim"')
  })
})
