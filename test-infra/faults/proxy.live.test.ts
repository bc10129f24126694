// The proxy does to bytes what it says, to the byte, in front of an echo and in front of a real PostgreSQL.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { postgresService } from '@records-mover/test-infra/postgres-service'

import { faultProxy } from './index.js'
import type { FaultProxy } from './index.js'

describe('in front of an echo', () => {
  let echo: Server
  let proxy: FaultProxy
  const clients: Socket[] = []
  const atServer: Buffer[] = []

  beforeEach(async () => {
    atServer.length = 0
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => { atServer.push(chunk); socket.write(chunk) })
      socket.on('end', () => socket.end())
    })
    echo.listen(0, '127.0.0.1')
    await once(echo, 'listening')
    proxy = await faultProxy({ targetPort: (echo.address() as { port: number }).port })
  })

  afterEach(async () => {
    await proxy.close()
    for (const client of clients.splice(0)) client.destroy()
    echo.close()
  })

  test('passes everything unchanged, half-closes included, and counts', async () => {
    const client = open()
    const sent = Buffer.alloc(3_000_000, 'abcdefg')
    client.socket.end(sent)
    expect(await client.finished).toBe('end')
    expect(client.received().equals(sent)).toBe(true)
    expect(proxy.bytes).toEqual({ 'to-server': 3_000_000n, 'to-client': 3_000_000n })
    expect(proxy.connections).toBe(1)
    await until(() => proxy.open === 0)
  })

  test.each([1, 1000, 65_536, 100_001])('cuts exactly behind byte %i on its way to the server', async (bytes) => {
    const client = open()
    const cut = proxy.cutAfter({ direction: 'to-server', bytes })
    client.socket.write(Buffer.alloc(300_000, 'x'))
    await cut
    await client.finished
    await until(() => proxy.open === 0)
    expect(proxy.bytes['to-server']).toBe(BigInt(bytes))
    await until(() => Buffer.concat(atServer).length === bytes)
  })

  test.each(['end', 'reset'] as const)('cuts exactly behind a byte on its way to the client, by %s', async (how) => {
    const client = open()
    const cut = proxy.cutAfter({ direction: 'to-client', bytes: 10, how })
    client.socket.write('0123456789abcdef')
    await cut
    await client.finished
    expect(client.received().toString()).toBe('0123456789')
  })

  test.each([['end', 'end'], ['reset', 'ECONNRESET']] as const)('cuts so that the client sees its kind: %s', async (how, seen) => {
    proxy.stall('to-client')
    const client = open()
    const cut = proxy.cutAfter({ direction: 'to-server', bytes: 10, how })
    client.socket.write('0123456789')
    await cut
    expect(await client.finished).toBe(seen)
  })

  test('cuts one connection and leaves the other when told so', async () => {
    const first = open()
    const second = open()
    first.socket.write('1')
    second.socket.write('2')
    await until(() => first.received().length === 1 && second.received().length === 1)
    const cut = proxy.cutAfter({ direction: 'to-server', bytes: 3, scope: 'one' })
    first.socket.write('abc')
    await cut
    await first.finished
    expect(proxy.open).toBe(1)
    second.socket.write('still here')
    await until(() => second.received().toString() === '2still here')
  })

  test('cuts and resets every open connection at once, and lets new ones pass', async () => {
    for (const [command, seen] of [['cut', 'end'], ['reset', 'ECONNRESET']] as const) {
      const both = [open(), open()]
      for (const client of both) client.socket.write('hello')
      await until(() => both.every((client) => client.received().length === 5))
      proxy[command]()
      expect(await Promise.all(both.map((client) => client.finished))).toEqual([seen, seen])
      expect(proxy.open).toBe(0)
    }
    const later = open()
    later.socket.write('again')
    await until(() => later.received().toString() === 'again')
  })

  test('holds bytes while stalled and delivers them when healed', async () => {
    const client = open()
    client.socket.write('before')
    await until(() => client.received().length === 6)
    proxy.stall('to-client')
    client.socket.write(' after')
    await until(() => proxy.bytes['to-server'] === 12n)
    await until(() => Buffer.concat(atServer).length === 12)
    expect(client.received().toString()).toBe('before')
    proxy.heal()
    await until(() => client.received().toString() === 'before after')
  })

  test('slows to the rate it was given', async () => {
    proxy.throttle(1_000_000, 'to-server')
    const client = open()
    const started = performance.now()
    client.socket.end(Buffer.alloc(500_000))
    await client.finished
    const seconds = (performance.now() - started) / 1000
    expect(client.received().length).toBe(500_000)
    expect(seconds).toBeGreaterThan(0.45)
  })

  test('refuses new connections until healed', async () => {
    proxy.refuse()
    expect(await open().finished).toBe('ECONNRESET')
    proxy.heal()
    const client = open()
    client.socket.write('x')
    await until(() => client.received().length === 1)
  })

  test('rejects a cut behind no byte', () => {
    expect(() => proxy.cutAfter({ direction: 'to-client', bytes: 0 })).toThrow('use cut()')
  })

  function open(): { socket: Socket, received: () => Buffer, finished: Promise<string> } {
    const socket = connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true })
    clients.push(socket)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    const finished = new Promise<string>((resolve) => {
      socket.on('end', () => { socket.end(); resolve('end') })
      socket.on('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? error.message) })
    })
    return { socket, received: () => Buffer.concat(chunks), finished }
  }
})

const postgres = postgresService()
describe.skipIf(postgres.skip)(postgres.title('in front of PostgreSQL'), () => {
  test('lets verified TLS through and cuts a result in its middle', async () => {
    const { server } = postgres
    const proxy = await faultProxy({ targetPort: server.port })
    const client = new pg.Client({
      host: proxy.host, port: proxy.port, user: server.user, password: server.password, database: server.database,
      ssl: { ca: readFileSync(server.caFile) },
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      expect((await client.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).rows).toEqual([{ ssl: true }])
      const cut = proxy.cutAfter({ direction: 'to-client', bytes: 100_000 })
      const outcome = expect(client.query('select generate_series(1, 1000000)')).rejects.toThrow(/Connection terminated|ECONNRESET/)
      await cut
      await outcome
    } finally {
      await proxy.close()
    }
  })
})

async function until(reached: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!reached()) {
    if (performance.now() > deadline) throw new Error('waited for ten seconds in vain')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
