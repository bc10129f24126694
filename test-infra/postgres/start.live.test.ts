// A started server is what it promises: real, verified, fresh, and admitting whom it was told to.
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { StatementFailed, connectTo, startPostgres } from '@records-mover/test-infra/postgres'
import type { PostgresFacts, PostgresServer, PostgresService } from '@records-mover/test-infra/postgres'

import { reasonAgainst } from './availability.js'
import { findPsql } from './binaries.js'

describe.each(['embedded', 'system'] as const)('a server from %s binaries', (prefer) => {
  const skip = reasonAgainst(prefer)
  describe.skipIf(skip)(skip === undefined ? 'started' : `started [skipped: ${skip}]`, () => {
    let server: PostgresService
    beforeAll(async () => {
      server = await startPostgres({
        prefer,
        settings: { work_mem: '7MB', application_name: 'it\'s quoted' },
        hba: ['hostnossl all plain 127.0.0.1/32 scram-sha-256', 'hostssl all app 127.0.0.1/32 cert'],
      })
    })
    afterAll(() => server.stop())

    test('answers over TLS that a client has verified by the authority and the address', async () => {
      const rows = await query(server, {}, 'select version, client_dn is null as anonymous from pg_stat_ssl where pid = pg_backend_pid() and ssl')
      expect(rows).toEqual([{ version: 'TLSv1.3', anonymous: true }])
      expect(await server.execute('select split_part(current_setting(\'server_version\'), \' \', 1)')).toEqual([[server.version]])
    })

    test('has the settings it promises, and the caller\'s', async () => {
      const names = ['fsync', 'wal_level', 'server_encoding', 'password_encryption', 'lc_messages', 'TimeZone', 'work_mem', 'application_name']
      const rows = await server.execute(`select setting from unnest(array['${names.join('\',\'')}']) with ordinality n(name, i) join pg_settings s on lower(s.name) = lower(n.name) order by i`)
      expect(rows.flat()).toEqual(['off', 'logical', 'UTF8', 'scram-sha-256', 'C.UTF-8', 'UTC', '7168', 'it\'s quoted'])
      expect(await server.execute('select datcollate, datctype from pg_database where datname = \'template1\'')).toEqual([['C.UTF-8', 'C.UTF-8']])
    })

    test('refuses clear text by default, and admits it where a line of the caller says so', async () => {
      await server.execute('create role plain login password \'secret\'')
      await expect(query(server, { ssl: false }, 'select 1')).rejects.toMatchObject({ code: '28000' })
      expect(await query(server, { ssl: false, user: 'plain', password: 'secret' }, 'select 1 as one')).toEqual([{ one: 1 }])
    })

    test('refuses a wrong password, by TCP and by the Unix socket', async () => {
      await expect(query(server, { password: 'wrong' }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
      const local = { host: server.socketDirectory, ssl: false }
      await expect(query(server, { ...local, password: 'wrong' }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
      expect(await query(server, local, 'select inet_client_addr() as address')).toEqual([{ address: null }])
    })

    test('admits the client certificate of its authority and no other', async () => {
      await server.execute('create role app login')
      const present = (files: { certificateFile: string, keyFile: string }): pg.ClientConfig => ({
        user: 'app', password: '', ssl: { ca: server.ca, cert: readFileSync(files.certificateFile), key: readFileSync(files.keyFile) },
      })
      expect(await query(server, present(server.certificates.client), 'select current_user')).toEqual([{ current_user: 'app' }])
      await expect(query(server, present(server.certificates.otherClient), 'select 1')).rejects.toThrow()
    })

    test('makes and drops databases, of any name', async () => {
      const fresh = [await server.createDatabase(), await server.createDatabase(), await server.createDatabase('a "b" c/ü')]
      expect(new Set(fresh).size).toBe(3)
      expect(await server.execute('select current_database(), current_user', 'a "b" c/ü')).toEqual([['a "b" c/ü', 'postgres']])
      for (const name of fresh) await server.dropDatabase(name)
      const left = await server.execute('select datname from pg_database where not datistemplate')
      expect(left).toEqual([['postgres']])
    })

    test('gives addresses that name the authority and survive odd names', () => {
      const url = new URL(server.url('a b/ü?', { 'sslmode': 'verify-full' }))
      expect(decodeURIComponent(url.pathname)).toBe('/a b/ü?')
      expect(url.searchParams.get('tls-ca')).toBe(server.caFile)
      expect(url.searchParams.get('sslmode')).toBe('verify-full')
      expect(decodeURIComponent(url.password)).toBe(server.password)
      expect(new URL(server.url(undefined, { 'tls-ca': undefined })).search).toBe('')
    })

    test('answers statements with their rows or with the error\'s code', async () => {
      expect(await server.execute('select 1, null, \'ü\'; select 2, \'\', \'x\'')).toEqual([['1', null, 'ü'], ['2', '', 'x']])
      const failure = server.execute('select 1/0')
      await expect(failure).rejects.toBeInstanceOf(StatementFailed)
      await expect(failure).rejects.toMatchObject({ code: '22012' })
    })

    test('can be reached with its facts alone, as another process gets them', async () => {
      const elsewhere: PostgresServer = connectTo(JSON.parse(JSON.stringify(server.facts)) as PostgresFacts)
      expect(await elsewhere.execute('select 1')).toEqual([['1']])
      expect(elsewhere.url()).toBe(server.url())
    })

    test('keeps its folder from other accounts', () => {
      expect(statSync(dirname(server.socketDirectory)).mode & 0o077).toBe(0)
    })

    const psql = findPsql() === undefined ? ' [skipped: no psql on this machine]' : ''
    test.skipIf(psql)(`is reached by psql with verify-full${psql}`, () => {
      const answer = execFileSync(server.psqlPath!, ['-XAtc', 'select 6 * 7', `host=127.0.0.1 port=${server.port} user=postgres dbname=postgres sslmode=verify-full sslrootcert=${server.caFile}`], {
        encoding: 'utf8', env: { PGPASSWORD: server.password },
      })
      expect(answer.trim()).toBe('42')
    })
  })
})

const skip = reasonAgainst(undefined)
describe.skipIf(skip)(skip === undefined ? 'a server with a bad certificate' : `a server with a bad certificate [skipped: ${skip}]`, () => {
  test('is refused by clients', async () => {
    const codes: Record<string, string> = {}
    for (const certificate of ['otherServer', 'wrongHost', 'expired'] as const) {
      const server = await startPostgres({ certificate })
      codes[certificate] = await query(server, {}, 'select 1').then(() => 'accepted', (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'none')
      await server.stop()
    }
    expect(codes).toEqual({
      otherServer: expect.stringMatching(/^(CERT_SIGNATURE_FAILURE|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/) as string,
      wrongHost: 'ERR_TLS_CERT_ALTNAME_INVALID',
      expired: 'CERT_HAS_EXPIRED',
    })
  })
})

/** The rows of one statement in a session of its own, over verified TLS unless `config` says otherwise. */
async function query(server: PostgresServer, config: pg.ClientConfig, sql: string): Promise<unknown[]> {
  const { host, port, user, password, database } = server
  const client = new pg.Client({ host, port, user, password, database, ssl: { ca: server.ca }, ...config })
  client.on('error', () => undefined)
  // After a refused login nothing is left to end, and `end()` of pg 8.23 then waits forever now and again.
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
