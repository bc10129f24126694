// Splits the server's CopyData frames off the raw socket into large chunks: the hot path of every read.
import type { MoveError } from '@records-mover/core/plugin'
import type { Connection, Submittable } from 'pg'
import type { Socket } from 'node:net'

/** The bytes of one `COPY ... TO STDOUT`. */
export interface CopyOut {
  /** Chunks of at least 64 KiB, but for the last. Ending the loop early cancels the statement and waits until it has stopped. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** What the command tag tells; known when the chunks have ended. */
  readonly rows: number | undefined
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const COPY_DATA = 0x64
const COPY_DONE = 0x63
const COPY_OUT_RESPONSE = 0x48
const NOTICE = 0x4e
const PARAMETER = 0x53
const NOTIFICATION = 0x41
/** Messages that may stand between those of a copy and that pg is not told of. */
const PASSED_OVER: readonly number[] = [COPY_OUT_RESPONSE, NOTICE, PARAMETER, NOTIFICATION]
const HEADER_BYTES = 5
const CHUNK_BYTES = 256 * 1024
/** Chunks that wait for their reader before the socket is paused. */
const WAITING_CHUNKS = 4
/** Below this many bytes a loop in JavaScript is faster than a call into the runtime. */
const SHORT_BYTES = 48
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const QUERY_CANCELED = '57014'
/** A request to cancel that reaches the server before its statement has begun is lost; so it is sent again. */
const AGAIN_MS = 1000

/** The query object that pg hands its connection to. */
export class CopyOutQuery implements CopyOut, Submittable {
  rows: number | undefined
  readonly #sql: string
  readonly #explain: (error: unknown) => MoveError
  readonly #ended: () => void
  readonly #cancel: () => Promise<void>
  #socket: Socket | undefined
  #toDriver: ((chunk: Buffer) => void) | undefined
  #waiting: Uint8Array[] = []
  #sleepers: (() => void)[] = []
  #stopping: Promise<void> | undefined
  #state: 'running' | 'done' | 'failed' = 'running'
  #error: MoveError | undefined
  #discarding = false
  #paused = false
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #filled = 0
  /** Bytes of the current message still to come, and whether they are records. */
  #left = 0
  #records = false
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerFilled = 0

  constructor(sql: string, explain: (error: unknown) => MoveError, ended: () => void, cancel: () => Promise<void>) {
    this.#sql = sql
    this.#explain = explain
    this.#ended = ended
    this.#cancel = cancel
  }

  get chunks(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#read() }
  }

