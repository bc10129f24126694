// The table of DuckDB's types against field types, read in both directions.
import type { Field, FieldType, Origin } from '@records-mover/core/plugin'
import type { Described } from './session.js'

/** The name this plugin's origins carry. */
export const SYSTEM = 'duckdb'

/** How a vector of a type holds its values. `text` is strings outside the vector; the others lie in it, one after the other. */
type Layout = 'copy' | 'bits' | 'decimal' | 'hugeint' | 'uhugeint' | 'uuid' | 'timetz' | 'text'

/** One type of DuckDB that has a field type. */
interface TypeRow {
  /** As SQL spells it, without parameters. */
  readonly sql: string
  /** Number in the C interface: https://github.com/duckdb/duckdb/blob/v1.5-variegata/src/include/duckdb.h, `duckdb_type`. */
  readonly id: number
  /** Name of a type that is another in other clothes. */
  readonly alias?: string
  readonly layout: Layout
  /** Bytes a value takes in a vector. */
  readonly bytes: number
  /** The field type of values of this type. DECIMAL's depends on its width and scale. */
  readonly field: FieldType
}

const MOST_DECIMAL_DIGITS = 38
// HUGEINT and UHUGEINT go to 1.7e38 and 3.4e38: 39 digits.
const HUGE: FieldType = { type: 'decimal', precision: 39, scale: 0 }

/** The types that have a field type. JSON comes before the VARCHAR it is kept in. */
const TYPES: readonly TypeRow[] = [
  { sql: 'BOOLEAN', id: 1, layout: 'bits', bytes: 1, field: { type: 'boolean' } },
  integer('TINYINT', 2, 8, true),
  integer('SMALLINT', 3, 16, true),
  integer('INTEGER', 4, 32, true),
  integer('BIGINT', 5, 64, true),
  integer('UTINYINT', 6, 8, false),
  integer('USMALLINT', 7, 16, false),
  integer('UINTEGER', 8, 32, false),
  integer('UBIGINT', 9, 64, false),
  { sql: 'FLOAT', id: 10, layout: 'copy', bytes: 4, field: { type: 'float', bits: 32 } },
  { sql: 'DOUBLE', id: 11, layout: 'copy', bytes: 8, field: { type: 'float', bits: 64 } },
  { sql: 'DECIMAL', id: 19, layout: 'decimal', bytes: 16, field: { type: 'decimal', precision: 38, scale: 0 } },
  { sql: 'HUGEINT', id: 16, layout: 'hugeint', bytes: 16, field: HUGE },
  { sql: 'UHUGEINT', id: 32, layout: 'uhugeint', bytes: 16, field: HUGE },
  { sql: 'JSON', id: 17, alias: 'JSON', layout: 'text', bytes: 16, field: { type: 'json' } },
  { sql: 'VARCHAR', id: 17, layout: 'text', bytes: 16, field: { type: 'string' } },
  { sql: 'BLOB', id: 18, layout: 'text', bytes: 16, field: { type: 'bytes' } },
  { sql: 'DATE', id: 13, layout: 'copy', bytes: 4, field: { type: 'date' } },
  { sql: 'TIME', id: 14, layout: 'copy', bytes: 8, field: { type: 'time', unit: 'us', zoned: false } },
  { sql: 'TIME_NS', id: 39, layout: 'copy', bytes: 8, field: { type: 'time', unit: 'ns', zoned: false } },
  { sql: 'TIMETZ', id: 30, layout: 'timetz', bytes: 8, field: { type: 'time', unit: 'us', zoned: true } },
  { sql: 'TIMESTAMP_S', id: 20, layout: 'copy', bytes: 8, field: { type: 'timestamp', unit: 's', zoned: false } },
  { sql: 'TIMESTAMP_MS', id: 21, layout: 'copy', bytes: 8, field: { type: 'timestamp', unit: 'ms', zoned: false } },
  { sql: 'TIMESTAMP', id: 12, layout: 'copy', bytes: 8, field: { type: 'timestamp', unit: 'us', zoned: false } },
  { sql: 'TIMESTAMP_NS', id: 22, layout: 'copy', bytes: 8, field: { type: 'timestamp', unit: 'ns', zoned: false } },
  { sql: 'TIMESTAMPTZ', id: 31, layout: 'copy', bytes: 8, field: { type: 'timestamp', unit: 'us', zoned: true } },
  { sql: 'UUID', id: 27, layout: 'uuid', bytes: 16, field: { type: 'uuid' } },
]

