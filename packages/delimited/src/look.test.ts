// Looking at whole files: real ones, many parts, and bytes of every kind; what is found is what decoding then reads.
import { readFile } from 'node:fs/promises'
import type { Look, Part, RecordsFormat, Run, Told } from '@records-mover/core/plugin'
import { MoveError, typeText } from '@records-mover/core/plugin'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunksIn, partOf } from '../test/parts.js'
import type { Row } from '../test/support.js'
import { rowsOf, testRun } from '../test/support.js'
import { decode } from './decode.js'
import { look } from './look.js'

type Found = Look & { readonly format: RecordsFormat }

const DATASETS = new URL('../../records-mover/node_modules/@observablehq/sample-datasets/', import.meta.url)

const lookAt = (content: string | Uint8Array, told: Told = {}, need: 'names' | 'types' = 'types'): Promise<Found> =>
  look([partOf(content)], told, need, testRun())

async function refusal(parts: readonly Part[], need: 'names' | 'types' = 'types', run: Run = testRun()): Promise<MoveError> {
  const error: unknown = await look(parts, {}, need, run).catch((thrown: unknown) => thrown)
  if (!MoveError.is(error)) expect.fail(`no refusal but ${JSON.stringify(error)}`)
  return error
}

/** Every record as decoding under what was found gives it, in canonical text. */
function recordsIn(parts: readonly Part[], { schema, format }: Found): Promise<Row[]> {
  return rowsOf(decode(chunksIn(format, ...parts), schema, schema, testRun()))
}

describe('real files', () => {
  test('of Olympians get the types a person would give them', async () => {
    const content = await readFile(new URL('olympians.csv', DATASETS))
    const part = partOf(content, { name: 'olympians.csv', chunkBytes: 50_000 })
    const found = await look([part], {}, 'types', testRun())
    expect(found.schema.fields.map((field) => `${field.name}: ${typeText(field.type)}${field.nullable ? '?' : ''}`)).toEqual([
      'id: integer 64', 'name: string', 'nationality: string', 'sex: string', 'date_of_birth: date', 'height: decimal(3,2)?', 'weight: integer 64?',
      'sport: string', 'gold: integer 64', 'silver: integer 64', 'bronze: integer 64', 'info: string?',
    ])
    expect(found).toMatchObject({ rows: 11_538, rowsExact: true, byteLength: content.length, again: true })
    expect(found.notes).toContain('types: from every value of all 11,538 records')
  })

  test.each(['olympians', 'aapl', 'alphabet', 'cars', 'citywages', 'diamonds', 'industries', 'penguins', 'pizza', 'weather'])(
    'such as %s decode to the values that another parser reads',
    async (name) => {
      const content = await readFile(new URL(`${name}.csv`, DATASETS))
      const found = await lookAt(content)
      const rows = await recordsIn([partOf(content)], found)
      const [header, ...expected] = parse(content, { bom: true, relax_column_count: false })
      expect(found.schema.fields.map((field) => field.name)).toEqual(header)
      const types = found.schema.fields.map((field) => typeText(field.type))
      const comparable = (record: Row): (string | number | null)[] => record.map((text, k) => text === null || text === '' ? null : valueOf(text, types[k]!))
      expect(rows.map(comparable)).toEqual(expected.map(comparable))
    },
  )
})

/** Numbers by value, moments by the clock, all else by its text. */
function valueOf(text: string, type: string): string | number {
  if (/^(integer|decimal|float)/.test(type)) return Number(text)
  return type.startsWith('timestamp') ? text.replace('T', ' ').replace('Z', '+00').replace(/\.0+(?=\+|$)/, '') : text
}

