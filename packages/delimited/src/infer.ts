// The types of every field, found by one strict pass over all records of all parts, in memory that does not grow with them.
import type { Field, Part, Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Dialect } from './dialect.js'
import { dialectOf } from './dialect.js'
import type { Hints } from './hints.js'
import type { ColumnFinding, ColumnRules } from './infer-column.js'
import { ColumnInference } from './infer-column.js'
import { badField } from './place.js'
import { booleanPairs } from './recognise-word.js'
import type { Records } from './scan.js'
import { Scanner } from './scan.js'
import { fieldText } from './sniff-reading.js'

/** What the pass needs to know before it begins. */
export interface InferenceTask {
  readonly hints: Hints
  /** The names of the fields, and the texts of the header row as it stands in every part, when there is one. */
  readonly names: readonly string[]
  readonly header: readonly string[] | undefined
  /** The pair that boolean-text was told to be: then no other makes a boolean. */
  readonly booleanText: readonly [string, string] | undefined
  /** True when `\N` was not told to be text: coming upon one ends the pass. */
  readonly watchForBackslashN: boolean
  /** The quote character that was found to be data in the sample: coming upon a field in it is `refused`. */
  readonly unquoted: string | undefined
}

/** What the pass found. */
export interface Inference {
  readonly fields: readonly Field[]
  readonly columns: readonly ColumnFinding[]
  readonly rows: number
  readonly byteLength: number
}

/**
 * Reads every byte of the parts once. Undefined when it came upon an unquoted `\N` that the task watches for.
 *
 * @throws MoveError `bad-data` for a record the scanner refuses or a part with another header row, `aborted`, or what the part throws.
 */
export async function inferTypes(parts: readonly Part[], task: InferenceTask, run: Run): Promise<Inference | undefined> {
  const { hints, names, watchForBackslashN } = task
  const dialect = dialectOf(hints)
  const rules: ColumnRules = { nullText: dialect.nullText, booleans: booleanPairs(task.booleanText), watchForBackslashN }
  const columns = names.map(() => new ColumnInference(rules))
  let rows = 0
  let byteLength = 0

  for (const part of parts) {
    const scanner = new Scanner(dialect, { file: part.name, limits: run.limits, width: names.length, names })
    const drain = (): boolean => {
      while (scanner.next()) {
        const { records } = scanner
        if (dialect.header && records.record === 0) checkHeader(records, task.header!, dialect)
        else {
          if (task.unquoted !== undefined) checkUnquoted(records, task.unquoted)
          for (let k = 0; k < columns.length; k++) if (!columns[k]!.see(records, k)) return false
          rows += records.rows
        }
      }
      return true
    }
    for await (const chunk of part.read()) {
      if (run.signal.aborted) throw new MoveError('aborted', `looking at ${part.name} was stopped`, { cause: run.signal.reason })
      byteLength += chunk.byteLength
      scanner.feed(chunk)
      if (!drain()) return undefined
    }
    scanner.end()
    if (!drain()) return undefined
  }
  const findings = columns.map((column) => column.finding())
  const fields = findings.map(({ type, nullable }, k) => ({ name: names[k]!, type, nullable }))
  return { fields, columns: findings, rows, byteLength }
}

/** Every part repeats the header row: one with other names, or other order, holds other records. */
function checkHeader(records: Records, header: readonly string[], dialect: Dialect): void {
  const { bytes, starts, ends, flags } = records
  for (const [k, text] of header.entries()) {
    if (fieldText(bytes, starts[k]!, ends[k]!, flags[k]!, dialect) === text) continue
    throw badField(records, starts[k]!, k, 'the header row is not that of the first file: move files of other fields apart from these')
  }
}

function checkUnquoted(records: Records, quotechar: string): void {
  const quote = quotechar.charCodeAt(0)
  const { bytes, starts, ends, rows, width } = records
  for (let cell = 0; cell < rows * width; cell++) {
    const [start, end] = [starts[cell]!, ends[cell]!]
    if (end - start < 2 || bytes[start] !== quote || bytes[end - 1] !== quote) continue
    const message = `${records.file} has fields in quotes and quotes inside of fields without them: say quoting=null if quotes are characters`
    throw new MoveError('refused', message, { context: { file: records.file, hint: 'quoting' } })
  }
}
