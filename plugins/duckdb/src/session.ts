// The driver: statements, results and cancelling in one connection to a database.
import type { Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import duckdb from '@duckdb/node-bindings'
import { duckdbError } from './errors.js'
import { readStrings } from './read-text.js'

/** A column of a statement's result, known without running it. */
export interface Described {
  readonly name: string
  /** The type's number: see types.ts. */
  readonly id: number
  readonly alias: string | null
  readonly width: number
  readonly scale: number
}

/** The result of a query as it is computed, in chunks of up to 2048 rows. */
export interface Stream {
  readonly columns: readonly Described[]
  /** The next chunk; undefined at the end. */
  readonly next: () => Promise<duckdb.DataChunk | undefined>
  /** Ends a stream that was not read to its end. */
  readonly abandon: () => Promise<void>
}

/** One connection. Statements are run one after the other. */
export class Session {
  readonly connection: duckdb.Connection
  /** The instance it belongs to. */
  readonly database: duckdb.Database
  private readonly ended: () => void
  private open = true
  private stopped: Run | undefined

  constructor(database: duckdb.Database, connection: duckdb.Connection, ended: () => void) {
    this.database = database
    this.connection = connection
    this.ended = ended
  }

  /** Runs a statement that gives no rows; resolves with how many rows it changed. */
  async run(sql: string, what: string): Promise<number> {
    this.check()
    try {
      return duckdb.rows_changed(await duckdb.query(this.connection, sql))
    } catch (error) {
      throw duckdbError(error, what)
    }
  }

  /** The rows of a query whose columns are all VARCHAR. For catalogs, not for records. */
  async rows(sql: string, what: string): Promise<(string | null)[][]> {
    const { columns, next } = await this.stream(sql, what)
    const rows: (string | null)[][] = []
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      const held = chunk
      const size = duckdb.data_chunk_get_size(held)
      const texts = columns.map((_, k) => readStrings(duckdb.data_chunk_get_vector(held, k), size))
      // Vectors do not keep their chunk alive, so it must be used after the last of them.
      const read = duckdb.data_chunk_get_size(held)
      for (let row = 0; row < read; row++) rows.push(texts.map((column) => column[row] ?? null))
    }
    return rows
  }

  /** The columns that a query would give; refuses text that is more than one statement, or no query. */
  async describe(sql: string, what: string): Promise<Described[]> {
    this.check()
    try {
      const prepared = await duckdb.prepare(this.connection, sql)
      try {
        if (duckdb.prepared_statement_type(prepared) as number !== SELECT) throw new MoveError('refused', `${what}: it is no query; write a select`)
        return Array.from({ length: duckdb.prepared_statement_column_count(prepared) }, (_, k) => described(
          duckdb.prepared_statement_column_name(prepared, k), duckdb.prepared_statement_column_logical_type(prepared, k)))
      } finally {
        duckdb.destroy_prepare_sync(prepared)
      }
    } catch (error) {
      throw duckdbError(error, what)
    }
  }

  /** Binds a statement without running it: rejects when DuckDB would not take it. */
  async bind(sql: string): Promise<void> {
    duckdb.destroy_prepare_sync(await duckdb.prepare(this.connection, sql))
  }

  /** Starts a query. The session serves nothing else until the stream has ended. */
  async stream(sql: string, what: string): Promise<Stream> {
    this.check()
    try {
      const prepared = await duckdb.prepare(this.connection, sql)
      const result = await duckdb.execute_prepared_streaming(prepared).finally(() => {
        duckdb.destroy_prepare_sync(prepared)
      })
      const columns = Array.from({ length: duckdb.column_count(result) }, (_, k) => described(
        duckdb.column_name(result, k), duckdb.column_logical_type(result, k)))
      return {
        columns,
        next: async () => {
          this.check()
          try {
            const chunk = await duckdb.fetch_chunk(result)
            // A stream ends with a chunk of no rows.
            return chunk === null || duckdb.data_chunk_get_size(chunk) === 0 ? undefined : chunk
          } catch (error) {
            throw duckdbError(error, what)
          }
        },
        abandon: async () => {
          // A result that is neither read to its end nor broken holds the database open until it happens to be collected.
          try {
            let chunk: duckdb.DataChunk | null
            do {
              this.interrupt()
              chunk = await duckdb.fetch_chunk(result)
            } while (chunk !== null && duckdb.data_chunk_get_size(chunk) > 0)
          } catch {
            // Interrupted, which is what was wanted.
          }
        },
      }
    } catch (error) {
      throw duckdbError(error, what)
    }
  }

  /**
   * Does `work` inside a transaction. Commits when it resolves, rolls back when it rejects or the run's signal fires, which
   * also stops the statement that is running; resolves or rejects after that is done.
   */
  async transaction<T>(kind: 'read' | 'write', run: Run, what: string, work: () => Promise<T>): Promise<T> {
    const unwatch = this.watch(run)
    try {
      await this.run(kind === 'read' ? 'begin transaction read only' : 'begin transaction', what)
      const done = await work()
      await this.run('commit', what)
      return done
    } catch (error) {
      await this.rollback()
      throw this.reason(error)
    } finally {
      unwatch()
    }
  }

  /** From here on the run's signal stops the statement that is running and those to come, until the function given back is called. */
  watch(run: Run): () => void {
    const stop = (): void => {
      this.stopped = run
      this.interrupt()
    }
    if (run.signal.aborted) stop()
    run.signal.addEventListener('abort', stop)
    return () => {
      run.signal.removeEventListener('abort', stop)
      this.stopped = undefined
    }
  }

  /** The error to report: what DuckDB says of an interrupted statement is not the reason, the signal is. */
  reason(error: unknown): unknown {
    return this.stopped === undefined ? error : aborted(this.stopped)
  }

  /** Stops the statement that is running, if any. */
  interrupt(): void {
    if (this.open) duckdb.interrupt(this.connection)
  }

  /** Ends a transaction, if there is one, without its effects. */
  async rollback(): Promise<void> {
    // An error may have ended the transaction already, which the second rollback calls an error.
    if (this.open) await duckdb.query(this.connection, 'rollback').catch(() => undefined)
  }

  /** Gives the connection back. */
  close(): void {
    if (!this.open) return
    this.open = false
    duckdb.disconnect_sync(this.connection)
    this.ended()
  }

  /** Interrupting reaches only a statement that is running, so the next one is not begun either. */
  private check(): void {
    if (this.stopped !== undefined) throw aborted(this.stopped)
  }
}

// https://duckdb.org/docs/stable/clients/c/api: duckdb_statement_type
const SELECT = 1
const DECIMAL = 19

function described(name: string, type: duckdb.LogicalType): Described {
  const id = duckdb.get_type_id(type) as number
  return {
    name,
    id,
    alias: duckdb.logical_type_get_alias(type),
    width: id === DECIMAL ? duckdb.decimal_width(type) : 0,
    scale: id === DECIMAL ? duckdb.decimal_scale(type) : 0,
  }
}

function aborted(run: Run): MoveError {
  return new MoveError('aborted', 'the move was stopped before it finished; the target is as it was', { cause: run.signal.reason })
}
