// Which delimiter and line end a sample was written with: every candidate is read strictly, and what fits is weighed.
import type { Limits } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Hints } from './hints.js'
import type { Candidate, ToldHints } from './sniff-quoting.js'
import { modes, settle, shown, startsQuoted } from './sniff-quoting.js'
import type { Reading } from './sniff-reading.js'
import { cellIs, fitsLater, readHead, recordEnd } from './sniff-reading.js'
import type { Sample } from './sniff-sample.js'
import { textStart } from './sniff-sample.js'
import { columnSpelling, spellsValue } from './sniff-spelling.js'

export interface DialectDecision {
  /** The head under the hints found; header row and null text are not decided yet. */
  readonly reading: Reading
  /** Sentences: what was found and by what. */
  readonly notes: readonly string[]
}

/** Delimiters that are tried, the likeliest first. Blanks and colons stand in too many texts: they have to be told. */
const DELIMITERS: readonly string[] = [',', '\t', ';', '|', '\x01', '\x1f', '^', '~']

/** A delimiter with the candidate that was chosen for it, or with the error that stops all of them. */
interface Attempt {
  readonly delimiter: string
  readonly chosen?: Candidate
  readonly notes?: readonly string[]
  readonly failed?: Reading
}

/**
 * Decides the dialect of a sample. One that does not fit every sampled record is never chosen. Undefined when the head is too
 * short to tell, since a record may end behind it.
 *
 * @throws MoveError `bad-data`, with file and line, when the likeliest dialect is broken somewhere; `refused`, naming the hint to
 *   tell, when two dialects fit and would give other records or values.
 */
export function decideDialect(sample: Sample, defaults: Hints, told: ToldHints, limits: Limits): DialectDecision | undefined {
  const { head } = sample
  const present = DELIMITERS.filter((delimiter) => head.bytes.includes(delimiter))
  const wished = told['field-delimiter']
  const delimiters = wished !== undefined ? [wished] : present.length > 0 ? present : [DELIMITERS[0]!]
  const attempts = delimiters.map((delimiter) => attempt(sample, { ...defaults, 'field-delimiter': delimiter }, told, limits))

  const unended = attempts.some((one) => one.failed !== undefined && one.failed.error === undefined)
  if (!head.whole && unended && !attempts.some((one) => one.chosen !== undefined)) return undefined

  const several = attempts.filter((one) => one.chosen !== undefined && one.chosen.reading.width > 1)
  const chosen = several.length > 1 ? clearest(several, head.file) : several[0] ?? oneColumn(attempts, sample, wished !== undefined, limits)
  const reading = chosen.chosen!.reading
  return { reading, notes: [delimiterNote(reading, chosen.chosen!, wished !== undefined), ...chosen.notes ?? []] }
}

function attempt(sample: Sample, start: Hints, told: ToldHints, limits: Limits): Attempt {
  const { head } = sample
  const delimiter = start['field-delimiter']
  const readings = modes(sample, start, told).map((mode) => {
    const hints = { ...start, ...mode }
    const terminator = told['record-terminator'] ?? firstLineEnd(head.bytes, textStart(head), hints)
    return readHead(head, { ...hints, 'record-terminator': terminator }, limits)
  })
  const fitting = readings.filter(readsOn)
  const failed = readings.find((reading) => !readsOn(reading))
  // Quotes that begin a field, and do not pair up, are no data: what is wrong is the file, or a hint.
  const literal = fitting.filter((reading) => reading.hints.quoting !== null || told.quoting === null || !startsQuoted(reading, told.quotechar ?? '"'))
  const candidates = literal.map((reading) => weigh(sample, reading, limits))
  const least = Math.min(...candidates.map((candidate) => candidate.contradicted))
  const best = candidates.filter((candidate) => candidate.contradicted === least)
  if (best.length === 0) return { delimiter, ...(failed !== undefined && { failed }) }
  return { delimiter, ...settle(best, head.file, told) }
}

function readsOn(reading: Reading): boolean {
  return reading.error === undefined && reading.rows > 0 && reading.consumed > 0.5
}

function weigh(sample: Sample, reading: Reading, limits: Limits): Candidate {
  const contradicted = sample.later.filter((stretch) => !fitsLater(stretch, reading.hints, reading.width, limits)).length
  return { mode: reading.hints, reading, contradicted }
}

/** Chooses among delimiters that all give several fields: the one whose columns spell values. */
function clearest(attempts: readonly Attempt[], file: string): Attempt {
  const scored = attempts.map((one) => ({ one, contradicted: one.chosen!.contradicted, score: valueColumns(one.chosen!.reading) }))
    .sort((a, b) => a.contradicted - b.contradicted || b.score - a.score)
  const [first, second] = [scored[0]!, scored[1]!]
  if (first.contradicted === second.contradicted && first.score === second.score) {
    const both = [first, second].map(({ one }) => `${shown(one.delimiter)} (${one.chosen!.reading.width} fields)`).join(' and ')
    throw new MoveError('refused', `the records of ${file} can be split by ${both}: say field-delimiter`, { context: { file, hint: 'field-delimiter' } })
  }
  return first.one
}

