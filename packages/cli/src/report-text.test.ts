// Checks what people read: the plan, the inspection, the list and the tally, in 80 columns and with nothing harmful.
import { stripVTControlCharacters } from 'node:util'
import type { Head, MoveResult, Plan } from '@records-mover/core'
import { expect, test } from 'vitest'
import type { Progress } from './progress.js'
import { textReporter } from './report-text.js'
import type { Reporter } from './reporter.js'
import { openTerminal } from './terminal.js'
import { textWidth } from './text-width.js'

const still: Progress = { onEvent: () => undefined, end: () => undefined }

function reporting(options: { quiet?: boolean, verbose?: boolean, color?: boolean } = {}): { reporter: Reporter, lines: () => string[] } {
  let written = ''
  const stream = { write: (text: string) => { written += text }, on: () => undefined, columns: 80 }
  const terminal = openTerminal({ stdout: stream, stderr: stream, environment: {}, color: options.color ?? false, recordsOnStdout: false })
  const reporter = textReporter(terminal, { quiet: options.quiet ?? false, verbose: options.verbose ?? false, progress: still })
  return { reporter, lines: () => written.split('\n').slice(0, -1) }
}

const text = { type: 'string' } as const
const carried = { fields: [{ name: 'a', type: text, nullable: true }] }
const choice = { route: 'bytes-to-bytes', middle: 'nothing', carried, passes: true } as const
const plan: Plan = {
  from: 'postgres://app:canary@h/d#t\u001b[2J',
  to: 'b.csv',
  choice,
  verdicts: [{ route: 'native', reasons: ['different servers'] }, { route: 'bytes-to-bytes', choice, reasons: [] }],
  fit: { refused: [], schema: carried, creates: ['create table t (a text)'], changes: [{ field: 'a', change: 'arrives as text' }] },
  notes: ['a note of the source', 'INSECURE: the certificate was not checked'],
}

test('prints before a move the chosen way, what is insecure, changed and created, and no more', () => {
  const { reporter, lines } = reporting()
  reporter.onPlan(plan)
  expect(lines()).toEqual([
    'postgres://app:***@h/d#t\\x1b[2J  ->  b.csv',
    '  bytes to bytes      yes  as they are',
    '  through here        yes  records pass through this process',
    '  note                INSECURE: the certificate was not checked',
    '  changes             a: arrives as text',
    '  creates             create table t (a text)',
    '',
  ])
})

test('prints the whole plan when asked', () => {
  for (const verbose of [true, false]) {
    const { reporter, lines } = reporting({ verbose })
    if (verbose) reporter.onPlan(plan)
    else reporter.planned(plan)
    expect(lines()).toContain('  same server         no   different servers')
    expect(lines()).toContain('  note                a note of the source')
  }
})

test('prints nothing but errors when quiet', () => {
  const { reporter, lines } = reporting({ quiet: true })
  reporter.onPlan(plan)
  reporter.moved({ id: 'x', plan, tally: { rows: 1 }, elapsedMs: 1 })
  reporter.stopping('again')
  expect(lines()).toEqual([])
  reporter.failed({ code: 'failed', exitCode: 1, message: 'no', context: {}, temporary: false, causes: [] })
  expect(lines()).toEqual(['mvrec: no', '  (failed)'])
})

test.each<[Partial<MoveResult>, string[]]>([
  [{ tally: { rows: 11538 }, elapsedMs: 432 }, ['moved 11,538 rows in 0.4 s']],
  [{ tally: {}, bytes: 1_234_567, elapsedMs: 432 }, ['moved 1.2 MB in 0.4 s']],
  [{ tally: {}, elapsedMs: 432 }, ['moved everything in 0.4 s']],
  [{ tally: { rows: 2, losses: { 'nul-removed': 1 } }, elapsedMs: 0 }, ['moved 2 rows in 0.0 s', '  1 value changed: nul-removed, U+0000 is removed from text that cannot hold it']],
])('tells the tally %j', (result, expected) => {
  const { reporter, lines } = reporting()
  reporter.moved({ id: 'x', plan, tally: {}, elapsedMs: 0, ...result })
  expect(lines()).toEqual(expected)
})

