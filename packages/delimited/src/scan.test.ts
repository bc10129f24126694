// Structure: fields, records and refusals, the same wherever chunks end.
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Limits } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { anyHints, anyText, format, slices, testRun } from '../test/support.js'
import { dialectOf } from './dialect.js'
import { isNull, unescape } from './fields.js'
import { hintsOf } from './hints.js'
import { ESCAPED, Scanner } from './scan.js'

const limits = testRun().limits

interface Scanned {
  /** By record: its fields as text, null for null. */
  readonly records: (string | null)[][]
  readonly numbers: number[]
  readonly error?: MoveError
}

function scan(bytes: Uint8Array, hints: Record<string, unknown> = {}, step = Infinity, bounds: Partial<Limits> = {}, width?: number): Scanned {
  const dialect = dialectOf(hintsOf(format(hints)))
  const scanner = new Scanner(dialect, { file: 'a.csv', limits: { ...limits, ...bounds }, ...(width !== undefined && { width }) })
  const found: Scanned = { records: [], numbers: [] }
  try {
    for (const chunk of slices(bytes, step)) {
      scanner.feed(chunk)
      take()
    }
    scanner.end()
    take()
    return found
  } catch (error) {
    if (!MoveError.is(error)) throw error
    return { ...found, error }
  }

  function take(): void {
    while (scanner.next()) {
      const { bytes: all, starts, ends, flags, width: fields, rows, record } = scanner.records
      for (let row = 0; row < rows; row++) {
        found.numbers.push(record + row)
        found.records.push(Array.from({ length: fields }, (_, k) => {
          const field = row * fields + k
          const [start, end, flag] = [starts[field]!, ends[field]!, flags[field]!]
          if (isNull(all, start, end, flag, dialect.nullText)) return null
          if ((flag & ESCAPED) === 0) return all.toString('utf8', start, end)
          const text = Buffer.alloc(end - start)
          return text.toString('utf8', 0, unescape(all, start, end, flag, dialect, text, 0))
        }))
      }
    }
  }
}

function refusal(text: string | Buffer, hints: Record<string, unknown> = {}): Record<string, string> {
  const bytes = Buffer.from(text)
  const { error } = scan(bytes, hints)
  expect(error?.code).toBe('bad-data')
  for (const step of [1, 2, 3, 5]) expect(scan(bytes, hints, step).error).toEqual(error)
  return { ...error!.context }
}

