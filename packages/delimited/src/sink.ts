// Chunks in the making: bytes are written into one buffer, which is given away when a record ends behind its limit.

/** A chunk is given away when it has as many bytes, or when the next record does not fit into its buffer. */
export const CHUNK_BYTES: number = 1 << 20

/** Where a writer writes. `buffer` and `at` are read anew after `room` and `endRecord`. */
export class Sink {
  buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  at = 0
  /** Chunks that are finished; the caller takes them away. */
  full: Buffer[] = []
  #passed: Buffer | undefined
  #start = 0
  #end = 0

  /** Makes room for `count` more bytes behind `at`, keeping the record that is being written. */
  room(at: number, count: number): void {
    this.at = at
    if (at + count <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(at + count, 2 * this.buffer.length))
    grown.set(this.buffer.subarray(0, at))
    this.buffer = grown
  }

  /** Says that a record ends at `at` and that the next one needs `count` bytes: where they do not fit, the chunk is finished. */
  endRecord(at: number, count: number): void {
    this.at = at
    if (at + count <= this.buffer.length && at < CHUNK_BYTES) return
    this.flush()
    this.room(0, count)
  }

  /** Passes the bytes from `start` to `end` of another's on, behind what was written so far; neighbours go as one chunk. */
  pass(bytes: Buffer, start: number, end: number): void {
    if (this.at > 0) this.flush()
    if (this.#passed === bytes && this.#end === start) {
      this.#end = end
      return
    }
    this.flush()
    this.#passed = bytes
    this.#start = start
    this.#end = end
  }

  flush(): void {
    if (this.#passed !== undefined) {
      this.full.push(this.#passed.subarray(this.#start, this.#end))
      this.#passed = undefined
    }
    if (this.at === 0) return
    this.full.push(this.buffer.subarray(0, this.at))
    this.buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    this.at = 0
  }

  /** The finished chunks, which are the caller's now. */
  take(): Buffer[] {
    const { full } = this
    this.full = []
    return full
  }
}
