// How a sample quotes and escapes, among the ways in which it reads to the end; what fits in two ways is refused.
import { MoveError } from '@records-mover/core/plugin'
import type { Hints } from './hints.js'
import { ESCAPED, QUOTED } from './scan.js'
import type { Reading } from './sniff-reading.js'
import type { Sample } from './sniff-sample.js'

/** The hints that `told` leaves open are found; those it has are believed. */
export type ToldHints = Partial<Hints>

/** How a candidate quotes and escapes. */
export type Mode = Pick<Hints, 'quoting' | 'quotechar' | 'doublequote' | 'escape' | 'letter-escapes'>

/** A reading of the head that goes on to its end, with what the rest of the sample says to it. */
export interface Candidate {
  readonly mode: Mode
  readonly reading: Reading
  /** How many later stretches have no records of this shape. */
  readonly contradicted: number
}

/** What is tried for quoting and escape, the usual first; what is not in the bytes at all is not tried. */
export function modes(sample: Sample, start: Hints, told: ToldHints): Mode[] {
  const sampled = (character: string): boolean => [sample.head, ...sample.later].some(({ bytes }) => bytes.includes(character))
  const backslash = sampled('\\')
  const quotechars = told.quotechar !== undefined ? [told.quotechar] : sampled('\'') ? ['"', '\''] : ['"']
  const all: Mode[] = []
  const add = (quoting: Hints['quoting'], quotechar: string, doublequote: boolean, escape: Hints['escape']): void => {
    const mode = { quoting, quotechar, doublequote, escape, 'letter-escapes': start['letter-escapes'], ...told }
    const { 'letter-escapes': letters } = mode
    const one = { quoting: mode.quoting, quotechar: mode.quotechar, doublequote: mode.doublequote, escape: mode.escape, 'letter-escapes': letters }
    if (!all.some((other) => JSON.stringify(other) === JSON.stringify(one))) all.push(one)
  }
  for (const quotechar of quotechars) {
    if (told.escape !== '\\') add('minimal', quotechar, true, null)
    if (told.escape === null || (!backslash && told.escape === undefined)) continue
    // Readers that know an escape seldom know a doubled quote beside it, so that has to be seen.
    add('minimal', quotechar, false, '\\')
    add('minimal', quotechar, true, '\\')
  }
  add(null, start.quotechar, true, null)
  if (backslash && told.escape !== null) add(null, start.quotechar, true, '\\')
  return all
}

/**
 * Chooses among the candidates of one delimiter: a double quote without escape before one with it, before a single quote, before none.
 *
 * @throws MoveError `refused`, naming the hint, when backslashes may be escapes or characters, or single quotes quotes or characters.
 */
export function settle(fitting: readonly Candidate[], file: string, told: ToldHints): { chosen: Candidate, notes: string[] } {
  const find = (wanted: (mode: Mode) => boolean): Candidate | undefined => fitting.find((candidate) => wanted(candidate.mode))
  const plain = find((mode) => mode.quoting !== null && mode.quotechar === '"' && mode.escape === null)
  const escaped = find((mode) => mode.quoting !== null && mode.quotechar === '"' && mode.escape !== null)
  const other = find((mode) => mode.quoting !== null && mode.quotechar !== '"')
  const never = find((mode) => mode.quoting === null && mode.escape === null) ?? find((mode) => mode.quoting === null)
  if (plain !== undefined && escaped !== undefined && told.escape === undefined && mayEscape(escaped.reading)) {
    throw new MoveError('refused', `the backslashes in ${file} may be escapes or characters: say escape=\\ or escape=null`, {
      context: { file, hint: 'escape' },
    })
  }
  const double = plain ?? escaped
  if (other !== undefined && (double === undefined || wrapped(double.reading, '\'') > 0)) {
    if (told.quotechar !== undefined || needsQuotes(other.reading)) {
      return { chosen: other, notes: [`quotechar ${shown(other.mode.quotechar)}: fields hold delimiters or line ends inside it`] }
    }
    const columns = wrapped((double ?? other).reading, '\'')
    if (columns > 0) {
      throw new MoveError('refused', `single quotes around the texts of ${file} may be quotes or characters: say quotechar=' or quotechar="`, {
        context: { file, hint: 'quotechar' },
      })
    }
  }
  const chosen = double ?? other ?? never!
  return { chosen, notes: [quoteNote(chosen, told)] }
}

