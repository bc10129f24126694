// What is found out about files that nobody described, and about which of them it is said that they are not clear.
import type { Told } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { describe, expect, test } from 'vitest'
import { partOf } from '../test/parts.js'
import { testRun } from '../test/support.js'
import type { Hints } from './hints.js'
import { sniff } from './sniff.js'

interface Found { readonly hints: Partial<Hints>, readonly names: readonly string[] }

const DEFAULTS: Partial<Hints> = {
  'field-delimiter': ',', 'record-terminator': '\n', 'quoting': 'minimal', 'quotechar': '"', 'doublequote': true, 'escape': null, 'header-row': true,
  'null-text': '', 'letter-escapes': false,
}

async function found(content: string | Uint8Array, told: Told = {}): Promise<Found & { notes: readonly string[] }> {
  const { hints, names, notes } = (await sniff([partOf(content)], told, testRun()))!
  const named = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, hints[name as keyof Hints]]))
  return { hints: named, names, notes }
}

async function refusal(content: string | Uint8Array, told: Told = {}): Promise<MoveError> {
  const error: unknown = await sniff([partOf(content)], told, testRun()).catch((thrown: unknown) => thrown)
  if (!MoveError.is(error)) expect.fail(`no refusal but ${JSON.stringify(error)}`)
  return error
}

const lines = (count: number, line: (n: number) => string): string => Array.from({ length: count }, (_, n) => line(n)).join('\n') + '\n'

