// What a stretch of bytes is under one dialect: its records and cells as the strict scanner gives them, or where it stops.
import type { Limits } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Dialect } from './dialect.js'
import { dialectOf } from './dialect.js'
import { unescape } from './fields.js'
import type { Hints } from './hints.js'
import { ESCAPED, QUOTED, Scanner } from './scan.js'
import type { Stretch } from './sniff-sample.js'
import { textStart } from './sniff-sample.js'

/** The records of a stretch under some hints. Cell `r * width + k` is field k of record r; the header, if any, is record 0. */
export interface Reading {
  readonly hints: Hints
  readonly dialect: Dialect
  readonly bytes: Buffer
  readonly width: number
  readonly rows: number
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly flags: readonly number[]
  /** The share of the bytes that whole records make up, 0 to 1. */
  readonly consumed: number
  /** Why the scanner stopped before the end of the bytes. */
  readonly error?: MoveError
}

// A sample need not be read further than this to know its dialect.
const MOST_CELLS = 1 << 19

/** Reads a stretch from its beginning, every record alike: the header is one of them. */
export function readHead(head: Stretch, hints: Hints, limits: Limits): Reading {
  const from = textStart(head)
  return readFrom(head, from, hints, limits, undefined)
}

/** True when the records of a stretch from the middle of a file are such as `hints` and `width` say, or when it cannot tell. */
export function fitsLater(stretch: Stretch, hints: Hints, width: number, limits: Limits): boolean {
  if (stretch.start === 0) return conforms(readFrom(stretch, textStart(stretch), hints, limits, width), stretch)
  let told = false
  // The stretch may begin outside a quoted field, inside one, or between the two halves of a doubled quote in one.
  for (const [from, quoted] of [[0, false], [0, true], [1, true]] as const) {
    const end = recordEnd(stretch.bytes, from, hints, quoted)
    if (end < 0) continue
    told = true
    const next = end + hints['record-terminator'].length
    if (conforms(readFrom(stretch, next, hints, limits, width), stretch)) return true
  }
  return !told
}

/** The place of the first line end outside quotes, or -1; `quoted` says that `from` is inside a quoted field. */
export function recordEnd(bytes: Buffer, from: number, hints: Hints, quoted: boolean, beginning = false): number {
  const quote = hints.quoting === null ? -1 : hints.quotechar.charCodeAt(0)
  const delimiter = hints['field-delimiter'].charCodeAt(0)
  const escape = hints.escape === null ? -1 : hints.escape.charCodeAt(0)
  let inside = quoted && quote >= 0
  let first = beginning
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === escape) at++
    else if (inside) inside = byte !== quote
    // A doubled quote closes and opens again.
    else if (byte === quote && (first || (at > from && bytes[at - 1] === quote))) inside = true
    else if (byte === 10 || byte === 13) return at
    first = byte === delimiter
  }
  return -1
}

function conforms(reading: Reading, stretch: Stretch): boolean {
  return reading.error === undefined && (reading.rows === 0 || reading.consumed > 0.5 || stretch.whole)
}

/** The text of a cell, out of its quotes and escapes. */
export function cellText({ bytes, dialect, starts, ends, flags }: Reading, cell: number): string {
  return fieldText(bytes, starts[cell]!, ends[cell]!, flags[cell]!, dialect)
}

/** The text of a field that the scanner found, out of its quotes and escapes. Makes a string: for headers and samples. */
function fieldText(bytes: Buffer, start: number, end: number, flag: number, dialect: Dialect): string {
  if ((flag & ESCAPED) === 0) return bytes.toString('utf8', start, end)
  const out = Buffer.alloc(end - start)
  const length = unescape(bytes, start, end, flag, dialect, out, 0)
  return length < 0 ? bytes.toString('utf8', start, end) : out.toString('utf8', 0, length)
}

/** True when a cell is, without quotes, exactly `text`. */
export function cellIs(reading: Reading, cell: number, text: string): boolean {
  const [start, end] = [reading.starts[cell]!, reading.ends[cell]!]
  return (reading.flags[cell]! & QUOTED) === 0 && end - start === text.length && reading.bytes.toString('latin1', start, end) === text
}

function readFrom(stretch: Stretch, from: number, hints: Hints, limits: Limits, width: number | undefined): Reading {
  const dialect = { ...dialectOf(hints), header: false }
  const bytes = stretch.bytes.subarray(from)
  const scanner = new Scanner(dialect, { file: stretch.file, limits, ...(width !== undefined && { width }) })
  const starts: number[] = []
  const ends: number[] = []
  const flags: number[] = []
  let rows = 0
  let consumed = 0
  let error: MoveError | undefined
  scanner.feed(bytes)
  if (stretch.whole) scanner.end()
  try {
    while (starts.length < MOST_CELLS && scanner.next()) {
      const records = scanner.records
      const cells = records.rows * records.width
      for (let cell = 0; cell < cells; cell++) {
        starts.push(records.starts[cell]!)
        ends.push(records.ends[cell]!)
        flags.push(records.flags[cell]!)
      }
      rows += records.rows
      consumed = records.end / bytes.length
    }
    if (starts.length >= MOST_CELLS) consumed = 1
  } catch (thrown) {
    if (!MoveError.is(thrown)) throw thrown
    error = thrown
  }
  return { hints, dialect, bytes, width: scanner.records.width, rows, starts, ends, flags, consumed, ...(error !== undefined && { error }) }
}
