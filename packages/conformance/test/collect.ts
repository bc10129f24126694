// A runner of the kit's own tests: it collects what the kit registers, and runs chosen checks one after the other.
import type { Plugin } from '@records-mover/core/plugin'
import type { ConformanceOptions, TestContext } from '../src/index.js'
import { conformance } from '../src/index.js'

export interface Ended {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped. */
  readonly why: string
}

interface Collected {
  readonly name: string
  readonly body: ((context: TestContext) => Promise<void>) | undefined
}

/** How every check ended whose name `chosen` accepts, by name; its groups' names are not part of it. */
export async function ended(plugin: Plugin, options: ConformanceOptions, chosen: (name: string) => boolean = () => true): Promise<Map<string, Ended>> {
  const all = new Map<string, Ended>()
  const { tests, after } = collected(plugin, options)
  for (const { name, body } of tests) {
    if (chosen(name)) all.set(name, body === undefined ? { outcome: 'skipped', why: name } : await run(body))
  }
  for (const body of after) await body()
  return all
}

/** What the kit registers, in order. */
export function collected(plugin: Plugin, options: ConformanceOptions): { tests: Collected[], after: (() => Promise<void>)[] } {
  const tests: Collected[] = []
  const after: (() => Promise<void>)[] = []
  const test = (name: string, _: { timeout: number }, body: (context: TestContext) => Promise<void>): void => void tests.push({ name, body })
  conformance({
    describe: (_, body) => { body() },
    test: Object.assign(test, { skip: (name: string): void => void tests.push({ name, body: undefined }) }),
    after: (body) => void after.push(body),
  }, plugin, options)
  return { tests, after }
}

async function run(body: (context: TestContext) => Promise<void>): Promise<Ended> {
  let skipped: string | undefined
  try {
    await body({ skip: (reason) => { skipped = reason } })
  } catch (error) {
    return { outcome: 'failed', why: error instanceof Error ? error.message : 'no error' }
  }
  return skipped === undefined ? { outcome: 'passed', why: '' } : { outcome: 'skipped', why: skipped }
}
