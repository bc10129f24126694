// Moving between two relations of one database: one statement, and no record leaves the server.
import type { Native, RecordsSchema, Why } from '@records-mover/core/plugin'
import { typeText } from '@records-mover/core/plugin'
import { quoteIdentifier } from './address.js'
import { passes } from './binary-pass.js'
import type { Session } from './connect.js'
import type { CopyTarget } from './copy-in.js'
import type { TypeFacts } from './origin.js'
import { fieldFacts } from './origin.js'

/** Why the server would change a value on the way; undefined when every field arrives as it is. */
export function refuseNative(given: RecordsSchema, as: RecordsSchema): Why | undefined {
  const byName = new Map(given.fields.map((field) => [field.name, field]))
  for (const field of as.fields) {
    const from = byName.get(field.name)
    const [source, target] = [from === undefined ? undefined : fieldFacts(from)?.type, fieldFacts(field)?.type]
    if (from === undefined || source === undefined || target === undefined) return `the type of field "${field.name}" is not known on both sides`
    if (!oneType(source, target) && !passes(source, target)) {
      return `field "${field.name}": the server would turn ${from.origin?.type ?? typeText(from.type)} into ${field.origin?.type ?? typeText(field.type)} without checking values`
    }
  }
  return undefined
}

/** The very same type of the very same database needs no portable form. */
function oneType(a: TypeFacts, b: TypeFacts): boolean {
  return a.schema === b.schema && a.name === b.name && a.modifier === b.modifier && a.array === b.array
}

/** Inserts all rows of the other relation; resolves with their number. */
export async function insertFrom(session: Session, from: Native, into: CopyTarget): Promise<number> {
  const columns = into.columns.map(({ column }) => quoteIdentifier(column)).join(', ')
  const fields = into.columns.map(({ field }) => `records.${quoteIdentifier(field)}`).join(', ')
  const { count } = await session.query(
    `insert into ${into.relation} (${columns}) overriding system value select ${fields} from ${from.relation} as records`,
    [], { doing: `copy within the server into ${into.text}` },
  )
  return count ?? 0
}
