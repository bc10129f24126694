// One consistent view of the data for one read: a read-only transaction, and the sessions that share its snapshot.
import type { Address, Run } from '@records-mover/core/plugin'
import type { CopyOut } from './copy-out.js'
import type { Session } from './connect.js'
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
  await session.query(BEGIN, [], { doing })
  try {
    await settled()
    const lent = share ? await lend(session) : undefined
    return {
      copy: (sql) => session.copyOut(sql, { doing }),
      copyBeside: lent === undefined ? undefined : (sql) => copyBeside(sql, lent, session, run, at, doing),
      [Symbol.asyncDispose]: () => endTransaction(session),
    }
  } catch (error) {
    await endTransaction(session)
    throw error
  }
}

/** The name of the snapshot for other sessions; undefined on servers that cannot lend one. */
async function lend(session: Session): Promise<string | undefined> {
  await session.query('savepoint lend')
  return await session.query('select pg_catalog.pg_export_snapshot()').then(
    (result) => result.rows[0]![0]!,
    async () => {
      await session.query('rollback to savepoint lend')
      return undefined
    },
  )
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
