// A network that fails on command: a loopback proxy in front of a real server that cuts, resets, stalls and slows.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

import { Gate } from './gate.js'
import type { CutHow } from './gate.js'

/** Seen from the client: what it sends goes `to-server`. */
export type Direction = 'to-server' | 'to-client'

export interface Cut {
  /** Which bytes are counted. */
  readonly direction: Direction
  /** How many more pass, from now on and over all connections; the cut comes exactly behind the last of them. */
  readonly bytes: number
  /**
   * `end`: as if the peer had closed its socket. `reset`: as if its host had started anew (TCP RST). Default: `'end'`.
   *
   * An `end` while the other side still sends arrives there as a reset, as TCP has it. A Node client that gets its
   * last bytes and the reset in one turn reports an end (libuv reads a hang-up behind a short read as one).
   */
  readonly how?: CutHow
  /** What is cut: every open connection, or only the one that carried the last byte. Default: `'all'`. */
  readonly scope?: 'all' | 'one'
}

export interface FaultProxy {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Connections accepted so far. */
  readonly connections: number
  /** Connections open now. */
  readonly open: number
  /** Bytes let through so far. */
  readonly bytes: Readonly<Record<Direction, bigint>>
  /** Arms one cut; a new call takes the place of an armed one. Resolves when it has happened. */
  cutAfter(cut: Cut): Promise<void>
  /** Closes every open connection now, in both directions; new ones pass. */
  cut(): void
  /** The same with a TCP RST. */
  reset(): void
  /** Holds all bytes of one direction, or of both, while the connections stay open. */
  stall(direction?: Direction): void
  /** Lets at most so many bytes a second through, over all connections. */
  throttle(bytesPerSecond: number, direction?: Direction): void
  /** Resets every new connection as soon as it is made. */
  refuse(): void
  /** Undoes `cutAfter`, `stall`, `throttle` and `refuse`; held bytes move on. */
  heal(): void
  /** Cuts everything and stops listening. */
  close(): Promise<void>
}

export interface FaultProxyOptions {
  readonly targetPort: number
  /** Default: 127.0.0.1. */
  readonly targetHost?: string
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
  over: boolean
}

interface Armed {
  readonly cut: Cut
  readonly done: () => void
}

/** Starts a proxy on a free loopback port. Everything passes unchanged until a command says otherwise. */
export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const gates: Record<Direction, Gate> = { 'to-server': new Gate(), 'to-client': new Gate() }
  const pairs = new Set<Pair>()
  let connections = 0
  let refusing = false
  let armed: Armed | undefined

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections++
    client.on('error', () => undefined)
    if (refusing) {
      client.resetAndDestroy()
      return
    }
    const server = connect({ port: options.targetPort, host: options.targetHost ?? '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const pair: Pair = { client, server, over: false }
    pairs.add(pair)
    for (const socket of [client, server]) {
      socket.on('error', () => { finish(pair, 'reset') })
      socket.on('close', () => { if (client.closed && server.closed) finish(pair, 'end') })
    }
    void pump(pair, client, server, 'to-server')
    void pump(pair, server, client, 'to-client')
  })

  async function pump(pair: Pair, from: Socket, to: Socket, direction: Direction): Promise<void> {
    const gate = gates[direction]
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        for (let rest = chunk; rest.length > 0;) {
          const { length, last } = await gate.take(rest.length, () => pair.over)
          if (length === 0) return
          const piece = rest.subarray(0, length)
          rest = rest.subarray(length)
          if (last) {
            // Only when the last byte is with the operating system may the cut come.
            await new Promise<void>((resolve) => { to.write(piece, () => { resolve() }) })
            fire(pair)
          } else if (!to.write(piece)) await drained(to)
        }
      }
      to.end()
    } catch {
      finish(pair, 'reset')
    }
  }

  function fire(last: Pair): void {
    if (armed === undefined) return
    const { cut, done } = armed
    disarm()
    for (const pair of cut.scope === 'one' ? [last] : [...pairs]) finish(pair, cut.how ?? 'end')
    done()
  }

  function disarm(): void {
    if (armed !== undefined) gates[armed.cut.direction].limit(Infinity)
    armed = undefined
  }

  function finish(pair: Pair, how: CutHow): void {
    if (!pairs.delete(pair)) return
    pair.over = true
    for (const socket of [pair.client, pair.server]) {
      if (how === 'reset') socket.resetAndDestroy()
      else socket.destroy()
    }
    for (const gate of Object.values(gates)) gate.release()
  }

  function finishAll(how: CutHow): void {
    for (const pair of [...pairs]) finish(pair, how)
  }

  function chosen(direction: Direction | undefined): Gate[] {
    return direction === undefined ? Object.values(gates) : [gates[direction]]
  }

  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  return {
    host: '127.0.0.1',
    port,
    get connections() { return connections },
    get open() { return pairs.size },
    get bytes() { return { 'to-server': gates['to-server'].passed, 'to-client': gates['to-client'].passed } },
    cutAfter(cut) {
      disarm()
      if (!Number.isSafeInteger(cut.bytes) || cut.bytes < 1) throw new RangeError('cutAfter takes 1 byte or more; use cut() to cut now')
      return new Promise((resolve) => {
        armed = { cut, done: resolve }
        gates[cut.direction].limit(cut.bytes)
      })
    },
    cut() { finishAll('end') },
    reset() { finishAll('reset') },
    stall(direction) { for (const gate of chosen(direction)) gate.stall() },
    throttle(bytesPerSecond, direction) { for (const gate of chosen(direction)) gate.throttle(bytesPerSecond) },
    refuse() { refusing = true },
    heal() {
      refusing = false
      disarm()
      for (const gate of Object.values(gates)) gate.heal()
    },
    async close() {
      finishAll('end')
      if (!listener.listening) return
      listener.close()
      await once(listener, 'close')
    },
  }
}

async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
