// Locks the existing table without making others wait behind us, and makes sure that it is the table that was looked at.
import type { Run } from '@records-mover/core/plugin'
import { setTimeout as sleep } from 'node:timers/promises'
import { MoveError } from '@records-mover/core/plugin'
import { quoteTable, tableText } from './address.js'
import { readTable } from './catalog.js'
import type { Session } from './connect.js'
import type { TargetState } from './landing-plan.js'
import { moveError } from './errors.js'
import { fence } from './target-look.js'

/** https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES */
export type LockMode = 'row exclusive' | 'share row exclusive' | 'access exclusive'

// Whoever waits for a lock makes all who come later wait behind it. So we wait shortly, step back, and come again.
const WAIT_MS = 2000
const PAUSE_MS = 500
const PATIENCE_MS = 300_000
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Locks the table until the transaction ends.
 *
 * @throws MoveError `busy` when it was changed or made anew since it was looked at, or others hold it for five minutes.
 */
export async function lockFenced(session: Session, state: TargetState, mode: LockMode, run: Run): Promise<void> {
  const table = tableText(state.name)
  const before = state.relation!
  // A foreign table cannot be locked; its columns are looked at all the same.
  if (before.facts.kind !== 'foreign table') await lock(session, quoteTable(state.name), mode, table, run)
  const now = await readTable(session, state.name)
  if (now !== undefined && fence(now) === fence(before)) return
  throw new MoveError('busy', `${table} was changed or made anew by somebody else since it was looked at: repeat the move`, { context: { table } })
}

async function lock(session: Session, relation: string, mode: LockMode, table: string, run: Run): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    await session.query(`savepoint unlocked; set local lock_timeout = ${WAIT_MS}`)
    try {
      await session.query(`lock table ${relation} in ${mode} mode`, [], { doing: `lock ${table}` })
      await session.query('set local lock_timeout = 0; release savepoint unlocked')
      return
    } catch (error) {
      if (!MoveError.is(error) || error.context.sqlstate !== LOCK_NOT_AVAILABLE || performance.now() > until) throw error
      await session.query('rollback to savepoint unlocked')
    }
    await sleep(PAUSE_MS, undefined, { signal: run.signal }).catch((error: unknown) => { throw moveError(error, { doing: `lock ${table}`, signal: run.signal }) })
  }
}
