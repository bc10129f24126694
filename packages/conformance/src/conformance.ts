// The kit's entry: registers every check of the contract as a test, and says of each how it ended.
import type { Plugin } from '@records-mover/core/plugin'
import { inspect } from 'node:util'
import { batches } from './checks/batches.js'
import { bytes } from './checks/bytes.js'
import { descriptor } from './checks/descriptor.js'
import { events } from './checks/events.js'
import { failure } from './checks/failure.js'
import { files } from './checks/files.js'
import { formats } from './checks/formats.js'
import { landing } from './checks/landing.js'
import { native } from './checks/native.js'
import { schema } from './checks/schema.js'
import { stopping } from './checks/stopping.js'
import { storeWriting } from './checks/store-writing.js'
import { store } from './checks/store.js'
import type { Check, Kit } from './kit.js'
import { kitFor } from './kit.js'
import type { ConformanceOptions, Service } from './options.js'
import { resultsWriter } from './results.js'
import type { Runner, TestContext } from './runner.js'
import { Skip } from './runner.js'

/** Checks that can be made without the service. */
const WITHOUT_SERVICE: ReadonlySet<string> = new Set(['descriptor', 'formats'])
/** Groups about records, for plugins that open sources or targets. */
const RECORDS: { readonly [group: string]: readonly Check[] } = { schema, batches, bytes, files, native, landing, failure, stopping, events }
const TIMEOUT_MS = 60_000

/**
 * Registers every check as a test of `runner`, in groups. A check of something that the plugin cannot do, or that cannot be shown
 * here, is skipped with the reason, and never counted as passed.
 */
export function conformance(runner: Runner, plugin: Plugin, options: ConformanceOptions): void {
  const groups = groupsOf(plugin)
  const state = new State(plugin, options)
  runner.describe(`${plugin.name} keeps the contract`, () => {
    for (const [group, checks] of Object.entries(groups)) {
      runner.describe(group, () => {
        for (const check of checks) state.register(runner, group, check)
      })
    }
    for (const name of state.unknown(groups)) {
      runner.test(`known: "${name}"`, { timeout: TIMEOUT_MS }, () => Promise.reject(new Error('no check has this name: remove it from `known`')))
    }
    if (runner.after !== undefined) runner.after(() => state.stop())
    else runner.test('the service stops', { timeout: TIMEOUT_MS }, () => state.stop())
  })
}

/** Every check that applies to the doors of a plugin, by group. */
export function groupsOf(plugin: Plugin): { readonly [group: string]: readonly Check[] } {
  return {
    descriptor,
    ...(Object.keys(plugin.formats ?? {}).length > 0 && { formats }),
    ...(plugin.source !== undefined || plugin.target !== undefined ? RECORDS : {}),
    ...(plugin.store !== undefined && { store, writing: storeWriting }),
  }
}

class State {
  private readonly plugin: Plugin
  private readonly options: ConformanceOptions
  private readonly report: ReturnType<typeof resultsWriter>
  private started: Promise<void> | undefined

  constructor(plugin: Plugin, options: ConformanceOptions) {
    this.plugin = plugin
    this.options = options
    this.report = resultsWriter(plugin.contract, plugin.name, options.results)
  }

  register(runner: Runner, group: string, check: Check): void {
    const { service } = this.options
    if ('skip' in service && !WITHOUT_SERVICE.has(group)) {
      this.report({ group, check: check.name, outcome: 'not tested here', reason: service.skip })
      runner.test.skip(`${check.name} (not tested here: ${service.skip})`, () => undefined)
      return
    }
    const known = this.options.known?.[check.name]
    const name = known === undefined ? check.name : `${check.name} (known to fail: ${known})`
    runner.test(name, { timeout: this.options.timeoutMs ?? TIMEOUT_MS }, (context) => this.perform(context, group, check, known))
  }

  unknown(groups: { readonly [group: string]: readonly Check[] }): string[] {
    const names = new Set(Object.values(groups).flat().map((check) => check.name))
    return Object.keys(this.options.known ?? {}).filter((name) => !names.has(name))
  }

  async stop(): Promise<void> {
    const { service } = this.options
    if (this.started === undefined || 'skip' in service) return
    await this.started
    await service.stop?.()
  }

  private async perform(context: TestContext, group: string, check: Check, known: string | undefined): Promise<void> {
    const result = { group, check: check.name }
    const kit = kitFor(this.plugin, this.options, await this.service())
    const error = await attempt(check, kit)
    const notes = kit.notes.length > 0 ? { notes: kit.notes } : {}
    if (error === undefined) {
      if (known !== undefined) {
        this.report({ ...result, outcome: 'failed', reason: 'no longer fails: remove it from `known`', ...notes })
        throw new Error('no longer fails: remove it from `known`')
      }
      this.report({ ...result, outcome: 'passed', ...notes })
    } else if (error instanceof Skip) {
      this.report({ ...result, outcome: error.outcome, reason: error.message, ...notes })
      context.skip(`${error.outcome}: ${error.message}`)
    } else if (known !== undefined) {
      this.report({ ...result, outcome: 'not yet', reason: known, ...notes })
      context.skip(`not yet: ${known}`)
    } else {
      this.report({ ...result, outcome: 'failed', reason: error.message, ...notes })
      throw error
    }
  }

  /** The service, started at the first call. */
  private async service(): Promise<Service | undefined> {
    const { service } = this.options
    if ('skip' in service) return undefined
    this.started ??= service.start?.() ?? Promise.resolve()
    await this.started
    return service
  }
}

/** Tries one check and tidies behind it; a failure of tidying counts when the check itself held. */
async function attempt(check: Check, kit: Kit): Promise<Error | undefined> {
  let failed: Error | undefined
  try {
    await check.run(kit)
  } catch (error) {
    failed = errorOf(error)
  }
  try {
    await kit[Symbol.asyncDispose]()
  } catch (error) {
    failed ??= errorOf(error)
  }
  return failed
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`something that is no error was thrown: ${inspect(thrown)}`)
}
