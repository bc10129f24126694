// Proves the route table: which way is taken, and that every other way says why not.
import { describe, expect, test } from 'vitest'
import type { Fit, Judge, Stage } from '../contract/contract.js'
import type { FormatDescriptor, RecordsFormat } from '../contract/format.js'
import type { FieldType, RecordsSchema } from '../contract/schema.js'
import type { Facts, Route } from './route.js'
import { judgeRoutes } from './route.js'

const INTEGER: FieldType = { type: 'integer', bits: 64, signed: true }
const SCHEMA = schemaOf({ a: INTEGER, b: { type: 'string' } })
const TEXT = schemaOf({ a: { type: 'string' }, b: { type: 'string' } })
const CSV = { format: 'text', hints: { mark: ',' } }
const TSV = { format: 'text', hints: { mark: '\t' } }
const BINARY = { format: 'binary', hints: {} }

const listed = (formats: readonly RecordsFormat[]): Judge => ({
  formats,
  refuse: (format) => formats.some((known) => JSON.stringify(known) === JSON.stringify(format)) ? undefined : 'not a favourite',
})
const ends = {
  native: (server: string) => ({ server, relation: 'a' }),
  nativeTarget: (server: string) => ({ server, relation: 'b', refuse: () => undefined, copy: never }),
  gives: (...formats: RecordsFormat[]) => ({ ...listed(formats), read: never }),
  takes: (...formats: RecordsFormat[]) => ({ ...listed(formats), write: never }),
  unloads: (...formats: RecordsFormat[]) => ({ ...listed(formats), reach: { mem: ['own'] as const }, unload: never }),
  loads: (...formats: RecordsFormat[]) => ({ ...listed(formats), reach: { mem: ['own'] as const }, load: never }),
  batches: () => ({ refuse: () => undefined, read: never }),
  batchesTarget: () => ({ refuse: () => undefined, write: never }),
}

