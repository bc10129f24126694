// Which type is found for which values, judged by a slow second opinion made of strings and big integers, and by decoding with it.
import type { FieldType, Told } from '@records-mover/core/plugin'
import {
  MoveError, decimalText, floatText, parseDate, parseDecimal, parseTime, parseTimestamp, timeText, timestampText, typeText,
} from '@records-mover/core/plugin'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunksIn, partOf } from '../test/parts.js'
import { rowsOf, testRun } from '../test/support.js'
import { decode } from './decode.js'
import { look } from './look.js'

const TOLD: Told = { hints: { 'header-row': true, 'field-delimiter': ',' } }

/** The type of the one column of these cells, as they stand in the file, and a `?` when it may be null. */
async function typeOf(cells: readonly string[], told: Told = TOLD): Promise<string> {
  const { schema } = await look([partOf(`name\n${cells.join('\n')}\n`)], told, 'types', testRun())
  return typeText(schema.fields[0]!.type) + (schema.fields[0]!.nullable ? '?' : '')
}

describe('the type of a column', () => {
  const cases: readonly [cells: string[], type: string][] = [
    [['1', '-2', '0'], 'integer 64'],
    [['1', '', '3'], 'integer 64?'],
    [['9223372036854775807', '-9223372036854775808'], 'integer 64'],
    [['9223372036854775808'], 'decimal(19,0)'],
    [['1', '18446744073709551615', '0.5'], 'decimal(21,1)'],
    [['9'.repeat(38)], 'decimal(38,0)'],
    [['9'.repeat(76)], 'decimal(76,0)'],
    [['1'.repeat(77)], 'string'],
    [[`1${'0'.repeat(90)}`], 'float 64'],
    [['1.50', '-10', '0.125'], 'decimal(5,3)'],
    [['0.05', '.5'], 'decimal(3,2)'],
    [['0.1', '1e-7'], 'float 64'],
    [['1e5'], 'float 64'],
    [['9007199254740993', '1e5'], 'string'],
    [['0.1000000000000000055', '1e5'], 'string'],
    [['0.30000000000000004', '1e-7'], 'float 64'],
    [['1e400'], 'string'],
    [['007', '8'], 'string'],
    [['8', '007'], 'string'],
    [['+1'], 'string'],
    [['1', '5.'], 'string'],
    [['1', 'NA'], 'string'],
    [['1', 'NaN'], 'string'],
    [['1', 'null'], 'string'],
    [['1', '""'], 'string'],
    [['"1"', '"2"'], 'integer 64'],
    [['1', '2024-01-01'], 'string'],
    [['2024-02-29', '1999-12-31'], 'date'],
    [['2024-02-29', '2023-02-29'], 'string'],
    [['2024-02-29', '2024-02-29 00:00:00'], 'string'],
    [['10000-01-01', '0044-03-15 BC'], 'date'],
    [['2024-02-29 12:34:56', '2024-02-29T12:34:56'], 'timestamp s'],
    [['2024-02-29 12:34:56', '2024-02-29 12:34:56.12'], 'timestamp ms'],
    [['2024-02-29 12:34:56.123456', ''], 'timestamp us?'],
    [['2024-02-29 12:34:56.1234567'], 'timestamp ns'],
    [['2024-02-29 12:34:56.1234567', '0001-01-01 00:00:00'], 'string'],
    [['2024-02-29 12:34:56.120000000', '0001-01-01 00:00:00'], 'timestamp ms'],
    [['2024-02-29 12:34:56Z', '2024-02-29 12:34:56+05:30'], 'timestamp s with zone'],
    [['2024-02-29 12:34:56Z', '2024-02-29 12:34:56'], 'string'],
    [['12:34:56', '24:00:00.5'], 'string'],
    [['12:34:56', '24:00:00'], 'time s'],
    [['12:34:56.5'], 'time ms'],
    [['12:34:56.5+01', '12:34:56Z'], 'time ms with zone'],
    [['12:34:56', '2024-02-29 12:34:56'], 'string'],
    [['true', 'false', ''], 'boolean?'],
    [['TRUE', 'TRUE'], 'boolean'],
    [['true', 'TRUE'], 'string'],
    [['t', 'f'], 'boolean'],
    [['t', 't'], 'string'],
    [['F', 'M'], 'string'],
    [['true', '1'], 'string'],
    [['0', '1'], 'integer 64'],
    [['yes', 'no'], 'string'],
    [['123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-426614174000'], 'uuid'],
    [['123e4567-e89b-12d3-a456-426614174000', 'x'], 'string'],
    [['{"a":1}'].map((text) => `"${text.replaceAll('"', '""')}"`), 'string'],
    [['', ''], 'string?'],
    [['', '7'], 'integer 64?'],
    [['', 'x'], 'string?'],
    [['x', ''], 'string?'],
    [['"a ""quoted"" one"', '"b"'], 'string'],
  ]
  test.each(cases)('of %j is %s', async (cells, type) => {
    expect(await typeOf(cells)).toBe(type)
  })

  test('of no record is text that may be null', async () => {
    expect(await typeOf([])).toBe('string?')
    const { rows, rowsExact } = await look([partOf('name\n')], TOLD, 'types', testRun())
    expect({ rows, rowsExact }).toEqual({ rows: 0, rowsExact: true })
  })

  test('takes the told pair for boolean, and another type when a value is not of the pair', async () => {
    const told = (pair: string): Told => ({ hints: { ...TOLD.hints, 'boolean-text': pair } })
    expect(await typeOf(['yes', 'no'], told('yes,no'))).toBe('boolean')
    expect(await typeOf(['yes', 'true'], told('yes,no'))).toBe('string')
    expect(await typeOf(['true', 'false'], told('yes,no'))).toBe('string')
    expect(await typeOf(['1', '0'], told('1,0'))).toBe('boolean')
    expect(await typeOf(['1', '0', '2.5'], told('1,0'))).toBe('decimal(2,1)')
    expect(await typeOf(['1', '0', 'x'], told('1,0'))).toBe('string')
    expect(await typeOf(['t'], told('t,f'))).toBe('boolean')
  })

  test('takes the told null text for null, even when it spells a number, and an empty field for text', async () => {
    const told = (text: string): Told => ({ hints: { ...TOLD.hints, 'null-text': text } })
    expect(await typeOf(['1', 'NA'], told('NA'))).toBe('integer 64?')
    expect(await typeOf(['1', '"NA"'], told('NA'))).toBe('string')
    expect(await typeOf(['1', '-999'], told('-999'))).toBe('integer 64?')
    expect(await typeOf(['1', '', 'NA'], told('NA'))).toBe('string?')
    expect(await typeOf(['1', '\\N'], told('\\N'))).toBe('integer 64?')
    expect(await typeOf(['1', '\\N'], told(''))).toBe('string')
  })

  test('keeps one spelling of booleans for the whole file, and says which field stays text', async () => {
    const { schema, format, notes } = await look([partOf('a,b,c\n1,TRUE,true\n2,FALSE,false\n')], {}, 'types', testRun())
    expect(schema.fields.map((field) => field.type.type)).toEqual(['integer', 'boolean', 'string'])
    expect(format.hints['boolean-text']).toEqual(['TRUE', 'FALSE'])
    expect(notes).toContain('field "c" stays text: it spells booleans in another way than a field before it')
  })
})

