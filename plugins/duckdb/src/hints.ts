// Which hints of delimited text DuckDB can honour when it writes or reads by itself.
import type { RecordsFormat, Why } from '@records-mover/core/plugin'

/** Every hint of comma-separated text, with the values that all writers share. */
export const FULL_CSV: { readonly [hint: string]: unknown } = {
  'header-row': true,
  'field-delimiter': ',',
  'record-terminator': '\n',
  'quoting': 'minimal',
  'quotechar': '"',
  'doublequote': true,
  'escape': null,
  'letter-escapes': false,
  'null-text': '',
  'encoding': 'UTF8',
  'compression': null,
  'boolean-text': ['true', 'false'],
  'dateformat': 'YYYY-MM-DD',
  'timeonlyformat': 'HH24:MI:SS',
  'datetimeformat': 'YYYY-MM-DD HH24:MI:SS',
  'datetimeformattz': 'YYYY-MM-DD HH24:MI:SSOF',
  'nul': 'keep',
}

/** The hints that vary, typed. */
export interface Dialect {
  readonly header: boolean
  readonly delimiter: string
  readonly terminator: '\n' | '\r\n'
  readonly quoting: 'minimal' | 'all' | 'nonnumeric'
  readonly quote: string
  readonly nullText: string
}

/** The dialect of a complete format; or why DuckDB cannot honour it, naming the hint. */
export function honour(format: RecordsFormat): Dialect | Why {
  if (format.format !== 'delimited') return `DuckDB does not know the format "${format.format}" here: it writes and reads delimited`
  for (const [hint, value] of Object.entries(format.hints)) {
    if (!Object.hasOwn(HONOURED, hint)) return `DuckDB does not know hint ${hint}`
    if (!HONOURED[hint]!(value)) return `DuckDB cannot honour hint ${hint} ${JSON.stringify(value)}`
  }
  const missing = Object.keys(HONOURED).find((hint) => !Object.hasOwn(format.hints, hint))
  if (missing !== undefined) return `the format lacks hint ${missing}`
  const { hints } = format
  return {
    header: hints['header-row'] as boolean,
    delimiter: hints['field-delimiter'] as string,
    terminator: hints['record-terminator'] as '\n',
    quoting: hints.quoting as 'minimal',
    quote: hints.quotechar as string,
    nullText: hints['null-text'] as string,
  }
}

const HONOURED: { readonly [hint: string]: (value: unknown) => boolean } = {
  'header-row': (value) => typeof value === 'boolean',
  // A space or colon stands in moments too, where DuckDB would not quote it.
  'field-delimiter': (value) => isCharacter(value) && value !== ' ' && value !== ':',
  'record-terminator': oneOf('\n', '\r\n'),
  'quoting': oneOf('minimal', 'all', 'nonnumeric'),
  'quotechar': isCharacter,
  'doublequote': oneOf(true),
  'escape': oneOf(null),
  'letter-escapes': oneOf(false),
  // A null text that a number, a moment, a boolean or bytes could be spelled as would need quotes around those.
  'null-text': (value) => typeof value === 'string' && (value === '' || /[^\\0-9a-fxtrulsINnity+\-.: BC]/.test(value)) || value === '\\N',
  'encoding': oneOf('UTF8'),
  'compression': oneOf(null, 'GZIP'),
  'boolean-text': (value) => Array.isArray(value) && value.length === 2 && value[0] === 'true' && value[1] === 'false',
  'dateformat': oneOf('YYYY-MM-DD'),
  'timeonlyformat': oneOf('HH24:MI:SS'),
  'datetimeformat': oneOf('YYYY-MM-DD HH24:MI:SS'),
  'datetimeformattz': oneOf('YYYY-MM-DD HH24:MI:SSOF'),
  'nul': oneOf('keep'),
}

function isCharacter(value: unknown): boolean {
  return typeof value === 'string' && value.length === 1 && value > '\0' && value <= '\x7f' && value !== '\n' && value !== '\r'
}

function oneOf(...allowed: readonly unknown[]): (value: unknown) => boolean {
  return (value) => allowed.includes(value)
}