describe('a dialect is found', () => {
  const cases: readonly [what: string, content: string, hints: Partial<Hints>, names: readonly string[]][] = [
    ['commas', 'id,name\n1,Ann\n2,Bo\n', {}, ['id', 'name']],
    ['semicolons with decimal commas', 'article;price\nbread;1,50\nmilk;0,99\n', { 'field-delimiter': ';' }, ['article', 'price']],
    ['semicolons with decimal commas and no header', '1,50;2,25\n3,75;4,00\n', { 'field-delimiter': ';', 'header-row': false }, ['column_1', 'column_2']],
    ['tabs', 'id\tname\n1\tAnn, B.\n', { 'field-delimiter': '\t' }, ['id', 'name']],
    ['pipes', 'id|name|day\n1|Smith, John|2024-01-01\n2|Roe, Jane|2024-01-02\n', { 'field-delimiter': '|' }, ['id', 'name', 'day']],
    ['pipes, with a comma in every record and no header', '1|Smith, John|2024-01-01\n2|Roe, Jane|2024-01-02\n',
      { 'field-delimiter': '|', 'header-row': false }, ['column_1', 'column_2', 'column_3']],
    ['U+0001', 'id\x01name\n1\x01Ann\n', { 'field-delimiter': '\x01' }, ['id', 'name']],
    ['carriage returns and line feeds', 'id,name\r\n1,Ann\r\n', { 'record-terminator': '\r\n' }, ['id', 'name']],
    ['carriage returns alone', 'id,name\r1,Ann\r2,Bo\r', { 'record-terminator': '\r' }, ['id', 'name']],
    ['a byte order mark', '\ufeffid,name\n1,Ann\n', {}, ['id', 'name']],
    ['a byte order mark before a quoted name', '\ufeff"id","na""me"\n1,Ann\n', {}, ['id', 'na"me']],
    ['quoted line feeds in records that end in both', 'id,text\r\n1,"two\nlines"\r\n2,x\r\n', { 'record-terminator': '\r\n' }, ['id', 'text']],
    ['a quoted line feed in the first name', '"a\nb",c\r\n1,2\r\n', { 'record-terminator': '\r\n' }, ['a\nb', 'c']],
    ['quoted delimiters', 'id,text\n1,"a,b,c"\n2,"d"\n', {}, ['id', 'text']],
    ['backslash escapes in quotes', 'id,text\n1,"she said \\"yes\\", twice"\n2,x\n', { doublequote: false, escape: '\\' }, ['id', 'text']],
    ['backslash escapes and doubled quotes', 'id,text,more\n1,"say \\"a\\", b","and ""c"""\n', { doublequote: true, escape: '\\' }, ['id', 'text', 'more']],
    ['backslash escapes without quotes', 'id,text\n1,a\\,b\n2,c\n', { doublequote: false, escape: '\\' }, ['id', 'text']],
    ['backslashes that are characters', 'id,path\n1,C:\\temp\n2,"D:\\new, old"\n', {}, ['id', 'path']],
    ['backslashes that are characters before a closing quote', 'id,path,n\n1,"C:\\",2\n2,"D:\\",3\n3,"E:\\",4\n', {}, ['id', 'path', 'n']],
    ['single quotes', 'id,text\n1,\'a,b\'\n2,\'c\'\n', { quotechar: '\'' }, ['id', 'text']],
    ['apostrophes', 'id,text\n1,\'tis so\n2,O\'Neil\n', {}, ['id', 'text']],
    ['quotes that are inches', 'id\tsize\n1\t5" pipe\n2\t7" pipe\n', { 'field-delimiter': '\t', 'quoting': null }, ['id', 'size']],
    ['\\N for null', 'id,text\n1,\\N\n2,\n3,x\n', { 'null-text': '\\N' }, ['id', 'text']],
    ['what PostgreSQL writes as text', 'id\ttext\n1\t\\N\n2\ttab\\tand\\\\more\n',
      { 'field-delimiter': '\t', 'quoting': null, 'escape': '\\', 'letter-escapes': true, 'null-text': '\\N' }, ['id', 'text']],
    ['NA, which stays text', 'id,text\n1,NA\n2,NA\n', {}, ['id', 'text']],
    ['one column of numbers', 'amount\n1\n2\n3\n', {}, ['amount']],
    ['one column of quoted texts with delimiters', 'text\n"a, b"\n"c; d"\n', {}, ['text']],
    ['one column of sentences, some with a comma', 'remark\nHello, world\nyes\nno\nwell\n', { 'field-delimiter': '\t' }, ['remark']],
    ['one line without end', 'id,name', {}, ['id', 'name']],
    ['only a header row', 'id,name\n', {}, ['id', 'name']],
    ['one record of numbers', '1,2,3\n', { 'header-row': false }, ['column_1', 'column_2', 'column_3']],
    ['names of other scripts', 'größe,名前,😀\n1,太郎,x\n', {}, ['größe', '名前', '😀']],
    ['U+0000 in a text', 'id,text\n1,a\0b\n2,c\n', {}, ['id', 'text']],
    ['empty names, and names said twice', 'id,,name,name,\n1,2,a,b,3\n', {}, ['id', 'column_2', 'name', 'name_2', 'column_5']],
    ['quoted names and values', '"id","name"\n"1","Ann"\n"2",""\n', {}, ['id', 'name']],
    ['a trailing delimiter in every record', 'a,b,\n1,2,\n3,4,\n', {}, ['a', 'b', 'column_3']],
  ]
  test.each(cases)('in a file of %s', async (_, content, hints, names) => {
    expect(await found(content)).toMatchObject({ hints: { ...DEFAULTS, ...hints }, names })
  })

  test('whose doubled quotes come only after the first kilobyte', async () => {
    const content = 'id,text\n' + lines(200, (n) => `${n},"plain, text"`) + '201,"has, comma ""q"""\n'
    const { hints, notes } = await found(content)
    expect(hints).toEqual(DEFAULTS)
    expect(notes.join('\n')).toContain('201 quoted fields were sampled, 1 with a quote inside')
  })

  test('whose escapes come only far behind the head', async () => {
    const content = 'id,text\n' + lines(40_000, (n) => n < 20_000 ? `${n},plain` : `${n},"said \\"x\\", left"`)
    expect(content.length).toBeGreaterThan(300_000)
    expect((await found(content)).hints).toEqual({ ...DEFAULTS, doublequote: false, escape: '\\' })
  })

  test('when the stretches behind the head begin inside long quoted fields', async () => {
    const content = 'id,text\n' + lines(400, (n) => `${n},"${'line\nof, text '.repeat(400)}"`)
    const { hints, notes } = await found(content)
    expect(hints).toEqual(DEFAULTS)
    expect(notes.join('\n')).not.toContain('look different')
  })

  test('when the first record is longer than the first sample', async () => {
    const names = Array.from({ length: 9000 }, (_, n) => `a_rather_long_name_of_a_field_that_is_number_${n}`)
    expect(names.join(',').length).toBeGreaterThan(1 << 18)
    expect((await found(`${names.join(',')}\n${names.map((_, n) => n).join(',')}\n`)).names).toEqual(names)
  })

  test('with the evidence for it', async () => {
    expect((await found('\ufeffid;name\r\n1;Ann\r\n2;Bo\r\n')).notes).toEqual([
      'field delimiter ";": 2 fields in each of 3 sampled records',
      'quotechar "\\"", a quote inside is doubled: no quoted field was sampled',
      'null: an unquoted empty field; a quoted one is empty text',
      'header row: yes: the first record has text over values in 1 field',
      'encoding UTF-8, by the byte order mark, which is skipped',
      'record terminator "\\r\\n"',
    ])
  })

  test('as nothing when there are no bytes', async () => {
    expect(await sniff([partOf(''), partOf('')], {}, testRun())).toBeUndefined()
    expect((await sniff([partOf(''), partOf('id,name\n1,x\n')], {}, testRun()))?.names).toEqual(['id', 'name'])
  })
})

