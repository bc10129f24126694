// One landing is one transaction: what is made or emptied, the fence, the rows, the caller's word, the commit.
import type { Landing, Run, Tally } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { quoteTable, tableText } from './address.js'
import type { Session } from './connect.js'
import type { CopyTarget } from './copy-in.js'
import { lockFenced } from './landing-lock.js'
import { adoptTable, makeTable } from './landing-table.js'
import type { LandingPlan, TargetState } from './landing-plan.js'
import { settleCommit } from './landing-doubt.js'
import { mergeRows, stageTable } from './merge.js'

/** How a landing reaches its server. */
export interface LandingSession {
  readonly session: Session
  /** Another session of the same user to the same database, for the question what became of a commit. */
  readonly again: (signal: AbortSignal) => Promise<Session>
}

/** Brings the rows into the relation, in the session's transaction; resolves with their number. */
export type Fill = (into: CopyTarget) => Promise<number>

/**
 * Lands what `fill` brings as the plan says, in one transaction.
 *
 * Resolves when the rows are visible to others; rejects with the table as it was. `in-doubt` when the connection was lost
 * during the commit and the server could not be asked.
 */
export async function land({ session, again }: LandingSession, plan: LandingPlan, state: TargetState, as: Landing, run: Run, fill: Fill): Promise<Tally> {
  refuse(plan, state)
  let transaction: string | undefined
  let tally: Tally | undefined
  try {
    return await session.transaction('begin isolation level read committed read write', async () => {
      const rows = await bring(session, plan, state, as, run, fill)
      transaction = await currentTransaction(session)
      await as.confirm({ rows })
      tally = { rows }
      return tally
    })
  } catch (error) {
    // Before the caller's word nothing was to be committed, so nothing was.
    if (tally === undefined) throw error
    await settleCommit(error, { transaction: transaction!, pid: session.pid, again, text: tableText(state.name) })
    return tally
  }
}

function refuse({ refused }: LandingPlan, { name, relation }: TargetState): void {
  if (refused.length === 0) return
  const table = tableText(name)
  const exists = relation !== undefined && refused.some((why) => why.startsWith(`${table} exists`))
  throw new MoveError(exists ? 'already-exists' : 'refused', refused.join('; '), { context: { table } })
}

async function bring(session: Session, plan: LandingPlan, state: TargetState, as: Landing, run: Run, fill: Fill): Promise<number> {
  const relation = quoteTable(state.name)
  const target = (sql: string): CopyTarget => ({
    relation: sql, text: tableText(state.name), columns: plan.arrivals.map(({ column, field }) => ({ column, field: field.name })),
  })
  const doing = { doing: `land in ${tableText(state.name)}` }
  if (state.relation === undefined) {
    await makeTable(session, relation, plan.table!)
    const rows = await fill(target(relation))
    await adoptTable(session, { relation, name: state.name, table: plan.table!, run })
    return rows
  }
  switch (as.whenExists) {
    case 'append':
      await lockFenced(session, state, 'row exclusive', run)
      return await fill(target(relation))
    case 'truncate':
      await lockFenced(session, state, 'access exclusive', run)
      await session.query(`truncate table ${relation}`, [], doing)
      return await fill(target(relation))
    case 'delete':
      // Nobody else writes until the commit, so what is there then is what has arrived. Readers read on.
      await lockFenced(session, state, 'share row exclusive', run)
      await session.query(`delete from ${relation}`, [], doing)
      return await fill(target(relation))
    case 'merge': {
      const stage = await stageTable(session, plan, run)
      const rows = await fill(target(stage))
      await lockFenced(session, state, 'share row exclusive', run)
      await mergeRows(session, stage, relation, plan, as.key ?? [], tableText(state.name))
      return rows
    }
    case 'replace': {
      const beside = quoteTable({ schema: state.name.schema, name: besideName(run) })
      await makeTable(session, beside, plan.table!)
      const rows = await fill(target(beside))
      await adoptTable(session, {
        relation: beside, name: state.name, table: plan.table!, run, old: state.relation,
        swap: () => lockFenced(session, state, 'access exclusive', run),
      })
      return rows
    }
    default:
      throw new MoveError('already-exists', `${tableText(state.name)} exists`)
  }
}

/** The name of a table that takes the place of another: the run's id is unique. */
function besideName(run: Run): string {
  return `records-mover ${run.id}`
}

// The names of these functions changed: https://www.postgresql.org/docs/13/release-13.html
const XID8_SINCE = 130_000

async function currentTransaction(session: Session): Promise<string> {
  const sql = session.server.version >= XID8_SINCE ? 'select pg_catalog.pg_current_xact_id()::text' : 'select pg_catalog.txid_current()::text'
  return (await session.query(sql)).rows[0]![0]!
}
