// How checks become tests of whatever runner is passed in: vitest, node:test, or another of their shape.

/** What the kit needs of a test runner. Vitest's `{ describe, test, after: afterAll }` and node:test's `{ describe, test, after }` fit. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  readonly test: {
    (name: string, options: { timeout: number }, body: (context: TestContext) => Promise<void>): unknown
    skip(name: string, body: () => void): unknown
  }
  /** Runs when the tests of the group have ended. Absent: the last check of the group stops the service. */
  after?(body: () => Promise<void>): unknown
}

/** What a runner gives to a running test. */
export interface TestContext {
  /** Marks the running test as skipped, with the reason. */
  skip(reason: string): unknown
}

/** Thrown by a check that cannot be made here. */
export class Skip extends Error {
  readonly outcome: 'cannot' | 'not tested here'

  constructor(reason: string, outcome: 'cannot' | 'not tested here') {
    super(reason)
    this.outcome = outcome
  }
}
