// That records come off the wire whole and in order however the socket cuts the bytes, and that pg gets back what is pg's.
import type { Connection } from 'pg'
import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MoveError } from '@records-mover/core/plugin'
import { CopyOutQuery } from './copy-out.js'

function message(code: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.write(code, 0, 'latin1')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** A copy, the socket it reads, and what was handed on to pg. */
function copying(): { copy: CopyOutQuery, socket: EventEmitter & { paused: boolean }, toDriver: Buffer[], sent: string[], cancels: () => number } {
  let cancels = 0
  const toDriver: Buffer[] = []
  const sent: string[] = []
  const socket = Object.assign(new EventEmitter(), {
    paused: false,
    pause(): void { socket.paused = true },
    resume(): void { socket.paused = false },
  })
  socket.on('data', (chunk: Buffer) => toDriver.push(chunk))
  const copy = new CopyOutQuery('copy', (error) => error instanceof MoveError ? error : new MoveError('failed', String(error)), () => undefined, () => {
    cancels++
    return Promise.resolve()
  })
  copy.submit({ stream: socket, query: (sql: string) => sent.push(sql) } as unknown as Connection)
  return { copy, socket, toDriver, sent, cancels: () => cancels }
}

async function allOf(copy: CopyOutQuery): Promise<Buffer[]> {
  const all: Buffer[] = []
  for await (const chunk of copy.chunks) all.push(Buffer.from(chunk))
  return all
}

const row = fc.uint8Array({ maxLength: 200 })
const between = fc.constantFrom('S', 'N', 'A')
const END = Buffer.concat([message('c', Buffer.alloc(0)), message('C', Buffer.from('COPY 2\0')), message('Z', Buffer.from('I'))])

describe('CopyOutQuery', () => {
  test('gives every record in order, whatever messages stand between and wherever the socket cuts', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(row, fc.record({ code: between, body: row }))), fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), async (items, cuts) => {
      const { copy, socket, toDriver, sent } = copying()
      const wire = Buffer.concat([
        message('H', Buffer.from([0, 0, 0])),
        ...items.map((item) => item instanceof Uint8Array ? message('d', item) : message(item.code, item.body)), END,
      ])
      for (let at = 0, i = 0; at < wire.length; i++) {
        const size = cuts[i % cuts.length]!
        socket.emit('data', wire.subarray(at, at + size))
        at += size
      }
      copy.handleCommandComplete({ text: 'COPY 2' })
      copy.handleReadyForQuery()
      expect(Buffer.concat(await allOf(copy)).equals(Buffer.concat(items.filter((item) => item instanceof Uint8Array)))).toBe(true)
      expect(Buffer.concat(toDriver).equals(END)).toBe(true)
      expect([sent, copy.rows]).toEqual([['copy'], 2])
    }))
  })

  test('gives large chunks, and a record longer than a chunk in pieces', async () => {
    const { copy, socket } = copying()
    const long = Buffer.alloc(1_000_000, 'x')
    const wire = Buffer.concat([message('d', long), message('d', Buffer.from('y')), END])
    const reading = allOf(copy)
    for (let at = 0; at < wire.length; at += 65_536) socket.emit('data', wire.subarray(at, at + 65_536))
    copy.handleReadyForQuery()
    const chunks = await reading
    expect(chunks.slice(0, -1).every((chunk) => chunk.length >= 65_536)).toBe(true)
    expect(Buffer.concat(chunks).equals(Buffer.concat([long, Buffer.from('y')]))).toBe(true)
  })

  test('rests the socket while chunks wait, and goes on when they are taken', async () => {
    const { copy, socket } = copying()
    const bytes = message('d', Buffer.alloc(65_536))
    let sent = 0
    while (!socket.paused) {
      socket.emit('data', bytes)
      sent += 65_536
      expect(sent).toBeLessThan(4 << 20)
    }
    const iterator = copy.chunks[Symbol.asyncIterator]()
    await iterator.next()
    expect(socket.paused).toBe(false)
  })

  test('hands an error message to pg and then rejects, after the records before it', async () => {
    const { copy, socket, toDriver } = copying()
    const failure = message('E', Buffer.from('SERROR\0\0'))
    socket.emit('data', Buffer.concat([message('d', Buffer.alloc(300_000, 'x')), failure]))
    copy.handleError(new Error('server says no'))
    const seen: number[] = []
    await expect((async () => { for await (const chunk of copy.chunks) seen.push(chunk.length) })()).rejects.toThrow(/server says no/)
    expect(seen).toEqual([262_144])
    expect(Buffer.concat(toDriver).equals(failure)).toBe(true)
  })

  test('a copy that was stopped never looks complete, even when the server had sent it all', async () => {
    const { copy, socket, cancels } = copying()
    const iterator = copy.chunks[Symbol.asyncIterator]()
    socket.emit('data', message('d', Buffer.alloc(300_000)))
    await iterator.next()
    const stopping = copy.stop()
    socket.emit('data', Buffer.concat([message('d', Buffer.alloc(300_000)), END]))
    copy.handleReadyForQuery()
    await stopping
    expect(cancels()).toBe(1)
    await expect(iterator.next()).rejects.toThrow(/stopped/)
  })
})