const head: Head = {
  look: {
    text: 'orders.csv',
    schema: { fields: [
      { name: 'id', type: { type: 'integer', bits: 64, signed: true }, nullable: false },
      { name: '名前\u001b[31m', type: text, nullable: true },
      { name: 'price', type: { type: 'decimal', precision: 10, scale: 2 }, nullable: true },
    ], key: ['id'] },
    again: true, rows: 11538, rowsExact: true, byteLength: 841_836,
    format: { format: 'delimited', hints: { 'field-delimiter': ';', 'header-row': true, 'boolean-text': ['t', 'f'], 'quoting': null, 'quotechar': "'" } },
    notes: ['types: from every value of all 11,538 records'],
  },
  rows: [['1', '日本', '1.50'], ['20', null, null], ['3', '', '0.10'], ['4', 'null', '1.00'], ['5', 'x\u001b]0;title\u0007', '2.00']],
}
const columns = head.look.schema.fields.map((field) => field.name)
const usual = { format: 'delimited', hints: { 'field-delimiter': ',', 'header-row': true, 'boolean-text': ['true', 'false'], 'quoting': 'minimal', 'quotechar': '"' } }

test('shows an address: the format found, the hints to tell again, the schema and the first rows', () => {
  const { reporter, lines } = reporting()
  reporter.inspected({ head, columns, usual })
  expect(lines()).toEqual([
    'orders.csv',
    '  format      delimited (header row, delimiter ;)',
    "  hints       'field-delimiter=;' boolean-text=t,f quoting=none 'quotechar='\\'''",
    '  rows        11,538',
    '  size        841.8 kB',
    '  key         id',
    '  note        types: from every value of all 11,538 records',
    '',
    '  field         type           null',
    '  ------------  -------------  ----',
    '  id            integer 64     no',
    '  名前\\x1b[31m  string         yes',
    '  price         decimal(10,2)  yes',
    '',
    '  id  名前\\x1b[31m       price',
    '  --  -----------------  -----',
    '   1  日本                1.50',
    '  20  null                null',
    '   3  ""                  0.10',
    '   4  "null"              1.00',
    '   5  x\\x1b]0;title\\x07   2.00',
    '  the first 5 rows of 11,538',
  ])
})

test('lists every hint when verbose, and only chosen columns when told', () => {
  const { reporter, lines } = reporting({ verbose: true })
  reporter.inspected({ head, columns: ['price'], usual })
  expect(lines().join('\n')).toContain('header-row=true')
  expect(lines().join('\n')).not.toContain('名前')
})

test('stays within 80 columns for wide tables', () => {
  const { reporter, lines } = reporting()
  const fields = Array.from({ length: 30 }, (_, k) => ({ name: `a long name of a field, the ${k}th`, type: text, nullable: true }))
  const notes = ['word '.repeat(40).trim()]
  reporter.inspected({ head: { look: { text: 'w.csv', schema: { fields }, again: true, notes, rows: 7, rowsExact: true }, rows: [fields.map(() => '日'.repeat(90))] }, columns: fields.map((field) => field.name) })
  for (const line of lines()) expect(textWidth(line), line).toBeLessThanOrEqual(80)
  expect(lines().join(' ')).toContain('more fields have no room here')
})

test('lists plugins, with the reason for each that is not loaded and for a project passed over', () => {
  const { reporter, lines } = reporting()
  const found = { version: '1.0.0', contract: 1, formats: [], path: '/p', load: () => Promise.reject(new Error('not loaded')) }
  reporter.listed({
    plugins: [
      { ...found, name: '@records-mover/file', schemes: ['file'], of: 'mvrec' },
      { ...found, name: 'stranger', contract: 7, schemes: ['strange'], formats: ['odd'], refused: 'it was written for contract 7 and this core speaks 1', of: 'project' },
    ],
    passedOver: '/home/me/shop',
  })
  expect(lines()).toEqual([
    "@records-mover/file  1.0.0  contract 1  mvrec's own",
    '  schemes     file',
    "stranger             1.0.0  contract 7  the project's",
    '  schemes     strange',
    '  formats     odd',
    '  not loaded  it was written for contract 7 and this core speaks 1',
    '',
    'this mvrec is not installed in /home/me/shop, so it loads only its own plugins:',
    'install records-mover in that project, beside the plugin, and run it from there',
  ])
})

test('colours what was chosen, and takes every colour back', () => {
  const { reporter, lines } = reporting({ color: true })
  reporter.onPlan(plan)
  const written = lines().join('\n')
  expect(written).toContain('\u001b[32myes\u001b[39m')
  expect(written).toContain('\u001b[31mINSECURE')
  expect(stripVTControlCharacters(written)).not.toContain('\u001b')
})
