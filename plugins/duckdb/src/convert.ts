// Which values DuckDB turns by itself exactly, and the SQL that does it or stops.
import type { FieldType } from '@records-mover/core/plugin'
import { conversion, sameType } from '@records-mover/core/plugin'
import { homeOf } from './types.js'

/**
 * An expression of type `from` as one of type `to`: every value exactly, or an error of DuckDB that errors.ts calls `bad-data`.
 * Undefined when DuckDB would change values, or is not known not to.
 */
export function convertSql(sql: string, from: FieldType, to: FieldType): string | undefined {
  if (sameType(from, to)) return sql
  if (to.type === 'string') return boundedText(from.type === 'string' ? sql : textSql(sql, from), to)
  // A cast to JSON checks that it is JSON and keeps its text; other casts of text guess.
  if (from.type === 'string' && to.type === 'json') return `cast(${sql} as json)`
  const home = homeOf(to)
  const kind = conversion(from, to)
  if (home === undefined || kind.kind === 'refused' || from.type === 'string') return undefined
  // A cast cuts what does not fit without counting it.
  if (kind.kind === 'checked' && kind.loss === 'decimal-as-float') return undefined
  if (from.type === 'time' && home.type.type === 'time' && !sameType(home.type, to)) return undefined
  if (from.type === 'timestamp' && !sameType(home.type, to)) return undefined
  const cast = `cast(${sql} as ${home.sql})`
  if (kind.kind === 'widens') return cast
  const back = from.type === 'integer' && to.type === 'float' ? `cast(${cast} as hugeint)` : cast
  return `case when ${back} is distinct from ${sql} then error('not exact: a value does not fit ${home.sql}') else ${cast} end`
}

/**
 * The canonical text of an expression's values; undefined for floats, which DuckDB spells in another way. An infinite date or
 * timestamp is spelled in DuckDB's way: look for those first.
 */
export function textSql(sql: string, type: FieldType): string | undefined {
  switch (type.type) {
    case 'float':
      return undefined
    case 'bytes':
      return `'\\x' || lower(hex(${sql}))`
    case 'decimal':
      // DuckDB leaves out the zero before the point where the type has no digit there: `.05`.
      return type.precision > type.scale ? `cast(${sql} as varchar)`
        : `case when ${sql} < 0 then '-0' || cast(-${sql} as varchar) else '0' || cast(${sql} as varchar) end`
    case 'date':
      return `replace(cast(${sql} as varchar), ' (BC)', ' BC')`
    case 'timestamp': {
      // DuckDB 1.5 spells an instant by way of floating point: 294247-01-10 04:00:54.775806+00 comes out a millisecond late.
      const text = type.zoned ? `cast(make_timestamp(epoch_us(${sql})) as varchar)` : `cast(${sql} as varchar)`
      const zone = type.zoned ? ` || '+00'` : ''
      // Nanoseconds begin in 1677.
      if (type.unit === 'ns') return text
      // DuckDB writes the era behind the date, PostgreSQL behind everything.
      return `case when ${sql} < '0001-01-01'::${homeOf(type)!.sql} then replace(${text}, ' (BC)', '')${zone} || ' BC' else ${text}${zone} end`
    }
    default:
      return `cast(${sql} as varchar)`
  }
}

function boundedText(sql: string | undefined, { maxBytes, maxChars }: { readonly maxBytes?: number, readonly maxChars?: number }): string | undefined {
  if (sql === undefined || (maxBytes === undefined && maxChars === undefined)) return sql
  const long = [
    ...maxBytes === undefined ? [] : [`strlen(${sql}) > ${maxBytes}`],
    ...maxChars === undefined ? [] : [`length(${sql}) > ${maxChars}`],
  ]
  return `case when ${long.join(' or ')} then error('not exact: text is too long') else ${sql} end`
}