describe('judgeRoutes', () => {
  test('takes one server before anything else', () => {
    const choice = chosen({ source: { native: ends.native('s'), bytes: ends.gives(CSV) }, target: { native: ends.nativeTarget('s'), bytes: ends.takes(CSV) } })
    expect(choice).toMatchObject({ route: 'native', passes: false })
  })

  test('passes bytes through when both ends agree, by the lowest sum of places', () => {
    const choice = chosen({ source: { bytes: ends.gives(CSV, BINARY) }, target: { bytes: ends.takes(BINARY, TSV, CSV) } })
    expect(choice).toMatchObject({ route: 'bytes-to-bytes', middle: 'nothing', reads: BINARY, writes: BINARY })
  })

  test('a target that only judges takes what the source likes best', () => {
    const takes = { formats: [], refuse: () => undefined, write: never }
    expect(chosen({ source: { bytes: ends.gives(CSV, BINARY) }, target: { bytes: takes } }).reads).toEqual(CSV)
  })

  test('transcodes within a format, letting the codec check what the server would change', () => {
    const choice = chosen({ given: TEXT, source: { bytes: { ...ends.gives(CSV), refuse: own(TEXT) } }, target: { bytes: { ...ends.takes(TSV, CSV), refuse: exactTypes } } })
    expect(choice).toMatchObject({ route: 'bytes-to-bytes', middle: 'transcode', reads: CSV, writes: TSV, carried: TEXT })
  })

  test('lets a server convert by itself when it does so exactly', () => {
    const choice = chosen({ given: TEXT, source: { bytes: { ...ends.gives(CSV), refuse: own(TEXT) } }, target: { bytes: ends.takes(CSV) } })
    expect(choice).toMatchObject({ middle: 'nothing', carried: TEXT })
  })

  test.each<[Route, Facts['source'], Facts['target'], object]>([
    ['bytes-to-batches', { bytes: ends.gives(CSV) }, { batches: ends.batchesTarget() }, { middle: 'decode', reads: CSV }],
    ['batches-to-bytes', { batches: ends.batches() }, { bytes: ends.takes(CSV) }, { middle: 'encode', writes: CSV }],
    ['batches-to-batches', { batches: ends.batches() }, { batches: ends.batchesTarget() }, { middle: 'nothing' }],
    ['bytes-to-bytes', { bytes: ends.gives(BINARY) }, { bytes: ends.takes(CSV) }, { middle: 'recode', reads: BINARY, writes: CSV }],
    ['files-to-files', { files: ends.unloads(CSV) }, { files: ends.loads(CSV) }, { middle: 'nothing', passes: false }],
    ['files-to-bytes', { files: ends.unloads(CSV) }, { bytes: ends.takes(CSV) }, { passes: true }],
    ['bytes-to-files', { bytes: ends.gives(CSV) }, { files: ends.loads(CSV) }, { passes: true }],
    ['files-to-batches', { files: ends.unloads(CSV) }, { batches: ends.batchesTarget() }, { middle: 'decode' }],
    ['batches-to-files', { batches: ends.batches() }, { files: ends.loads(CSV) }, { middle: 'encode' }],
  ])('finds %s', (route, source, target, more) => {
    expect(chosen({ source, target, stage: STAGE })).toMatchObject({ route, ...more })
  })

  test('keeps every reason, and judges nothing after the first way that works', () => {
    const verdicts = judgeRoutes(facts({ source: { bytes: ends.gives(CSV) }, target: { batches: ends.batchesTarget() } }))
    expect(verdicts.map(({ route, reasons }) => [route, reasons])).toEqual([
      ['native', ['source has no server of its own']],
      ['files-to-files', ['source cannot unload to files by itself']],
      ['bytes-to-bytes', ['target takes no bytes']],
      ['files-to-bytes', ['source cannot unload to files by itself']],
      ['bytes-to-files', ['target cannot load files by itself']],
      ['batches-to-batches', ['source gives no batches']],
      ['batches-to-bytes', ['source gives no batches']],
      ['bytes-to-batches', []],
    ])
  })

  test('a stage that a server does not reach is named', () => {
    const verdicts = judgeRoutes(facts({ source: { files: { ...ends.unloads(CSV), reach: { s3: ['own'] } } }, target: { files: ends.loads(CSV) }, stage: STAGE }))
    expect(verdicts.find(({ route }) => route === 'files-to-files')?.reasons).toEqual(['source reaches s3 and not "mem"'])
  })

  test('files that lie in one place and belong in another are not loaded where they lie', () => {
    const at = { url: new URL('mem:///a/') }
    const verdicts = judgeRoutes(facts({ source: { files: { ...ends.unloads(CSV), at } }, target: { files: { ...ends.loads(CSV), at: { url: new URL('mem:///b/') } } } }))
    expect(verdicts.find(({ route }) => route === 'files-to-files')?.reasons).toEqual(['the files lie in one place and belong in another, so they must be carried'])
  })

  test('the caller forces and forbids routes', () => {
    const both = { source: { bytes: ends.gives(CSV), batches: ends.batches() }, target: { bytes: ends.takes(CSV), batches: ends.batchesTarget() } }
    expect(chosen({ ...both, only: ['batches-to-batches'] }).route).toBe('batches-to-batches')
    expect(chosen({ ...both, not: ['bytes-to-bytes'] }).route).toBe('batches-to-batches')
    expect(judgeRoutes(facts({ ...both, only: ['native'] })).every(({ choice }) => choice === undefined)).toBe(true)
  })

  test('without a codec for a format the reason says so', () => {
    const verdicts = judgeRoutes({ ...facts({ source: { bytes: ends.gives(CSV) }, target: { batches: ends.batchesTarget() } }), formats: new Map() })
    expect(verdicts.at(-1)?.reasons).toEqual(['source gives no batches'])
    expect(verdicts.find(({ route }) => route === 'bytes-to-batches')?.reasons).toEqual(['text cannot be decoded: no codec for it is registered'])
  })
})

const STAGE: Stage = { url: new URL('mem:///stage/') }

function schemaOf(fields: Record<string, FieldType>): RecordsSchema {
  return { fields: Object.entries(fields).map(([name, type]) => ({ name, type, nullable: true })) }
}

const descriptor: FormatDescriptor = {
  extensions: [],
  needs: 'stream',
  refuse: () => undefined,
  complete: () => CSV,
  codec: () => Promise.reject(new Error('the planner loads no codec')),
}

interface Given extends Partial<Pick<Facts, 'only' | 'not' | 'stage'>> { readonly source: Facts['source'], readonly target: Facts['target'], readonly given?: RecordsSchema }

function facts({ given = SCHEMA, ...rest }: Given): Facts {
  const fit: Fit = { refused: [], schema: SCHEMA, creates: [], changes: [] }
  return { look: { schema: given, again: true }, fit, formats: new Map([['text', descriptor], ['binary', descriptor]]), ...rest }
}

function chosen(given: Given): NonNullable<ReturnType<typeof judgeRoutes>[number]['choice']> {
  const found = judgeRoutes(facts(given)).find(({ choice }) => choice)?.choice
  if (found === undefined) throw new Error('no route')
  return found
}

function own(schema: RecordsSchema): Judge['refuse'] {
  return (_format, _given, as) => as.fields.every((field, i) => field.type.type === schema.fields[i]!.type.type) ? undefined : 'own types only'
}

function exactTypes(format: RecordsFormat, given: RecordsSchema, as: RecordsSchema): string | undefined {
  return own(as)(format, as, given) === undefined ? undefined : 'would round'
}

function never(): never {
  throw new Error('the planner does no I/O')
}
