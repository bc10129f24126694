// Hints and field names of delimited text that nobody described, from a bounded sample, each with the evidence it rests on.
import type { Part, Run, Told } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { HintName, Hints } from './hints.js'
import { completeFormat, hintsOf, VARIANTS } from './hints.js'
import { fieldNames, namesWithoutHeader } from './names.js'
import { QUOTED } from './scan.js'
import type { DialectDecision } from './sniff-dialect.js'
import { decideDialect, holdsCell } from './sniff-dialect.js'
import { decideHeader } from './sniff-header.js'
import type { ToldHints } from './sniff-quoting.js'
import { shown } from './sniff-quoting.js'
import type { Reading } from './sniff-reading.js'
import { cellText, readHead } from './sniff-reading.js'
import type { Sample } from './sniff-sample.js'
import { takeSample, textStart } from './sniff-sample.js'

export interface Sniffed {
  readonly hints: Hints
  /** The hints that were told, in their full spelling. */
  readonly told: ToldHints
  /** One for each field: unique and never empty. */
  readonly names: readonly string[]
  /** Bytes of a sampled record, on average. */
  readonly recordBytes: number
  readonly notes: readonly string[]
}

// A sample in which no record ends is taken anew, as many times longer.
const GROWTH = 16
const FIRST_HEAD = 1 << 18

/**
 * Finds the hints that `told` leaves open. Undefined when every part is empty.
 *
 * @throws MoveError `refused`, naming the hint to tell, when the sample can be read in two ways or is not text in UTF-8; `bad-data`
 *   with file and line when the likeliest way is broken somewhere in the sample; what the parts throw.
 */
export async function sniff(parts: readonly Part[], told: Told, run: Run): Promise<Sniffed | undefined> {
  const defaults = hintsOf(completeFormat(told))
  const known = toldHints(told, defaults)
  for (let headBytes = FIRST_HEAD; ; headBytes *= GROWTH) {
    const sample = await takeSample(parts, run, headBytes)
    if (sample === undefined) return undefined
    const dialect = decideDialect(sample, defaults, known, run.limits)
    if (dialect !== undefined) return describe(sample, dialect, known, run)
    if (headBytes > run.limits.recordBytes) {
      const { file } = sample.head
      const message = `no record of ${file} ends within ${run.limits.recordBytes} bytes: say quoting=null if quotes are characters, or raise limit recordBytes`
      throw new MoveError('over-limit', message, { context: { file, limit: 'recordBytes', value: String(run.limits.recordBytes) } })
    }
  }
}

/** The hints that the caller named, by themselves or through a variant, as the complete format spells them. */
function toldHints(told: Told, complete: Hints): ToldHints {
  const variant = told.format === undefined || !Object.hasOwn(VARIANTS, told.format) ? {} : VARIANTS[told.format]!
  const names = new Set([...Object.keys(variant), ...Object.keys(told.hints ?? {})]) as ReadonlySet<HintName>
  return Object.fromEntries([...names].map((name) => [name, complete[name]]))
}

function describe(sample: Sample, decision: DialectDecision, told: ToldHints, run: Run): Sniffed {
  const { file } = sample.head
  const notes = [...decision.notes]
  const nullText = told['null-text'] ?? (holdsCell(decision.reading, '\\N') || laterHolds(sample, decision.reading) ? '\\N' : '')
  if (told['null-text'] === undefined) notes.push(nullNote(nullText))
  const server = nullText === '\\N' ? serverText(sample, decision.reading, told, run) : undefined
  if (server !== undefined) notes.push('quoting none, escape \\ with letters (\\n, \\t): tabs between fields and \\N for null are what servers write so')

  const reading = server ?? decision.reading
  const width = reading.width
  const decided = told['header-row'] === undefined ? decideHeader(reading, file) : { header: told['header-row'], note: 'header row: as told' }
  notes.push(decided.note)
  const header = decided.header ? Array.from({ length: width }, (_, k) => cellText(reading, k)) : undefined
  const names = header === undefined ? namesWithoutHeader(width) : fieldNames(header)
  notes.push(...nameNotes(names, header))
  if (textStart(sample.head) > 0) notes.push('encoding UTF-8, by the byte order mark, which is skipped')
  const terminator = reading.hints['record-terminator']
  if (terminator !== '\n') notes.push(`record terminator ${shown(terminator)}`)

  const hints: Hints = { ...reading.hints, 'header-row': decided.header, 'null-text': nullText }
  // The format as a whole has to be one that the codec takes: hints that were found may contradict one that was told.
  completeFormat({ format: 'delimited', hints: { ...hints } })
  return { hints, told, names, recordBytes: reading.bytes.length * reading.consumed / reading.rows, notes }
}

function nullNote(nullText: string): string {
  return nullText === '' ? 'null: an unquoted empty field; a quoted one is empty text' : 'null: \\N, which was sampled unquoted; an empty field is empty text'
}

/** True when a later stretch has `\N` with delimiters or line ends on both sides. */
function laterHolds(sample: Sample, reading: Reading): boolean {
  const delimiter = reading.dialect.delimiter
  const ends = (byte: number | undefined): boolean => byte === delimiter || byte === 10 || byte === 13
  return sample.later.some(({ bytes }) => {
    for (let at = bytes.indexOf('\\N'); at >= 0; at = bytes.indexOf('\\N', at + 2)) {
      if (ends(bytes[at - 1]) && ends(bytes[at + 2])) return true
    }
    return false
  })
}

/** The head read as PostgreSQL and MySQL write text: when its delimiter is a tab, no field begins with a quote, and it can be. */
function serverText(sample: Sample, reading: Reading, told: ToldHints, run: Run): Reading | undefined {
  const open = told.escape === undefined && told['letter-escapes'] === undefined && told.quoting === undefined
  if (!open || reading.hints['field-delimiter'] !== '\t' || reading.flags.some((flag) => (flag & QUOTED) !== 0)) return undefined
  const hints: Hints = { ...reading.hints, 'quoting': null, 'escape': '\\', 'letter-escapes': true }
  const again = readHead(sample.head, hints, run.limits)
  return again.error === undefined && again.width === reading.width ? again : undefined
}

function nameNotes(names: readonly string[], header: readonly string[] | undefined): string[] {
  if (header === undefined) return [`field names: made up, ${names.length === 1 ? names[0]! : `${names[0]!} to ${names.at(-1)!}`}`]
  const changed = names.filter((name, k) => name !== header[k])
  if (changed.length === 0) return []
  const some = changed.slice(0, 5).map((name) => `"${name}"`).join(', ') + (changed.length > 5 ? ' ...' : '')
  return [`field names: ${changed.length} made up where the header row leaves one empty or says one twice: ${some}`]
}
