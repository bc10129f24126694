// The one table of hints: every setting of delimited text with its default, the values it takes, and what it means.
import type { RecordsFormat, Told } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** The format id of delimited text. */
export const DELIMITED = 'delimited'

/** Every hint of a complete delimited format. */
export interface Hints {
  readonly 'header-row': boolean
  readonly 'field-delimiter': string
  readonly 'record-terminator': '\n' | '\r\n' | '\r'
  readonly 'quoting': 'minimal' | 'all' | 'nonnumeric' | null
  readonly 'quotechar': string
  readonly 'doublequote': boolean
  readonly 'escape': '\\' | null
  readonly 'letter-escapes': boolean
  readonly 'null-text': string
  readonly 'encoding': 'UTF8'
  readonly 'compression': null | 'GZIP'
  readonly 'boolean-text': readonly [string, string]
  readonly 'dateformat': 'YYYY-MM-DD'
  readonly 'timeonlyformat': 'HH24:MI:SS'
  readonly 'datetimeformat': 'YYYY-MM-DD HH24:MI:SS'
  readonly 'datetimeformattz': 'YYYY-MM-DD HH24:MI:SSOF'
  readonly 'nul': 'keep' | 'remove'
}

export type HintName = keyof Hints

/** One row of the table of hints. */
export interface Hint {
  readonly default: unknown
  /** The values it takes, for people. */
  readonly allowed: string
  /** The value that a told one stands for, text of a command line included; undefined when it is not allowed. */
  readonly read: (told: unknown) => unknown
  /** What it means, one sentence. */
  readonly doc: string
}

// In text mode PostgreSQL refuses letters, digits, point and backslash as delimiters for the same reason: they are data.
const NO_DELIMITER = /[0-9A-Za-z.\\+\-\0\r\n]/
const FORMS = 'no other form in this version'

/** The table. Its order is the order of every complete format and of the documentation. */
export const HINTS: { readonly [hint in HintName]: Hint } = {
  'header-row': {
    default: true, allowed: '`true`, `false`', read: readBoolean,
    doc: 'The first record holds the names of the fields.',
  },
  'field-delimiter': {
    default: ',', allowed: 'one ASCII character, no letter, digit, `.`, `+`, `-`, `\\` or line end', read: readDelimiter,
    doc: 'What stands between two fields.',
  },
  'record-terminator': {
    default: '\n', allowed: '`\\n`, `\\r\\n`, `\\r`', read: (told) => oneOf(unspell(told), ['\n', '\r\n', '\r']),
    doc: 'What ends a record; no other line end may stand in an unquoted field.',
  },
  'quoting': {
    default: 'minimal', allowed: '`minimal`, `all`, `nonnumeric`, `null` (never)',
    read: (told) => orNull(told, (value) => oneOf(value, ['minimal', 'all', 'nonnumeric'])),
    doc: 'Which fields are written in quotes: those that need it, all but nulls, all but nulls and numbers, none. '
      + 'Fields read may be quoted or not unless it is `null`, when a quote is a character like any other.',
  },
  'quotechar': {
    default: '"', allowed: 'one ASCII character, as for `field-delimiter`', read: readDelimiter,
    doc: 'What stands around a quoted field.',
  },
  'doublequote': {
    default: true, allowed: '`true`, `false`', read: readBoolean,
    doc: 'A quote inside a quoted field is written twice.',
  },
  'escape': {
    default: null, allowed: '`\\`, `null` (none)', read: (told) => orNull(told, (value) => oneOf(value, ['\\'])),
    doc: 'The character that takes the special meaning from the character behind it, in quoted fields and unquoted ones.',
  },
  'letter-escapes': {
    default: false, allowed: '`true`, `false`; `true` needs `escape`', read: readBoolean,
    doc: 'Control characters are written as the escape and one of `b f n r t v`, and read so.',
  },
  'null-text': {
    default: '', allowed: 'text without delimiter, quote and line ends', read: (told) => typeof told === 'string' ? told : undefined,
    doc: 'How a null is written: an unquoted field of exactly this text, compared before escapes are taken out.',
  },
  'encoding': {
    default: 'UTF8', allowed: '`UTF8`', read: (told) => oneOf(told === 'UTF-8' || told === 'utf8' || told === 'utf-8' ? 'UTF8' : told, ['UTF8']),
    doc: 'How characters become bytes; a byte order mark at the start is skipped, and none is written.',
  },
  'compression': {
    default: null, allowed: '`GZIP`, `null` (none)', read: (told) => orNull(told, (value) => oneOf(value, ['GZIP'])),
    doc: 'How the file as a whole is compressed.',
  },
  'boolean-text': {
    default: ['true', 'false'], allowed: 'two different texts, the one for true first', read: readPair,
    doc: 'How booleans are written; `true`, `false`, `t` and `f` in any case are read as well.',
  },
  'dateformat': {
    default: 'YYYY-MM-DD', allowed: '`YYYY-MM-DD`', read: (told) => oneOf(told, ['YYYY-MM-DD']),
    doc: `How dates are written; ${FORMS}.`,
  },
  'timeonlyformat': {
    default: 'HH24:MI:SS', allowed: '`HH24:MI:SS`', read: (told) => oneOf(told, ['HH24:MI:SS']),
    doc: `How times of day are written, a fraction of the second behind them; ${FORMS}.`,
  },
  'datetimeformat': {
    default: 'YYYY-MM-DD HH24:MI:SS', allowed: '`YYYY-MM-DD HH24:MI:SS`', read: (told) => oneOf(told, ['YYYY-MM-DD HH24:MI:SS']),
    doc: `How timestamps without zone are written, a fraction of the second behind them; ${FORMS}.`,
  },
  'datetimeformattz': {
    default: 'YYYY-MM-DD HH24:MI:SSOF', allowed: '`YYYY-MM-DD HH24:MI:SSOF`', read: (told) => oneOf(told, ['YYYY-MM-DD HH24:MI:SSOF']),
    doc: `How timestamps with zone are written, in UTC; ${FORMS}.`,
  },
  'nul': {
    default: 'keep', allowed: '`keep`, `remove`', read: (told) => oneOf(told, ['keep', 'remove']),
    doc: 'What becomes of U+0000 in text that is written: `remove` counts each changed value as the loss `nul-removed`.',
  },
}

