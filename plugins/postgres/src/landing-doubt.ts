// What became of a transaction whose commit was not answered: the server is asked in another session.
import { setTimeout as sleep } from 'node:timers/promises'
import { MoveError } from '@records-mover/core/plugin'
import type { Session } from './connect.js'

export interface Doubt {
  /** The transaction's identifier, of 64 bits, as text. */
  readonly transaction: string
  /** Process id of the session that was to commit. */
  readonly pid: number
  readonly again: (signal: AbortSignal) => Promise<Session>
  /** The table, for messages. */
  readonly text: string
}

// How long the server is asked before the answer is given up, and how often.
const PATIENCE_MS = 30_000
const POLL_MS = 100

/**
 * Rejects with `error` when the transaction was rolled back; resolves when it was committed after all.
 *
 * A transaction that is still in work after its session was lost is ended, so that it cannot commit later.
 *
 * @throws MoveError `in-doubt` when the server cannot be asked, or does not know any more.
 */
export async function settleCommit(error: unknown, doubt: Doubt): Promise<void> {
  // The run's own signal may have fired: the question is asked all the same.
  const limit = AbortSignal.timeout(PATIENCE_MS)
  const status = await ask(doubt, limit).catch(() => undefined)
  if (status === 'aborted') throw error
  if (status === 'committed') return
  const why = status === undefined ? 'the server could not be asked what became of it' : `the server says only "${status}" of it`
  throw new MoveError('in-doubt', `the connection was lost while the records of ${doubt.text} were committed, and ${why}: look at the table before the move is repeated`, {
    cause: error, context: { table: doubt.text, transaction: doubt.transaction },
  })
}

async function ask(doubt: Doubt, limit: AbortSignal): Promise<string | undefined> {
  await using session = await connect(doubt, limit)
  const [status, end] = session.server.version >= 130_000
    ? ['select pg_catalog.pg_xact_status($1::pg_catalog.xid8)', END]
    : ['select pg_catalog.txid_status($1::bigint)', END]
  for (;;) {
    const told = (await session.query(status, [doubt.transaction])).rows[0]![0] ?? undefined
    if (told !== 'in progress') return told
    await session.query(end, [String(doubt.pid), String(BigInt(doubt.transaction) % 4_294_967_296n)])
    await sleep(POLL_MS, undefined, { signal: limit })
  }
}

async function connect(doubt: Doubt, limit: AbortSignal): Promise<Session> {
  for (;;) {
    try {
      return await doubt.again(limit)
    } catch (error) {
      limit.throwIfAborted()
      // A server that comes back after a crash takes a while; one that refuses us will not change its mind.
      if (!(MoveError.is(error) && error.temporary)) throw error
      await sleep(POLL_MS, undefined, { signal: limit })
    }
  }
}

// Only the very transaction is ended: another session may have got the process's number since.
const END = `select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
where pid = $1::int and backend_xid::text = $2 and pid <> pg_catalog.pg_backend_pid()`
