// How bytes of one direction pass, wait or are cut: what the proxy's commands set and every connection obeys.

export type CutHow = 'end' | 'reset'

export interface Taken {
  readonly length: number
  /** These bytes reach the limit: the cut comes behind them. */
  readonly last: boolean
}

/** The state of one direction, shared by all connections of a proxy. */
export class Gate {
  /** Bytes let through so far. */
  passed = 0n
  #stalled = false
  #bytesPerSecond = Infinity
  #budget = Infinity
  #waiting: (() => void)[] = []
  #readyAt = 0

  stall(): void {
    this.#stalled = true
  }

  throttle(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Lets `bytes` more through and then none; whoever takes the last of them is told. */
  limit(bytes: number): void {
    this.#budget = bytes
    this.#wake()
  }

  /** Back to passing everything at once. */
  heal(): void {
    this.#stalled = false
    this.#bytesPerSecond = Infinity
    this.#budget = Infinity
    this.#readyAt = 0
    this.#wake()
  }

  /**
   * Waits until some of `wanted` bytes may pass and says how many, and whether they are the last before the limit.
   * Gives up with no byte when `over` says that the connection has ended meanwhile.
   */
  async take(wanted: number, over: () => boolean): Promise<Taken> {
    while ((this.#stalled || this.#budget === 0) && !over()) await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    if (over()) return { length: 0, last: false }
    // Slices of a twentieth of a second: even, and the limit is kept across connections.
    const slice = Math.max(1, Math.floor(this.#bytesPerSecond / 20))
    const length = Math.min(wanted, this.#budget, slice)
    this.#budget -= length
    const last = this.#budget === 0
    this.passed += BigInt(length)
    if (this.#bytesPerSecond !== Infinity) await this.#pace(length)
    return { length, last }
  }

  /** Wakes what waits, so that it sees that its connection is over. */
  release(): void {
    this.#wake()
  }

  async #pace(taken: number): Promise<void> {
    const now = performance.now()
    const startsAt = Math.max(now, this.#readyAt)
    this.#readyAt = startsAt + taken / this.#bytesPerSecond * 1000
    const delay = this.#readyAt - now
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay)
      this.#waiting.push(() => { clearTimeout(timer); resolve() })
    })
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
