// Which delimited formats COPY FROM reads as they are meant, and how their hints become its options.
import type { RecordsFormat, RecordsSchema, Why } from '@records-mover/core/plugin'
import { quoteLiteral } from './address.js'

/** What every hint of a format must be crossed off against. */
type Hints = Readonly<Record<string, unknown>>

const DATES = {
  dateformat: 'YYYY-MM-DD',
  timeonlyformat: 'HH24:MI:SS',
  datetimeformat: 'YYYY-MM-DD HH24:MI:SS',
  datetimeformattz: 'YYYY-MM-DD HH24:MI:SSOF',
}

/** The delimited formats that COPY FROM takes, best first. With `nul: 'remove'` a codec on the way takes U+0000 out of text. */
export function delimitedFormats(nul: 'keep' | 'remove'): readonly RecordsFormat[] {
  const common = { 'record-terminator': '\n', 'quotechar': '"', 'doublequote': true, 'encoding': 'UTF8', 'compression': null, ...DATES, nul }
  return [
    {
      format: 'delimited',
      hints: {
        'header-row': false, 'field-delimiter': '\t', 'quoting': null, 'escape': '\\', 'letter-escapes': true, 'null-text': '\\N',
        'boolean-text': ['t', 'f'], ...common,
      },
    },
    {
      format: 'delimited',
      hints: {
        'header-row': true, 'field-delimiter': ',', 'quoting': 'minimal', 'escape': null, 'letter-escapes': false, 'null-text': '',
        'boolean-text': ['true', 'false'], ...common,
      },
    },
  ]
}

/** Why COPY FROM would not read a delimited format as its hints mean it; undefined when it does. `nul`: what is to become of U+0000. */
export function refuseDelimited({ hints }: RecordsFormat, as: RecordsSchema, nul: 'keep' | 'remove' = 'keep'): Why | undefined {
  for (const [hint, value] of Object.entries(hints)) {
    const judge = Object.hasOwn(JUDGES, hint) ? JUDGES[hint] : undefined
    const why = judge === undefined ? 'PostgreSQL does not know it' : judge(value, hints, as)
    if (why !== undefined) return `hint ${hint}=${JSON.stringify(value)}: ${why}`
  }
  if (nul === 'remove' && hints.nul !== 'remove' && as.fields.some(({ type: { type } }) => type === 'string' || type === 'json')) return 'U+0000 is to be taken out of text on the way'
  const missing = Object.keys(JUDGES).find((hint) => !(hint in hints))
  return missing === undefined ? undefined : `the format does not tell its ${missing}`
}

/** The options of COPY FROM for a format that was not refused. */
export function copyOptions({ hints }: RecordsFormat): string {
  const delimiter = `delimiter ${quoteLiteral(hints['field-delimiter'] as string)}`
  const nulls = `null ${quoteLiteral(hints['null-text'] as string)}`
  const header = hints['header-row'] === true ? ', header true' : ''
  if (isText(hints)) return `format text, ${delimiter}, ${nulls}${header}, encoding 'UTF8'`
  return `format csv, ${delimiter}, ${nulls}, quote ${quoteLiteral(hints.quotechar as string)}${header}, encoding 'UTF8'`
}

/** True for the text format of COPY, false for its csv format. */
export function isText(hints: Hints): boolean {
  return hints.quoting === null && hints.escape === '\\' && hints['letter-escapes'] === true
}

type Judge = (value: unknown, hints: Hints, as: RecordsSchema) => Why | undefined

const TRUE = new Set(['t', 'true', 'y', 'yes', 'on', '1'])
const FALSE = new Set(['f', 'false', 'n', 'no', 'off', '0'])

// https://www.postgresql.org/docs/current/sql-copy.html, Text Format and CSV Format
const JUDGES: { readonly [hint: string]: Judge } = {
  'header-row': (value) => typeof value === 'boolean' ? undefined : 'want true or false',
  'field-delimiter': (value) => oneByte(value),
  'record-terminator': (value) => among(value, ['\n', '\r\n', '\r']),
  'quoting': (value, hints) => {
    if (value === null) return isText(hints) ? undefined : 'without quotes PostgreSQL reads backslash escapes with letters only'
    return among(value, ['minimal', 'all', 'nonnumeric'])
  },
  'quotechar': (value) => oneByte(value),
  'doublequote': (value, hints) => isText(hints) || value === true ? undefined : 'a quote inside quotes must be written twice',
  'escape': (value, hints) => isText(hints) || value === null ? undefined : 'in CSV PostgreSQL takes an escape inside quotes only, and only before a quote',
  'letter-escapes': (value, hints) => isText(hints) || value === false ? undefined : 'in CSV PostgreSQL reads no escapes with letters',
  'null-text': (value, hints) => {
    if (typeof value !== 'string' || /[\r\n\0]/.test(value)) return 'want text without line ends'
    const marks = isText(hints) ? [hints['field-delimiter']] : [hints['field-delimiter'], hints.quotechar]
    return marks.some((mark) => typeof mark === 'string' && value.includes(mark)) ? 'it holds the delimiter or the quote' : undefined
  },
  'encoding': (value) => among(value, ['UTF8']),
  // Taken off on the way.
  'compression': () => undefined,
  'boolean-text': (value, _hints, as) => {
    if (!as.fields.some(({ type }) => type.type === 'boolean')) return undefined
    const [yes, no] = Array.isArray(value) ? value as readonly unknown[] : []
    if (typeof yes !== 'string' || typeof no !== 'string') return 'want two texts'
    return TRUE.has(yes.toLowerCase()) && FALSE.has(no.toLowerCase()) ? undefined : 'PostgreSQL reads t, true, y, yes, on, 1 and their contraries'
  },
  'dateformat': (value) => among(value, [DATES.dateformat]),
  'timeonlyformat': (value) => among(value, [DATES.timeonlyformat]),
  'datetimeformat': (value) => among(value, [DATES.datetimeformat]),
  'datetimeformattz': (value) => among(value, [DATES.datetimeformattz]),
  'nul': (value) => among(value, ['keep', 'remove']),
}

function among(value: unknown, allowed: readonly unknown[]): Why | undefined {
  return allowed.includes(value) ? undefined : `want ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`
}

function oneByte(value: unknown): Why | undefined {
  // eslint-disable-next-line no-control-regex -- the range of one-byte characters is meant
  return typeof value === 'string' && /^[\x01-\x09\x0b\x0c\x0e-\x7f]$/.test(value) ? undefined : 'want one ASCII character'
}
