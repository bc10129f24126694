// How a session is opened: who is trusted, what is sent before, what a server is told, and what a refusal says.
import type { MoveErrorCode } from '@records-mover/core/plugin'
import type { Session } from '../src/connect.js'
import type { AddressInfo } from 'node:net'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordingServer } from '@records-mover/test-infra/faults'
import { startPostgres } from '@records-mover/test-infra/postgres'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { MoveError } from '@records-mover/core/plugin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession } from '../src/connect.js'
import { readSettings } from '../src/libpq.js'
import { addressOf, runOf } from './address.js'
import { matching } from './matching.js'

const postgres = postgresService()
const SECRET = 'c4nary-s3cret'
const folder = mkdtempSync(join(tmpdir(), 'records-mover-connect-'))

afterAll(() => { rmSync(folder, { recursive: true }) })

async function refusal(url: string, environment: Record<string, string> = {}): Promise<MoveError> {
  const at = addressOf(url)
  try {
    const settings = await readSettings(at, { HOME: folder, ...environment })
    const session = await openSession(at, runOf(), { readOnly: true, settings })
    await session.close()
  } catch (error) {
    expect(MoveError.is(error), String(error)).toBe(true)
    const said = JSON.stringify([(error as MoveError).message, (error as MoveError).context])
    expect(said).not.toContain(SECRET)
    return error as MoveError
  }
  throw new Error(`${url} was not refused`)
}

describe('a server that is no server of ours', () => {
  test.each<[string, string, object, MoveErrorCode]>([
    ['without TLS', 'sslmode=verify-full', { protocol: 'postgres', answer: 'N' }, 'untrusted'],
    ['that answers in text', 'sslmode=verify-full', { protocol: 'postgres', answer: Buffer.from('E') }, 'untrusted'],
    ['that slips text in before TLS', 'sslmode=verify-full', { protocol: 'postgres', answer: Buffer.from('Sx') }, 'untrusted'],
  ])('%s is sent neither password nor user', async (_what, options, server, code) => {
    const recorder = await recordingServer(server)
    const error = await refusal(`postgres://app-${SECRET}:${SECRET}@127.0.0.1:${recorder.port}/db?${options}`)
    await recorder.close()
    expect(error.code).toBe(code)
    expect(recorder.received().toString('latin1')).not.toContain(SECRET)
  })

  const outside = Object.values(networkInterfaces()).flat().find((network) => network?.family === 'IPv4' && !network.internal)?.address
  test.skipIf(outside === undefined)(`on the network is asked for TLS and sent nothing else${outside === undefined ? ' (skipped: this machine has no address but loopback)' : ''}`, async () => {
    const received: Buffer[] = []
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        received.push(bytes)
        socket.write('N')
      })
    })
    await new Promise<void>((resolve) => { server.listen(0, outside, resolve) })
    const { port } = server.address() as AddressInfo
    const error = await refusal(`postgres://app-${SECRET}:${SECRET}@${outside!}:${port}/db`)
    await new Promise((resolve) => { server.close(resolve) })
    expect(error).toMatchObject({ code: 'untrusted', message: matching(/it offers no TLS/) })
    expect(Buffer.concat(received).toString('hex')).toBe('0000000804d2162f')
  })

  test('that asks for a password in clear is sent none when there is none', async () => {
    const recorder = await recordingServer({ protocol: 'postgres', ask: 'cleartext' })
    const error = await refusal(`postgres://app@127.0.0.1:${recorder.port}/db`)
    await recorder.close()
    expect(error.code).toBe('denied')
    expect(error.message).toMatch(/there is none/)
  })

  test('that never answers is given up after connect_timeout', async () => {
    const recorder = await recordingServer({ protocol: 'tcp' })
    const error = await refusal(`postgres://app:${SECRET}@127.0.0.1:${recorder.port}/db?connect_timeout=1`)
    await recorder.close()
    expect(error.code).toBe('busy')
    expect(error.message).toMatch(/no answer in time/)
  })

  test('that never answers is left when the signal fires', async () => {
    const recorder = await recordingServer({ protocol: 'tcp' })
    const stop = new AbortController()
    const opening = openSession(addressOf(`postgres://app:${SECRET}@127.0.0.1:${recorder.port}/db`), runOf({ signal: stop.signal }), { readOnly: true })
    const watched = expect(opening).rejects.toMatchObject({ code: 'aborted' })
    stop.abort(new Error('enough'))
    await watched
    await recorder.close()
  })
})

