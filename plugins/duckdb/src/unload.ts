// The server-side unload: DuckDB writes delimited text by itself, byte for byte as our encoder would.
import type { FieldType, Manifest, RecordsFormat, RecordsSchema, Run, Stage, Why } from '@records-mover/core/plugin'
import { MoveError, sameType, typeText } from '@records-mover/core/plugin'
import { mkdir, rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { quoteIdentifier, quoteText } from './address.js'
import type { Relation, TableColumn } from './catalog.js'
import { textSql } from './convert.js'
import type { Dialect } from './hints.js'
import { FULL_CSV, honour } from './hints.js'
import type { Session } from './session.js'

/** What DuckDB writes, best first. */
export const FORMATS: readonly RecordsFormat[] = [{ format: 'delimited', hints: FULL_CSV }]

/** Why DuckDB cannot write this format with these fields in canonical spelling; undefined when it can. */
export function refuseUnload(format: RecordsFormat, relation: Relation, as: RecordsSchema): Why | undefined {
  const dialect = honour(format)
  if (typeof dialect === 'string') return dialect
  for (const { name, type } of as.fields) {
    const column = relation.columns.find((candidate) => candidate.name === name)
    if (column === undefined) return `there is no column "${name}"`
    const from = typeOf(column)
    if (!sameType(from, type)) return `DuckDB does not turn "${name}" from ${typeText(from)} into ${typeText(type)} while it unloads`
    if (textSql('x', from) === undefined) return `"${name}": DuckDB spells ${typeText(from)} in another way than the canonical one`
  }
  const first = as.fields[0]
  if (first === undefined) return 'there are no fields'
  if (!dialect.header && isText(first.type)) return `without a header row "${first.name}" could begin with a byte order mark, which DuckDB would not quote`
  return undefined
}

/** Writes the fields of `as` into one file under the stage, which is made with mode 0700 when it is not there; removes the file when that fails. */
export async function unload(
  session: Session, relation: Relation, into: Stage, format: RecordsFormat, as: RecordsSchema, run: Run, what: string,
): Promise<Manifest> {
  if (into.url.protocol !== 'file:') throw new MoveError('refused', `cannot unload to "${into.url.protocol}": DuckDB writes local files by itself; pass a stage in file:`)
  const gzip = format.hints.compression === 'GZIP'
  const url = new URL(`part-00001.csv${gzip ? '.gz' : ''}`, into.url)
  const path = fileURLToPath(url)
  await mkdir(fileURLToPath(into.url), { recursive: true, mode: 0o700 })
  try {
    const rows = await writeFile(session, relation, format, as, path, gzip, run, what)
    return { format, schema: as, files: [{ url, byteLength: (await stat(path)).size, rows }] }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

/** Writes one file, from its first byte to its last, and resolves with how many rows are in it. */
export async function writeFile(
  session: Session, relation: Relation, format: RecordsFormat, as: RecordsSchema, path: string, gzip: boolean, run: Run, what: string,
): Promise<number> {
  const dialect = honour(format)
  const why = typeof dialect === 'string' ? dialect : refuseUnload(format, relation, as)
  if (typeof dialect === 'string' || why !== undefined) throw new MoveError('refused', `${what}: ${why ?? 'not this format'}`)
  const columns = as.fields.map((field) => relation.columns.find(({ name }) => name === field.name)!)
  return session.transaction('read', run, what, async () => {
    const seen = await lookAhead(session, relation, columns, what)
    return session.run(copySql(relation, columns, dialect, seen, path, gzip), what)
  })
}

interface Seen {
  /** True when some text would be quoted by DuckDB and not by the canonical rule, or the other way round. */
  readonly odd: boolean
  /** For each column: true when a date or timestamp before the year 1 is there. */
  readonly eras: readonly boolean[]
}

/** One pass over the columns whose spelling depends on their values. Throws `bad-data` for infinite dates and timestamps. */
async function lookAhead(session: Session, relation: Relation, columns: readonly TableColumn[], what: string): Promise<Seen> {
  const questions = columns.flatMap((column) => {
    const own = quoteIdentifier(column.name)
    const type = typeOf(column)
    if (isText(type)) {
      const text = column.home?.sql === 'VARCHAR' ? own : `cast(${own} as varchar)`
      // DuckDB quotes whatever holds the mark of a comment; alone on a line the two characters end a COPY of older PostgreSQL, so we quote them.
      return [`bool_or(contains(${text}, '#')${columns.length === 1 ? ` or ${text} = '\\.'` : ''})`]
    }
    if (!isMoment(column)) return [`'plain'`]
    const { sql } = column.home!
    // Nanoseconds begin in 1677.
    const era = type.type === 'timestamp' && type.unit === 'ns' ? '' : ` when min(${own}) < '0001-01-01'::${sql} then 'era'`
    return [`case when max(${own}) = 'infinity'::${sql} or min(${own}) = '-infinity'::${sql} then 'infinite'${era} else 'plain' end`]
  })
  const [flags] = await session.rows(`select ${questions.map((sql) => `cast(${sql} as varchar)`).join(', ')} from ${relation.sql}`, what)
  const infinite = columns.find((_, k) => flags![k] === 'infinite')
  if (infinite !== undefined) {
    throw new MoveError('bad-data', `"${infinite.name}" holds an infinite ${typeOf(infinite).type}: leave it out or cast it to varchar with a query`, { context: { field: infinite.name } })
  }
  return { odd: flags!.includes('true'), eras: flags!.map((flag) => flag === 'era') }
}

// https://duckdb.org/docs/stable/sql/statements/copy#csv-options
function copySql(relation: Relation, columns: readonly TableColumn[], dialect: Dialect, seen: Seen, path: string, gzip: boolean): string {
  const alone = columns.length === 1
  const own = dialect.quoting !== 'minimal' || seen.odd || columns.some(({ name }, k) => dialect.header && isOdd(name, k, alone))
  const select = columns.map((column, k) => `${fieldSql(column, seen.eras[k]!, own ? dialect : undefined, alone)} as ${quoteIdentifier(own ? headerText(column.name, k, dialect, alone) : column.name)}`)
  const quote = quoteText(own ? '' : dialect.quote)
  const options = [
    'format csv', `header ${dialect.header}`, `delimiter ${quoteText(dialect.delimiter)}`, `new_line ${quoteText(dialect.terminator)}`,
    `quote ${quote}`, `escape ${quote}`, `nullstr ${quoteText(dialect.nullText)}`, `compression ${gzip ? 'gzip' : 'none'}`,
  ]
  return `copy (select ${select.join(', ')} from ${relation.sql}) to ${quoteText(path)} (${options.join(', ')})`
}

function fieldSql(column: TableColumn, eras: boolean, quotes: Dialect | undefined, alone: boolean): string {
  const own = quoteIdentifier(column.name)
  const type = typeOf(column)
  if (isText(type)) {
    const text = column.home?.sql === 'VARCHAR' ? own : `cast(${own} as varchar)`
    return quotes === undefined ? text : quotedSql(text, quotes, alone)
  }
  if (quotes?.quoting === 'all' || (quotes?.quoting === 'nonnumeric' && type.type !== 'integer' && type.type !== 'decimal')) {
    return `${quoteText(quotes.quote)} || ${textSql(own, type)!} || ${quoteText(quotes.quote)}`
  }
  if (isZoned(type) && !eras) return `cast(make_timestamp(epoch_us(${own})) as varchar) || '+00'`
  // COPY turns these into text by itself, and faster.
  const plain = type.type === 'boolean' || type.type === 'integer' || type.type === 'uuid' || type.type === 'time'
    || (isMoment(column) && !eras && !isZoned(type))
    || (type.type === 'decimal' && type.precision > type.scale)
  return plain ? own : textSql(own, type)!
}

/** The canonical rule for quotes, for values that DuckDB then writes without any of its own. */
function quotedSql(text: string, { delimiter, quote, quoting, nullText }: Dialect, alone: boolean): string {
  const q = quoteText(quote)
  const quoted = `${q} || replace(${text}, ${q}, ${quoteText(quote + quote)}) || ${q}`
  if (quoting !== 'minimal') return quoted
  const needs = [
    `contains(${text}, ${quoteText(delimiter)})`, `contains(${text}, ${q})`, `contains(${text}, chr(10))`, `contains(${text}, chr(13))`,
    `${text} = ${quoteText(nullText)}`, ...alone ? [`${text} = '\\.'`] : [],
  ]
  return `case when ${needs.join(' or ')} then ${quoted} else ${text} end`
}

/** True for a name that DuckDB would quote and the canonical rule would not, or the other way round. */
function isOdd(name: string, k: number, alone: boolean): boolean {
  return name.includes('#') || (alone && name === '\\.') || (k === 0 && name.startsWith('\ufeff'))
}

function headerText(name: string, k: number, { delimiter, quote, quoting, nullText }: Dialect, alone: boolean): string {
  const special = [delimiter, quote, '\n', '\r'].some((character) => name.includes(character)) || name === nullText || (alone && name === '\\.')
  const mark = k === 0 && name.startsWith('\ufeff')
  return quoting !== 'minimal' || special || mark ? `${quote}${name.replaceAll(quote, quote + quote)}${quote}` : name
}

function typeOf({ home }: TableColumn): FieldType {
  return home?.type ?? { type: 'string' }
}

function isText({ type }: FieldType): boolean {
  return type === 'string' || type === 'json'
}

function isZoned(type: FieldType): boolean {
  return type.type === 'timestamp' && type.zoned
}

function isMoment(column: TableColumn): boolean {
  return ['date', 'timestamp'].includes(typeOf(column).type)
}