/** Named starting values: what a variant sets differently from the defaults. */
export const VARIANTS: { readonly [variant: string]: Partial<Hints> } = {
  'csv': {},
  'tsv': { 'field-delimiter': '\t' },
  // https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"
  'postgres-text': {
    'field-delimiter': '\t', 'header-row': false, 'quoting': null, 'escape': '\\', 'letter-escapes': true, 'null-text': '\\N',
    'boolean-text': ['t', 'f'],
  },
}

/** File name endings, the usual one first, and the variant that each stands for. */
export const ENDINGS: { readonly [ending: string]: string } = { csv: 'csv', tsv: 'tsv', tab: 'tsv', txt: 'csv' }

/**
 * The format in full: the variant's starting values with what was told laid over them. `told.format` is `delimited`, a
 * variant's name or a file name ending; `variant` (default `csv`) serves when it is not a variant's. Booleans, nulls, pairs and control characters
 * may be told as a command line spells them: `true`, `null`, `yes,no`, `\t`.
 *
 * @throws MoveError `refused`, naming the hint, for one that is unknown, has a value it does not take, or contradicts another.
 */
export function completeFormat(told: Told, variant = 'csv'): RecordsFormat {
  const named = told.format === undefined || told.format === DELIMITED ? variant : told.format
  const name = Object.hasOwn(ENDINGS, named) ? ENDINGS[named]! : named
  const start = Object.hasOwn(VARIANTS, name) ? VARIANTS[name] : undefined
  if (start === undefined) {
    const known = Object.keys(VARIANTS).join(', ')
    throw new MoveError('refused', `no delimited format is called "${named}": use ${DELIMITED}, ${known}`)
  }
  const hints: Record<string, unknown> = {}
  for (const [hint, { default: value }] of Object.entries(HINTS)) hints[hint] = value
  Object.assign(hints, start)
  for (const [hint, value] of Object.entries(told.hints ?? {})) hints[hint] = readHint(hint, value)
  const why = contradiction(hints as unknown as Hints)
  if (why !== undefined) throw new MoveError('refused', why)
  return { format: DELIMITED, hints }
}