describe('nulls written as \\N', () => {
  const late = (line: string): string => 'id,text\n' + '1,some text of no importance\n'.repeat(60_000) + line + '1,x\n'.repeat(30_000)

  test('are found behind the sample, and then empty fields are text', async () => {
    const { format, schema, notes } = await look([partOf(late('\\N,\n'), { chunkBytes: 100_000 })], {}, 'types', testRun())
    expect(format.hints['null-text']).toBe('\\N')
    expect(schema.fields).toEqual([
      { name: 'id', type: { type: 'integer', bits: 64, signed: true }, nullable: true }, { name: 'text', type: { type: 'string' }, nullable: false },
    ])
    expect(notes!.join('\n')).toContain('null: \\N after all')
  })

  test('are found in a column of text', async () => {
    const { format, schema } = await look([partOf(late('1,\\N\n'))], {}, 'types', testRun())
    expect(format.hints['null-text']).toBe('\\N')
    expect(schema.fields[1]!.nullable).toBe(true)
  })

  test('are text when quoted', async () => {
    const { format, schema } = await look([partOf(late('1,"\\N"\n'))], {}, 'types', testRun())
    expect(format.hints['null-text']).toBe('')
    expect(schema.fields[1]!.nullable).toBe(false)
  })

  test('are refused beside empty fields among numbers, since both may be null', async () => {
    const error: unknown = await look([partOf('id,n\n1,\\N\n2,\n3,4\n')], {}, 'types', testRun()).catch((thrown: unknown) => thrown)
    expect(MoveError.is(error)).toBe(true)
    expect(error).toMatchObject({ code: 'refused', context: { field: 'n', hint: 'null-text' } })
  })
})