describe('the header row', () => {
  const cases: readonly [what: string, content: string, header: boolean, note: RegExp][] = [
    ['is there when text stands over numbers', 'id,name\n1,Ann\n', true, /text over values in 1 field$/],
    ['is there when all is text and different', 'name,city\nAnn,Rome\nBo,Oslo\n', true, /yes, a guess: every column is text/],
    ['is there when an empty name stands over text and another over numbers', ',x\na,1\nb,2\n', true, /text over values/],
    ['is not there when numbers stand over numbers', '7,Ann\n8,Bo\n', false, /no, likely/],
    ['is not there when dates stand over dates', 'x,2024-01-01\ny,2024-01-02\n', false, /no, likely/],
    ['is not there when a text comes again', 'red,small\nblue,small\ngreen,large\n', false, /comes again/],
    ['is not there when a cell of text is said twice', 'red,red\nblue,green\n', false, /no, a guess/],
    ['is there when years are names', 'country,1960,1961,1962\nA,5.1,6.2,7.3\nB,1,2,9\n', true, /follow one another/],
    ['is not there when every record counts up', 'a,1,2,3\nb,4,5,6\n', false, /no, likely/],
    ['does not hang on a missing value in the first record', '1,NA\n2,5\n3,6\n', false, /no, likely/],
    ['is there over prices, telephone numbers and slashed dates', 'price,phone,day\n$5,+49 30 1,31/12/2024\n$6,+49 30 2,01/01/2025\n', true, /3 fields$/],
  ]
  test.each(cases)('%s', async (_, content, header, note) => {
    const { hints, notes } = await found(content)
    expect(hints['header-row']).toBe(header)
    expect(notes.find((text) => text.startsWith('header row'))).toMatch(note)
  })

  test('is not decided when the first record speaks for it and against it', async () => {
    const error = await refusal('name,id,2019\nAnn,5,7\nBo,6,8\n')
    expect(error).toMatchObject({ code: 'refused', context: { hint: 'header-row' } })
    expect(error.message).toBe('it is not clear whether the first record of some.csv is a header row, having 1 field with text over values '
      + 'and 1 field with values over values: say header-row=true or header-row=false')
    expect((await found('name,id,2019\nAnn,5,7\nBo,6,8\n', { hints: { 'header-row': true } })).names).toEqual(['name', 'id', '2019'])
  })
})

describe('what is told is believed', () => {
  test('and narrows what is looked for', async () => {
    expect((await found('a;b,c\n1;2,3\n', { hints: { 'field-delimiter': ',' } })).names).toEqual(['a;b', 'c'])
    expect((await found('a;b,c\n1;2,3\n', { hints: { 'field-delimiter': ';' } })).names).toEqual(['a', 'b,c'])
    expect((await found('x,y\nz,w\n', { hints: { 'header-row': 'false' } })).names).toEqual(['column_1', 'column_2'])
    expect((await found('a b\n1 2\n', { hints: { 'field-delimiter': ' ' } })).names).toEqual(['a', 'b'])
    expect((await found('a,b\n1,\n', { hints: { 'null-text': 'NA' } })).hints['null-text']).toBe('NA')
    expect((await found('a,b\n"1",2\n', { hints: { quoting: null } })).hints.quoting).toBeNull()
    expect((await found('id,t\n1,\'a\'\n', { hints: { quotechar: '"' } })).hints.quotechar).toBe('"')
  })

  test('and an escape that is told does not make doubled quotes, unless they are seen', async () => {
    const told: Told = { hints: { escape: '\\' } }
    expect((await found('a,b\n1,"x"\n', told)).hints).toMatchObject({ escape: '\\', doublequote: false })
    expect((await found('a,b\n1,"x ""y"""\n', told)).hints).toMatchObject({ escape: '\\', doublequote: true })
    expect((await found('x,1\\,2\ny,3\\,4\n', told)).names).toEqual(['column_1', 'column_2'])
    expect((await found('x,1\\,2\ny,3\\,4\n', { hints: { escape: null } })).names).toEqual(['column_1', 'column_2', 'column_3'])
  })

  test('by a variant too', async () => {
    const { hints, names } = await found('1\t"a\n2\tb\\tc\n', { format: 'postgres-text' })
    expect(hints).toMatchObject({ 'quoting': null, 'escape': '\\', 'letter-escapes': true, 'null-text': '\\N', 'header-row': false })
    expect(names).toEqual(['column_1', 'column_2'])
  })

  test('and refused when no hint is called so', async () => {
    expect((await refusal('a,b\n', { hints: { 'field-delimeter': ',' } })).message).toContain('no hint "field-delimeter"')
  })
})

