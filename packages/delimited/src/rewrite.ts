// Writes checked records in another dialect, or in another spelling, field by field from bytes to bytes.
import { judge } from './cell.js'
import { CHANGED } from './check.js'
import type { ColumnPlan } from './columns.js'
import { HEX, TEXT, VALUE } from './columns.js'
import type { Dialect } from './dialect.js'
import { isNull } from './fields.js'
import { copyWithoutNul } from './nul.js'
import { readHex } from './read-other.js'
import type { Records } from './scan.js'
import { ESCAPED } from './scan.js'
import { scratch, unescapeToScratch } from './scratch.js'
import type { Sink } from './sink.js'
import { isPlain, isQuoted, unwritable } from './style.js'
import type { TextStyle } from './write-text.js'
import { roomFor, textStyle, writeNull, writeText } from './write-text.js'
import { LONGEST_VALUE, writeHex } from './writers.js'

/** What writing rows takes. */
export interface RowWriter {
  readonly plans: readonly ColumnPlan[]
  readonly style: TextStyle
  readonly reading: Dialect
  /** By column: written in quotes. */
  readonly quoted: readonly boolean[]
  /** By column: canonical text needs neither quotes nor escapes. */
  readonly plain: readonly boolean[]
}

export function rowWriter(plans: readonly ColumnPlan[], reading: Dialect, writing: Dialect): RowWriter {
  const style = textStyle(writing)
  return {
    plans, style, reading,
    quoted: plans.map((plan) => isQuoted(writing, plan.field.type)),
    plain: plans.map((plan) => plan.kind === VALUE && !isQuoted(writing, plan.field.type) && isPlain(style, plan.spelled)),
  }
}

const words = new Int32Array(9)
let spelled = Buffer.alloc(1 << 12)

/** Writes the records of a region. */
export function rewrite(writer: RowWriter, positions: readonly number[], records: Records, sink: Sink): void {
  const { plans, style, reading, quoted, plain } = writer
  const { bytes, starts, ends, flags, width, rows } = records
  const { delimiter, terminator, header } = style.dialect
  const { nullText } = reading
  const nullLength = nullText.length
  const count = plans.length
  const places = plans.map((plan) => positions[plan.from]!)
  const slack = count * (style.nullText.length + 1) + 2
  const lastTerminator = terminator[terminator.length - 1]!
  const protect = !header && records.record === 1
  sink.room(sink.at, slack)
  let out = sink.buffer
  let w = sink.at
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < count; k++) {
      const field = row * width + places[k]!
      const start = starts[field]!
      const end = ends[field]!
      const flag = flags[field]!
      if (k > 0) out[w++] = delimiter
      if (end - start === nullLength && isNull(bytes, start, end, flag, nullText)) {
        w = writeNull(style, out, w)
        continue
      }
      if (w + roomFor(end - start) + roomFor(LONGEST_VALUE) + slack > out.length) {
        sink.room(w, roomFor(end - start) + roomFor(LONGEST_VALUE) + slack)
        out = sink.buffer
      }
      let written: number
      if ((flag & (ESCAPED | CHANGED)) === 0) {
        if (plain[k]!) {
          for (let p = start; p < end; p++) out[w++] = bytes[p]!
          continue
        }
        written = writeText(style, bytes, start, end, quoted[k]!, out, w, protect && row === 0 && k === 0)
      } else {
        const length = spell(writer, plans[k]!, records, row, places[k]!)
        if (w + roomFor(length) + slack > out.length) {
          sink.room(w, roomFor(length) + slack)
          out = sink.buffer
        }
        written = writeText(style, spelled, 0, length, quoted[k]!, out, w, protect && row === 0 && k === 0)
      }
      if (written < 0) throw unwritable(records.file, plans[k]!.field.name, 'the text of this value', records.record + row)
      w = written
    }
    if (terminator.length === 2) out[w++] = terminator[0]!
    out[w++] = lastTerminator
    if (w + slack > CHUNK_END || w + slack > out.length) {
      sink.endRecord(w, slack)
      out = sink.buffer
      w = sink.at
    }
  }
  sink.at = w
}

const CHUNK_END = 1 << 20

/** Writes to `spelled` the text that a field is to have; returns its length. */
function spell(writer: RowWriter, plan: ColumnPlan, records: Records, row: number, position: number): number {
  const field = row * records.width + position
  let from = records.bytes
  let start = records.starts[field]!
  let end = records.ends[field]!
  if ((records.flags[field]! & ESCAPED) !== 0) {
    end = unescapeToScratch(records, row, position, writer.reading)
    from = scratch
    start = 0
  }
  const longest = Math.max(end - start, LONGEST_VALUE, writer.style.dialect.yes.length, writer.style.dialect.no.length)
  if (spelled.length < longest) spelled = Buffer.alloc(2 * longest)
  const changed = (records.flags[field]! & CHANGED) !== 0
  if (changed && plan.kind === VALUE) {
    judge(plan, from, start, end, words)
    return plan.write(words, 0, spelled, 0)
  }
  if (changed && plan.kind === HEX) {
    const raw = Buffer.alloc((end - start) / 2 - 1)
    readHex(from, start, end, raw, 0)
    return writeHex(raw, 0, raw.length, spelled, 0)
  }
  if (changed && plan.kind === TEXT && writer.style.dialect.removeNul) return copyWithoutNul(from, start, end, spelled, 0)
  from.copy(spelled, 0, start, end)
  return end - start
}
