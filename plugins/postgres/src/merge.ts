// Merging by key: the incoming rows wait in a table of the session's own, then change the old ones and join them.
import type { Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { quoteIdentifier } from './address.js'
import type { Session } from './connect.js'
import type { LandingPlan } from './landing-plan.js'
import { fieldFacts } from './origin.js'
import { typeSql } from './types.js'

/** Makes the waiting table, with the types of the target's columns and none of its rules; gone with the transaction. */
export async function stageTable(session: Session, plan: LandingPlan, run: Run): Promise<string> {
  const stage = `pg_temp.${quoteIdentifier(`records-mover ${run.id}`)}`
  const columns = plan.arrivals.map(({ column, field }) => `${quoteIdentifier(column)} ${stageType(field)}`)
  await session.query(`create temporary table ${stage} (${columns.join(', ')}) on commit drop`, [], { doing: 'make a table for the incoming records' })
  return stage
}

function stageType(field: LandingPlan['arrivals'][number]['field']): string {
  const facts = fieldFacts(field)!
  const collation = facts.collation === undefined ? '' : ` collate ${quoteIdentifier(facts.collation.schema)}.${quoteIdentifier(facts.collation.name)}`
  return `${typeSql(facts.type) ?? field.origin!.type!}${collation}`
}

/**
 * Merges the waiting rows into the locked table: those whose key is there change the row, the others are added.
 *
 * @throws MoveError `bad-data` for a key that is null or arrives twice.
 */
export async function mergeRows(session: Session, stage: string, relation: string, plan: LandingPlan, key: readonly string[], text: string): Promise<void> {
  const doing = { doing: `merge into ${text}` }
  const columns = plan.arrivals.map(({ column }) => quoteIdentifier(column))
  const keys = plan.arrivals.filter(({ field }) => key.includes(field.name))
  const keyColumns = keys.map(({ column }) => quoteIdentifier(column))
  await session.query(`analyze ${stage}`, [], doing)
  await refuseNulls(session, stage, keys)
  await refuseTwice(session, stage, keyColumns, key)
  const same = keyColumns.map((column) => `t.${column} = s.${column}`).join(' and ')
  const others = columns.filter((column) => !keyColumns.includes(column))
  if (others.length > 0) {
    await session.query(`update ${relation} t set ${others.map((column) => `${column} = s.${column}`).join(', ')} from ${stage} s where ${same}`, [], doing)
  }
  const list = columns.join(', ')
  await session.query(
    `insert into ${relation} (${list}) overriding system value select ${list} from ${stage} s where not exists (select from ${relation} t where ${same})`,
    [], doing,
  )
}

async function refuseNulls(session: Session, stage: string, keys: LandingPlan['arrivals']): Promise<void> {
  for (const { column, field } of keys) {
    const { rows } = await session.query(`select row from (${numberedRows(stage, quoteIdentifier(column))}) r where ${quoteIdentifier(column)} is null order by row limit 1`)
    const row = rows[0]?.[0]
    if (row === undefined || row === null) continue
    throw new MoveError('bad-data', `row ${row}, field "${field.name}": the key is null, and merge tells records by it`, { context: { row, field: field.name } })
  }
}

async function refuseTwice(session: Session, stage: string, keyColumns: readonly string[], key: readonly string[]): Promise<void> {
  const list = keyColumns.join(', ')
  const { rows: twice } = await session.query(`select from ${stage} group by ${list} having count(*) > 1 limit 1`)
  if (twice.length === 0) return
  const { rows } = await session.query(
    `select row from (select row, row_number() over (partition by ${list} order by row) as times from (${numberedRows(stage, list)}) r) r where times = 2 order by row limit 1`,
  )
  const row = rows[0]![0]!
  const field = key.join(', ')
  throw new MoveError('bad-data', `row ${row}: its key (${field}) has come before, and merge takes each once`, { context: { row, field } })
}

/** Rows in the order in which they came: a table that was only ever copied into keeps it. */
function numberedRows(stage: string, columns: string): string {
  return `select row_number() over (order by ctid) as row, ${columns} from ${stage}`
}
