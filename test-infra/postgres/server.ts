// What a test can know of a running server and do with it, from the process that started it or from any other.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import type { Certificates } from '../certificates/index.js'
import type { PostgresOrigin } from './binaries.js'
import { runStatements } from './control.js'
import type { TextRows } from './control.js'

/** Where a server is and how to log in, as plain data that can be handed to another process. */
export interface PostgresFacts {
  readonly host: '127.0.0.1'
  readonly port: number
  /** A superuser, by password over TLS or the Unix socket. */
  readonly user: string
  readonly password: string
  readonly database: string
  /** Such as `18.4`. */
  readonly version: string
  readonly origin: PostgresOrigin
  /** The folder with the Unix socket, a valid `host` for libpq and for `pg`. */
  readonly socketDirectory: string
  /** The authority that signed the server's certificate, as a PEM file. */
  readonly caFile: string
  /** The same as PEM text. */
  readonly ca: string
  /** The good and the bad certificates of this server's authority; the server trusts `client` and may read them all. */
  readonly certificates: Certificates
  /** What the server has logged. */
  readonly logFile: string
  /** A `psql` of this machine, when there is one; its major version may be another than the server's. */
  readonly psqlPath?: string
}

export interface PostgresServer extends PostgresFacts {
  /**
   * The address of `database` (default: `postgres`) with user, password and `?tls-ca=`.
   *
   * `params` are added to the query; `undefined` leaves one out, so `{ 'tls-ca': undefined }` trusts nobody.
   */
  url(database?: string, params?: Readonly<Record<string, string | undefined>>): string
  /** Runs statements as the superuser and gives all rows as text. For preparing and for looking behind a test's back. */
  execute(sql: string, database?: string): Promise<TextRows>
  /** Makes an empty database and gives its name. Default name: a fresh one. */
  createDatabase(name?: string): Promise<string>
  /** Removes a database and ends its sessions. */
  dropDatabase(name: string): Promise<void>
}

/** A server of this process's own. */
export interface PostgresService extends PostgresServer {
  readonly facts: PostgresFacts
  /** Ends the server at once and removes its folder. Calling it again does nothing. */
  readonly stop: () => Promise<void>
}

export function connectTo(facts: PostgresFacts): PostgresServer {
  const socketFile = join(facts.socketDirectory, `.s.PGSQL.${facts.port}`)
  const execute = (sql: string, database = facts.database): Promise<TextRows> => runStatements(socketFile, database, sql, facts.user)
  return {
    ...facts,
    execute,
    url(database = facts.database, params = {}) {
      const url = new URL(`postgres://${facts.host}:${facts.port}/${encodeURIComponent(database)}`)
      url.username = encodeURIComponent(facts.user)
      url.password = encodeURIComponent(facts.password)
      const all: Record<string, string | undefined> = { 'tls-ca': facts.caFile, ...params }
      for (const [name, value] of Object.entries(all)) {
        if (value !== undefined) url.searchParams.set(name, value)
      }
      return url.href
    },
    async createDatabase(name = `test_${randomBytes(6).toString('hex')}`) {
      await execute(`create database ${quoted(name)}`)
      return name
    },
    async dropDatabase(name) {
      await execute(`drop database if exists ${quoted(name)} with (force)`)
    },
  }
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
