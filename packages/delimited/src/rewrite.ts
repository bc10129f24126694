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
import { CHUNK_BYTES } from './sink.js'
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
  const style = textStyle(writing, plans.length)
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
  const places = Int32Array.from(plans, (plan) => positions[plan.from]!)
  const slack = slackOf(writer)
  const lastTerminator = terminator[terminator.length - 1]!
  const protect = !header && records.record === 1
  let out = sink.buffer
  let w = sink.at
  for (let row = 0; row < rows; row++) {
    const base = row * width
    // Every field twice its length, and what fields take beside their text: nothing below looks at the room again.
    const room = 2 * (ends[base + width - 1]! - starts[base]!) + slack
    if (w + room > out.length || w >= CHUNK_BYTES) {
      sink.endRecord(w, room)
      out = sink.buffer
      w = sink.at
    }
    for (let k = 0; k < count; k++) {
      const field = base + places[k]!
      const start = starts[field]!
      const end = ends[field]!
      const flag = flags[field]!
      if (k > 0) out[w++] = delimiter
      if (end - start === nullLength && isNull(bytes, start, end, flag, nullText)) {
        w = writeNull(style, out, w)
        continue
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
        written = writeText(style, spelled, 0, length, quoted[k]!, out, w, protect && row === 0 && k === 0)
      }
      if (written < 0) throw unwritable(records.file, plans[k]!.field.name, 'the text of this value', records.record + row)
      w = written
    }
    if (terminator.length === 2) out[w++] = terminator[0]!
    out[w++] = lastTerminator
  }
  sink.at = w
}

/** Bytes that a record takes beside its texts: delimiters, quotes, nulls, and values that are spelled longer than they were. */
function slackOf(writer: RowWriter): number {
  const { dialect, nullText } = writer.style
  return writer.plans.length * (roomFor(longestValue(dialect)) + nullText.length + 1) + 2
}

function longestValue(dialect: Dialect): number {
  return Math.max(LONGEST_VALUE, dialect.yes.length, dialect.no.length)
}

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
  const longest = Math.max(end - start, longestValue(writer.style.dialect))
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