describe('what is not clear is refused, with the hint to tell', () => {
  const cases: readonly [what: string, content: string | Uint8Array, hint: string][] = [
    ['two delimiters that both fit', 'a;b,c\nd;e,f\n', 'field-delimiter'],
    ['lines above the records', 'Report of May\na;b;c\n1;2;3\n4;5;6\n', 'field-delimiter'],
    ['single quotes that may be characters', 'id,text\n1,\'a\'\n2,\'b\'\n', 'quotechar'],
    ['backslashes that all come in pairs', 'id,path\n1,"a\\\\b, c"\n2,x\n', 'escape'],
    ['escapes that fit both ways', 'x,1\\,2\ny,3\\,4\n', 'escape'],
  ]
  test.each(cases)('%s', async (_, content, hint) => {
    const error = await refusal(content)
    expect(error).toMatchObject({ code: 'refused', context: { hint } })
    expect(error.message).toContain(`say ${hint}`)
  })

  const encodings: readonly [string, Uint8Array, string][] = [
    ['UTF-16 with a mark', Buffer.from('\ufeffid,name\n1,Ann\n', 'utf16le'), 'UTF-16'],
    ['UTF-16, big end first, with a mark', Buffer.from('\ufeffid,name\n1,Ann\n', 'utf16le').swap16(), 'UTF-16'],
    ['UTF-16 without a mark', Buffer.from('id,name\n1,Ann\n2,Bo\n', 'utf16le'), 'UTF-16'],
    ['UTF-32', Buffer.from(Uint32Array.from(Buffer.from('id,name\n1,Ann\n')).buffer), 'UTF-32'],
    ['Latin-1', Buffer.from('id,name\n1,J\xf6rg\n', 'latin1'), 'Latin-1'],
  ]
  test.each(encodings)('the encoding %s', async (_, content, named) => {
    const error = await refusal(content)
    expect(error.code).toBe('refused')
    expect(error.message).toContain(`encoding of some.csv`)
    expect(error.message).toContain(named)
  })

  test('bytes that are no text at all', async () => {
    expect((await refusal(Buffer.from('1f8b0800000000000003cb48cdc9c90700', 'hex'))).message).toBe(
      'some.csv is compressed with gzip and not delimited text: say compression=GZIP')
    expect((await refusal(Buffer.from('504b03041400000008008060', 'hex'))).message).toContain('a zip archive or a spreadsheet')
    expect((await refusal(Buffer.concat([Buffer.from('PAR1'), Buffer.from([0, 1, 0xff])]))).message).toContain('Parquet')
    expect((await found('PAR1,x\nBZh,1\n')).names).toEqual(['PAR1', 'x'])
  })
})

describe('what is broken is bad data, with its line', () => {
  const cases: readonly [what: string, content: string, line: string][] = [
    ['a record with a field too few', 'a,b,c\n1,2,3\n4,5\n6,7,8\n', '3'],
    ['a record with a field too many', 'a,b,c\n1,2,3\n4,5,6,7\n', '3'],
    ['a quote that is never closed', 'id,text\n1,x\n2,"never closed\n3,y\n', '3'],
    ['text behind a closing quote', 'id,text\n1,x\n2,"closed" early\n3,y\n', '3'],
    ['mixed line ends', 'a,b\r\n1,2\r\n3,4\n5,6\r\n', '3'],
    ['an empty line at the end', 'a,b\n1,2\n\n', '3'],
  ]
  test.each(cases)('%s', async (_, content, line) => {
    expect(await refusal(content)).toMatchObject({ code: 'bad-data', context: { line } })
  })
})
