// A query's rows as batches, chunk by chunk as DuckDB computes them.
import type { Batch, Batches, RecordsSchema, Run } from '@records-mover/core/plugin'
import type { ColumnToRead } from './read-vector.js'
import { readChunk } from './read-vector.js'
import type { Session, Stream } from './session.js'

/**
 * Batches of up to 2048 rows of a query, in one part, in one read-only transaction of a session that is opened when the part is
 * read, and closed when it has ended or been left early, or when the batches are disposed. DuckDB computes a little ahead and then
 * waits.
 */
export function readBatches(
  connect: () => Promise<Session>, sql: string, columns: readonly ColumnToRead[], schema: RecordsSchema, run: Run, what: string,
): Batches {
  let rows = 0
  let next: Promise<unknown> = Promise.resolve()
  let opened: Session | undefined
  let stream: Stream | undefined
  async function finish(): Promise<void> {
    opened?.interrupt()
    await next.catch(() => undefined)
    await stream?.abandon()
    stream = undefined
    await opened?.rollback()
    opened?.close()
  }
  async function* part(): AsyncGenerator<Batch> {
    const session = opened = await connect()
    const unwatch = session.watch(run)
    try {
      await session.run('begin transaction read only', what)
      const reading = stream = await session.stream(sql, what)
      let fetched = reading.next()
      next = fetched
      for (let chunk = await fetched; chunk !== undefined; chunk = await fetched) {
        // The next chunk is computed while this one is turned and used.
        next = fetched = reading.next()
        fetched.catch(() => undefined)
        const batch = readChunk(chunk, columns, rows + 1)
        rows += batch.rows
        yield batch
      }
    } catch (error) {
      throw session.reason(error)
    } finally {
      unwatch()
      await finish()
    }
  }
  return {
    schema,
    parts: oneOf(part),
    tally: () => ({ rows }),
    [Symbol.asyncDispose]: finish,
  }
}

async function* oneOf<T>(make: () => T): AsyncGenerator<T> {
  // Nothing to wait for: the session was opened before.
  await Promise.resolve()
  yield make()
}
