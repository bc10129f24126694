// Which hints PostgreSQL writes by itself: each is honoured or refused, none is passed over.
import type { Field } from '@records-mover/core/plugin'
import { describe, expect, test } from 'vitest'
import { copyText } from './copy-options.js'

const fields: readonly Field[] = [
  { name: 'n', type: { type: 'integer', bits: 32, signed: true }, nullable: true },
  { name: 'a"b', type: { type: 'string' }, nullable: true },
]
const CSV = {
  'header-row': true, 'field-delimiter': ',', 'record-terminator': '\n', 'quoting': 'minimal', 'quotechar': '"', 'doublequote': true, 'escape': null,
  'letter-escapes': false, 'null-text': '', 'encoding': 'UTF8', 'compression': null, 'boolean-text': ['true', 'false'], 'dateformat': 'YYYY-MM-DD',
  'timeonlyformat': 'HH24:MI:SS', 'datetimeformat': 'YYYY-MM-DD HH24:MI:SS', 'datetimeformattz': 'YYYY-MM-DD HH24:MI:SSOF', 'nul': 'keep',
}
const TEXT = { ...CSV, 'header-row': false, 'field-delimiter': '\t', 'quoting': null, 'escape': '\\', 'letter-escapes': true, 'null-text': '\\N', 'boolean-text': ['t', 'f'] }

function judged(hints: object, version = 150_000): unknown {
  const found = copyText({ format: 'delimited', hints: hints as Record<string, unknown> }, fields, version)
  return 'why' in found ? found.why : found.options
}

describe('copyText', () => {
  test.each<[object, string]>([
    [CSV, 'format csv, header true, delimiter \',\', quote \'"\', escape \'"\', null \'\''],
    [{ ...CSV, 'quoting': 'all', 'doublequote': false, 'escape': '\\' }, 'format csv, header true, delimiter \',\', quote \'"\', escape E\'\\\\\', null \'\', force_quote *'],
    [{ ...CSV, 'quoting': 'nonnumeric', 'header-row': false, 'null-text': 'NULL' }, 'format csv, header false, delimiter \',\', quote \'"\', escape \'"\', null \'NULL\', force_quote ("a""b")'],
    [{ ...CSV, 'field-delimiter': '\t', 'quotechar': '\'' }, 'format csv, header true, delimiter \'\t\', quote \'\'\'\', escape \'\'\'\', null \'\''],
    [{ ...CSV, nul: 'remove' }, 'format csv, header true, delimiter \',\', quote \'"\', escape \'"\', null \'\''],
    [TEXT, 'format text, delimiter \'\t\', null \'\\N\''],
    [{ ...TEXT, 'header-row': true, 'field-delimiter': '|' }, 'format text, delimiter \'|\', null \'\\N\', header true'],
  ])('%j', (hints, options) => {
    expect(judged(hints)).toBe(options)
  })

  test.each<[string, unknown, object]>([
    ['record-terminator', '\r\n', CSV], ['encoding', 'LATIN1', CSV], ['compression', 'GZIP', CSV], ['dateformat', 'MM-DD-YYYY', CSV],
    ['timeonlyformat', 'HH12:MI', CSV], ['datetimeformat', 'x', CSV], ['datetimeformattz', 'x', CSV], ['boolean-text', ['x', 'x'], CSV],
    ['field-delimiter', '', CSV], ['field-delimiter', '||', CSV], ['field-delimiter', 'ä', CSV], ['field-delimiter', '"', CSV], ['field-delimiter', 'n', TEXT], ['field-delimiter', '\\', TEXT],
    ['quotechar', ',', CSV], ['quotechar', '', CSV], ['null-text', 'a,b', CSV], ['null-text', '"', CSV], ['null-text', '\n', CSV],
    ['null-text', '', TEXT], ['null-text', 'NULL', TEXT], ['quoting', 'some', CSV], ['escape', '\\', CSV], ['doublequote', false, CSV],
    ['letter-escapes', true, CSV], ['letter-escapes', false, TEXT], ['escape', null, TEXT], ['quoting', null, CSV],
  ])('%s %j is refused', (hint, value, base) => {
    expect(judged({ ...base, [hint]: value })).toMatch(/^PostgreSQL (cannot write|writes text without quotes only)/)
  })

  test('an unknown hint is refused by name, and a header over text before version 15', () => {
    expect(judged({ ...CSV, sheet: 1 })).toBe('PostgreSQL does not know the hint "sheet"')
    expect(judged({ ...TEXT, 'header-row': true }, 140_000)).toMatch(/before 15/)
  })
})
