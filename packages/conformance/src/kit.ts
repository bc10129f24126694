// What a check has at hand: fresh places, opened ends that are closed behind it, and the few promises that every call is held to.
import type { Address, FormatDescriptor, MoveError as MoveErrorType, Plugin, Source, Store, Target } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { addressOf, secretsOf } from './address.js'
import type { ConformanceOptions, Service } from './options.js'
import { Skip } from './runner.js'
import type { TestRun, TestRunOptions } from './test-run.js'
import { testRun } from './test-run.js'

/** One sentence of the contract, and how it is tried. */
export interface Check {
  readonly name: string
  readonly run: (kit: Kit) => Promise<void>
}

export interface Kit extends AsyncDisposable {
  readonly plugin: Plugin
  readonly options: ConformanceOptions
  readonly formats: ReadonlyMap<string, FormatDescriptor>
  readonly notes: readonly string[]
  note(text: string): void
  /** Ends the check without a verdict: the plugin cannot, by its own word. */
  cannot(reason: string): never
  /** Ends the check without a verdict: nothing here shows it. */
  untested(reason: string): never
  run(options?: TestRunOptions): TestRun
  /** An address where nothing is yet. */
  place(): Promise<Address>
  source(at: Address, run?: TestRun): Promise<Source>
  target(at: Address, run?: TestRun): Promise<Target>
  store(at: Address, run?: TestRun): Promise<Store>
  /** Closes an end before the check is over. */
  close(end: AsyncDisposable): Promise<void>
  /** The error of a call that must reject: a MoveError that says what is wrong and what to do, and prints no secret. */
  rejection(call: Promise<unknown>, what: string): Promise<MoveErrorType>
  /** The result of a promise that must settle in time; a hang is a failure with a name. */
  within<T>(promise: PromiseLike<T>, what: string, ms?: number): Promise<T>
}

let places = 0

/** The things at hand for one check. `service` has been started. */
export function kitFor(plugin: Plugin, options: ConformanceOptions, service: Service | undefined): Kit {
  const notes: string[] = []
  const opened: AsyncDisposable[] = []
  const runs: TestRun[] = []
  const secrets = new Set<string>()
  const startRun = (runOptions?: TestRunOptions): TestRun => {
    const run = testRun(runOptions)
    runs.push(run)
    return run
  }
  const keep = async <T extends AsyncDisposable>(opening: Promise<T>): Promise<T> => {
    const end = await opening
    opened.push(end)
    return end
  }
  const door = <T>(name: 'source' | 'target' | 'store', open: (() => Promise<T>) | undefined): Promise<T> => {
    if (open === undefined) throw new Skip(`the plugin has no door "${name}"`, 'cannot')
    return open()
  }
  return {
    plugin,
    options,
    formats: new Map([plugin, ...options.formats ?? []].flatMap((each) => Object.entries(each.formats ?? {}))),
    notes,
    note: (text) => void notes.push(text),
    cannot: (reason) => { throw new Skip(reason, 'cannot') },
    untested: (reason) => { throw new Skip(reason, 'not tested here') },
    run: startRun,
    async place() {
      if (service === undefined) throw new Skip('this check has no service', 'not tested here')
      const at = await service.place(`kit_${++places}_${process.pid}`)
      const address = typeof at === 'string' ? addressOf(at) : at
      for (const secret of secretsOf(address)) secrets.add(secret)
      return address
    },
    source: async (at, run = startRun()) => keep((await door('source', plugin.source))(at, run)),
    target: async (at, run = startRun()) => keep((await door('target', plugin.target))(at, run)),
    store: async (at, run = startRun()) => keep((await door('store', plugin.store))(at, run)),
    async close(end) {
      const at = opened.indexOf(end)
      if (at >= 0) opened.splice(at, 1)
      await end[Symbol.asyncDispose]()
    },
    async rejection(call, what) {
      const error = await call.then(
        (value) => assert.fail(`${what} resolved with ${inspect(value, { depth: 1 })}, and should have been rejected`),
        (reason: unknown) => reason,
      )
      if (error instanceof assert.AssertionError || error instanceof Skip) throw error
      checkError(error, what)
      for (const secret of secrets) assert.ok(!inspect(error, { depth: 6 }).includes(secret), `the error of ${what} prints a secret`)
      return error
    },
    within,
    async [Symbol.asyncDispose]() {
      for (const end of opened.reverse()) await within(end[Symbol.asyncDispose](), 'closing an end')
      for (const run of runs) {
        await run[Symbol.asyncDispose]()
        const printed = inspect(run.events, { depth: 6 })
        for (const secret of secrets) assert.ok(!printed.includes(secret), 'an event prints a secret')
      }
    },
  }
}

/** Asserts that a call is rejected with an error that says `word`, by itself or in a cause; a check that cannot be made stays one. */
export async function assertThrows(call: Promise<unknown>, word: string, what: string): Promise<void> {
  const error: unknown = await call.then(() => undefined, (thrown: unknown) => thrown)
  assert.ok(error instanceof Error, `${what} resolved, and should have been rejected`)
  if (!chain(error).includes(word)) throw error
}

function chain(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${chain(error.cause)}` : ''
}

/** Asserts that an error is one that a plugin may throw. */
function checkError(error: unknown, what: string): asserts error is MoveErrorType {
  assert.ok(MoveError.is(error), `${what} was rejected with ${inspect(error)}, which is no MoveError`)
  // A name or a path may stand first; a sentence with a capital does not.
  assert.match(error.message, /^[^A-Z]/, `the message of ${what} is no lower-case clause: ${error.message}`)
  assert.ok(error.message.length >= 10, `the message of ${what} says too little: ${error.message}`)
  assert.equal(typeof error.temporary, 'boolean')
}

async function within<T>(promise: PromiseLike<T>, what: string, ms = 20_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new assert.AssertionError({ message: `${what} did not end within ${ms / 1000} s` })) }, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
