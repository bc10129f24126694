// Where each setting of a connection comes from: the address, then the service file, then the environment, as libpq does it.
import type { Address } from '@records-mover/core/plugin'
import type { TableName } from './address.js'
import type { TlsSettings } from './tls.js'
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { MoveError } from '@records-mover/core/plugin'
import { parseTable, refuseUnknownOptions } from './address.js'
import { passwordFromFile } from './libpq-passfile.js'
import { readService } from './libpq-service.js'
import { tlsSettings } from './tls.js'

/** The environment that settings are read from. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Everything that a connection needs. The password is given at the last moment. */
export interface Settings {
  /** A host name or address, or the folder of a Unix socket (it starts with `/`). */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password: () => Promise<string | undefined>
  readonly tls: TlsSettings
  readonly connectTimeoutMs: number
  readonly applicationName: string
  /** Server settings at the start of the session, as libpq's `options`: `-c name=value`. */
  readonly options?: string
  readonly table?: TableName
  readonly query?: string
  /** Sentences for the plan. */
  readonly notes: string[]
}

// https://www.postgresql.org/docs/current/libpq-envars.html
const VARIABLES: Readonly<Record<string, string>> = {
  host: 'PGHOST', port: 'PGPORT', dbname: 'PGDATABASE', user: 'PGUSER', password: 'PGPASSWORD', passfile: 'PGPASSFILE',
  service: 'PGSERVICE', options: 'PGOPTIONS', application_name: 'PGAPPNAME', sslmode: 'PGSSLMODE', sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT', sslkey: 'PGSSLKEY', connect_timeout: 'PGCONNECT_TIMEOUT',
}
const PORT = 5432
// libpq waits without end by default; a move is better told.
const CONNECT_TIMEOUT_S = 30
// Where PostgreSQL puts its Unix socket: Debian's folder, and that of a plain build.
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp']

/**
 * The settings of an address. Reads the service file, key and certificate files, but no password file: that is read when the
 * server asks.
 *
 * @throws MoveError `bad-address` for an unknown or wrong option, `not-found` for a missing service or file, `untrusted` for an
 *   sslmode that would not prove the server's identity.
 */
export async function readSettings(at: Address, environment: Environment = process.env): Promise<Settings> {
  refuseUnknownOptions(at)
  const told = (name: string): string | undefined => at.setting(name)?.reveal()
  const serviceName = told('service') ?? nonEmpty(environment[VARIABLES.service!])
  const service = serviceName === undefined ? {} : await readService(serviceName, environment)
  const find = (name: string): string | undefined =>
    nonEmpty(told(name)) ?? nonEmpty(service[name]) ?? nonEmpty(VARIABLES[name] === undefined ? undefined : environment[VARIABLES[name]])
  // Named twice with two values, nobody knows what was meant.
  refuseTwice(at, 'host', hostOf(at))
  refuseTwice(at, 'port', at.port?.toString())
  refuseTwice(at, 'dbname', databaseOf(at))
  const port = portOf(at.port?.toString() ?? find('port'))
  const host = hostOf(at) ?? find('host') ?? socketFolder(port) ?? 'localhost'
  const user = find('user') ?? userInfo().username
  const database = databaseOf(at) ?? find('dbname') ?? user
  refuseList(host)
  const notes: string[] = []
  const toldPassword = find('password')
  const options = find('options')
  return {
    host, port, user, database,
    password: async () => toldPassword ?? await passwordFromFile(find('passfile'), { host, port, user, database }, environment, notes),
    tls: await tlsSettings(find, at, host.startsWith('/')),
    connectTimeoutMs: timeoutOf(find('connect_timeout')),
    applicationName: find('application_name') ?? 'records-mover',
    ...(options === undefined ? {} : { options }),
    ...(at.fragment === undefined || at.fragment === '' ? {} : { table: parseTable(at.fragment) }),
    ...(at.query === undefined ? {} : { query: at.query }),
    notes,
  }
}

function refuseTwice(at: Address, option: string, authority: string | undefined): void {
  const value = at.setting(option)?.reveal()
  if (value === undefined || authority === undefined || authority === '' || value === authority) return
  throw new MoveError('bad-address', `${at.text} says ${option} twice, with two values: keep one`, { context: { option } })
}

/** In a URL the slashes of a socket's folder are percent-encoded. */
function hostOf(at: Address): string | undefined {
  const host = nonEmpty(at.host)
  return host?.toLowerCase().startsWith('%2f') === true ? decodeURIComponent(host) : host
}

function databaseOf(at: Address): string | undefined {
  return nonEmpty(at.path.replace(/^\//, ''))
}

function portOf(text: string | undefined): number {
  if (text === undefined) return PORT
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new MoveError('bad-address', `port "${text}" is no port: write a number from 1 to 65535`, { context: { option: 'port' } })
}

function timeoutOf(text: string | undefined): number {
  if (text === undefined) return CONNECT_TIMEOUT_S * 1000
  if (!/^-?\d{1,6}$/.test(text)) {
    throw new MoveError('bad-address', `connect_timeout "${text}" is no number of seconds`, { context: { option: 'connect_timeout' } })
  }
  // As in libpq, zero and less mean no limit; setTimeout's longest is 2^31 - 1 ms.
  return Number(text) <= 0 ? 2_147_483_647 : Math.min(Number(text) * 1000, 2_147_483_647)
}

function refuseList(host: string): void {
  if (!host.includes(',')) return
  throw new MoveError('bad-address', `"${host}" names several hosts: name one`, { context: { option: 'host' } })
}

function socketFolder(port: number): string | undefined {
  return SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`)))
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
