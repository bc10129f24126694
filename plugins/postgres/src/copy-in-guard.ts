// What must not reach COPY FROM as it is: a byte order mark in front of the first value, and the mark that ends data early.
import { MoveError } from '@records-mover/core/plugin'

export interface GuardedText {
  /** True for the text format of COPY, false for csv. */
  readonly text: boolean
  readonly quote: number
  /** As `server_version_num`. */
  readonly version: number
  /** For messages. */
  readonly name: string
}

const BACKSLASH = 0x5c
const POINT = 0x2e
const LINE_FEED = 0x0a
const RETURN = 0x0d
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf)
// From this version on csv has no end mark: https://www.postgresql.org/docs/18/release-18.html
const CSV_WITHOUT_MARK = 180_000

/**
 * Passes chunks on as they are, less a byte order mark at the start, which would become part of the first value.
 *
 * Throws `bad-data` for a mark `\.` at the end of a line: PostgreSQL takes it for the end of the records and forgets, without
 * an error, what follows. https://www.postgresql.org/docs/17/sql-copy.html
 */
export async function* guardText(chunks: AsyncIterable<Uint8Array>, guard: GuardedText): AsyncGenerator<Uint8Array> {
  const marks = !guard.text && guard.version >= CSV_WITHOUT_MARK ? undefined : endMarks(guard)
  let started = false
  let held: Uint8Array | undefined
  for await (const chunk of chunks) {
    let bytes = held === undefined ? chunk : Buffer.concat([held, chunk])
    held = undefined
    if (!started) {
      if (bytes.length < BYTE_ORDER_MARK.length) {
        held = bytes
        continue
      }
      started = true
      if (BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte)) bytes = bytes.subarray(BYTE_ORDER_MARK.length)
    }
    const end = marks === undefined ? bytes.length : marks.look(bytes, false)
    if (end < bytes.length) held = bytes.subarray(end)
    if (end > 0) yield bytes.subarray(0, end)
  }
  if (held === undefined) return
  marks?.look(held, true)
  yield held
}

interface EndMarks {
  /** Looks through bytes, and gives the place from which they are to be seen again together with what follows. */
  look(bytes: Uint8Array, last: boolean): number
}

function endMarks(guard: GuardedText): EndMarks {
  return guard.text ? textMarks(guard) : csvMarks(guard)
}

/** In text a mark counts wherever its backslash is not escaped itself. */
function textMarks(guard: GuardedText): EndMarks {
  return {
    look(bytes, last) {
      for (let at = bytes.indexOf(BACKSLASH); at >= 0; at = bytes.indexOf(BACKSLASH, at)) {
        // Backslashes come in pairs, the second of which means itself; a lone one belongs to the byte behind it.
        if (at + 1 >= bytes.length) return last ? bytes.length : at
        if (bytes[at + 1] === POINT) {
          if (at + 2 >= bytes.length && !last) return at
          if (at + 2 >= bytes.length || endsLine(bytes[at + 2]!)) throw endMark(guard)
        }
        at += 2
      }
      return bytes.length
    },
  }
}

/** In csv a mark counts where it is a whole line that does not start inside quotes, so quotes are counted up to each. */
function csvMarks(guard: GuardedText): EndMarks {
  let quoted = false
  let lineStarts = true
  return {
    look(bytes, last) {
      let counted = 0
      const countTo = (end: number): void => {
        if (oddQuotes(bytes, counted, end, guard.quote)) quoted = !quoted
        counted = end
      }
      for (let at = bytes.indexOf(BACKSLASH); at >= 0; at = bytes.indexOf(BACKSLASH, at + 1)) {
        if (!(at === 0 ? lineStarts : endsLine(bytes[at - 1]!))) continue
        const cut = at + 1 >= bytes.length || (bytes[at + 1] === POINT && at + 2 >= bytes.length)
        if (cut && !last) {
          countTo(at)
          lineStarts = true
          return at
        }
        if (bytes[at + 1] !== POINT || !(at + 2 >= bytes.length || endsLine(bytes[at + 2]!))) continue
        countTo(at)
        if (!quoted) throw endMark(guard)
      }
      countTo(bytes.length)
      lineStarts = bytes.length > 0 && endsLine(bytes.at(-1)!)
      return bytes.length
    },
  }
}

function endsLine(byte: number): boolean {
  return byte === LINE_FEED || byte === RETURN
}

function endMark({ name, text }: GuardedText): MoveError {
  const remedy = text ? 'write it as \\\\.' : 'write it in quotes'
  return new MoveError('bad-data', `${name} holds \\. at the end of a line, which PostgreSQL takes for the end of the records: ${remedy}`, { context: { file: name } })
}

function oddQuotes(bytes: Uint8Array, from: number, to: number, quote: number): boolean {
  let count = 0
  for (let i = from; i < to; i++) if (bytes[i] === quote) count++
  return (count & 1) === 1
}
