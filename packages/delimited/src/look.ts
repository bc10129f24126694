// Finds hints, fields and types of delimited files from their bytes: the hints from a sample, the types from every record.
import type { Field, Look, Part, RecordsFormat, Run, Told } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { DELIMITED } from './hints.js'
import type { ColumnFinding } from './infer-column.js'
import type { Inference } from './infer.js'
import { inferTypes } from './infer.js'
import { BOOLEAN_PAIRS } from './recognise-word.js'
import { sniff } from './sniff.js'
import type { Sniffed } from './sniff.js'

/**
 * Finds format and schema of parts that can be read again; see `Codec.look` of the contract.
 *
 * Hints come from a sample of at most about 1 MiB, more only when no record ends in it; those in `told` are believed. For `names`
 * every type is `string`, and `rows` an estimate. For `types` every record is read: types are the narrowest that hold every
 * value exactly, `nullable` says whether a null was seen, and `rows` is exact.
 *
 * | every value, nulls apart | type |
 * |---|---|
 * | `0`, `-12`, within 64 bits | integer 64 |
 * | longer ones, or with a point: `0.50`, `.5`; up to 76 digits in all | decimal, as wide as the longest |
 * | one has an exponent, and a double holds each exactly: `1e5` | float 64 |
 * | `YYYY-MM-DD` of the calendar | date |
 * | `HH:MM:SS`, with up to 9 digits of fraction and with or without an offset | time |
 * | date, a blank or `T`, and time, all with offset or none | timestamp |
 * | `true`, `false`, in lower case, upper case or capitalised; both `t` and `f`; or the told pair | boolean |
 * | 32 hexadecimal digits with dashes | uuid |
 * | anything else: `007`, `+1`, `NA`, `NaN`, quoted empty fields, two kinds mixed | string |
 *
 * @throws MoveError `refused` when the bytes can be read in two ways, naming the hint to tell, or cannot be read again; `bad-data`
 *   with file, line, column and field for a broken record, and when there are no bytes at all; `over-limit`; `aborted`.
 */
export async function look(
  parts: readonly Part[], told: Told, need: 'names' | 'types', run: Run,
): Promise<Look & { readonly format: RecordsFormat }> {
  const once = parts.find((part) => !part.again)
  if (once !== undefined) {
    throw new MoveError('refused', `${once.name} can be read only once, and finding its fields takes more: save it to a file first`)
  }
  const sniffed = await sniff(parts, told, run)
  if (sniffed === undefined) {
    const name = parts[0]?.name ?? 'the source'
    throw new MoveError('bad-data', `${name} is empty: without a header row or a record it has no fields, so tell its schema`)
  }
  return need === 'names' ? namesOnly(parts, sniffed) : withTypes(parts, sniffed, run)
}

function namesOnly(parts: readonly Part[], sniffed: Sniffed): Look & { readonly format: RecordsFormat } {
  const fields = sniffed.names.map((name): Field => ({ name, type: { type: 'string' }, nullable: true }))
  const byteLength = parts.reduce<number | undefined>((sum, part) => sum === undefined || part.byteLength === undefined ? undefined : sum + part.byteLength, 0)
  return {
    schema: { fields },
    again: true,
    ...(byteLength !== undefined && { byteLength, rows: Math.round(byteLength / sniffed.recordBytes) }),
    notes: sniffed.notes,
    format: { format: DELIMITED, hints: { ...sniffed.hints } },
  }
}

async function withTypes(parts: readonly Part[], sniffed: Sniffed, run: Run): Promise<Look & { readonly format: RecordsFormat }> {
  const { told } = sniffed
  const notes = [...sniffed.notes]
  const task = {
    hints: sniffed.hints,
    names: sniffed.names,
    booleanText: told['boolean-text'],
    watchForBackslashN: told['null-text'] === undefined && sniffed.hints['null-text'] === '',
    unquoted: sniffed.hints.quoting === null && told.quoting === undefined && sniffed.hints.escape === null ? sniffed.hints.quotechar : undefined,
  }
  let hints = sniffed.hints
  let inference = await inferTypes(parts, task, run)
  if (inference === undefined) {
    hints = { ...hints, 'null-text': '\\N' }
    notes.push('null: \\N after all, which stands unquoted behind the sample; an empty field is empty text')
    inference = await inferTypes(parts, { ...task, hints, watchForBackslashN: false }, run)
  }
  const found = inference!
  const booleans = booleanText(found, told['boolean-text'])
  const fields = found.fields.map((field, k): Field => {
    const column = found.columns[k]!
    if (column.emptyAmongValues) return { ...field, type: emptyAsText(field, told['null-text']) }
    if (column.booleanText === undefined || sameTexts(column.booleanText, booleans)) return field
    notes.push(`field "${field.name}" stays text: it spells booleans in another way than a field before it`)
    return { ...field, type: { type: 'string' } }
  })
  return {
    schema: { fields },
    again: true,
    rows: found.rows,
    rowsExact: true,
    byteLength: found.byteLength,
    notes: [...notes, `types: from every value of all ${found.rows.toLocaleString('en')} records`],
    format: { format: DELIMITED, hints: { ...hints, 'boolean-text': booleans } },
  }
}

/** One format has one pair of spellings: the told one, or that of the first boolean field. */
function booleanText(found: Inference, told: readonly [string, string] | undefined): readonly [string, string] {
  return told ?? found.columns.find((column) => column.booleanText !== undefined)?.booleanText ?? BOOLEAN_PAIRS[0]!
}

function sameTexts(one: NonNullable<ColumnFinding['booleanText']>, other: readonly [string, string]): boolean {
  return one[0] === other[0] && one[1] === other[1]
}

/** With a null text that was told, an empty field is text; with one that was found, both may mean null, and only the user knows. */
function emptyAsText(field: Field, told: string | undefined): Field['type'] {
  if (told !== undefined) return { type: 'string' }
  throw new MoveError('refused', `field "${field.name}" has values, empty fields and \\N: say null-text= (empty) or null-text=\\N, and which of them is null`, {
    context: { field: field.name, hint: 'null-text' },
  })
}
