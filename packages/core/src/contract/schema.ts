// What records look like: field types, fields and the schema that orders them.

/** The unit of a time or timestamp: how finely it counts. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

export interface PlainType { readonly type: 'boolean' | 'bytes' | 'date' | 'json' | 'uuid' }
export interface IntegerType { readonly type: 'integer', readonly bits: 8 | 16 | 32 | 64, readonly signed: boolean }
/** An IEEE 754 number of 32 or 64 bits. */
export interface FloatType { readonly type: 'float', readonly bits: 32 | 64 }
/** A decimal number of at most `precision` digits (1 to 76), `scale` of them after the point (0 to precision). */
export interface DecimalType { readonly type: 'decimal', readonly precision: number, readonly scale: number }
/** Unicode text. `maxBytes` counts UTF-8 bytes, `maxChars` code points; absent means no bound. */
export interface StringType { readonly type: 'string', readonly maxBytes?: number, readonly maxChars?: number }
/**
 * A time of day, or a date with a time of day.
 *
 * `zoned: true` on a timestamp means an instant (kept in UTC, the zone it was written in is not kept); on a time it
 * means a time with its own offset from UTC. `zoned: false` is what a wall clock shows, in no zone.
 */
export interface TemporalType { readonly type: 'time' | 'timestamp', readonly unit: TimeUnit, readonly zoned: boolean }

export type FieldType = PlainType | IntegerType | FloatType | DecimalType | StringType | TemporalType

/**
 * How a field's or a table's home describes it, so that a move between two of a kind loses nothing.
 *
 * Foreign code: read only by a plugin of the same system, which parses and rebuilds it and never pastes it.
 */
export interface Origin {
  /** The system that understands it, such as `postgres`. */
  readonly system: string
  /** The type as its home spells it, such as `numeric(12,2)`. */
  readonly type?: string
  readonly facts?: { readonly [fact: string]: unknown }
}

export interface Field {
  /** Any text but the empty one; unique in its schema, byte for byte. */
  readonly name: string
  readonly type: FieldType
  readonly nullable: boolean
  readonly origin?: Origin
}

export interface RecordsSchema {
  /** In the order in which records carry them. */
  readonly fields: readonly Field[]
  /** Names of the fields that identify a record, where the home knows. */
  readonly key?: readonly string[]
  readonly origin?: Origin
}

/** A type as people read it: `integer 32`, `decimal(12,2)`, `timestamp us with zone`, `string`. */
export function typeText(type: FieldType): string {
  switch (type.type) {
    case 'integer':
      return `${type.signed ? '' : 'unsigned '}integer ${type.bits}`
    case 'float':
      return `float ${type.bits}`
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'string': {
      if (type.maxChars !== undefined) return `string(${type.maxChars})`
      return type.maxBytes === undefined ? 'string' : `string(${type.maxBytes} bytes)`
    }
    case 'time':
    case 'timestamp':
      return `${type.type} ${type.unit}${type.zoned ? ' with zone' : ''}`
    default:
      return type.type
  }
}

/** True when both types hold the same values in the same way. */
export function sameType(a: FieldType, b: FieldType): boolean {
  return typeText(a) === typeText(b) && (a.type !== 'string' || b.type !== 'string' || a.maxBytes === b.maxBytes)
}

/** True when both schemas carry the same names and types in the same order; nullability, key and origin are not compared. */
export function sameFields(a: RecordsSchema, b: RecordsSchema): boolean {
  return a.fields.length === b.fields.length
    && a.fields.every((field, i) => field.name === b.fields[i]!.name && sameType(field.type, b.fields[i]!.type))
}