/**
 * True when backslashes are escapes as likely as characters: one stands before a delimiter, quote or line end, or, where no quote is
 * doubled, each stands before another.
 */
function mayEscape(reading: Reading): boolean {
  const { bytes, dialect, flags, starts, ends, hints } = reading
  let pairs = 0
  let others = 0
  for (let cell = 0; cell < flags.length; cell++) {
    if ((flags[cell]! & ESCAPED) === 0) continue
    for (let at = starts[cell]!; at < ends[cell]! - 1; at++) {
      if (bytes[at] !== dialect.escape) continue
      at++
      const next = bytes[at]
      if (next === dialect.quote || next === dialect.delimiter || next === 10 || next === 13) return true
      if (next === dialect.escape) pairs++
      else others++
    }
  }
  return pairs > 0 && others === 0 && !hints.doublequote
}

/** True when a quoted field holds what it could not hold without quotes. */
function needsQuotes(reading: Reading): boolean {
  const { bytes, dialect, flags, starts, ends } = reading
  for (let cell = 0; cell < flags.length; cell++) {
    if ((flags[cell]! & QUOTED) === 0) continue
    for (let at = starts[cell]!; at < ends[cell]!; at++) {
      if (bytes[at] === dialect.delimiter || bytes[at] === 10 || bytes[at] === 13) return true
    }
  }
  return false
}

/** How many columns have only cells, behind the first record, that begin and end with `quote`. */
function wrapped(reading: Reading, quote: string): number {
  const { bytes, width, rows, starts, ends } = reading
  const byte = quote.charCodeAt(0)
  let columns = 0
  for (let k = 0; k < width; k++) {
    let whole = 0
    let other = 0
    for (let row = rows > 1 ? 1 : 0; row < rows; row++) {
      const [start, end] = [starts[row * width + k]!, ends[row * width + k]!]
      if (end - start > 1 && bytes[start] === byte && bytes[end - 1] === byte) whole++
      else if (end > start) other++
    }
    if (whole > 0 && other === 0) columns++
  }
  return columns
}

/** True when some field of the reading begins with a quote. */
export function startsQuoted(reading: Reading, quotechar: string): boolean {
  const quote = quotechar.charCodeAt(0)
  return reading.starts.some((start, cell) => start < reading.ends[cell]! && reading.bytes[start] === quote)
}

/** How a delimiter or another hint is shown: with control characters spelled. */
export function shown(text: string): string {
  return JSON.stringify(text)
}

function quoteNote(candidate: Candidate, told: ToldHints): string {
  const { mode, reading } = candidate
  const escape = mode.escape === null ? '' : ', escape \\'
  if (mode.quoting === null) {
    const why = told.quoting === null ? 'as told' : 'quotes stand only inside fields, so they are characters'
    return `quoting none: ${why}${escape}`
  }
  const quoted = reading.flags.filter((flag) => (flag & QUOTED) !== 0).length
  const inside = reading.flags.filter((flag) => (flag & QUOTED) !== 0 && (flag & ESCAPED) !== 0).length
  const seen = quoted === 0 ? 'no quoted field was sampled' : `${quoted.toLocaleString('en')} quoted fields were sampled, ${inside.toLocaleString('en')} with a quote inside`
  const how = mode.doublequote ? 'a quote inside is doubled' : mode.escape === null ? 'no quote inside' : 'a quote inside is escaped'
  return `quotechar ${shown(mode.quotechar)}, ${how}${escape}: ${seen}`
}
