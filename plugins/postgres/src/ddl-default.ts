// Which default expressions are rebuilt at the far end: a closed list of forms, parsed and written anew.
import { quoteLiteral } from './address.js'
import type { TypeFacts } from './origin.js'

/**
 * A default as SQL, rebuilt from the server's own spelling of it; undefined for every expression that is not on the list.
 *
 * On the list: null, booleans, numbers, text with a cast to a built-in type or to the column's own, and the functions below.
 */
export function rebuildDefault(expression: string, columnSql: string): string | undefined {
  const text = expression.trim()
  if (FUNCTIONS.has(text)) return FUNCTIONS.get(text)
  const number = /^\(?(-?\d+(?:\.\d+)?)\)?(?:::(?:bigint|integer|smallint|numeric|real|double precision))?$/.exec(text)
  if (number !== null) return number[1]
  const literal = /^(?:'((?:[^']|'')*)'|NULL)(?:::(.+))?$/s.exec(text)
  if (literal === null) return undefined
  const type = literal[2]
  if (type !== undefined && !isPlainType(type) && !columnTypeNamed(type, columnSql)) return undefined
  if (literal[1] === undefined) return 'null'
  // What the server wrote as a literal becomes one again, whatever stands in it; the column's type reads it.
  return quoteLiteral(literal[1].replaceAll('\'\'', '\''))
}

/** Expressions without arguments that mean the same in every database. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['true', 'true'], ['false', 'false'],
  ['now()', 'now()'], ['CURRENT_TIMESTAMP', 'current_timestamp'], ['CURRENT_DATE', 'current_date'], ['CURRENT_TIME', 'current_time'],
  ['LOCALTIMESTAMP', 'localtimestamp'], ['LOCALTIME', 'localtime'],
  ['clock_timestamp()', 'clock_timestamp()'], ['statement_timestamp()', 'statement_timestamp()'], ['transaction_timestamp()', 'transaction_timestamp()'],
  ['CURRENT_USER', 'current_user'], ['SESSION_USER', 'session_user'],
  ['gen_random_uuid()', 'gen_random_uuid()'], ['random()', 'random()'],
])

/** Built-in types by their SQL names, arrays of them included. */
function isPlainType(type: string): boolean {
  return /^(?:boolean|smallint|integer|bigint|real|double precision|numeric|text|character varying|character|bpchar|name|bytea|date|time(?:stamp)?(?:\(\d\))? with(?:out)? time zone|interval|json|jsonb|uuid|inet|cidr|macaddr|money|bit|bit varying|"char")(?:\(\d+(?:,\d+)?\))?(?:\[\])?$/.test(type)
}

/** The server spells a user's type without quotes where it can; here it is always quoted. */
function columnTypeNamed(type: string, columnSql: string): boolean {
  return type.replaceAll('"', '') === columnSql.replaceAll('"', '')
}

/** True for the default of a column that takes its values from a sequence. */
export function isNextval(expression: string): boolean {
  return /^nextval\('(?:[^']|'')+'::regclass\)$/.test(expression.trim())
}

/** Integer types that an identity column may have. */
export function takesIdentity(type: TypeFacts): boolean {
  return type.schema === 'pg_catalog' && type.array !== true && ['int2', 'int4', 'int8'].includes(type.name)
}
