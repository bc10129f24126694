// Batches of typed columns into delimited bytes.
import type { Batch, Batches, Chunks, Column, FieldType, Part, RecordsFormat, Run } from '@records-mover/core/plugin'
import type { Dialect } from './dialect.js'
import { dialectOf } from './dialect.js'
import { hintsOf } from './hints.js'
import type { Counts } from './losses.js'
import { newCounts, tallyOf } from './losses.js'
import { removeNuls } from './nul.js'
import { wordsOf } from './readers.js'
import { stopWhenAborted } from './records.js'
import { CHUNK_BYTES, Sink } from './sink.js'
import { isPlain, isQuoted, unwritable, writeHeader } from './style.js'
import type { TextStyle } from './write-text.js'
import { roomFor, textStyle, writeNull, writeText } from './write-text.js'
import type { Write } from './writers.js'
import { LONGEST_VALUE, writeHex, writerOf } from './writers.js'

/** See `Codec.encode` of the contract. A part is called what its place among the parts says: `part 1`. */
export function encode(from: Batches, format: RecordsFormat, run: Run): Chunks {
  const dialect = dialectOf(hintsOf(format))
  const style = textStyle(dialect, from.schema.fields.length)
  const counts = newCounts(run)
  const columns = from.schema.fields.map((field) => columnWriter(field.name, field.type, style))
  return {
    format,
    parts: partsOf(),
    tally: () => tallyOf(counts),
    [Symbol.asyncDispose]: () => from[Symbol.asyncDispose](),
  }

  async function* partsOf(): AsyncGenerator<Part> {
    let number = 0
    for await (const batches of from.parts) {
      const name = `part ${++number}`
      yield { name, again: false, read: () => encodePart(batches, name) }
    }
  }

  async function* encodePart(batches: AsyncIterable<Batch>, name: string): AsyncGenerator<Uint8Array> {
    const sink = new Sink()
    writeHeader(style, from.schema, sink, name)
    let row = 1
    for await (const batch of batches) {
      stopWhenAborted(run)
      writeBatch(batch, columns, style, sink, name, row, counts)
      row += batch.rows
      counts.rows += batch.rows
      yield* sink.take()
    }
    sink.flush()
    yield* sink.take()
  }
}

// How a cell goes out.
const PLAIN_VALUE = 0
const GUARDED_VALUE = 1
const TEXT = 2
const HEX = 3

interface ColumnWriter {
  readonly name: string
  readonly type: FieldType
  readonly kind: 0 | 1 | 2 | 3
  readonly words: number
  readonly write: Write
  readonly quoted: boolean
}

function columnWriter(name: string, type: FieldType, style: TextStyle): ColumnWriter {
  const words = wordsOf(type)
  const quoted = isQuoted(style.dialect, type)
  const write = words === 0 ? unused : writerOf(type, style.dialect)
  const value = !quoted && isPlain(style, type) ? PLAIN_VALUE : GUARDED_VALUE
  return { name, type, words, write, quoted, kind: words > 0 ? value : type.type === 'bytes' ? HEX : TEXT }
}

function unused(): never {
  throw new TypeError('text has no words')
}

// The text of one value that may need quotes; nothing is kept in it between two values.
let scratch = Buffer.alloc(1 << 12)

