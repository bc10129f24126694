// How the holdings of an address look on a terminal: facts, the schema, the first rows.
import type { Look, RecordsFormat } from '@records-mover/core'
import { formatText, typeText } from '@records-mover/core'
import { bytesText, grouped, rowsText } from './quantities.js'
import type { Inspection } from './reporter.js'
import type { TableColumn } from './table.js'
import { tableLines } from './table.js'
import type { Terminal } from './terminal.js'
import { harmless } from './text-width.js'
import { wrapText } from './wrap.js'

const LABEL_WIDTH = 12
const NUMBERS = new Set(['integer', 'float', 'decimal'])

/** The lines of `mvrec inspect`. `everyHint` lists the hints that are as usual too. */
export function inspectionLines({ head: { look, rows }, columns, usual }: Inspection, terminal: Terminal, everyHint: boolean): string[] {
  const { width, style } = terminal
  const shown = columns.map((name) => look.schema.fields.findIndex((field) => field.name === name))
  const fields = shown.map((k) => look.schema.fields[k]!)
  const schema = tableLines(
    [{ title: 'field' }, { title: 'type' }, { title: 'null' }],
    fields.map((field) => [harmless(field.name), harmless(typeText(field.type)), field.nullable ? 'yes' : 'no']),
    width - 2,
  )
  const facts = factsOf(look, usual, everyHint).flatMap(([label, text]) => wrapText(harmless(text), width - LABEL_WIDTH - 2)
    .map((line, i) => `  ${style('dim', (i === 0 ? label : '').padEnd(LABEL_WIDTH))}${line}`))
  const titles = fields.map(({ name, type }): TableColumn => ({ title: harmless(name), align: NUMBERS.has(type.type) ? 'right' : 'left' }))
  const cells = rows.map((row) => shown.map((k) => valueShown(row[k]!)))
  return [
    style('bold', harmless(look.text)),
    ...facts,
    '',
    ...titled(schema.lines, terminal),
    ...(rows.length === 0 ? [] : ['', ...rowLines(titles, cells, look, terminal)]),
  ]
}

function factsOf(look: Look, usual: RecordsFormat | undefined, everyHint: boolean): [string, string][] {
  const hints = look.format === undefined ? [] : hintsTold(look.format, usual, everyHint)
  return [
    ...(look.format === undefined ? [] : [['format', formatText(look.format)] as [string, string]]),
    ...(hints.length === 0 ? [] : [['hints', hints.join(' ')] as [string, string]]),
    ...(look.rows === undefined ? [] : [['rows', `${look.rowsExact ? '' : 'about '}${grouped(look.rows)}`] as [string, string]]),
    ...(look.byteLength === undefined ? [] : [['size', bytesText(look.byteLength)] as [string, string]]),
    ...(look.schema.key === undefined ? [] : [['key', look.schema.key.join(', ')] as [string, string]]),
    ...(look.notes ?? []).map((note): [string, string] => ['note', note]),
  ]
}

/** The hints as `--hint` takes them: those that differ from the usual ones, or all. */
function hintsTold({ hints }: RecordsFormat, usual: RecordsFormat | undefined, every: boolean): string[] {
  return Object.entries(hints)
    .filter(([name, value]) => every || usual === undefined || JSON.stringify(usual.hints[name]) !== JSON.stringify(value))
    .map(([name, value]) => shellWord(`${name}=${hintText(value)}`))
}

function hintText(value: unknown): string {
  if (value === null) return 'none'
  if (Array.isArray(value)) return value.map(hintText).join(',')
  return typeof value === 'string' ? harmless(value) : JSON.stringify(value)
}

function shellWord(text: string): string {
  return /^[\w.,:=-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function rowLines(columns: readonly TableColumn[], rows: readonly (readonly string[])[], look: Look, terminal: Terminal): string[] {
  const table = tableLines(columns, rows, terminal.width - 2)
  const total = look.rowsExact && look.rows !== undefined ? ` of ${grouped(look.rows)}` : ''
  const more = table.left === 0 ? '' : `; ${table.left} more ${table.left === 1 ? 'field has' : 'fields have'} no room here (--columns chooses)`
  const footer = wrapText(`the first ${rowsText(rows.length)}${total}${more}`, terminal.width - 2)
  return [...titled(table.lines, terminal), ...footer.map((line) => terminal.style('dim', `  ${line}`))]
}

function titled(lines: readonly string[], { style }: Terminal): string[] {
  return lines.map((line, i) => `  ${i === 0 ? style('bold', line) : i === 1 ? style('dim', line) : line}`)
}

/** Null is `null`; quotes stand around a text that would look like it, like nothing, or like a quoted one. */
function valueShown(value: string | null): string {
  if (value === null) return 'null'
  return value === '' || value === 'null' || /^".*"$/s.test(value) ? `"${harmless(value)}"` : harmless(value)
}