describe('scanning', () => {
  test('gives the same records and the same error wherever chunks end, for any bytes and any hints', () => {
    const soup = fc.array(fc.oneof(anyText, fc.constantFrom('\n', '\r\n', ',', ',', '"', '"a"', 'ab', '1')), { maxLength: 12 }).map((parts) => Buffer.from(parts.join('')))
    fc.assert(fc.property(fc.oneof(soup, fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))), anyHints, fc.integer({ min: 1, max: 7 }), (bytes, hints, step) => {
      expect(scan(bytes, hints, step)).toEqual(scan(bytes, hints))
    }), { numRuns: 6000 })
  })

  test('agrees with csv-parse on every file that both take', () => {
    let both = 0
    const soup = fc.array(fc.constantFrom('\n', '\n', ',', ',', ',', '"', '"a"', '"a,b"', '""', '"x""y"', '"l\nm"', 'ab', '1', 'é', ' '), { maxLength: 14 })
    fc.assert(fc.property(soup, (parts) => {
      const text = parts.join('')
      const ours = scan(Buffer.from(text), { 'header-row': false, 'null-text': '\\N' })
      let theirs: string[][] | undefined
      try {
        theirs = parse(text, { relax_column_count: false, skip_empty_lines: false, record_delimiter: '\n' })
      } catch {
        theirs = undefined
      }
      // We refuse what csv-parse refuses.
      if (ours.error === undefined && theirs === undefined) throw new Error(`only we take ${JSON.stringify(text)}`)
      if (ours.error !== undefined || theirs === undefined) return
      both++
      expect(ours.records).toEqual(theirs)
    }), { numRuns: 6000 })
    expect(both).toBeGreaterThan(300)
  })

  test('skips a byte order mark at the start and nowhere else', () => {
    for (const step of [1, 2, 3, 4, 100]) {
      expect(scan(Buffer.from('\ufeffa\n\ufeffb\n'), {}, step).records).toEqual([['a'], ['\ufeffb']])
      expect(scan(Buffer.from('\ufeff'), {}, step).records).toEqual([])
      expect(scan(Buffer.from([0xef, 0x0a]), {}, step).error?.code).toBe('bad-data')
    }
  })

  test('numbers records from 1 behind the header row, and from 1 where there is none', () => {
    expect(scan(Buffer.from('a\n1\n2')).numbers).toEqual([0, 1, 2])
    expect(scan(Buffer.from('a\n1\n2'), { 'header-row': false }).numbers).toEqual([1, 2, 3])
  })

  test('takes an empty line for a record of one field, and for nothing else', () => {
    expect(scan(Buffer.from('a\n\n1\n\n')).records).toEqual([['a'], [null], ['1'], [null]])
    expect(refusal('a,b\n1,2\n\n3,4\n')).toEqual({ file: 'a.csv', line: '3', column: '1', field: '2', record: '2' })
  })

  test('tells a null from empty text', () => {
    expect(scan(Buffer.from('a,b\n,""\n')).records[1]).toEqual([null, ''])
    expect(scan(Buffer.from('a,b\nNULL,"NULL"\n'), { 'null-text': 'NULL' }).records[1]).toEqual([null, 'NULL'])
    expect(scan(Buffer.from('a\tb\n\\N\t\\\\N\n'), { 'field-delimiter': '\t', 'quoting': null, 'escape': '\\', 'null-text': '\\N' }).records[1]).toEqual([null, '\\N'])
  })

  test('takes the last record with or without its terminator', () => {
    for (const text of ['a,b\n1,', 'a,b\n1,\n']) expect(scan(Buffer.from(text)).records).toEqual([['a', 'b'], ['1', null]])
    for (const text of ['a,b\r\n1,"2"', 'a,b\r\n1,"2"\r\n']) expect(scan(Buffer.from(text), { 'record-terminator': '\r\n' }).records).toEqual([['a', 'b'], ['1', '2']])
  })

  test('reads escapes in and out of quotes', () => {
    const hints = { 'escape': '\\', 'letter-escapes': true }
    expect(scan(Buffer.from('a,b\n"x\\"y\\n""z",p\\,q\\\nr\\t\\\\\n'), hints).records[1]).toEqual(['x"y\n"z', 'p,q\nr\t\\'])
  })
})

