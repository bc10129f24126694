// How each column of a file is written: quoted or not, and whether its values can go out without a look at their bytes.
import type { FieldType, RecordsSchema } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Dialect } from './dialect.js'
import type { Sink } from './sink.js'
import type { TextStyle } from './write-text.js'
import { roomFor, writeText } from './write-text.js'

/** True for fields of this type when the dialect writes them in quotes. */
export function isQuoted(dialect: Dialect, type: FieldType): boolean {
  if (dialect.quoting === 'all') return true
  return dialect.quoting === 'nonnumeric' && type.type !== 'integer' && type.type !== 'decimal' && type.type !== 'float'
}

// Every byte that the canonical text of a type can hold; booleans have the dialect's own.
const NUMBER = '0123456789+-.eNaInfity'
const MOMENT = '0123456789+-:. BC'
const ALPHABETS: { readonly [type: string]: string } = {
  integer: NUMBER, decimal: NUMBER, float: NUMBER, date: MOMENT, time: MOMENT, timestamp: MOMENT, uuid: '0123456789abcdef-', bytes: '\\x0123456789abcdef',
}

/** True when the canonical text of values of this type needs no quotes, no escapes, and is never the null text. */
export function isPlain(style: TextStyle, type: FieldType): boolean {
  const { dialect, special, nullText } = style
  const alphabet = type.type === 'boolean' ? `${dialect.yes.toString()}${dialect.no.toString()}` : ALPHABETS[type.type]
  if (alphabet === undefined) return false
  const bytes = Buffer.from(alphabet)
  if (bytes.some((byte) => special[byte] !== 0)) return false
  // That no value is the null text is sure when some byte of it is foreign, or it has none at all.
  return nullText.length === 0 || nullText.some((byte) => !bytes.includes(byte))
}

/** Writes a header row when the dialect has one. */
export function writeHeader(style: TextStyle, schema: RecordsSchema, sink: Sink, file: string): void {
  const { dialect } = style
  if (!dialect.header) return
  // In a header nothing is null, but a reader may look for its null text all the same.
  const always = dialect.quoting === 'all' || dialect.quoting === 'nonnumeric'
  schema.fields.forEach((field, k) => {
    const name = Buffer.from(field.name)
    sink.room(sink.at, roomFor(name.length) + 4)
    if (k > 0) sink.buffer[sink.at++] = dialect.delimiter
    const end = writeText(style, name, 0, name.length, always, sink.buffer, sink.at, k === 0)
    if (end < 0) throw unwritable(file, field.name, 'the name of this field')
    sink.at = end
  })
  for (const byte of dialect.terminator) sink.buffer[sink.at++] = byte
}

/** The error for a text that the dialect cannot hold. */
export function unwritable(file: string, field: string, what: string, row?: number): MoveError {
  const context = { file, field, ...(row !== undefined && { row: String(row) }) }
  const where = row === undefined ? `field "${field}"` : `row ${row}, field "${field}"`
  return new MoveError('bad-data', `${file} ${where}: ${what} cannot be written without quotes or escapes: set hint quoting or escape`, { context })
}