/** Columns that spell values less those that do not. */
function valueColumns(reading: Reading): number {
  let score = 0
  for (let k = 0; k < reading.width; k++) score += spellsValue(columnSpelling(reading, k)) ? 1 : -1
  return score
}

/** Chooses when no delimiter gives records of several fields: a file of one column, or the error that says what is wrong. */
function oneColumn(attempts: readonly Attempt[], sample: Sample, told: boolean, limits: Limits): Attempt {
  const { head } = sample
  const broken = attempts.filter((one) => one.failed !== undefined && one.chosen === undefined)
  const split = broken.filter((one) => one.failed!.width > 1 || told || one.failed!.error?.code === 'over-limit')
    .sort((a, b) => b.failed!.rows * b.failed!.width - a.failed!.rows * a.failed!.width)
  const single = attempts.filter((one) => one.chosen !== undefined)
  if (split.length > 0 && (split.length === 1 || split[0]!.failed!.rows > split[1]!.failed!.rows)) throw stopped(split[0]!.failed, head.file)
  if (split.length > 0) {
    const names = split.map((one) => shown(one.delimiter)).join(', ')
    throw new MoveError('refused', `no delimiter splits all records of ${head.file} alike (${names} split the first): say field-delimiter`, {
      context: { file: head.file, hint: 'field-delimiter' },
    })
  }
  const often = attempts.find((one) => splitsMost(head.bytes, one.delimiter))
  if (often !== undefined && !told) {
    throw new MoveError('refused', `${shown(often.delimiter)} splits most lines of ${head.file} but not the first one: `
      + 'remove what stands above the records, or say field-delimiter', { context: { file: head.file, hint: 'field-delimiter' } })
  }
  if (single.length > 0) return single[0]!
  // A delimiter stands in some of the texts, so one that stands in none of them is told in its place.
  const absent = DELIMITERS.find((delimiter) => !head.bytes.includes(delimiter))
  const first = broken[0]?.failed
  if (told || absent === undefined || first === undefined || first.hints.quoting === null) throw stopped(first, head.file)
  const again = attempt(sample, { ...first.hints, 'field-delimiter': absent }, {}, limits)
  if (again.chosen === undefined) throw stopped(again.failed ?? first, head.file)
  return again
}

/** The error at which a reading stopped. */
function stopped(reading: Reading | undefined, file: string): MoveError {
  if (reading?.error !== undefined) return reading.error
  const message = `no dialect fits the records of ${file}: say field-delimiter, quotechar and escape`
  return new MoveError('refused', message, { context: { file, hint: 'field-delimiter' } })
}

/** True when at least half of the lines have one and the same number of `delimiter`. */
function splitsMost(bytes: Buffer, delimiter: string): boolean {
  const lines = bytes.toString('latin1').split(/\r\n|\n|\r/).filter((line) => line !== '').slice(0, 1000)
  const counts = new Map<number, number>()
  for (const line of lines) {
    const count = line.split(delimiter).length - 1
    if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1)
  }
  return lines.length > 1 && Math.max(0, ...counts.values()) * 2 >= lines.length
}

/** The first line end outside quotes; `\n` when there is none. */
function firstLineEnd(bytes: Buffer, from: number, hints: Hints): Hints['record-terminator'] {
  const at = recordEnd(bytes, from, hints, false, true)
  if (at < 0 || bytes[at] === 10) return '\n'
  return bytes[at + 1] === 10 || at + 1 === bytes.length ? '\r\n' : '\r'
}

function delimiterNote(reading: Reading, candidate: Candidate, told: boolean): string {
  const { width, rows, hints } = reading
  const records = rows === 1 ? 'the one sampled record' : `each of ${rows.toLocaleString('en')} sampled records`
  const fields = width === 1 ? '1 field' : `${width} fields`
  const doubt = candidate.contradicted > 0 ? `; ${candidate.contradicted} later places of the file look different` : ''
  if (width === 1 && !told) return `one column: no delimiter splits the sampled records${doubt}`
  return `field delimiter ${shown(hints['field-delimiter'])}${told ? ' as told' : ''}: ${fields} in ${records}${doubt}`
}

/** True when some unquoted cell of the reading is exactly `text`. */
export function holdsCell(reading: Reading, text: string): boolean {
  return reading.starts.some((_, cell) => cellIs(reading, cell, text))
}