describe('a look for names only', () => {
  test('reads a sample and answers with text fields and an estimate of the rows', async () => {
    const content = 'id,name\n' + '12345,abcdefghij\n'.repeat(100_000)
    let read = 0
    const part = partOf(content)
    const counted: Part = { ...part, async *read(start, end) {
      for await (const chunk of part.read(start, end)) {
        read += chunk.byteLength
        yield chunk
      }
    } }
    const found = await look([counted], {}, 'names', testRun())
    expect(found.schema.fields).toEqual(['id', 'name'].map((name) => ({ name, type: { type: 'string' }, nullable: true })))
    expect(found.rowsExact).toBeUndefined()
    expect(Math.abs(found.rows! - 100_000)).toBeLessThan(1000)
    expect(found.byteLength).toBe(content.length)
    expect(read).toBeLessThan(content.length * 0.6)
  })

  test('says nothing of rows and bytes where the size is not known', async () => {
    const found = await look([partOf('id,name\n1,x\n', { unsized: true })], {}, 'names', testRun())
    expect(found.rows).toBeUndefined()
    expect(found.byteLength).toBeUndefined()
  })
})

describe('several parts', () => {
  test('are seen to the last, and their fields found by their names', async () => {
    const parts = [partOf('id,n\n1,2\n', { name: '1.csv' }), partOf('n,id\n0.5,7', { name: '2.csv' }), partOf('id,n\n', { name: '3.csv' })]
    const found = await look(parts, {}, 'types', testRun())
    expect(found.schema.fields.map((field) => typeText(field.type))).toEqual(['integer 64', 'decimal(2,1)'])
    expect(found.rows).toBe(2)
    expect(await recordsIn(parts, found)).toEqual([['1', '2.0'], ['7', '0.5']])
  })

  test('without the same fields are bad data', async () => {
    const error = await refusal([partOf('id,n\n1,2\n'), partOf('id,m\n1,2\n', { name: '2.csv' })])
    expect(error).toMatchObject({ code: 'bad-data', context: { file: '2.csv', field: 'n' } })
    expect(await refusal([partOf('id,n\n1,2\n'), partOf('id\n1\n', { name: '2.csv' })])).toMatchObject({ code: 'bad-data', context: { file: '2.csv' } })
  })

  test('are sampled beyond the first', async () => {
    const parts = [partOf('id,text\n1,plain\n'), partOf('id,text\n2,"said \\"x\\", left"\n')]
    const found = await look(parts, {}, 'types', testRun())
    expect(found.format.hints).toMatchObject({ doublequote: false, escape: '\\' })
    expect(await recordsIn(parts, found)).toEqual([['1', 'plain'], ['2', 'said "x", left']])
  })
})

describe('what cannot be looked at', () => {
  test('is a part that can be read only once', async () => {
    expect(await refusal([partOf('a,b\n1,2\n', { once: true, name: 'standard input' })])).toMatchObject({
      code: 'refused', message: 'standard input can be read only once, and finding its fields takes more: save it to a file first',
    })
  })

  test('is no byte at all', async () => {
    expect(await refusal([partOf('')])).toMatchObject({ code: 'bad-data' })
    expect(await refusal([])).toMatchObject({ code: 'bad-data' })
    expect(await refusal([partOf('\ufeff')])).toMatchObject({ code: 'bad-data' })
  })

  test('is a file that is broken behind the sample, with the line where', async () => {
    const good = 'id,text\n' + '1,"plain, text"\n'.repeat(50_000)
    expect(await refusal([partOf(`${good}1,2,3\n${'1,x\n'.repeat(50_000)}`)])).toMatchObject({ code: 'bad-data', context: { line: '50002' } })
    expect(await refusal([partOf(Buffer.concat([Buffer.from(good), Buffer.from('1,J\xf6rg\n', 'latin1'), Buffer.from('1,x\n'.repeat(50_000))]))])).toMatchObject({
      code: 'bad-data', context: { line: '50002', field: 'text' },
    })
  })

  test('is a file in which quotes turn out to be both characters and quotes', async () => {
    const content = 'id,size\n' + '1,5" pipe\n'.repeat(60_000) + '2,"7 pipe"\n' + '1,5" pipe\n'.repeat(60_000)
    expect(await refusal([partOf(content)])).toMatchObject({ code: 'refused', context: { hint: 'quoting' } })
  })

  test('is a record over the limit', async () => {
    const run = testRun({ limits: { fieldBytes: 1 << 16, recordBytes: 1 << 17, fields: 100 } })
    const long = `id,text\n1,"${'x'.repeat(1 << 20)}"\n`
    expect(await refusal([partOf(long)], 'types', run)).toMatchObject({ code: 'over-limit' })
    expect(await refusal([partOf(`a${',a'.repeat(200)}\n`)], 'types', run)).toMatchObject({ code: 'over-limit', context: { limit: 'fields' } })
  })

  test('is what a run that was stopped would read', async () => {
    const stop = new AbortController()
    const part = partOf('a,b\n' + '1,2\n'.repeat(200_000), { chunkBytes: 10_000 })
    let chunks = 0
    const stopping: Part = { ...part, async *read(start, end) {
      for await (const chunk of part.read(start, end)) {
        if (start === undefined && ++chunks === 5) stop.abort()
        yield chunk
      }
    } }
    expect(await refusal([stopping], 'types', testRun({ signal: stop.signal }))).toMatchObject({ code: 'aborted' })
    expect(chunks).toBe(5)
  })
})

