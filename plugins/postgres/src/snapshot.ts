// One consistent view of the data for one read: a read-only transaction, and the sessions that share its snapshot.
import type { Address, Run } from '@records-mover/core/plugin'
import type { CopyOut } from './copy-out.js'
import type { Session } from './connect.js'
import { MoveError } from '@records-mover/core/plugin'
import { openSession } from './connect.js'

/** An open view. */
export interface Snapshot extends AsyncDisposable {
  /** Copies out in the first session; one copy at a time. */
  copy(sql: string): CopyOut
  /**
   * Copies out in a session of its own, which sees the same data and is closed when the copy has ended. Undefined when the
   * server lends no snapshots.
   */
  readonly copyBeside?: ((sql: string) => AsyncIterable<Uint8Array> & { readonly rows: () => number | undefined }) | undefined
}

const BEGIN = 'begin isolation level repeatable read, read only'

/**
 * Begins the view. `settled` runs inside its transaction and before the snapshot is taken or lent, first of all statements: there
 * locks are taken, so that no table is emptied or rewritten between the snapshot and the reading.
 */
export async function beginSnapshot(session: Session, run: Run, at: Address, doing: string, share: boolean, settled: () => Promise<void>): Promise<Snapshot> {
  const shared = share ? await begin(session, doing, settled, lend) : undefined
  // A server that cannot lend its snapshot has ended the transaction over it.
  if (shared === undefined) await begin(session, doing, settled, () => Promise.resolve())
  return {
    copy: (sql) => session.copyOut(sql, { doing }),
    copyBeside: shared === undefined ? undefined : (sql) => copyBeside(sql, shared, session, run, at, doing),
    [Symbol.asyncDispose]: () => endTransaction(session),
  }
}

async function begin<T>(session: Session, doing: string, settled: () => Promise<void>, last: (session: Session) => Promise<T>): Promise<T> {
  await session.query(BEGIN, [], { doing })
  try {
    await settled()
    return await last(session)
  } catch (error) {
    await endTransaction(session)
    throw error
  }
}

/** The name of the snapshot for other sessions; undefined, with the transaction ended, on servers that cannot lend one. */
async function lend(session: Session): Promise<string | undefined> {
  try {
    return (await session.query('select pg_catalog.pg_export_snapshot()', [], { doing: 'share a snapshot' })).rows[0]![0]!
  } catch (error) {
    if (MoveError.is(error) && error.code !== 'refused' && error.code !== 'failed' && error.code !== 'denied') throw error
    await endTransaction(session)
    return undefined
  }
}

function copyBeside(sql: string, lent: string, first: Session, run: Run, at: Address, doing: string): AsyncIterable<Uint8Array> & { readonly rows: () => number | undefined } {
  let copy: CopyOut | undefined
  return {
    rows: () => copy?.rows,
    async *[Symbol.asyncIterator]() {
      const session = await openSession(at, run, { readOnly: true, settings: first.settings })
      try {
        await session.query(BEGIN, [], { doing })
        await session.query(`set transaction snapshot '${lent}'`, [], { doing })
        copy = session.copyOut(sql, { doing })
        yield* copy.chunks
        await session.query('commit', [], { tidies: true })
      } finally {
        await session.close()
      }
    },
  }
}

async function endTransaction(session: Session): Promise<void> {
  await session.stopCopies()
  await session.query('rollback', [], { tidies: true }).catch(() => undefined)
}