/** Why a format is not a complete one that this package reads and writes; undefined when it is. */
export function refuseFormat(format: RecordsFormat): string | undefined {
  if (format.format !== DELIMITED) return `this codec knows the format "${DELIMITED}" and not "${format.format}"`
  const missing = Object.keys(HINTS).find((name) => !Object.hasOwn(format.hints, name))
  if (missing !== undefined) return `the format lacks hint ${missing}: complete it first`
  try {
    completeFormat(format)
    return undefined
  } catch (error) {
    if (MoveError.is(error)) return error.message
    throw error
  }
}

/** The hints of a complete format, typed. Throws `refused` for any other format. */
export function hintsOf(format: RecordsFormat): Hints {
  const why = refuseFormat(format)
  if (why !== undefined) throw new MoveError('refused', why)
  return completeFormat(format).hints as unknown as Hints
}

function readHint(name: string, told: unknown): unknown {
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name as HintName] : undefined
  if (hint === undefined) throw new MoveError('refused', `delimited text has no hint "${name}": it has ${Object.keys(HINTS).join(', ')}`)
  const value = hint.read(told)
  if (value !== undefined) return value
  throw new MoveError('refused', `hint ${name} cannot be ${shown(told)}: it takes ${hint.allowed.replaceAll('`', '')}`)
}

function shown(told: unknown): string {
  return typeof told === 'string' || Array.isArray(told) ? JSON.stringify(told) : String(told)
}

function contradiction(hints: Hints): string | undefined {
  const delimiter = hints['field-delimiter']
  const nullText = hints['null-text']
  if (hints.quoting !== null && delimiter === hints.quotechar) return `hints field-delimiter and quotechar are both ${JSON.stringify(delimiter)}`
  if (hints['letter-escapes'] && hints.escape === null) return 'hint letter-escapes needs an escape: say escape \\'
  const quotes = hints.quoting === null ? [] : [hints.quotechar]
  const inNull = [delimiter, '\r', '\n', ...quotes].find((character) => nullText.includes(character))
  if (inNull !== undefined) return `hint null-text holds ${JSON.stringify(inNull)}, which no unquoted field can hold`
  // The escape would make the delimiter behind it data.
  if (hints.escape !== null && /(^|[^\\])(\\\\)*\\$/.test(nullText)) return 'hint null-text ends in an escape that has nothing to escape'
  if (hints['boolean-text'].includes(nullText)) return 'hints boolean-text and null-text share a spelling'
  return undefined
}

function readBoolean(told: unknown): boolean | undefined {
  if (told === 'true') return true
  if (told === 'false') return false
  return typeof told === 'boolean' ? told : undefined
}

function readDelimiter(told: unknown): string | undefined {
  const value = unspell(told)
  return typeof value === 'string' && value.length === 1 && value <= '\x7f' && !NO_DELIMITER.test(value) ? value : undefined
}

function readPair(told: unknown): readonly [string, string] | undefined {
  const pair: unknown = typeof told === 'string' ? told.split(',') : told
  if (!Array.isArray(pair) || pair.length !== 2) return undefined
  const [yes, no] = pair as unknown[]
  return typeof yes === 'string' && typeof no === 'string' && yes !== no && yes !== '' && no !== '' ? [yes, no] : undefined
}

function orNull(told: unknown, read: (value: unknown) => unknown): unknown {
  return told === null || told === 'null' || told === 'none' ? null : read(told)
}

function oneOf(told: unknown, allowed: readonly string[]): string | undefined {
  return allowed.find((value) => value === told)
}

/** A command line cannot easily hold control characters: `\t`, `\n`, `\r\n`, `\r` stand for them. */
function unspell(told: unknown): unknown {
  if (typeof told !== 'string' || !told.startsWith('\\') || told.length < 2) return told
  return told.replaceAll('\\t', '\t').replaceAll('\\r', '\r').replaceAll('\\n', '\n')
}
