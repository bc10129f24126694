// Between which PostgreSQL types a COPY BINARY stream may pass unread, with every value unchanged at the far end.
import type { Field, RecordsSchema, Why } from '@records-mover/core/plugin'
import type { TypeFacts } from './origin.js'
import { fieldFacts } from './origin.js'
import { baseOf, numericParts, typeSql } from './types.js'

/**
 * Why the binary form of one schema's fields cannot be stored as another's, field by field in order; undefined when it can.
 *
 * A recv function trusts the bytes: a type of another shape would be misread, and a narrower modifier would round or cut.
 */
export function refusePass(from: RecordsSchema, to: RecordsSchema): Why | undefined {
  for (const [i, field] of from.fields.entries()) {
    const why = refuseField(field, to.fields[i]!)
    if (why !== undefined) return why
  }
  return undefined
}

function refuseField(from: Field, to: Field): Why | undefined {
  const [source, target] = [fieldFacts(from)?.type, fieldFacts(to)?.type]
  if (source === undefined || target === undefined) return `the type of field "${from.name}" is not known on both sides as PostgreSQL's`
  if (passes(source, target)) return undefined
  const [a, b] = [spell(source), spell(target)]
  return a === b
    ? `${a} of field "${from.name}" has no binary form that another database reads the same`
    : `field "${from.name}" is ${a} on one side and ${b} on the other`
}

/** True when the binary form of every value of one type is read as the same value of the other. */
export function passes(from: TypeFacts, to: TypeFacts): boolean {
  const [source, target] = [baseOf(from), baseOf(to)]
  if ((source.array ?? false) !== (target.array ?? false)) return false
  // An array carries the identifier of its element type, which only built-in types share between databases.
  if (source.array === true && (!builtIn(source) || !builtIn(target))) return false
  if (TEXT.has(shape(source)) && target.array !== true && shape(target) === 'text') return true
  if (shape(source) !== shape(target) || !portable(source)) return false
  return widens(source, target)
}

/** Types whose binary form is their text, and fits into `text` as it is. */
const TEXT: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name', 'enum', 'citext'])
const EXTENSIONS: ReadonlySet<string> = new Set(['citext', 'hstore'])
// These send identifiers of the catalog, which mean something else in another database, or have no recv function at all.
const HOMEBOUND = /^(reg\w+|aclitem|pg_node_tree|pg_ndistinct|pg_dependencies|pg_mcv_list|pg_brin_\w+|gtsvector|pg_ddl_command)$/

function shape(type: TypeFacts): string {
  return type.kind === 'enum' ? 'enum' : type.name
}

function builtIn(type: TypeFacts): boolean {
  return type.schema === 'pg_catalog' && type.kind !== 'composite' && type.kind !== 'pseudo'
}

function portable(type: TypeFacts): boolean {
  if (type.kind === 'enum') return type.array !== true
  if (type.extension !== undefined) return EXTENSIONS.has(type.name)
  return builtIn(type) && !HOMEBOUND.test(type.name)
}

/** True when no value of one modifier is changed by the other. */
function widens({ modifier: from, name }: TypeFacts, { modifier: to }: TypeFacts): boolean {
  if (from === to || to === -1) return true
  switch (name) {
    case 'numeric': {
      if (from === -1) return false
      const [a, b] = [numericParts(from), numericParts(to)]
      return b.scale >= a.scale && b.precision - b.scale >= a.precision - a.scale
    }
    case 'varchar':
    case 'bpchar':
    case 'varbit':
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return from === -1 ? name.startsWith("time") && to >= MICROSECONDS : from <= to
    default:
      return false
  }
}

const MICROSECONDS = 6

function spell(type: TypeFacts): string {
  return typeSql(type) ?? type.name
}
