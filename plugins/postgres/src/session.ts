// A session: statements one at a time, cancelled on the server when the run stops, and ended without a trace.
import type { Client, QueryArrayResult } from 'pg'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { CopyOut } from './copy-out.js'
import type { Settings } from './libpq.js'
import { MoveError } from '@records-mover/core/plugin'
import { from as copyFrom } from 'pg-copy-streams'
import { sendCancel } from './cancel.js'
import { CopyOutQuery } from './copy-out.js'
import { moveError } from './errors.js'

/** The result of a statement. Every value is the server's own text, or null. */
export interface Result {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** The first word of the command tag: `SELECT`, `COPY` ... */
  readonly command: string
  /** How many rows the command tag tells; undefined when it tells none. */
  readonly count: number | undefined
}

interface ResultColumn {
  readonly name: string
  /** Object identifier of the type. */
  readonly type: number
  readonly modifier: number
}

/** What is told at the start of a session. */
export interface ServerFacts {
  /** As `server_version_num`: 150020. */
  readonly version: number
  readonly database: string
  readonly user: string
  readonly encoding: string
  /** Equal for two sessions exactly when a statement of one can see all that the other sees; undefined when the server does not tell. */
  readonly identity: string | undefined
}

/** The stream of a `COPY ... FROM STDIN`. After `finish`, `rowCount` is what the server counted. */
export type CopyIn = Writable & { readonly rowCount: number }

/** How a statement is run. */
export interface Statement {
  /** What messages say was being done, such as `create public.orders`. Default: `ask the server`. */
  readonly doing?: string
  /** True for a statement that tidies up: it runs even after the run's signal fired. */
  readonly tidies?: true
  /** True for text that is to be one statement: more are refused by the server. */
  readonly single?: true
}

/**
 * One session. Statements are run one at a time. When the run's signal fires, the running statement is cancelled on the
 * server and rejects with `aborted`, and later ones are refused, except those that tidy up.
 */
export interface Session extends AsyncDisposable {
  readonly server: ServerFacts
  /** `host:port`, or the path of the Unix socket. */
  readonly where: string
  readonly settings: Settings
  /** Process id of the server's backend. */
  readonly pid: number
  /** Sentences for the plan. */
  readonly notes: readonly string[]
  /** Runs one statement; or, without values, several in one text, whose last result is given. */
  query(sql: string, values?: readonly (string | null)[], how?: Statement): Promise<Result>
  copyIn(sql: string): CopyIn
  copyOut(sql: string, how?: Statement): CopyOut
  /** `begin`, the work, `commit`; `rollback` when the work, or `begin`, rejects. */
  transaction<T>(begin: string, work: () => Promise<T>): Promise<T>
  /** Asks the server, over a second connection, to cancel the running statement; resolves when it has been asked. */
  cancel(): Promise<void>
  /** Cancels copies out that are still being read, and waits until they have stopped; their readers see an error. */
  stopCopies(): Promise<void>
  /** Ends the session. A statement that still runs is cancelled first. Never rejects. */
  close(): Promise<void>
}

// How long a server has to stop a cancelled statement before its socket is cut.
const STOP_MS = 10_000

