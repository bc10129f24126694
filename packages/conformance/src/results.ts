// The results of the checks as data, from which support tables are made.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * How a check ended.
 *
 * `cannot`: the plugin does not have the capability, or refuses. `not tested here`: it may well hold, but nothing showed it in this
 * run. `not yet`: it fails, for the reason that `known` gives.
 */
export type Outcome = 'passed' | 'failed' | 'cannot' | 'not yet' | 'not tested here'

export interface CheckResult {
  readonly group: string
  readonly check: string
  readonly outcome: Outcome
  /** Why it did not pass. */
  readonly reason?: string
  /** What was found along the way, such as a type that arrives as another. */
  readonly notes?: readonly string[]
}

export interface Results {
  readonly contract: number
  readonly plugin: string
  readonly checks: readonly CheckResult[]
}

/** Collects results, and writes them to `path` after each, so that a run which is cut short leaves what it found. */
export function resultsWriter(contract: number, plugin: string, path: string | undefined): (result: CheckResult) => void {
  const checks: CheckResult[] = []
  return (result) => {
    checks.push(result)
    if (path === undefined) return
    const results: Results = { contract, plugin, checks }
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.part`, JSON.stringify(results, undefined, 2) + '\n')
    renameSync(`${path}.part`, path)
  }
}
