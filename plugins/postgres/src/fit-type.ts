// What is delivered for an existing column, and whether the values of a field can be: PostgreSQL rounds, cuts and guesses on the way in.
import type { Field, FieldType, Loss, TimeUnit, Why } from '@records-mover/core/plugin'
import { conversion, typeText } from '@records-mover/core/plugin'
import { passes } from './binary-pass.js'
import type { TypeFacts } from './origin.js'
import { fieldFacts } from './origin.js'
import { baseOf, secondDigits } from './types.js'

export interface Delivery {
  readonly type: FieldType
  readonly change?: string
  readonly loss?: Loss
}

/** How a field arrives in an existing column, or why it cannot. */
export function deliver(field: Field, column: Field, allow: readonly Loss[]): Delivery | { readonly why: Why } {
  const home = fieldFacts(field)?.type
  const there = fieldFacts(column)!.type
  const base = baseOf(there)
  if (home !== undefined && passes(home, there)) return { type: column.type, ...renamed(field.type, column.type) }
  if (column.type.type === 'string' && !isText(base)) return deliverText(field, column, home, base)
  const type = storable(column.type, base)
  const found = conversion(field.type, type)
  if (found.kind === 'refused') return { why: `${found.why}: turn it into one in a query, or leave the field out with --columns` }
  if (found.kind === 'checked' && found.loss !== undefined && allow.includes(found.loss)) {
    return { type, change: `${typeText(field.type)} becomes ${typeText(type)}`, loss: found.loss }
  }
  return { type, ...rewritten(home, base) ?? renamed(field.type, type) }
}

/** Types whose values are their text. */
function isText(base: TypeFacts): boolean {
  if (base.array === true) return false
  if (base.kind === 'enum') return true
  return base.schema === 'pg_catalog' ? TEXTS.has(base.name) : base.extension === 'citext'
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name', 'xml'])

/** The type whose every value the column stores unchanged: PostgreSQL rounds a second to the digits of the column. */
function storable(type: FieldType, base: TypeFacts): FieldType {
  if (type.type !== 'time' && type.type !== 'timestamp') return type
  const digits = secondDigits(base)
  const unit: TimeUnit = digits >= 6 ? 'us' : digits >= 3 ? 'ms' : 's'
  return { ...type, unit }
}

// Text of these types is read exactly or refused by the server: no rounding, no guessing.
const READABLE: ReadonlySet<string> = new Set([
  'numeric', 'inet', 'cidr', 'macaddr', 'macaddr8', 'bit', 'varbit', 'oid', 'xid', 'xid8', 'cid', 'tid', 'pg_lsn', 'txid_snapshot', 'pg_snapshot',
  'tsvector', 'tsquery', 'jsonpath', 'refcursor', 'hstore', 'ltree', 'lquery', 'ltxtquery', 'int4range', 'int8range', 'numrange', 'int4multirange', 'int8multirange', 'nummultirange',
  'regclass', 'regtype', 'regproc', 'regprocedure', 'regoper', 'regoperator', 'regrole', 'regnamespace', 'regconfig', 'regdictionary', 'regcollation',
  'int2vector', 'oidvector', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle',
])
// And these as elements of arrays.
const ELEMENTS: ReadonlySet<string> = new Set([...READABLE, ...TEXTS, 'bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'uuid', 'json', 'jsonb'])

/** A column whose values are known here as text only (arrays, intervals, numeric without precision, ...). */
function deliverText(field: Field, column: Field, home: TypeFacts | undefined, base: TypeFacts): Delivery | { readonly why: Why } {
  const name = column.origin?.type ?? base.name
  const own = home === undefined ? undefined : baseOf(home)
  // The same type may have no binary form that another database reads; its text has.
  if (own?.name === base.name && own.array === base.array && own.kind === base.kind && (own.modifier === base.modifier || base.modifier === -1)) return { type: column.type }
  if (home !== undefined && own!.kind !== 'base' && !isText(own!)) return { why: `${field.origin?.type ?? own!.name} has no exact form as ${name}: turn it into one in a query` }
  const numbers = base.name === 'numeric' && base.array !== true && base.modifier === -1
  if (numbers && ['integer', 'decimal', 'float'].includes(field.type.type)) return { type: column.type }
  const readable = base.modifier === -1 && (base.array === true ? ELEMENTS.has(base.name) : READABLE.has(base.name))
  if (field.type.type !== 'string' || (home !== undefined && !isText(own!) && !numbers)) {
    return { why: `${field.origin?.type ?? typeText(field.type)} has no exact form as ${name}: turn it into one in a query` }
  }
  if (!readable) {
    return { why: `PostgreSQL rounds, cuts or guesses what it reads as ${name}: land it in a text column and turn it into one there` }
  }
  return { type: column.type, change: `text is read as ${name} by the server` }
}

/** json keeps its text, jsonb the value that the text means; char(n) fills up with blanks. */
function rewritten(home: TypeFacts | undefined, base: TypeFacts): { readonly change: string } | undefined {
  if (base.array === true) return undefined
  if (base.name === 'jsonb') return { change: 'jsonb keeps the value and not its spelling: blanks, order of keys, repeated keys' }
  if (base.name === 'bpchar' && base.modifier !== -1 && home?.name !== 'bpchar') return { change: 'blanks at the end do not count in character(n)' }
  return undefined
}

function renamed(from: FieldType, to: FieldType): { readonly change?: string } {
  const [a, b] = [typeText(from), typeText(to)]
  // Text of which nothing is known yet becomes whatever it is checked to be.
  return a === b || from.type === 'string' ? {} : { change: `${a} becomes ${b}` }
}