/** A session over a client that has logged in, and the socket it owns. */
export class PostgresSession implements Session {
  readonly server: ServerFacts
  readonly where: string
  readonly settings: Settings
  readonly pid: number
  readonly notes: readonly string[]
  readonly #client: Client
  readonly #socket: Socket
  readonly #signal: AbortSignal
  readonly #copies = new Set<CopyOutQuery>()
  #running = 0
  #cancelling: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor(client: Client, socket: Socket, settings: Settings, where: string, server: ServerFacts, signal: AbortSignal, notes: readonly string[]) {
    this.#client = client
    this.#socket = socket
    this.#signal = signal
    this.settings = settings
    this.where = where
    this.server = server
    this.notes = notes
    this.pid = backendOf(client).processID
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  async query(sql: string, values: readonly (string | null)[] = [], how: Statement = {}): Promise<Result> {
    const doing = how.doing ?? 'ask the server'
    if (how.tidies === true) await this.#cancelling
    else this.#refuseAborted(doing)
    this.#running++
    try {
      const results: unknown = await this.#client.query<(string | null)[]>({
        text: sql, rowMode: 'array', ...(values.length === 0 ? {} : { values: [...values] }), ...(how.single === true ? EXTENDED : {}),
      })
      // Several statements in one text have several results.
      const result = (Array.isArray(results) ? results.at(-1) : results) as QueryArrayResult<(string | null)[]>
      return {
        columns: result.fields.map((field) => ({ name: field.name, type: field.dataTypeID, modifier: field.dataTypeModifier })),
        rows: result.rows, command: result.command, count: result.rowCount ?? undefined,
      }
    } catch (error) {
      throw this.#explain(error, doing, how.tidies)
    } finally {
      this.#running--
    }
  }

  copyIn(sql: string): CopyIn {
    this.#refuseAborted('copy records in')
    const stream = copyFrom(sql, { highWaterMark: 1 << 20 })
    this.#running++
    let ended = false
    const end = (): void => {
      if (!ended) this.#running--
      ended = true
    }
    stream.once('finish', end).once('error', end).once('close', end)
    return this.#client.query(stream)
  }

  copyOut(sql: string, how: Statement = {}): CopyOut {
    const doing = how.doing ?? 'copy records out'
    this.#refuseAborted(doing)
    this.#running++
    const ended = (): void => {
      this.#running--
      this.#copies.delete(copy)
    }
    const copy = new CopyOutQuery(sql, (error) => this.#explain(error, doing), ended, () => this.cancel())
    this.#copies.add(copy)
    this.#client.query(copy)
    return copy
  }

  async transaction<T>(begin: string, work: () => Promise<T>): Promise<T> {
    try {
      await this.query(begin)
      const result = await work()
      const { command } = await this.query('commit')
      // The server answers the commit of a transaction that has failed with ROLLBACK, and with no error.
      if (command !== 'COMMIT') throw new MoveError('failed', 'the transaction had failed and was rolled back')
      return result
    } catch (error) {
      await this.#rollback()
      throw error
    }
  }

  async cancel(): Promise<void> {
    const { processID, secretKey } = backendOf(this.#client)
    await sendCancel(this.settings, this.#socket, processID, secretKey)
  }

  async stopCopies(): Promise<void> {
    await Promise.all([...this.#copies].map((copy) => copy.stop()))
  }

  async close(): Promise<void> {
    this.#closed ??= this.#end()
    await this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  readonly #onAbort = (): void => {
    if (this.#running === 0) return
    // A copy that nobody reads on must be read to its end: a server that waits to send sees no cancel.
    const stopped = this.#copies.size > 0 ? this.stopCopies() : this.cancel()
    this.#cancelling = stopped.catch(() => { this.#socket.destroy() })
    const cut = setTimeout(() => { if (this.#running > 0) this.#socket.destroy() }, STOP_MS)
    cut.unref()
  }

  /** A cancel that comes late may hit the rollback itself: then it is said again. */
  async #rollback(): Promise<void> {
    for (let again = 2; again > 0; again--) {
      const done = await this.query('rollback', [], { tidies: true }).then(() => true, () => false)
      if (done) return
    }
    this.#socket.destroy()
  }

  async #end(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort)
    await this.#cancelling
    await this.stopCopies()
    if (this.#running > 0) await this.cancel().catch(() => undefined)
    const gone = new Promise<void>((resolve) => {
      if (this.#socket.destroyed) resolve()
      else this.#socket.once('close', () => { resolve() })
    })
    const cut = setTimeout(() => { this.#socket.destroy() }, STOP_MS)
    await this.#client.end().catch(() => undefined)
    await gone
    clearTimeout(cut)
  }

  #refuseAborted(doing: string): void {
    if (this.#signal.aborted) throw moveError(undefined, { doing, signal: this.#signal, server: this.where })
  }

  #explain(error: unknown, doing: string, tidies?: true): MoveError {
    return moveError(error, { doing, server: this.where, ...(tidies === true ? {} : { signal: this.#signal }) })
  }
}

/** Makes pg use the extended protocol, whose statements are single: https://www.postgresql.org/docs/current/protocol-flow.html */
const EXTENDED = { queryMode: 'extended' }

/** What the server gave for cancelling, which pg keeps and its types do not tell. */
function backendOf(client: Client): { readonly processID: number, readonly secretKey: number } {
  return client as unknown as { readonly processID: number, readonly secretKey: number }
}