describe.skipIf(postgres.skip)(postgres.title('opening a session'), () => {
  let database: string
  beforeAll(async () => { database = await postgres.server.createDatabase() })
  afterAll(() => postgres.server.dropDatabase(database))

  const url = (params: Record<string, string | undefined> = {}): string => postgres.server.url(database, params)

  test('verifies the server by tls-ca, sslrootcert or PGSSLROOTCERT', async () => {
    const { caFile } = postgres.server
    for (const [params, environment] of [[{}, {}], [{ 'tls-ca': undefined, 'sslrootcert': caFile, 'sslmode': 'verify-full' }, {}], [{ 'tls-ca': undefined }, { PGSSLROOTCERT: caFile }]] as const) {
      const at = addressOf(url(params))
      await using session = await openSession(at, runOf(), { readOnly: true, settings: await readSettings(at, environment) })
      expect((await session.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).rows).toEqual([['t']])
      expect(session.notes).toEqual([])
    }
  })

  test.each<[string, Record<string, string | undefined>, MoveErrorCode, RegExp]>([
    ['the system\'s authorities, which did not sign it', { 'tls-ca': undefined, 'sslmode': 'verify-full' }, 'untrusted', /tls-ca/],
    ['no TLS because it is this machine, when the server insists', { 'tls-ca': undefined }, 'denied', /tls-ca/],
    ['a weaker sslmode', { sslmode: 'require' }, 'untrusted', /sslmode=require does not prove/],
    ['no TLS by sslmode', { 'tls-ca': undefined, 'sslmode': 'disable' }, 'untrusted', /tls=insecure-plaintext/],
    ['an unknown option', { ssl: 'true' }, 'bad-address', /"ssl"/],
    ['an unknown value of tls', { tls: 'off' }, 'bad-address', /insecure-plaintext or insecure-no-verify/],
    ['tls-ca and tls=insecure', { tls: 'insecure-no-verify' }, 'bad-address', /contradict/],
    ['a file that is not there', { 'tls-ca': '/nowhere/ca.crt' }, 'not-found', /tls-ca: \/nowhere/],
  ])('with %s is refused', async (_what, params, code, text) => {
    const error = await refusal(url(params))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(text)
  })

  test('an authority that did not sign the certificate, a certificate for another host and one that is over are refused', async () => {
    const { certificates } = postgres.server
    expect((await refusal(url({ 'tls-ca': certificates.otherCaFile }))).code).toBe('untrusted')
    for (const [bad, text] of [['wrongHost', /another host/], ['expired', /CERT_HAS_EXPIRED/]] as const) {
      const server = await startPostgres({ certificate: bad })
      const error = await refusal(server.url())
      await server.stop()
      expect(error.code).toBe('untrusted')
      expect(error.message).toMatch(text)
    }
  })

  test('a bad certificate is refused before the user\'s name or password is sent', async () => {
    const { certificates } = postgres.server
    for (const bad of [certificates.otherServer, certificates.wrongHost, certificates.expired]) {
      const recorder = await recordingServer({ protocol: 'postgres', tls: { cert: readFileSync(bad.certificateFile), key: readFileSync(bad.keyFile) } })
      const error = await refusal(`postgres://app-${SECRET}:${SECRET}@127.0.0.1:${recorder.port}/db?tls-ca=${encodeURIComponent(certificates.caFile)}`)
      await recorder.close()
      expect(error.code).toBe('untrusted')
      expect(recorder.received().toString('latin1')).not.toContain(SECRET)
    }
  })

  test('tls=insecure-no-verify encrypts, and the plan says that nothing was checked', async () => {
    await using session = await openSession(addressOf(url({ 'tls-ca': undefined, 'tls': 'insecure-no-verify', 'sslmode': 'require' })), runOf(), { readOnly: true })
    expect((await session.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).rows).toEqual([['t']])
    expect(session.notes).toEqual([matching(/^INSECURE: the certificate .* was not checked/)])
  })

  test('on a loopback address without an authority goes without TLS, and the plan says so', async () => {
    const server = await startPostgres({ hba: ['hostnossl all all 127.0.0.1/32 scram-sha-256'] })
    const at = addressOf(server.url(undefined, { 'tls-ca': undefined }))
    const session = await openSession(at, runOf(), { readOnly: true, settings: await readSettings(at, {}) })
    expect((await session.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).rows).toEqual([['f']])
    expect(session.notes).toEqual([matching(/without TLS: 127\.0\.0\.1 is this machine/)])
    await session.close()
    await server.stop()
  })

  test('over the Unix socket needs no TLS, by ?host= or by a percent-encoded host', async () => {
    const { socketDirectory, port, user, password } = postgres.server
    for (const text of [`postgres:///${database}?host=${socketDirectory}&port=${port}&user=${user}`, `postgres://${user}@${encodeURIComponent(socketDirectory)}:${port}/${database}`]) {
      const at = addressOf(text)
      await using session = await openSession(at, runOf(), { readOnly: true, settings: await readSettings(at, { PGPASSWORD: password, PGSSLMODE: 'disable' }) })
      expect(session.notes).toEqual([matching(/Unix socket/)])
    }
  })

  test('a client certificate logs in without a password; a key that others may read is refused', async () => {
    const server = await startPostgres({ hba: ['hostssl all app 127.0.0.1/32 cert'] })
    await server.execute('create role app login')
    const { certificateFile, keyFile } = server.certificates.client
    const key = join(folder, 'app.key')
    copyFileSync(keyFile, key)
    chmodSync(key, 0o600)
    const text = `postgres://app@127.0.0.1:${server.port}/postgres?tls-ca=${encodeURIComponent(server.caFile)}&tls-cert=${encodeURIComponent(certificateFile)}&tls-key=${encodeURIComponent(key)}`
    const session = await openSession(addressOf(text), runOf(), { readOnly: true })
    expect(session.server.user).toBe('app')
    await session.close()
    chmodSync(key, 0o644)
    expect((await refusal(text)).message).toMatch(/chmod 600/)
    await server.stop()
  })

  test('a wrong password, database or port each say what to check', async () => {
    const { port, caFile } = postgres.server
    const wrong = (text: string): string => `postgres://${text}?tls-ca=${encodeURIComponent(caFile)}`
    expect(await refusal(wrong(`postgres:${SECRET}@127.0.0.1:${port}/${database}`))).toMatchObject({ code: 'denied', message: matching(/check user and password/) })
    expect(await refusal(url().replace(database, 'nowhere'))).toMatchObject({ code: 'not-found', message: matching(/check the database/) })
    expect(await refusal(wrong(`postgres:${SECRET}@127.0.0.1:1/${database}`))).toMatchObject({ code: 'busy', message: matching(/127\.0\.0\.1:1: nothing listens there/) })
    expect(await refusal(wrong(`postgres:${SECRET}@no-such-host.invalid:${port}/${database}`))).toMatchObject({ code: matching(/not-found|busy/) })
  })

  test('takes settings from the environment, a service and a password file, as libpq does', async () => {
    const { port, user, password, caFile } = postgres.server
    const services = join(folder, 'services.conf')
    const passwords = join(folder, 'passwords')
    writeFileSync(services, `[sales]\nhost=127.0.0.1\nport=${port}\nuser=${user}\nsslrootcert=${caFile}\nsslmode=verify-full\n`)
    writeFileSync(passwords, `other:*:*:*:wrong\n127.0.0.1:${port}:*:${user}:${password.replace(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 })
    const at = addressOf('postgres:///')
    const settings = await readSettings(at, { PGSERVICE: 'sales', PGSERVICEFILE: services, PGPASSFILE: passwords, PGDATABASE: database, PGHOST: 'ignored.invalid' })
    await using session = await openSession(at, runOf(), { readOnly: true, settings })
    expect(session.server).toMatchObject({ database, user })
    chmodSync(passwords, 0o640)
    const error = await refusal(`postgres:///${database}?service=sales`, { PGSERVICEFILE: services, PGPASSFILE: passwords })
    expect(error.code).toBe('denied')
    expect(error.message).toMatch(/chmod 600/)
  })

  test('too many sessions are busy, and temporary', async () => {
    const server = await startPostgres({ settings: { max_connections: '4', superuser_reserved_connections: '1', max_wal_senders: '0' } })
    await server.execute('create role app login password \'x\'')
    const at = addressOf(server.url().replace(/\/\/[^@]*@/, '//app:x@'))
    const open: Session[] = []
    let refused: unknown
    while (refused === undefined && open.length < 5) {
      await openSession(at, runOf(), { readOnly: true }).then((session) => { open.push(session) }, (error: unknown) => { refused = error })
    }
    expect(refused).toMatchObject({ code: 'busy', temporary: true })
    for (const session of open) await session.close()
    await server.stop()
  })

  test('sets what text means, whatever the database and the role say', async () => {
    const settings = ['datestyle = \'German\'', 'timezone = \'Asia/Kolkata\'', 'intervalstyle = \'sql_standard\'', 'extra_float_digits = 0', 'bytea_output = \'escape\'', 'standard_conforming_strings = off', 'statement_timeout = \'1ms\'']
    for (const setting of settings) await postgres.server.execute(`alter database "${database}" set ${setting}`)
    await using session = await openSession(addressOf(url()), runOf(), { readOnly: true })
    const { rows } = await session.query('select timestamptz \'2024-01-02 03:04:05.000006+00\', date \'2024-12-01\', interval \'-1 year -2 days +3 hours\', 0.1::float8 + 0.2, \'\\x00ff\'::bytea, pg_sleep(0.01)::text')
    expect(rows).toEqual([['2024-01-02 03:04:05.000006+00', '2024-12-01', '-1 years -2 days +03:00:00', '0.30000000000000004', '\\x00ff', '']])
    for (const setting of settings) await postgres.server.execute(`alter database "${database}" reset ${setting.split(' ')[0]!}`)
  })

  test('a read-only session writes nothing, not even when a query asks to', async () => {
    await postgres.server.execute('create table kept (a int); create function sneaky() returns int language plpgsql as $$begin perform set_config(\'transaction_read_only\', \'off\', false); insert into kept values (1); return 1; end$$', database)
    await using session = await openSession(addressOf(url()), runOf(), { readOnly: true })
    for (const sql of ['insert into kept values (1)', 'create table other (a int)', 'truncate kept']) {
      await expect(session.query(sql)).rejects.toMatchObject({ code: 'denied' })
    }
    await expect(session.transaction('begin isolation level repeatable read, read only', () => session.query('select sneaky() from kept right join (values (1)) v on true'))).rejects.toThrow()
    expect(await postgres.server.execute('select count(*) from kept', database)).toEqual([['0']])
  })

  test('close leaves no session behind, and works twice', async () => {
    const session = await openSession(addressOf(url({ application_name: 'closing' })), runOf(), { readOnly: true })
    const running = session.query('select pg_sleep(600)')
    const watched = expect(running).rejects.toMatchObject({ code: 'busy' })
    await session.close()
    await session.close()
    await watched
    await gone(postgres.server, 'closing')
  })

  test('the signal cancels the running statement on the server, and refuses later ones but those that tidy up', async () => {
    const stop = new AbortController()
    await using session = await openSession(addressOf(url({ application_name: 'stopping' })), runOf({ signal: stop.signal }), { readOnly: false })
    const working = session.transaction('begin', async () => {
      await session.query('create table half (a int)')
      const sleeping = session.query('select pg_sleep(600)')
      stop.abort(new Error('enough'))
      await sleeping
    })
    await expect(working).rejects.toMatchObject({ code: 'aborted', cause: new Error('enough') })
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'aborted' })
    await expect(session.query('select 1', [], { tidies: true })).resolves.toMatchObject({ rows: [['1']] })
    expect(await postgres.server.execute('select to_regclass(\'half\')', database)).toEqual([[null]])
  })
})

/** Resolves when the server has no session of this name; the test's time limit is the judge. */
async function gone(server: { execute(sql: string): Promise<(string | null)[][]> }, name: string): Promise<void> {
  for (;;) {
    const rows = await server.execute(`select count(*) from pg_stat_activity where application_name = '${name}'`)
    if (rows[0]![0] === '0') return
  }
}
