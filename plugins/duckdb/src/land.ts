// A landing as one transaction: the table made ready, the records put in by some means, counted, confirmed, and only then seen.
import type { Landing, Run, Tally } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { TableName } from './address.js'
import { quoteIdentifier } from './address.js'
import { qualified } from './catalog.js'
import type { LandingPlan } from './fit.js'
import type { Session } from './session.js'

/** Where records go and how. */
export interface Ground {
  readonly session: Session
  readonly name: Required<TableName>
  /** True when the table was there when the plan was made. */
  readonly existed: boolean
  readonly plan: LandingPlan
  /** What failed, for messages. */
  readonly what: string
}

/**
 * Lands records. `put` inserts them into the table it is told, whose columns are those of the arrivals, and resolves with how
 * many, and what was lost on the way.
 *
 * Resolves when they are committed; rejects with everything rolled back.
 */
export async function land(
  { session, name, existed, plan, what }: Ground, as: Landing, run: Run, put: (into: string, columns: readonly string[]) => Promise<Tally>,
): Promise<Tally> {
  if (plan.refused.length > 0) throw new MoveError('refused', plan.refused.join('; '))
  const table = qualified(name)
  const columns = plan.arrivals.map(({ column }) => quoteIdentifier(column))
  return session.transaction('write', run, what, async () => {
    if (existed && as.whenExists === 'replace') await session.run(`drop table ${table}`, what)
    if (existed && as.whenExists === 'delete') await session.run(`delete from ${table}`, what)
    if (existed && as.whenExists === 'truncate') await session.run(`truncate ${table}`, what)
    if (plan.create !== undefined) await session.run(plan.create, what)
    const tally = as.whenExists === 'merge'
      ? await merge(session, table, columns, plan, as, run, what, put)
      : await put(table, columns)
    await as.confirm(tally)
    return tally
  })
}

async function merge(
  session: Session, table: string, columns: readonly string[], plan: LandingPlan, as: Landing, run: Run, what: string,
  put: (into: string, columns: readonly string[]) => Promise<Tally>,
): Promise<Tally> {
  const staging = quoteIdentifier(`${run.id}-merge`)
  const keys = as.key!.map((name) => quoteIdentifier(plan.arrivals.find(({ field }) => field.name === name)!.column))
  await session.run(`create temp table ${staging} as select ${columns.join(', ')} from ${table} limit 0`, what)
  const tally = await put(staging, columns)
  const named = as.key!.map((name) => `"${name}"`).join(', ')
  const context = { key: as.key!.join(', ') }
  const [nulls] = await session.rows(`select cast(count(*) as varchar) from ${staging} where ${keys.map((key) => `${key} is null`).join(' or ')}`, what)
  if (nulls![0] !== '0') throw new MoveError('bad-data', `${nulls![0]!} records have a null in the key ${named}: a merge needs a value in each`, { context })
  const [twice] = await session.rows(
    `select cast(count(*) as varchar) from (select 1 from ${staging} group by ${keys.join(', ')} having count(*) > 1)`, what)
  if (twice![0] !== '0') throw new MoveError('bad-data', `${twice![0]!} values of the key ${named} arrived more than once: a merge needs each once`, { context })
  const others = columns.filter((column) => !keys.includes(column))
  await session.run([
    `merge into ${table} as old using ${staging} as new on ${keys.map((key) => `old.${key} = new.${key}`).join(' and ')}`,
    ...others.length > 0 ? [`when matched then update set ${others.map((column) => `${column} = new.${column}`).join(', ')}`] : [],
    `when not matched then insert (${columns.join(', ')}) values (${columns.map((column) => `new.${column}`).join(', ')})`,
  ].join(' '), what)
  await session.run(`drop table ${staging}`, what)
  return tally
}
