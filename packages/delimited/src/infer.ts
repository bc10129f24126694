// The types of every field, found by one strict pass over all records of all parts, in memory that does not grow with them.
import type { Field, Part, RecordsSchema, Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { dialectOf } from './dialect.js'
import type { Hints } from './hints.js'
import type { ColumnFinding, ColumnRules } from './infer-column.js'
import { ColumnInference } from './infer-column.js'
import { booleanPairs } from './recognise-word.js'
import { recordsOf } from './records.js'
import type { Records } from './scan.js'

/** What the pass needs to know before it begins. */
export interface InferenceTask {
  readonly hints: Hints
  /** The names of the fields, one for each. */
  readonly names: readonly string[]
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
 * Each part finds its fields by its own header row, as decoding does.
 *
 * @throws MoveError `bad-data` for a record the scanner refuses or a part with other fields, `aborted`, or what the part throws.
 */
export async function inferTypes(parts: readonly Part[], task: InferenceTask, run: Run): Promise<Inference | undefined> {
  const { hints, names, watchForBackslashN } = task
  const dialect = dialectOf(hints)
  const rules: ColumnRules = { nullText: dialect.nullText, booleans: booleanPairs(task.booleanText), watchForBackslashN }
  const columns = names.map(() => new ColumnInference(rules))
  const unread: RecordsSchema = { fields: names.map((name) => ({ name, type: { type: 'string' }, nullable: true })) }
  let rows = 0
  let byteLength = 0

  for (const part of parts) {
    const counted = countBytes(part, (length) => { byteLength += length })
    for await (const { records, positions } of recordsOf(counted, dialect, unread, run)) {
      if (task.unquoted !== undefined) checkUnquoted(records, task.unquoted)
      for (let k = 0; k < columns.length; k++) if (!columns[k]!.see(records, positions[k]!)) return undefined
      rows += records.rows
    }
  }
  const findings = columns.map((column) => column.finding())
  const fields = findings.map(({ type, nullable }, k) => ({ name: names[k]!, type, nullable }))
  return { fields, columns: findings, rows, byteLength }
}

function countBytes(part: Part, count: (length: number) => void): Part {
  return {
    name: part.name,
    again: part.again,
    async *read() {
      for await (const chunk of part.read()) {
        count(chunk.byteLength)
        yield chunk
      }
    },
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
