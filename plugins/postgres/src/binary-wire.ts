// Which PostgreSQL types the postgres-binary codec can read and write, and in which of the wire forms.
import type { Field, FieldType } from '@records-mover/core/plugin'
import type { TypeFacts } from './origin.js'
import { fieldFacts } from './origin.js'

/**
 * How a value lies in a COPY BINARY stream: what the send and recv functions of its type write and read.
 *
 * https://www.postgresql.org/docs/current/sql-copy.html, Binary Format; src/backend/utils/adt of PostgreSQL for each type.
 */
export type Wire =
  | 'bool' | 'int2' | 'int4' | 'int8' | 'float4' | 'float8' | 'numeric' | 'text' | 'jsonb' | 'uuid' | 'bytea'
  | 'date' | 'time' | 'timetz' | 'timestamp'

/**
 * The wire form of a field, by its home's type where that is PostgreSQL, else by the type that PostgreSQL would be given
 * for it. Undefined when values of this type are known here as text only (arrays, intervals, ranges, ...).
 */
export function wireOf(field: Field): Wire | undefined {
  const facts = fieldFacts(field)
  const wire = facts === undefined ? DEFAULT_WIRE[field.type.type](field.type) : wireOfType(facts.type)
  return wire !== undefined && FITS[wire](field.type) ? wire : undefined
}

/** The wire form of a PostgreSQL type; a domain has that of its base, an enum that of its label. */
function wireOfType(type: TypeFacts): Wire | undefined {
  if (type.array === true) return undefined
  if (type.kind === 'domain') return type.base === undefined ? undefined : wireOfType(type.base)
  if (type.kind === 'enum') return 'text'
  if (type.kind !== 'base') return undefined
  if (type.extension === 'citext' && type.name === 'citext') return 'text'
  return type.schema === 'pg_catalog' ? WIRES.get(type.name) : undefined
}

const WIRES: ReadonlyMap<string, Wire> = new Map<string, Wire>([
  ['bool', 'bool'], ['int2', 'int2'], ['int4', 'int4'], ['int8', 'int8'],
  ['float4', 'float4'], ['float8', 'float8'], ['numeric', 'numeric'],
  ['text', 'text'], ['varchar', 'text'], ['bpchar', 'text'], ['name', 'text'], ['xml', 'text'], ['json', 'text'], ['jsonb', 'jsonb'],
  ['uuid', 'uuid'], ['bytea', 'bytea'],
  ['date', 'date'], ['time', 'time'], ['timetz', 'timetz'], ['timestamp', 'timestamp'], ['timestamptz', 'timestamp'],
])

const DEFAULT_WIRE: { readonly [type in FieldType['type']]: (type: FieldType) => Wire | undefined } = {
  boolean: () => 'bool',
  integer: (type) => type.type === 'integer' && type.signed && type.bits > 8 ? ({ 16: 'int2', 32: 'int4', 64: 'int8' } as const)[type.bits as 16] : undefined,
  float: (type) => type.type === 'float' && type.bits === 32 ? 'float4' : 'float8',
  decimal: () => 'numeric',
  string: () => 'text',
  json: () => 'text',
  bytes: () => 'bytea',
  uuid: () => 'uuid',
  date: () => 'date',
  time: (type) => type.type === 'time' && type.zoned ? 'timetz' : 'time',
  timestamp: () => 'timestamp',
}

/** Which field types a wire form is decoded into and encoded from. */
const FITS: { readonly [wire in Wire]: (type: FieldType) => boolean } = {
  bool: (type) => type.type === 'boolean',
  int2: (type) => type.type === 'integer' && type.signed && type.bits === 16,
  int4: (type) => type.type === 'integer' && type.signed && type.bits === 32,
  int8: (type) => type.type === 'integer' && type.signed && type.bits === 64,
  float4: (type) => type.type === 'float' && type.bits === 32,
  float8: (type) => type.type === 'float' && type.bits === 64,
  numeric: (type) => type.type === 'decimal',
  text: (type) => type.type === 'string' || type.type === 'json',
  jsonb: (type) => type.type === 'string' || type.type === 'json',
  uuid: (type) => type.type === 'uuid',
  bytea: (type) => type.type === 'bytes',
  date: (type) => type.type === 'date',
  time: (type) => type.type === 'time' && !type.zoned && type.unit !== 'ns',
  timetz: (type) => type.type === 'time' && type.zoned && type.unit !== 'ns',
  timestamp: (type) => type.type === 'timestamp' && type.unit !== 'ns',
}
