// Batches into a table: windows of rows handed to DuckDB, which stores one while the next is filled.
import type { Batch, Batches, Run, Tally } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { openFeed } from './feed.js'
import type { Arrival } from './fit.js'
import type { Session } from './session.js'

// DuckDB's row groups: https://duckdb.org/docs/stable/internals/storage. A window that fills one is compressed without waiting for the next.
const WINDOW_ROWS = 122_880
// Rows of long text are handed over before they are that many; two windows are in memory at once.
const WINDOW_BYTES = 32 * 2 ** 20

/** Makes ready to put batches into tables of a session; call it outside of transactions. */
export function batchWriter(session: Session, arrivals: readonly Arrival[], run: Run, what: string): {
  /** Inserts all batches, in their order. Resolves with the count DuckDB made and what the batches say was lost. */
  readonly put: (from: Batches, into: string, columns: readonly string[]) => Promise<Tally>
  readonly close: () => void
} {
  const feed = openFeed(session, arrivals.map(({ home, field }) => ({ name: field.name, home, nullable: field.nullable })))
  return {
    async put(from, into, columns) {
      const statement = `insert into ${into} (${columns.join(', ')}) select ${arrivals.map(({ store }, k) => store(`c${k}`)).join(', ')} from ${feed.sql}`
      let stored = 0
      let given = 0
      let window = newWindow(1)
      let done = Promise.resolve(0)
      const flush = async (): Promise<void> => {
        if (window.rows === 0) return
        stored += await done
        const running = feed.run(statement, window, what)
        done = running.done
        await running.taken
        window = newWindow(given + 1)
      }
      try {
        for await (const part of from.parts) {
          for await (const batch of part) {
            if (run.signal.aborted) throw new MoveError('aborted', 'the move was stopped', { cause: run.signal.reason })
            if (batch.rows === 0) continue
            if (window.rows > 0 && window.rows + batch.rows > WINDOW_ROWS) await flush()
            window.batches.push(batch)
            window.rows += batch.rows
            window.bytes += sizeOf(batch)
            given += batch.rows
            if (window.rows >= WINDOW_ROWS || window.bytes >= WINDOW_BYTES) await flush()
          }
        }
        await flush()
        stored += await done
      } catch (error) {
        // The statement in work ends before the transaction is rolled back; its failure came first, if it failed.
        const failure = await done.then(() => undefined, (reason: unknown) => ({ reason }))
        throw failure === undefined ? error : failure.reason
      }
      if (stored !== given) throw new MoveError('lost-rows', `${given} rows were given to DuckDB and it stored ${stored}`, { context: { given: String(given), stored: String(stored) } })
      const { losses } = from.tally()
      return { rows: stored, ...(losses && { losses }) }
    },
    close: () => {
      feed.close()
    },
  }
}

interface Filling { batches: Batch[], rows: number, bytes: number, readonly firstRow: number }

function newWindow(firstRow: number): Filling {
  return { batches: [], rows: 0, bytes: 0, firstRow }
}

function sizeOf({ columns }: Batch): number {
  return columns.reduce((sum, { values }) => sum + values.byteLength, 0)
}
