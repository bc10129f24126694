// Rows from this process into a statement of DuckDB: a table function that hands over one window, and the turns both sides take.
import duckdb from '@duckdb/node-bindings'
import type { Session } from './session.js'
import type { Home } from './types.js'
import type { ColumnToWrite, Window } from './write-vector.js'
import { writeWindow } from './write-vector.js'

/** A source of rows inside SQL. */
export interface Feed {
  /** What stands behind FROM: rows of the window in work, columns `c0`, `c1` ... of the columns' types. */
  readonly sql: string
  /**
   * Runs a statement that reads the feed once. `taken` settles when DuckDB has its copy of the window: from then on it works in
   * threads of its own while this process prepares the next window. `done` is how many rows were changed.
   */
  readonly run: (statement: string, window: Window, what: string) => { readonly taken: Promise<unknown>, readonly done: Promise<number> }
  readonly close: () => void
}

/**
 * Opens a feed in a session, outside of its transactions.
 *
 * The driver's appender would do its work, compression included, in the thread of JavaScript. A table function is asked from
 * DuckDB's threads, 2048 rows at a time; asked for lists instead, one answer carries a window of any length.
 */
export function openFeed(session: Session, columns: readonly ColumnToWrite[]): Feed {
  register(session)
  const id = ++lastId
  const feeding: Feeding = { columns, types: columns.map(({ home }) => duckdb.create_list_type(logicalType(home))), taken: () => undefined }
  feeds.set(id, feeding)
  return {
    sql: `(select ${columns.map((_, k) => `unnest(c${k}) as c${k}`).join(', ')} from ${FUNCTION}(${id}))`,
    run: (statement, window, what) => {
      feeding.window = window
      delete feeding.failure
      const taken = new Promise<void>((resolve) => {
        feeding.taken = resolve
      })
      const done = session.run(statement, what).catch((error: unknown) => {
        throw feeding.failure ?? error
      })
      // Whoever awaits only `taken` first still learns of the failure from `done`.
      done.catch(() => undefined)
      return { taken: Promise.race([taken, done.catch(() => undefined)]), done }
    },
    close: () => {
      feeds.delete(id)
    },
  }
}

interface Feeding {
  readonly columns: readonly ColumnToWrite[]
  readonly types: readonly duckdb.LogicalType[]
  window?: Window
  /** What went wrong here: DuckDB passes on only its text. */
  failure?: unknown
  taken: () => void
}

const FUNCTION = 'records_mover_feed'
const feeds = new Map<number, Feeding>()
const registered = new WeakSet()
let lastId = 0

/** A function cannot be taken back, so each open database gets one, which finds its rows by number. */
function register({ connection, database }: Session): void {
  if (registered.has(database)) return
  const made = duckdb.create_table_function()
  duckdb.table_function_set_name(made, FUNCTION)
  duckdb.table_function_add_parameter(made, makeType(INTEGER))
  duckdb.table_function_set_bind(made, (info) => {
    const id = duckdb.get_int32(duckdb.bind_get_parameter(info, 0))
    const feeding = feeds.get(id)
    if (feeding === undefined) throw new Error('not exact: this feed has ended')
    feeding.types.forEach((type, k) => {
      duckdb.bind_add_result_column(info, `c${k}`, type)
    })
    duckdb.bind_set_bind_data(info, { id })
  })
  duckdb.table_function_set_init(made, (info) => {
    duckdb.init_set_max_threads(info, 1)
  })
  duckdb.table_function_set_function(made, (info, chunk) => {
    const { id } = duckdb.function_get_bind_data(info) as { id: number }
    const feeding = feeds.get(id)
    const window = feeding?.window
    if (feeding === undefined || window === undefined) {
      duckdb.data_chunk_set_size(chunk, 0)
      return
    }
    delete feeding.window
    try {
      writeWindow(chunk, window, feeding.columns)
    } catch (error) {
      feeding.failure = error
      throw error instanceof Error ? error : new Error(String(error))
    } finally {
      feeding.taken()
    }
  })
  duckdb.register_table_function(connection, made)
  registered.add(database)
}

const INTEGER = 4

function logicalType({ id, type }: Home): duckdb.LogicalType {
  return id === DECIMAL && type.type === 'decimal' ? duckdb.create_decimal_type(type.precision, type.scale) : makeType(id)
}

const DECIMAL = 19
// The driver declares an enum that does not exist when it runs; types.ts has its numbers.
const makeType: (id: number) => duckdb.LogicalType = duckdb.create_logical_type
