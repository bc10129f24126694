// The table of PostgreSQL's types against field types, read in both directions.
import type { FieldType, TimeUnit } from '@records-mover/core/plugin'
import type { TypeFacts } from './origin.js'
import { quoteIdentifier } from './address.js'

/** One built-in type. Those that are not listed travel as text under their origin. */
interface TypeRow {
  /** Name in pg_type. */
  readonly name: string
  /** As SQL spells it. */
  readonly sql: string
  /** Object identifier; fixed for built-in types: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
  readonly oid: number
  /** The field type under a type modifier (-1 for none); undefined when this modifier has none, so that it travels as text. */
  field(modifier: number): FieldType | undefined
  /** The modifier under which this type holds every value of a field type, and no wider; undefined when it is not the home of that type. */
  home?(type: FieldType): number | undefined
}

// https://www.postgresql.org/docs/current/datatype-character.html: the longest n of varchar(n).
const MOST_CHARACTERS = 10_485_760
// The modifiers of numeric, varchar and char are stored with the size of a length word added.
const LENGTH_WORD = 4
// NAMEDATALEN - 1
const NAME_BYTES = 63
// The widest decimal of the schema.
const MOST_DIGITS = 76

/** The types that have a field type, in the order in which a home is looked for. */
const TYPES: readonly TypeRow[] = [
  plain('bool', 'boolean', 16, { type: 'boolean' }),
  integer('int2', 'smallint', 21, 16),
  integer('int4', 'integer', 23, 32),
  integer('int8', 'bigint', 20, 64),
  {
    name: 'numeric', sql: 'numeric', oid: 1700, field: decimalOf,
    home: (type) => {
      if (type.type === 'decimal') return numericModifier(type.precision, type.scale)
      return type.type === 'integer' && !type.signed && type.bits === 64 ? numericModifier(20, 0) : undefined
    },
  },
  plain('float4', 'real', 700, { type: 'float', bits: 32 }),
  plain('float8', 'double precision', 701, { type: 'float', bits: 64 }),
  { name: 'text', sql: 'text', oid: 25, field: () => ({ type: 'string' }), home: (type) => type.type === 'string' && !shortText(type) ? -1 : undefined },
  {
    name: 'varchar', sql: 'character varying', oid: 1043, field: charactersOf,
    home: (type) => shortText(type) ? type.maxChars + LENGTH_WORD : undefined,
  },
  { name: 'bpchar', sql: 'character', oid: 1042, field: charactersOf },
  { name: 'name', sql: 'name', oid: 19, field: () => ({ type: 'string', maxBytes: NAME_BYTES }) },
  plain('bytea', 'bytea', 17, { type: 'bytes' }),
  plain('date', 'date', 1082, { type: 'date' }),
  temporal('time', 'time without time zone', 1083, 'time', false),
  temporal('timetz', 'time with time zone', 1266, 'time', true),
  temporal('timestamp', 'timestamp without time zone', 1114, 'timestamp', false),
  temporal('timestamptz', 'timestamp with time zone', 1184, 'timestamp', true),
  // json keeps the text it was given; jsonb rewrites it, so json is the home of text from elsewhere.
  plain('json', 'json', 114, { type: 'json' }),
  { name: 'jsonb', sql: 'jsonb', oid: 3802, field: () => ({ type: 'json' }) },
  plain('uuid', 'uuid', 2950, { type: 'uuid' }),
]

const BY_NAME: ReadonlyMap<string, TypeRow> = new Map(TYPES.map((row) => [row.name, row]))

/** The built-in type of a name in pg_type, where it has a field type. */
function typeNamed(name: string): TypeRow | undefined {
  return BY_NAME.get(name)
}

/** The field type of values of a PostgreSQL type: a domain's is that of its base, and `string` stands for all that has no other. */
export function fieldTypeOf(type: TypeFacts): FieldType {
  const base = baseOf(type)
  if (base.array === true || base.schema !== 'pg_catalog') return { type: 'string' }
  return typeNamed(base.name)?.field(base.modifier) ?? { type: 'string' }
}

/** The type below all domains. */
export function baseOf(type: TypeFacts): TypeFacts {
  let base = type
  while (base.array !== true && base.kind === 'domain' && base.base !== undefined) base = base.base
  return base
}

/** The PostgreSQL type that is home to a field type: it holds every value, exactly. Undefined where there is none (nanoseconds). */
export function homeOf(type: FieldType): TypeFacts | undefined {
  for (const row of TYPES) {
    const modifier = row.home?.(type)
    if (modifier !== undefined) return { schema: 'pg_catalog', name: row.name, modifier, kind: 'base' }
  }
  return undefined
}

/**
 * A type rebuilt as SQL from its parts: `numeric(12,2)`, `timestamp(3) with time zone`, `"shop"."size"[]`. Undefined for a
 * modifier that this plugin cannot spell (those of types from extensions).
 */
export function typeSql(type: TypeFacts): string | undefined {
  const one = elementSql(type)
  return one === undefined || type.array !== true ? one : `${one}[]`
}