describe('what is refused', () => {
  test('a record of another width, at its end or at its first field too many', () => {
    expect(refusal('a,b,c\n1,2,3\n4,é\n')).toEqual({ file: 'a.csv', line: '3', column: '4', field: '3', record: '2' })
    expect(refusal('a,b\n1,2\n3,4,"5"\n')).toEqual({ file: 'a.csv', line: '3', column: '6', field: '3', record: '2' })
  })

  test('quotes out of place', () => {
    expect(refusal('a,b\n1,"a"b"\n')).toEqual({ file: 'a.csv', line: '2', column: '6', field: '2', record: '1' })
    expect(refusal('a,b\n1,a"b"\n')).toEqual({ file: 'a.csv', line: '2', column: '4', field: '2', record: '1' })
    expect(refusal('a,b\n1,"a\nb\n')).toEqual({ file: 'a.csv', line: '2', column: '3', field: '2', record: '1' })
    expect(refusal('a\n"x\ny" \n')).toEqual({ file: 'a.csv', line: '3', column: '3', field: '1', record: '1' })
  })

  test('line ends that are not the told one, in unquoted fields', () => {
    expect(refusal('a\r\n1\r\n')).toEqual({ file: 'a.csv', line: '1', column: '2', field: '1', record: '0' })
    expect(refusal('a,b\n1,x\ry\n')).toEqual({ file: 'a.csv', line: '2', column: '4', field: '2', record: '1' })
    expect(refusal('a\r\n1\n', { 'record-terminator': '\r\n' })).toEqual({ file: 'a.csv', line: '2', column: '2', field: '1', record: '1' })
    expect(refusal('a\r\n1\r2\r\n', { 'record-terminator': '\r\n' })).toEqual({ file: 'a.csv', line: '2', column: '2', field: '1', record: '1' })
    expect(refusal('a\r1\n', { 'record-terminator': '\r' })).toEqual({ file: 'a.csv', line: '2', column: '2', field: '1', record: '1' })
    expect(scan(Buffer.from('a\n"x\ry"\n')).records[1]).toEqual(['x\ry'])
  })

  test('text that is not UTF-8, at its first wrong byte', () => {
    const bad = Buffer.concat([Buffer.from('a,b\n1,"ü\n'), Buffer.from([0x41, 0xc3, 0x28]), Buffer.from('"\n2,3\n')])
    expect(refusal(bad)).toEqual({ file: 'a.csv', line: '3', column: '2', field: '2', record: '1' })
    expect(refusal(Buffer.from([0x61, 0x0a, 0x62, 0x0a, 0xe2, 0x82]))).toEqual({ file: 'a.csv', line: '3', column: '1', field: '1', record: '2' })
  })

  test('an escape with nothing behind it, and the end-of-data mark', () => {
    const hints = { 'escape': '\\', 'quoting': null }
    expect(refusal('a\nb\\', hints)).toEqual({ file: 'a.csv', line: '2', column: '2', field: '1', record: '1' })
    expect(refusal('a\n\\.\nb\n', hints)).toEqual({ file: 'a.csv', line: '2', column: '1', field: '1', record: '1' })
    expect(scan(Buffer.from('a\n\\.\nb\n')).records).toEqual([['a'], ['\\.'], ['b']])
  })

  test('records and fields over a limit, and a record that never ends before it fills memory', () => {
    const over = (text: string, bounds: Partial<Limits>, step = Infinity): Record<string, string> | undefined => {
      const { error } = scan(Buffer.from(text), {}, step, bounds)
      expect(error?.code).toBe('over-limit')
      return error?.context
    }
    for (const step of [1, 7, Infinity]) {
      expect(over('a,b\n1,22222\n', { fieldBytes: 4 }, step)).toEqual({ file: 'a.csv', line: '2', record: '1', field: '2', limit: 'fieldBytes', value: '4' })
      expect(over('a,b\n111,2222\n', { recordBytes: 7 }, step)).toEqual({ file: 'a.csv', line: '2', record: '1', limit: 'recordBytes', value: '7' })
      expect(over(`a\n"${'x'.repeat(1000)}`, { recordBytes: 100 }, step)).toEqual({ file: 'a.csv', line: '2', record: '1', limit: 'recordBytes', value: '100' })
    }
    expect(over('a,b,c,d\n', { fields: 3 })).toEqual({ file: 'a.csv', line: '1', record: '0', limit: 'fields', value: '3' })
  })
})

describe('what it costs', () => {
  test('a record of megabytes in chunks of a kilobyte is looked at a few times, not once a chunk', () => {
    const record = Buffer.from(`a\n"${'x,'.repeat(4_000_000)}"\n`)
    const start = performance.now()
    expect(scan(record, {}, 1024).records[1]![0]).toHaveLength(8_000_000)
    // Looking at it once a chunk would be 32 GB: minutes.
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  test('a record of more fields than a region holds is whole', () => {
    const width = 40_000
    const text = `${Array.from({ length: width }, (_, k) => `f${k}`).join(',')}\n${'1,'.repeat(width - 1)}2\n`
    const found = scan(Buffer.from(text), {}, 4096, { fields: width })
    expect(found.records.map((record) => record.length)).toEqual([width, width])
    expect(found.records[1]![width - 1]).toBe('2')
  })

  test('regions end within a chunk, and the numbers of records and lines go on', () => {
    const rows = 100_000
    const bytes = Buffer.from(`a\n${'"x\ny"\n'.repeat(rows)}"`)
    const found = scan(bytes)
    expect(found.records).toHaveLength(rows + 1)
    expect(found.numbers[rows]).toBe(rows)
    expect(found.error?.context.line).toBe(String(2 * rows + 2))
  })
})
