// The records of a part as the scanner finds them, its header read and its fields found by name.
import type { Part, RecordsSchema, Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Dialect } from './dialect.js'
import { unescape } from './fields.js'
import { fieldNames } from './names.js'
import { charactersBetween } from './place.js'
import type { Records } from './scan.js'
import { ESCAPED, Scanner } from './scan.js'

/** Data records of one part, with where each field of `given` lies in them. */
export interface Located {
  readonly records: Records
  /** By field of `given`: its index in a record. */
  readonly positions: readonly number[]
}

/**
 * Scans a part and gives its records without the header row, some at a time; what is given is written anew when more is asked for.
 *
 * With a header row, fields are found by their names in it, and a header that lacks a name of `given`, or has one more, is `bad-data`;
 * without, they lie in the order of `given`.
 */
export async function* recordsOf(part: Part, dialect: Dialect, given: RecordsSchema, run: Run): AsyncGenerator<Located> {
  const names = given.fields.map((field) => field.name)
  const own = dialect.header ? {} : { width: names.length, names }
  const scanner = new Scanner(dialect, { file: part.name, limits: run.limits, ...own })
  let located: Located | undefined = dialect.header ? undefined : { records: scanner.records, positions: names.map((_, k) => k) }
  for await (const chunk of part.read()) {
    stopWhenAborted(run)
    scanner.feed(chunk)
    while (scanner.next()) {
      if (located === undefined) located = locate(scanner.records, names, dialect)
      else yield located
    }
  }
  scanner.end()
  while (scanner.next()) {
    if (located === undefined) located = locate(scanner.records, names, dialect)
    else yield located
  }
  if (located === undefined) {
    throw new MoveError('bad-data', `${part.name} is empty where a header row is expected: set hint header-row to false, or leave the file out`, {
      context: { file: part.name, line: '1' },
    })
  }
}

/** Rejects as a move that was stopped does. */
export function stopWhenAborted(run: Run): void {
  if (run.signal.aborted) throw new MoveError('aborted', 'the move was stopped', { cause: run.signal.reason })
}

/** The names in a header row, as text. */
function headerTexts(records: Records, dialect: Dialect): string[] {
  const { bytes, starts, ends, flags, width } = records
  return Array.from({ length: width }, (_, k) => {
    const [start, end, flag] = [starts[k]!, ends[k]!, flags[k]!]
    if ((flag & ESCAPED) === 0) return bytes.toString('utf8', start, end)
    const text = Buffer.alloc(end - start)
    const length = unescape(bytes, start, end, flag, dialect, text, 0)
    return length < 0 ? bytes.toString('utf8', start, end) : text.toString('utf8', 0, length)
  })
}

function locate(records: Records, names: readonly string[], dialect: Dialect): Located {
  const header = fieldNames(headerTexts(records, dialect))
  records.names = header
  const missing = names.find((name) => !header.includes(name))
  const extra = header.find((name) => !names.includes(name))
  const field = missing ?? extra
  if (field !== undefined) {
    const what = missing === undefined ? `has a field "${field}" that is not among the fields` : `has no field "${field}"`
    const column = missing === undefined ? { column: String(charactersBetween(records.bytes, records.start, records.starts[header.indexOf(field)]!) + 1) } : {}
    throw new MoveError('bad-data', `the header row of ${records.file} ${what}: every file of a move has the same fields, in any order`, {
      context: { file: records.file, line: String(records.line), ...column, field, record: '0' },
    })
  }
  return { records, positions: names.map((name) => header.indexOf(name)) }
}