function writeBatch(
  batch: Batch, columns: readonly ColumnWriter[], style: TextStyle, sink: Sink, file: string, firstRow: number, counts: Counts,
): void {
  const { dialect } = style
  const { delimiter, terminator } = dialect
  const { rows } = batch
  const width = columns.length
  const cells = columns.map((column, k) => cellsOf(column, batch.columns[k]!, rows, dialect, counts))
  const longest = Math.max(LONGEST_VALUE, dialect.yes.length, dialect.no.length, dialect.nullText.length)
  if (scratch.length < longest) scratch = Buffer.alloc(2 * longest)
  // Quoting may double a value of a fixed width; texts ask for their own room.
  const slack = width * (roomFor(longest) + 1) + 2
  const lastTerminator = terminator[terminator.length - 1]!
  sink.room(sink.at, slack)
  let out = sink.buffer
  let w = sink.at
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < width; k++) {
      const { validity, words, bytes, offsets } = cells[k]!
      const column = columns[k]!
      if (k > 0) out[w++] = delimiter
      if (validity !== undefined && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) {
        w = writeNull(style, out, w)
        continue
      }
      if (column.kind === PLAIN_VALUE) {
        w = column.write(words, row * column.words, out, w)
        continue
      }
      let end: number
      if (column.kind === GUARDED_VALUE) {
        end = writeText(style, scratch, 0, column.write(words, row * column.words, scratch, 0), column.quoted, out, w)
      } else {
        const start = offsets[row]!
        const length = offsets[row + 1]! - start
        const first = k === 0 && row === 0 && firstRow === 1 && !dialect.header
        const room = column.kind === HEX ? roomFor(2 * length + 2) : roomFor(length)
        if (w + room + slack > out.length) {
          sink.room(w, room + slack)
          out = sink.buffer
        }
        if (column.kind === TEXT) end = writeText(style, bytes, start, start + length, column.quoted, out, w, first)
        else {
          if (scratch.length < 2 * length + 2) scratch = Buffer.alloc(4 * length + 4)
          end = writeText(style, scratch, 0, writeHex(bytes, start, start + length, scratch, 0), column.quoted, out, w)
        }
      }
      if (end < 0) throw unwritable(file, column.name, 'the text of this value', firstRow + row)
      w = end
    }
    if (terminator.length === 2) out[w++] = terminator[0]!
    out[w++] = lastTerminator
    if (w + slack > out.length || w >= CHUNK_BYTES) {
      sink.endRecord(w, slack)
      out = sink.buffer
      w = sink.at
    }
  }
  sink.at = w
}

/** A column as its writer wants it. */
interface Cells {
  readonly validity: Uint8Array | undefined
  readonly words: Int32Array
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
}

const NO_WORDS = new Int32Array(0)
const NO_BYTES = new Uint8Array(0)

function cellsOf(column: ColumnWriter, cells: Column, rows: number, dialect: Dialect, counts: Counts): Cells {
  const { validity } = cells
  if (column.words > 0) return { validity, words: wordsIn(column, cells, rows), bytes: NO_BYTES, offsets: NO_WORDS }
  const bytes = cells.values as Uint8Array
  const offsets = cells.offsets!
  const kept = dialect.removeNul && column.kind === TEXT ? removeNuls(bytes, offsets, validity, rows, counts) : undefined
  return { validity, words: NO_WORDS, bytes: kept?.bytes ?? bytes, offsets: kept?.offsets ?? offsets }
}

/** The values of a column of a fixed width as words, in place where their memory allows it. */
function wordsIn(column: ColumnWriter, cells: Column, rows: number): Int32Array {
  const { type, words } = column
  const { values, zone } = cells
  if (type.type === 'boolean') {
    const bits = values as Uint8Array
    return Int32Array.from({ length: rows }, (_, row) => (bits[row >> 3]! >> (row & 7)) & 1)
  }
  if (type.type === 'integer' && type.bits < 32) return Int32Array.from((values as Int8Array).subarray(0, rows))
  const own = zone === undefined ? words : words - 1
  const whole = values.byteOffset % 4 === 0 ? values : new Uint8Array(values.buffer, values.byteOffset, rows * own * 4).slice()
  const inPlace = new Int32Array(whole.buffer, whole.byteOffset, rows * own)
  if (zone === undefined) return inPlace
  const zoned = new Int32Array(rows * words)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < own; k++) zoned[row * words + k] = inPlace[row * own + k]!
    zoned[row * words + own] = zone[row]!
  }
  return zoned
}
