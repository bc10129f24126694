// The recorder hears everything: what a careless client gives away is found, what a careful one keeps is not.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, test } from 'vitest'

import { certificates } from '../certificates/index.js'
import { recordingServer } from './index.js'
import type { RecordingOptions, RecordingServer } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'records-mover-recorder-'))
const made = certificates(folder)
const good = { cert: readFileSync(made.server.certificateFile), key: readFileSync(made.server.keyFile) }
const impostor = { cert: readFileSync(made.otherServer.certificateFile), key: readFileSync(made.otherServer.keyFile) }
const running: RecordingServer[] = []

afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
})
afterAll(() => { rmSync(folder, { recursive: true }) })

describe('speaking PostgreSQL', () => {
  test('hears the password of a client that trusts any certificate', async () => {
    const server = await start({ protocol: 'postgres', tls: impostor })
    await logIn(server, { rejectUnauthorized: false })
    expect(server.recordings[0]).toMatchObject({ secured: true, tlsError: undefined })
    expect(server.recordings[0]!.secure.includes('hunter2')).toBe(true)
    expect(server.recordings[0]!.plain.length).toBe(8)
  })

  test('hears no byte of the user or the password of a client that checks the certificate', async () => {
    const server = await start({ protocol: 'postgres', tls: impostor })
    await logIn(server, { ca: made.ca })
    expect(server.recordings.length).toBe(1)
    expect(server.received().includes('hunter2')).toBe(false)
    expect(server.received().includes('somebody')).toBe(false)
    expect(server.recordings[0]!.plain.toString('hex')).toBe('0000000804d2162f')
  })

  test('hears the password of a client that goes on in clear text, and of one that never asked for TLS', async () => {
    const server = await start({ protocol: 'postgres', answer: 'N' })
    await logIn(server, { ca: made.ca })
    expect(server.received().includes('hunter2')).toBe(false)
    await logIn(server, false)
    expect(server.recordings[1]!.plain.includes('hunter2')).toBe(true)
    expect(server.recordings[1]!.secured).toBe(false)
  })

  test('asks for a password by md5 and by SCRAM as well', async () => {
    const md5 = await start({ protocol: 'postgres', ask: 'md5' })
    await logIn(md5, false)
    expect(md5.received().toString('latin1')).toMatch(/md5[0-9a-f]{32}/)
    const scram = await start({ protocol: 'postgres', ask: 'scram' })
    await logIn(scram, false)
    expect(scram.received().toString('latin1')).toMatch(/SCRAM-SHA-256/)
  })

  test('takes a TLS handshake that comes without a request, and keeps what it cannot understand', async () => {
    const server = await start({ protocol: 'postgres', tls: good })
    const client = connectTls({ host: server.host, port: server.port, ca: made.ca })
    client.on('error', () => undefined)
    client.end(Buffer.from('\0\0\0\u0010\0\u0003\0\0user\0me\0'))
    await server.idle()
    expect(server.recordings[0]!.secure.includes('user\0me')).toBe(true)
    const raw = connect({ host: server.host, port: server.port })
    raw.end('odd')
    await server.idle(2)
    expect(server.recordings[1]!.plain.toString()).toBe('odd')
  })
})

describe('speaking nothing', () => {
  test('records clear text and sends its greeting', async () => {
    const server = await start({ greeting: 'hello' })
    const client = connect({ host: server.host, port: server.port })
    const greeting = await new Promise<Buffer>((resolve) => client.once('data', resolve))
    expect(greeting.toString()).toBe('hello')
    client.end('goodbye')
    await server.idle()
    expect(server.received().toString()).toBe('goodbye')
    expect(server.recordings[0]!.closed).toBe(true)
  })

  test('records what comes through TLS, and why a handshake failed', async () => {
    const server = await start({ protocol: 'tls', tls: impostor })
    const careless = connectTls({ host: server.host, port: server.port, rejectUnauthorized: false }, () => careless.end('secret'))
    await server.idle()
    expect(server.recordings[0]!.secure.toString()).toBe('secret')
    const plain = connect({ host: server.host, port: server.port })
    plain.on('error', () => undefined)
    plain.end('GET / HTTP/1.1\r\n\r\n')
    await expect.poll(() => server.recordings[1]?.tlsError).toBeDefined()
    expect(server.recordings[1]!.secured).toBe(false)
  })

  test('refuses to speak TLS without a certificate', async () => {
    await expect(recordingServer({ protocol: 'postgres', answer: 'S' })).rejects.toThrow('needs a certificate')
  })
})

async function start(options: RecordingOptions): Promise<RecordingServer> {
  const server = await recordingServer(options)
  running.push(server)
  return server
}

/** Tries to log in as `somebody`; the recorder never lets anybody in, so every outcome is a failure or a cut. */
async function logIn(server: RecordingServer, ssl: pg.ClientConfig['ssl']): Promise<void> {
  const already = server.recordings.length
  const client = new pg.Client({ host: server.host, port: server.port, user: 'somebody', password: 'hunter2', database: 'db', ...(ssl === undefined ? {} : { ssl }) })
  client.on('error', () => undefined)
  const attempt = client.connect().catch(() => undefined)
  await Promise.race([attempt, expect.poll(() => {
    const said = server.recordings[already]
    return said !== undefined && /hunter2|md5|SCRAM/.test(Buffer.concat([said.plain, said.secure]).toString('latin1'))
  }, { timeout: 5000 }).toBe(true)])
  void client.end().catch(() => undefined)
  await expect.poll(() => server.recordings[already]?.closed ?? false).toBe(true)
}
