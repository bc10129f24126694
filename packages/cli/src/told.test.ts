// Checks which end plain formats and hints are about, and that every friendly option names a hint that exists.
import type { Plugin } from '@records-mover/core'
import { delimited } from '@records-mover/delimited'
import { expect, test } from 'vitest'
import { readArguments } from './arguments.js'
import { HINT_OPTIONS } from './hint-options.js'
import type { MoveRequest } from './request.js'
import { toldOfEnds } from './told.js'

const files: Plugin = { contract: 1, name: 'files', schemes: ['file'], store: () => Promise.reject(new Error('not opened')) }
const database: Plugin = { contract: 1, name: 'db', schemes: ['db'], source: () => Promise.reject(new Error('not opened')), target: () => Promise.reject(new Error('not opened')) }

function told(source: Plugin, target: Plugin, ...words: string[]): unknown {
  return toldOfEnds(readArguments(['a', 'b', ...words], { version: '' }) as MoveRequest, source, target)
}

test('gives plain options to the one end that is a file', () => {
  const words = ['--format', 'csv', '--delimiter', ';']
  expect(told(files, database, ...words)).toEqual({ from: { format: 'csv', hints: { 'field-delimiter': ';' } }, to: undefined })
  expect(told(database, files, ...words)).toEqual({ from: undefined, to: { format: 'csv', hints: { 'field-delimiter': ';' } } })
})

test('refuses plain options that could mean both ends, naming how to say which', () => {
  expect(() => told(files, files, '--format', 'csv', '--delimiter', ';'))
    .toThrow("both ends are files, and it could mean either: write --from-format csv or --to-format csv, and --from-hint 'field-delimiter=;' or --to-hint 'field-delimiter=;'")
  expect(told(files, files, '--from-hint', 'quoting=all', '--to-format', 'tsv')).toEqual({ from: { hints: { quoting: 'all' } }, to: { format: 'tsv' } })
})

test('refuses plain options where no end is a file', () => {
  expect(() => told(database, database, '--no-header')).toThrow("neither end is a file, and only files have hints: leave out --hint 'header-row=false'")
})

test('joins plain options with those of the same end, and refuses contradictions', () => {
  expect(told(files, database, '--delimiter', ';', '--from-hint', 'quoting=all')).toEqual({ from: { hints: { 'field-delimiter': ';', 'quoting': 'all' } }, to: undefined })
  expect(() => told(files, database, '--delimiter', ';', '--from-hint', 'field-delimiter=,')).toThrow(/said twice/)
  expect(() => told(files, database, '--format', 'csv', '--from-format', 'tsv')).toThrow(/--format and --from-format say different things/)
})

test('reads compression, which is no affair of the format', () => {
  expect(told(files, database, '--compression', 'gzip')).toEqual({ from: { hints: { compression: 'GZIP' } }, to: undefined })
  expect(told(files, database, '--compression', 'none')).toEqual({ from: { hints: { compression: null } }, to: undefined })
  expect(() => told(files, database, '--compression', 'zip')).toThrow(/the compression "zip" is not known/)
})

test('knows hints by the names that delimited text has for them', () => {
  const { hints } = delimited.formats!.delimited!.complete({})
  expect(Object.keys(hints)).toEqual(expect.arrayContaining(HINT_OPTIONS.map((option) => option.hint)))
})