describe('any table', () => {
  const digits = (most: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...Array.from({ length: 10 }, (_, n) => String(n))), minLength: 1, maxLength: most })
  const fraction = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, digits(9).map((text) => `.${text}`))
  const clock = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
  const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
  const zone = fc.constantFrom('Z', '+00', '-0330', '+05:30')
  const sign = fc.constantFrom('', '-')
  const integer = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), fc.integer({ min: -20, max: 20 }).map(String))
  const values: readonly fc.Arbitrary<string>[] = [
    integer,
    fc.tuple(sign, digits(40)).map(([minus, text]) => minus + (text.replace(/^0+(?=.)/, ''))),
    fc.tuple(sign, digits(20), digits(8)).map(([minus, whole, part]) => `${minus}${whole.replace(/^0+(?=.)/, '')}.${part}`),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    day,
    fc.tuple(clock, fraction).map((parts) => parts.join('')),
    fc.tuple(clock, fraction, zone).map((parts) => parts.join('')),
    fc.tuple(day, fc.constantFrom(' ', 'T'), clock, fraction).map((parts) => parts.join('')),
    fc.tuple(day, fc.constantFrom(' ', 'T'), clock, fraction, zone).map((parts) => parts.join('')),
    fc.constantFrom('true', 'false'),
    fc.constantFrom('t', 'f'),
    fc.uuid(),
    fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '0', 'é', '😀', '\\', '\0', 'N'), maxLength: 8 }),
    fc.constantFrom('007', '+1', 'NA', 'NaN', '1e5', '0', '-0', '2023-02-29', '', '.5', '1,5', '24:00:00', '-0.0', '1e308', '9007199254740993'),
  ]
  // Most columns are of one kind, with nulls; some mix two.
  const column = (rows: number): fc.Arbitrary<(string | null)[]> => fc.tuple(fc.nat(values.length - 1), fc.nat(values.length - 1), fc.boolean(), fc.boolean())
    .chain(([one, other, mixed, nulls]) => {
      const value = mixed ? fc.oneof({ weight: 4, arbitrary: values[one]! }, values[other]!) : values[one]!
      return fc.array(nulls ? fc.option(value, { freq: 4 }) : value, { minLength: rows, maxLength: rows })
    })
  const table = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, width]) => fc.tuple(fc.constant(rows), fc.tuple(...Array.from({ length: width }, () => column(rows)))))

  test('is decoded without an error under the types that were found, which are the narrowest, to the values that were written', async () => {
    await fc.assert(fc.asyncProperty(table, fc.boolean(), fc.integer({ min: 1, max: 64 }), async ([rows, columns], quoteAll, chunkBytes) => {
      const cell = (text: string | null): string => text === null ? '' : quoteAll || text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
      const names = columns.map((_, k) => `field ${k}`)
      const records = Array.from({ length: rows }, (_, row) => columns.map((cells) => cell(cells[row]!)).join(','))
      const content = [names.join(','), ...records].map((line) => `${line}\n`).join('')
      const told: Told = { hints: { ...TOLD.hints, 'null-text': '', 'quoting': 'minimal', 'quotechar': '"', 'doublequote': true, 'escape': null, 'record-terminator': '\n' } }
      const found = await look([partOf(content, { chunkBytes })], told, 'types', testRun())
      expect(found.rows).toBe(rows)
      const booleans = columns.map((cells) => expectedType(cells))
      for (const [k, cells] of columns.entries()) {
        const { type, nullable } = found.schema.fields[k]!
        expect(nullable).toBe(cells.length === 0 || cells.includes(null))
        const first = booleans.findIndex((one) => one.startsWith('boolean'))
        const another = booleans[k]!.startsWith('boolean') && booleans[k] !== booleans[first]
        expect(typeText(type)).toBe(another ? 'string' : booleans[k]!.replace(/ of .*/, ''))
      }
      const decoded = await rowsOf(decode(chunksIn(found.format, partOf(content, { chunkBytes })), found.schema, found.schema, testRun()))
      for (const [k, cells] of columns.entries()) {
        const { type } = found.schema.fields[k]!
        expect(decoded.map((row) => row[k])).toEqual(cells.map((text) => text === null ? null : normalised(text, type)))
      }
    }), { numRuns: 1500 })
  }, 120_000)
})