describe('any bytes', () => {
  const noise = fc.uint8Array({ maxLength: 300 })
  const letters = fc.string({ unit: fc.constantFrom(',', ';', '\t', '|', '"', '\'', '\\', '\n', '\r', '\r\n', 'a', 'N', '0', '1', '-', '.', ' ', '\0', 'é', '\ufeff'), maxLength: 60 })

  test('are refused, or decode under what was found without an error', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(noise, letters, letters), fc.integer({ min: 1, max: 40 }), async (content, chunkBytes) => {
      const part = partOf(content, { chunkBytes })
      let found: Found
      try {
        found = await look([part], {}, 'types', testRun())
      } catch (error) {
        if (!MoveError.is(error) || error.code === 'failed') throw error
        return
      }
      expect((await recordsIn([part], found)).length).toBe(found.rows)
    }), { numRuns: 1500 })
  }, 120_000)
})

describe('a table written in a common dialect', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', ' ', 'é', '1', ',', ';', '\t', '|', '"', '\'', '\n', '\\'), minLength: 1, maxLength: 12 })
  const dialects = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    terminator: fc.constantFrom('\n', '\r\n'),
    all: fc.boolean(),
    escape: fc.constantFrom('double', 'backslash'),
  })

  test('is refused, or found to hold the texts that were written', async () => {
    let understood = 0
    let asked = 0
    await fc.assert(fc.asyncProperty(dialects, fc.array(fc.tuple(text, text), { minLength: 3, maxLength: 30 }), async (dialect, rows) => {
      const quote = (cell: string): string => {
        const inside = dialect.escape === 'double' ? cell.replaceAll('"', '""') : cell.replace(/["\\]/g, '\\$&')
        const backslash = dialect.escape === 'backslash' && cell.includes('\\')
        return dialect.all || backslash || [dialect.delimiter, '"', '\n', '\r'].some((one) => cell.includes(one)) ? `"${inside}"` : cell
      }
      const records = [['number', 'first', 'second'], ...rows.map((row, n) => [String(n + 1), ...row])]
      const content = records.map((record) => record.map(quote).join(dialect.delimiter) + dialect.terminator).join('')
      let found: Found
      try {
        found = await lookAt(content)
      } catch (error) {
        if (!MoveError.is(error) || (error.code !== 'refused' && error.code !== 'bad-data')) throw error
        asked++
        return
      }
      understood++
      const fields = found.schema.fields.map(({ name }): Look['schema']['fields'][number] => ({ name, type: { type: 'string' }, nullable: true }))
      expect(await recordsIn([partOf(content)], { ...found, schema: { fields } })).toEqual(records.slice(1))
      expect(found.schema.fields.map((field) => field.name)).toEqual(records[0])
    }), { numRuns: 400 })
    expect(understood).toBeGreaterThan(asked * 5)
  }, 120_000)
})
