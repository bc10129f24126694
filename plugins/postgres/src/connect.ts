// The driver: connects, logs in, and settles what a session's text means.
import type { Address, Run } from '@records-mover/core/plugin'
import type { Socket } from 'node:net'
import type { Settings } from './libpq.js'
import type { ServerFacts, Session } from './session.js'
import { MoveError } from '@records-mover/core/plugin'
import { Client } from 'pg'
import { moveError } from './errors.js'
import { readSettings } from './libpq.js'
import { PostgresSession } from './session.js'
import { openSocket, serverText } from './tls-socket.js'

export type { CopyIn, Session } from './session.js'

export interface SessionOptions {
  /** Every transaction of the session is read only. */
  readonly readOnly: boolean
  /** Settings read before; otherwise they are read from the address. */
  readonly settings?: Settings
}

// Each is set because its default differs between servers, databases and roles, and changes what text means.
// https://www.postgresql.org/docs/current/runtime-config-client.html
const SESSION: readonly (readonly [string, string])[] = [
  ['client_encoding', 'UTF8'],
  ['datestyle', 'ISO, YMD'],
  ['timezone', 'UTC'],
  ['intervalstyle', 'postgres'],
  // Shortest text that reads back as the same number (from 12 on); before, enough digits for the same.
  ['extra_float_digits', '3'],
  ['bytea_output', 'hex'],
  ['standard_conforming_strings', 'on'],
  ['xmloption', 'content'],
  // money is written with two decimals and a dollar sign everywhere, and reads back as the same number of cents.
  ['lc_monetary', 'C'],
  ['quote_all_identifiers', 'off'],
  ['synchronize_seqscans', 'off'],
  ['array_nulls', 'on'],
  // A move takes as long as it takes; the run's signal ends it.
  ['statement_timeout', '0'],
  ['lock_timeout', '0'],
  ['idle_in_transaction_session_timeout', '0'],
]
/**
 * Connects, logs in and settles the session.
 *
 * @throws MoveError `bad-address`, `untrusted`, `denied`, `not-found`, `busy` or `aborted`; nothing stays open.
 */
export async function openSession(at: Address, run: Run, options: SessionOptions): Promise<Session> {
  const settings = options.settings ?? await readSettings(at)
  const where = serverText(settings)
  const limit = AbortSignal.timeout(settings.connectTimeoutMs)
  const signal = AbortSignal.any([run.signal, limit])
  const ready = await openSocket(settings, signal).catch((error: unknown) => { throw late(error, run, limit, where) })
  const client = clientOver(ready.socket, settings)
  // Without a listener a lost connection would end the process; statements report it.
  client.on('error', () => { /* reported by the statement in work, or the next one */ })
  const stop = (): void => { ready.socket.destroy() }
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) stop()
    await client.connect()
    const server = await settle(client, options.readOnly)
    return new PostgresSession(client, ready.socket, settings, where, server, run.signal, [...(ready.note === undefined ? [] : [ready.note]), ...settings.notes])
  } catch (error) {
    ready.socket.destroy()
    throw late(moveError(error, { doing: `log in to ${where} as ${settings.user}`, server: where, signal: run.signal }), run, limit, where)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function late(error: unknown, run: Run, limit: AbortSignal, where: string): unknown {
  if (run.signal.aborted) return moveError(error instanceof MoveError ? error.cause : error, { doing: 'connect', signal: run.signal, server: where })
  if (!limit.aborted) return error
  return moveError(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }), { doing: 'connect', server: where })
}

function clientOver(socket: Socket, settings: Settings): Client {
  // The socket is connected and proved already; pg asks it to connect again.
  const connected = Object.assign(socket, {
    connect: (): Socket => {
      process.nextTick(() => socket.emit('connect'))
      return socket
    },
  })
  return new Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    password: async () => await settings.password() ?? noPassword(settings),
    ssl: false,
    stream: () => connected,
    application_name: settings.applicationName,
    ...(settings.options === undefined ? {} : { options: settings.options }),
    types: { getTypeParser: () => keepText },
  })
}

function keepText(value: string): string {
  return value
}

function noPassword(settings: Settings): never {
  const why = settings.notes.length === 0 ? '' : ` (${settings.notes.join('; ')})`
  throw new MoveError('denied', `cannot log in to ${serverText(settings)} as ${settings.user}: the server asks for a password and there is none; `
    + `give it in the address as a secret reference, in PGPASSWORD, or in a password file${why}`)
}

async function settle(client: Client, readOnly: boolean): Promise<ServerFacts> {
  const settings = readOnly ? [...SESSION, ['default_transaction_read_only', 'on'] as const] : SESSION
  await client.query(settings.map(([name, value]) => `set ${name} = '${value}'`).join('; '))
  const told = await rowsOf(client, FACTS)
  const [version, database, user, encoding, databaseId, started, standby] = told[0]!
  // A server may keep this function for its administrators.
  const system = await rowsOf(client, 'select system_identifier from pg_catalog.pg_control_system()').catch(() => [])
  const identity = system[0] === undefined ? undefined : [system[0][0], started, databaseId, standby, user].join('/')
  return { version: Number(version), database: database!, user: user!, encoding: encoding!, identity }
}

// The start of the server tells a copy of its files apart, which has the same system identifier.
const FACTS = `select pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
  pg_catalog.current_setting('server_encoding'), (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()),
  extract(epoch from pg_catalog.pg_postmaster_start_time()), pg_catalog.pg_is_in_recovery()`

async function rowsOf(client: Client, sql: string): Promise<(string | null)[][]> {
  return (await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows
}