/** The canonical text of what a cell spells, by core's slow parsers. */
function normalised(text: string, type: FieldType): string {
  switch (type.type) {
    case 'integer':
      return String(BigInt(text))
    case 'decimal':
      return decimalText(parseDecimal(text, type)!, type.scale)
    case 'float':
      return floatText(Number(text), 64)
    case 'time':
      return timeText(parseTime(text, type.unit)!.units, type.unit) + (type.zoned ? zoneText(parseTime(text, type.unit)!.zone!) : '')
    case 'timestamp':
      return timestampText(parseTimestamp(text, type.unit)!.units, type.unit, type.zoned)
    case 'boolean':
      return text.startsWith('t') ? 'true' : 'false'
    case 'uuid':
      return text.toLowerCase()
    default:
      return text
  }
}

function zoneText(seconds: number): string {
  return { '0': '+00', '-12600': '-03:30', '19800': '+05:30' }[String(seconds)]!
}

const INTEGER = /^-?(0|[1-9]\d*)$/
const NUMBER = /^-?((0|[1-9]\d*)(\.\d+)?|\.\d+)$/
const FLOAT = /^-?((0|[1-9]\d*)(\.\d+)?|\.\d+)(e[+-]?\d{1,3})?$/i
const STAMP = /^\d{4}-\d\d-\d\d[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-].*)?$/
const CLOCK = /^(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-].*)?$/

/** The second opinion: the type of a column from its texts, for booleans with the pair. */
function expectedType(cells: readonly (string | null)[]): string {
  const texts = cells.filter((text) => text !== null)
  const every = (test: (text: string) => boolean): boolean => texts.length > 0 && texts.every(test)
  if (every((text) => text === 'true' || text === 'false')) return 'boolean of words'
  if (every((text) => text === 't' || text === 'f') && texts.includes('t') && texts.includes('f')) return 'boolean of letters'
  if (every((text) => INTEGER.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text))) return 'integer 64'
  if (every((text) => NUMBER.test(text))) {
    const parts = texts.map((text) => text.replace('-', '').split('.'))
    const scale = Math.max(...parts.map(([, part]) => part?.length ?? 0))
    const precision = Math.max(1, ...parts.map(([whole]) => whole!.length)) + scale
    if (precision <= 76) return `decimal(${precision},${scale})`
  }
  if (every((text) => FLOAT.test(text) && isExactly(text, Number(text)))) return 'float 64'
  if (every((text) => parseDate(text) !== undefined)) return 'date'
  for (const [kind, shape] of [['timestamp', STAMP], ['time', CLOCK]] as const) {
    if (!every((text) => momentFits(text, kind, shape))) continue
    const zones = new Set(texts.map((text) => shape.exec(text)![3] !== undefined))
    if (zones.size > 1) return 'string'
    const far = kind === 'timestamp' && texts.some((text) => text < '1678' || text >= '2262')
    const most = (trim: boolean): number => Math.max(...texts.map((text) => (shape.exec(text)![2] ?? '').replace(trim ? /0+$/ : /$/, '').length))
    const digits = far && most(false) > 6 ? most(true) : most(false)
    if (far && digits > 6) return 'string'
    return `${kind} ${['s', 'ms', 'us', 'ns'][Math.ceil(digits / 3)]!}${zones.has(true) ? ' with zone' : ''}`
  }
  return every((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) ? 'uuid' : 'string'
}

function momentFits(text: string, kind: 'timestamp' | 'time', shape: RegExp): boolean {
  if (!shape.test(text)) return false
  if (kind === 'time') return parseTime(text, 'ns') !== undefined
  return !text.slice(11).startsWith('24') && parseTimestamp(text.replace(/\.\d+/, ''), 's') !== undefined
}

/** True when the shortest text of a double spells the number that `text` does, digit by digit. */
function isExactly(text: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  const scaled = (spelling: string): string => {
    const [, minus, whole, part = '', power = '0'] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(spelling)!
    const all = BigInt(`${whole!}${part}`)
    if (all === 0n) return '0'
    const figures = String(all).replace(/0+$/, '')
    return `${minus!}${figures}e${Number(power) - part.length + String(all).length - figures.length}`
  }
  return scaled(text) === scaled(String(value))
}

