// What a plan says of a source beyond its schema: how it is connected, and what its text means.
import type { RecordsSchema } from '@records-mover/core/plugin'
import type { Relation } from './catalog.js'
import type { Session } from './connect.js'
import { fieldFacts } from './origin.js'
import { baseOf } from './types.js'

/** Sentences about a table, view or its like. */
export async function tableNotes(found: Relation, session: Session): Promise<readonly string[]> {
  const { facts } = found
  return [
    ...await queryNotes(found.schema, session),
    ...(found.hidesRows ? [`row security is on: only the rows that ${session.server.user} may see are read`] : []),
    ...(facts.kind === 'table' || facts.kind === 'partitioned table' ? [] : [`a ${facts.kind}: it is read as it stands, and arrives as a table`]),
  ]
}

/** Sentences about what any reading in this session means. */
export async function queryNotes(schema: RecordsSchema, session: Session): Promise<readonly string[]> {
  return [...session.notes, ...encodingNotes(session), ...await moneyNotes(schema, session)]
}

function encodingNotes(session: Session): readonly string[] {
  return session.server.encoding === 'SQL_ASCII' ? ['the database has encoding SQL_ASCII: its text is passed on unchecked, and may not be UTF-8'] : []
}

/** Amounts are stored as whole numbers of the smallest unit, and each locale has decimals of its own. */
async function moneyNotes(schema: RecordsSchema, session: Session): Promise<readonly string[]> {
  const fields = schema.fields.filter((field) => {
    const type = fieldFacts(field)?.type
    return type !== undefined && baseOf(type).name === 'money' && baseOf(type).schema === 'pg_catalog'
  })
  if (fields.length === 0) return []
  const { rows } = await session.query('select reset_val from pg_catalog.pg_settings where name = \'lc_monetary\'')
  const locale = rows[0]?.[0] ?? 'C'
  if (PLAIN_LOCALES.test(locale)) return []
  return [`${fields.map((field) => field.name).join(', ')}: money is written with two decimals and a dollar sign, as in the locale C; this database shows it as in ${locale}`]
}

// Locales that show money just so.
const PLAIN_LOCALES = /^(C|POSIX|en_US)([.@]|$)/i