  submit(connection: Connection): void {
    const { stream } = connection as unknown as { readonly stream: Socket }
    // pg reads its socket by exactly one listener, which gets the socket back when the copy has ended.
    const [toDriver] = stream.listeners('data') as ((chunk: Buffer) => void)[]
    stream.removeAllListeners('data')
    this.#toDriver = toDriver
    this.#socket = stream
    stream.on('data', this.#receive)
    ;(connection as unknown as { query(sql: string): void }).query(this.#sql)
  }

  /** Cancels the statement, and waits until the server has stopped it. */
  async stop(): Promise<void> {
    if (this.#isRunning()) this.#stopping ??= this.#end()
    await this.#stopping
  }

  handleError(error: unknown): void {
    this.#giveBack(undefined)
    this.#settle('failed', this.#explain(error))
  }

  handleCommandComplete(message: { readonly text?: string }): void {
    const count = /^COPY (\d+)/.exec(message.text ?? '')
    if (count !== null) this.rows = Number(count[1])
  }

  handleReadyForQuery(): void {
    // Records were thrown away: even if the server sent them all, this is no end that a reader may take for whole.
    if (this.#discarding) this.#settle('failed', this.#explain(Object.assign(new Error('the reading was stopped'), { code: QUERY_CANCELED })))
    else this.#settle('done')
  }

  async *#read(): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        const chunk = this.#waiting.shift()
        if (chunk !== undefined) {
          if (this.#paused && this.#waiting.length < WAITING_CHUNKS) this.#resume()
          yield chunk
        } else if (this.#state === 'running') {
          await new Promise<void>((resolve) => { this.#sleepers.push(resolve) })
        } else if (this.#error === undefined) {
          return
        } else {
          throw this.#error
        }
      }
    } finally {
      await this.stop()
    }
  }

  async #end(): Promise<void> {
    this.#discarding = true
    this.#waiting = []
    this.#resume()
    while (this.#isRunning()) {
      await this.#cancel().catch(() => { this.#socket?.destroy() })
      await this.#changeWithin(AGAIN_MS)
    }
  }

  /** Resolves when something has happened, or after some time. */
  async #changeWithin(ms: number): Promise<void> {
    if (!this.#isRunning()) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#sleepers.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #isRunning(): boolean {
    return this.#state === 'running'
  }

  readonly #receive = (bytes: Buffer): void => {
    let at = 0
    while (at < bytes.length) {
      if (this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left)
        if (this.#records) this.#append(bytes, at, end)
        this.#left -= end - at
        at = end
        continue
      }
      if (this.#headerFilled === 0 && bytes.length - at >= HEADER_BYTES) {
        if (!this.#begin(bytes[at]!, bytes.readUInt32BE(at + 1) - 4)) {
          this.#giveBack(bytes.subarray(at))
          return
        }
        at += HEADER_BYTES
        continue
      }
      const taken = Math.min(HEADER_BYTES - this.#headerFilled, bytes.length - at)
      bytes.copy(this.#header, this.#headerFilled, at, at + taken)
      this.#headerFilled += taken
      at += taken
      if (this.#headerFilled < HEADER_BYTES) return
      this.#headerFilled = 0
      if (!this.#begin(this.#header[0]!, this.#header.readUInt32BE(1) - 4)) {
        this.#giveBack(Buffer.concat([this.#header, bytes.subarray(at)]))
        return
      }
    }
  }

  /** Starts a message; false for one that pg is to read, and all after it. */
  #begin(code: number, length: number): boolean {
    this.#records = code === COPY_DATA
    if (!this.#records && !PASSED_OVER.includes(code)) {
      if (code === COPY_DONE) this.#emit()
      return false
    }
    this.#left = length
    return true
  }

  #append(bytes: Buffer, from: number, to: number): void {
    if (this.#discarding) return
    let at = from
    while (to - at > CHUNK_BYTES - this.#filled) {
      const room = CHUNK_BYTES - this.#filled
      bytes.copy(this.#chunk, this.#filled, at, at + room)
      this.#filled += room
      at += room
      this.#emit()
    }
    const chunk = this.#chunk
    if (to - at > SHORT_BYTES) {
      bytes.copy(chunk, this.#filled, at, to)
      this.#filled += to - at
      return
    }
    let filled = this.#filled
    while (at < to) chunk[filled++] = bytes[at++]!
    this.#filled = filled
  }

  #emit(): void {
    if (this.#filled === 0 || this.#discarding) return
    this.#waiting.push(this.#chunk.subarray(0, this.#filled))
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    this.#filled = 0
    if (this.#waiting.length >= WAITING_CHUNKS && !this.#paused) {
      this.#paused = true
      this.#socket?.pause()
    }
    this.#wakeReader()
  }

  #resume(): void {
    this.#paused = false
    this.#socket?.resume()
  }

  /** The socket goes back to pg, with what was read too far. */
  #giveBack(rest: Buffer | undefined): void {
    const socket = this.#socket
    const toDriver = this.#toDriver
    this.#toDriver = undefined
    if (socket === undefined || toDriver === undefined) return
    socket.off('data', this.#receive)
    socket.on('data', toDriver)
    this.#resume()
    if (rest !== undefined) toDriver(rest)
  }

  #settle(state: 'done' | 'failed', error?: MoveError): void {
    if (this.#state !== 'running') return
    this.#state = state
    this.#error = error
    this.#ended()
    this.#wakeReader()
  }

  #wakeReader(): void {
    const sleepers = this.#sleepers
    this.#sleepers = []
    for (const wake of sleepers) wake()
  }
}