function elementSql(type: TypeFacts): string | undefined {
  if (type.schema !== 'pg_catalog') {
    return type.modifier === -1 ? `${quoteIdentifier(type.schema)}.${quoteIdentifier(type.name)}` : undefined
  }
  if (type.name === 'interval') return intervalSql(type.modifier)
  if (type.name === 'bit' || type.name === 'varbit') {
    // Without a length `bit` would mean bit(1).
    const sql = type.name === 'bit' ? 'bit' : 'bit varying'
    return type.modifier === -1 ? `pg_catalog.${quoteIdentifier(type.name)}` : `${sql}(${type.modifier})`
  }
  const row = typeNamed(type.name)
  if (row === undefined) return type.modifier === -1 ? `pg_catalog.${quoteIdentifier(type.name)}` : undefined
  // Without a length `character` would mean character(1).
  if (type.modifier === -1) return row.name === 'bpchar' ? 'pg_catalog.bpchar' : row.sql
  return withModifier(row, type.modifier)
}

function withModifier(row: TypeRow, modifier: number): string | undefined {
  switch (row.name) {
    case 'numeric': {
      const { precision, scale } = numericParts(modifier)
      return `numeric(${precision},${scale})`
    }
    case 'varchar':
    case 'bpchar':
      return `${row.sql}(${modifier - LENGTH_WORD})`
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return row.sql.replace(/^\w+/, (word) => `${word}(${modifier})`)
    default:
      return undefined
  }
}

// https://github.com/postgres/postgres/blob/master/src/include/utils/timestamp.h: a range of fields above, a precision below.
const INTERVAL_FULL = 0xffff
const INTERVAL_FIELDS: readonly (readonly [string, number])[] = [['year', 2], ['month', 1], ['day', 3], ['hour', 10], ['minute', 11], ['second', 12]]

function intervalSql(modifier: number): string {
  if (modifier === -1) return 'interval'
  const precision = modifier & INTERVAL_FULL
  const range = (modifier >> 16) & 0x7fff
  const digits = precision === INTERVAL_FULL ? '' : `(${precision})`
  if (range === 0x7fff) return `interval${digits}`
  const fields = INTERVAL_FIELDS.filter(([, bit]) => (range & (1 << bit)) !== 0).map(([name]) => name)
  const span = fields.length === 1 ? fields[0]! : `${fields[0]!} to ${fields.at(-1)!}`
  return `interval ${span}${digits}`
}

/** Digits after the point of the second that a time or timestamp keeps: the server rounds to them. */
export function secondDigits(type: TypeFacts): number {
  return type.modifier < 0 ? 6 : Math.min(type.modifier, 6)
}

/** Precision and scale of a numeric's modifier. The scale may be negative, or above the precision (from PostgreSQL 15 on). */
export function numericParts(modifier: number): { readonly precision: number, readonly scale: number } {
  const parts = modifier - LENGTH_WORD
  // The scale is a signed number of 11 bits.
  return { precision: (parts >> 16) & 0xffff, scale: ((parts & 0x7ff) ^ 1024) - 1024 }
}

function numericModifier(precision: number, scale: number): number {
  return ((precision << 16) | (scale & 0x7ff)) + LENGTH_WORD
}

function decimalOf(modifier: number): FieldType | undefined {
  if (modifier === -1) return undefined
  const { precision, scale } = numericParts(modifier)
  return precision <= MOST_DIGITS && scale >= 0 && scale <= precision ? { type: 'decimal', precision, scale } : undefined
}

function charactersOf(modifier: number): FieldType {
  return modifier === -1 ? { type: 'string' } : { type: 'string', maxChars: modifier - LENGTH_WORD }
}

function shortText(type: FieldType): type is FieldType & { readonly maxChars: number } {
  return type.type === 'string' && type.maxChars !== undefined && type.maxChars >= 1 && type.maxChars <= MOST_CHARACTERS
}

function plain(name: string, sql: string, oid: number, field: FieldType): TypeRow {
  return {
    name, sql, oid, field: () => field,
    home: (type) => type.type === field.type && (type.type !== 'float' || field.type !== 'float' || type.bits === field.bits) ? -1 : undefined,
  }
}

function integer(name: string, sql: string, oid: number, bits: 16 | 32 | 64): TypeRow {
  return {
    name, sql, oid, field: () => ({ type: 'integer', bits, signed: true }),
    home: (type) => type.type === 'integer' && (type.signed ? type.bits <= bits : type.bits < bits) ? -1 : undefined,
  }
}

function temporal(name: string, sql: string, oid: number, type: 'time' | 'timestamp', zoned: boolean): TypeRow {
  return {
    name, sql, oid, field: (modifier) => ({ type, unit: unitOf(modifier), zoned }),
    home: (wanted) => {
      if (wanted.type !== type || wanted.zoned !== zoned) return undefined
      return ({ s: 0, ms: 3, us: -1, ns: undefined } as const)[wanted.unit]
    },
  }
}

/** The coarsest unit that holds every value of so many digits. */
function unitOf(modifier: number): TimeUnit {
  if (modifier < 0 || modifier > 3) return 'us'
  return modifier === 0 ? 's' : 'ms'
}