/** A type with its parameters: how a column is declared, and how its vectors lie. */
export interface Home {
  readonly sql: string
  /** The number of the type, as in the table. */
  readonly id: number
  readonly layout: Layout
  readonly bytes: number
  readonly type: FieldType
}

/** The home of a column of a query; undefined when its type travels as text. */
export function homeOfColumn({ id, alias, width, scale }: Described): Home | undefined {
  const row = TYPES.find((candidate) => candidate.id === id && (candidate.alias === undefined || candidate.alias === alias))
  if (row === undefined) return undefined
  return row.layout === 'decimal' ? decimalHome(width, scale) : homeOfRow(row)
}

/**
 * The narrowest DuckDB type that holds every value of a field type; undefined when there is none (decimals of 39 digits and
 * more, nanoseconds in a zone). DuckDB keeps no bound of text, so a bounded string is at home in VARCHAR.
 */
export function homeOf(type: FieldType): Home | undefined {
  switch (type.type) {
    case 'decimal':
      return type.precision > MOST_DECIMAL_DIGITS ? undefined : decimalHome(type.precision, type.scale)
    case 'string':
      return homeNamed('VARCHAR')
    case 'time':
    case 'timestamp': {
      if (type.unit === 'ns') return type.zoned ? undefined : homeNamed(type.type === 'time' ? 'TIME_NS' : 'TIMESTAMP_NS')
      if (type.type === 'time') return homeNamed(type.zoned ? 'TIMETZ' : 'TIME')
      if (type.zoned) return homeNamed('TIMESTAMPTZ')
      return homeNamed(({ s: 'TIMESTAMP_S', ms: 'TIMESTAMP_MS', us: 'TIMESTAMP' } as const)[type.unit])
    }
    default: {
      const row = TYPES.find(({ field }) => field.type === type.type
        && (!('bits' in field) || !('bits' in type) || field.bits === type.bits)
        && (!('signed' in field) || !('signed' in type) || field.signed === type.signed))
      return row && homeOfRow(row)
    }
  }
}

/** The home that an origin of DuckDB's own names, for types that no field type leads to: HUGEINT and UHUGEINT. */
export function homeOfOrigin(field: Field): Home | undefined {
  const { origin, type } = field
  if (origin?.system !== SYSTEM || type.type !== 'decimal' || type.precision !== 39 || type.scale !== 0) return undefined
  return origin.type === 'HUGEINT' || origin.type === 'UHUGEINT' ? homeNamed(origin.type) : undefined
}

/** The home of a DuckDB type by the name in the table. */
export function homeNamed(sql: string): Home {
  const row = TYPES.find((candidate) => candidate.sql === sql)
  if (row === undefined) throw new RangeError(`no type ${sql}`)
  return homeOfRow(row)
}

/** Where a column of DuckDB came from, spelled as DuckDB spells it. */
export function originOf(sql: string): Origin {
  return { system: SYSTEM, type: sql }
}

function homeOfRow({ sql, id, layout, bytes, field }: TypeRow): Home {
  return { sql, id, layout, bytes, type: field }
}

// https://github.com/duckdb/duckdb/blob/v1.5-variegata/src/common/types.cpp, LogicalType::GetInternalType
function decimalHome(precision: number, scale: number): Home {
  const bytes = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16
  return { sql: `DECIMAL(${precision},${scale})`, id: 19, layout: 'decimal', bytes, type: { type: 'decimal', precision, scale } }
}

function integer(sql: string, id: number, bits: 8 | 16 | 32 | 64, signed: boolean): TypeRow {
  return { sql, id, layout: 'copy', bytes: bits / 8, field: { type: 'integer', bits, signed } }
}
