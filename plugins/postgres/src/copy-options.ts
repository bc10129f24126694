// Which variations of delimited text the server itself writes, and the COPY options that make it do so.
import type { Field, RecordsFormat, Why } from '@records-mover/core/plugin'
import { quoteIdentifier, quoteLiteral } from './address.js'

/** A delimited format as COPY writes it. */
export interface CopyText {
  /** What goes into `with (...)`. */
  readonly options: string
  /** How booleans are spelled: true, false. */
  readonly booleans: readonly [string, string]
}

// Before, the text format had no header: https://www.postgresql.org/docs/15/release-15.html
const TEXT_HEADER_SINCE = 150_000
/** Hints whose value has no bearing on what PostgreSQL writes: it has no U+0000. */
const IDLE = ['nul']
/** The only values of these hints; they are how the session writes anyway. */
const FIXED: { readonly [hint: string]: unknown } = {
  'record-terminator': '\n',
  'encoding': 'UTF8',
  'compression': null,
  'dateformat': 'YYYY-MM-DD',
  'timeonlyformat': 'HH24:MI:SS',
  'datetimeformat': 'YYYY-MM-DD HH24:MI:SS',
  'datetimeformattz': 'YYYY-MM-DD HH24:MI:SSOF',
}

/** The options that write `fields` in a complete delimited format, or why the server cannot. */
export function copyText(format: RecordsFormat, fields: readonly Field[], version: number): CopyText | { readonly why: Why } {
  if (fields.length === 0) return { why: 'records without fields have no delimited form' }
  const left = new Map(Object.entries(format.hints))
  const take = (hint: string): unknown => {
    const value = left.get(hint)
    left.delete(hint)
    return value
  }
  for (const hint of IDLE) left.delete(hint)
  for (const [hint, value] of Object.entries(FIXED)) {
    const told = take(hint)
    if (told !== undefined && told !== value) return cannot(hint, told)
  }
  const booleans = take('boolean-text') ?? ['true', 'false']
  if (!isPair(booleans)) return cannot('boolean-text', booleans)
  const shared = {
    header: take('header-row') ?? true, delimiter: take('field-delimiter') ?? ',', nullText: take('null-text') ?? '',
    quoting: take('quoting') === undefined ? 'minimal' : format.hints.quoting, quote: take('quotechar') ?? '"',
    doubled: take('doublequote') ?? true, escape: take('escape') ?? null, letters: take('letter-escapes') ?? false,
  }
  const [unknown] = left.keys()
  if (unknown !== undefined) return { why: `PostgreSQL does not know the hint "${unknown}"` }
  const found = shared.quoting === null ? textOptions(shared, version) : csvOptions(shared, fields)
  return typeof found === 'string' ? { options: found, booleans } : found
}

interface Shared {
  readonly header: unknown
  readonly delimiter: unknown
  readonly nullText: unknown
  readonly quoting: unknown
  readonly quote: unknown
  readonly doubled: unknown
  readonly escape: unknown
  readonly letters: unknown
}

/** https://www.postgresql.org/docs/current/sql-copy.html, "Text Format" */
function textOptions(hints: Shared, version: number): string | { readonly why: Why } {
  if (hints.escape !== '\\' || hints.letters !== true) return { why: 'PostgreSQL writes text without quotes only with escape \\ and letter-escapes' }
  // Any other text could as well be a value.
  if (hints.nullText !== '\\N') return cannot('null-text', hints.nullText, 'text without quotes tells a null from a value only as \\N')
  if (!isByte(hints.delimiter) || /[\\.a-z0-9\r\n]/.test(hints.delimiter)) return cannot('field-delimiter', hints.delimiter)
  if (hints.header === true && version < TEXT_HEADER_SINCE) return { why: 'PostgreSQL before 15 writes no header row into text without quotes' }
  return `format text, delimiter ${quoteLiteral(hints.delimiter)}, null '\\N'${hints.header === true ? ', header true' : ''}`
}

/** The same page, "CSV Format". */
function csvOptions(hints: Shared, fields: readonly Field[]): string | { readonly why: Why } {
  const { delimiter, quote, nullText } = hints
  if (hints.letters === true) return cannot('letter-escapes', true, 'it has no letter escapes in quoted text')
  if (!isByte(delimiter) || /[\r\n]/.test(delimiter)) return cannot('field-delimiter', delimiter)
  if (!isByte(quote) || quote === delimiter || /[\r\n]/.test(quote)) return cannot('quotechar', quote)
  if (typeof nullText !== 'string' || /[\r\n]/.test(nullText) || nullText.includes(delimiter) || nullText.includes(quote)) return cannot('null-text', nullText)
  const escape = escapeOf(hints)
  if (escape === undefined) return cannot('escape', hints.escape, 'it escapes by doubling the quote, or by a backslash when every value is quoted')
  const forced = forcedQuotes(hints.quoting, fields)
  if (forced === undefined) return cannot('quoting', hints.quoting)
  return [
    'format csv', `header ${hints.header === true ? 'true' : 'false'}`, `delimiter ${quoteLiteral(delimiter)}`, `quote ${quoteLiteral(quote)}`,
    `escape ${quoteLiteral(escape === 'quote' ? quote : escape)}`, `null ${quoteLiteral(nullText)}`, ...forced,
  ].join(', ')
}

function escapeOf(hints: Shared): 'quote' | '\\' | undefined {
  if (hints.doubled === true) return hints.escape === null ? 'quote' : undefined
  // Outside of quotes PostgreSQL writes a backslash as it is, where a reader of this format would take it for an escape.
  return hints.escape === '\\' && hints.quoting === 'all' ? '\\' : undefined
}

function forcedQuotes(quoting: unknown, fields: readonly Field[]): readonly string[] | undefined {
  if (quoting === 'minimal') return []
  if (quoting === 'all') return ['force_quote *']
  if (quoting !== 'nonnumeric') return undefined
  const quoted = fields.filter(({ type: { type } }) => type !== 'integer' && type !== 'decimal' && type !== 'float')
  return quoted.length === 0 ? [] : [`force_quote (${quoted.map((field) => quoteIdentifier(field.name)).join(', ')})`]
}

function cannot(hint: string, value: unknown, reason = 'COPY has no option for it'): { readonly why: Why } {
  return { why: `PostgreSQL cannot write ${hint} ${JSON.stringify(value)}: ${reason}` }
}

function isByte(value: unknown): value is string {
  return typeof value === 'string' && value.length === 1 && value > '\0' && value < '\x7f'
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === 'string') && value[0] !== value[1]
}
