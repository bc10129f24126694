// Checks that every option reaches the request, and that a wrong one is refused with its remedy.
import { expect, test } from 'vitest'
import { readArguments } from './arguments.js'
import type { InspectRequest, MoveRequest } from './request.js'
import { textWidth } from './text-width.js'
import { UsageError } from './usage.js'

const facts = { version: 'mvrec 1.2.3' }

function read(...words: string[]): unknown {
  return readArguments(words, facts)
}

test('reads two addresses as a move with the defaults', () => {
  expect(read('orders.csv', '-')).toEqual({
    command: 'move', from: 'orders.csv', to: '-', whenExists: 'fail', allow: [],
    told: { hints: new Map() }, toldFrom: { hints: new Map() }, toldTo: { hints: new Map() },
    json: false, quiet: false, verbose: false, color: undefined,
  })
})

test.each<[words: string[], part: Partial<MoveRequest>]>([
  [['--if-exists', 'merge', '--key', 'id, "a,b"'], { whenExists: 'merge', key: ['id', 'a,b'] }],
  [['--query', 'select 1'], { query: 'select 1' }],
  [['--query', '--a comment\nselect 1'], { query: '--a comment\nselect 1' }],
  [['--query-file', 'q.sql'], { queryFile: 'q.sql' }],
  [['--columns', 'b,a'], { columns: ['b', 'a'] }],
  [['--columns', '"say ""hi""",x'], { columns: ['say "hi"', 'x'] }],
  [['--route', 'native', '--route', 'bytes-to-bytes'], { routes: ['native', 'bytes-to-bytes'] }],
  [['--not-route', 'native'], { notRoutes: ['native'] }],
  [['--allow', 'nul-removed', '--allow', 'timestamp-precision'], { allow: ['nul-removed', 'timestamp-precision'] }],
  [['--grant', 'select, insert to analyst, "Team B"'], { grants: [
    { privilege: 'select', to: 'analyst' }, { privilege: 'select', to: 'Team B' }, { privilege: 'insert', to: 'analyst' }, { privilege: 'insert', to: 'Team B' },
  ] }],
  [['--schema', 's.json'], { schemaFile: 's.json' }],
  [['--stage', 's3://b/tmp/'], { stage: 's3://b/tmp/' }],
  [['--concurrency', '8'], { concurrency: 8 }],
  [['--json'], { json: true }],
  [['-q'], { quiet: true }],
  [['-v'], { verbose: true }],
  [['--color'], { color: true }],
  [['--no-color'], { color: false }],
  [['--format', 'csv', '--hint', 'null-text=a=b'], { told: { format: 'csv', hints: new Map([['null-text', 'a=b']]) } }],
  [['--from-format', 'tsv', '--from-hint', 'escape=\\'], { toldFrom: { format: 'tsv', hints: new Map([['escape', '\\']]) } }],
  [['--to-format', 'tsv', '--to-hint', 'quoting=all'], { toldTo: { format: 'tsv', hints: new Map([['quoting', 'all']]) } }],
  [
    ['--delimiter', ';', '--no-header', '--null-text', '', '--quoting', 'none', '--quote-char', "'", '--escape', '\\', '--line-end', '\\r\\n', '--compression', 'gzip'],
    { told: { hints: new Map([
      ['field-delimiter', ';'], ['header-row', 'false'], ['null-text', ''], ['quoting', 'none'], ['quotechar', "'"], ['escape', '\\'],
      ['record-terminator', '\\r\\n'], ['compression', 'gzip'],
    ]) } },
  ],
  [['--header'], { told: { hints: new Map([['header-row', 'true']]) } }],
])('reads %j', (words, part) => {
  expect(read('a', 'b', ...words)).toMatchObject({ command: 'move', ...part })
  expect(read('plan', ...words, 'a', 'b')).toMatchObject({ command: 'plan', from: 'a', to: 'b', ...part })
})

test('reads what inspect and plugins take', () => {
  expect(read('inspect', 'a.csv')).toMatchObject({ command: 'inspect', from: 'a.csv', rows: 10 } satisfies Partial<InspectRequest>)
  expect(read('inspect', 'a.csv', '--rows', '0', '--columns', 'x', '--delimiter', ';', '--query', 'q', '--schema', 's', '--json')).toMatchObject({
    rows: 0, columns: ['x'], told: { hints: new Map([['field-delimiter', ';']]) }, query: 'q', schemaFile: 's', json: true,
  })
  expect(read('plugins', '--json')).toEqual({ command: 'plugins', json: true, quiet: false, verbose: false, color: undefined })
})

test.each([
  [[], /missing required argument 'from'/],
  [['a'], /missing required argument 'to'; see mvrec --help/],
  [['a', 'b', 'c'], /too many arguments.*in quotes/],
  [['--json', 'plan', 'a', 'b'], /the command stands first: mvrec plan/],
  [['inspect'], /missing required argument 'address'; see mvrec inspect --help/],
  [['inspect', 'a', '--key', 'x'], /unknown option '--key'/],
  [['inspect', 'a', '--quiet'], /unknown option '--quiet'/],
  [['plugins', 'x'], /too many arguments/],
  [['a', 'b', '--fast'], /unknown option '--fast'/],
  [['a', 'b', '--if-exists', 'drop'], /--if-exists cannot be "drop": it takes fail, append, truncate, delete, replace, merge/],
  [['a', 'b', '--route', 'magic'], /--route knows no route "magic": there are native, files-to-files/],
  [['a', 'b', '--not-route', 'magic'], /--not-route knows no route/],
  [['a', 'b', '--concurrency', '0'], /--concurrency takes a whole number from 1 on/],
  [['a', 'b', '--concurrency', '1e3'], /whole number/],
  [['inspect', 'a', '--rows', '-1'], /--rows takes a whole number from 0 on/],
  [['a', 'b', '--columns', 'a,,b'], /--columns takes names apart by commas/],
  [['a', 'b', '--key', ''], /--key takes names/],
  [['a', 'b', '--grant', 'select'], /--grant takes a privilege and a role/],
  [['a', 'b', '--hint', 'header'], /--hint takes name=value/],
  [['a', 'b', '--delimiter', ';', '--hint', 'field-delimiter=,'], /the hint field-delimiter is said twice: as ";" and as ","/],
  [['a', 'b', '--query', 'q', '--query-file', 'f'], /cannot be used with/],
  [['a', 'b', '--quiet', '--verbose'], /cannot be used with/],
])('refuses %j', (words, message) => {
  expect(() => readArguments(words, facts)).toThrow(UsageError)
  expect(() => readArguments(words, facts)).toThrow(message)
})

test('shows the help of each command in 80 columns', () => {
  for (const words of [['--help'], ['-h'], ['help'], ['plan', '--help'], ['help', 'inspect'], ['plugins', '-h']]) {
    const help = readArguments(words, facts)
    if (help.command !== 'help') throw new Error('no help')
    expect(help.text).toMatch(/^Usage: /)
    for (const line of help.text.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(80)
  }
  expect(read('--version')).toEqual({ command: 'help', text: 'mvrec 1.2.3' })
})
