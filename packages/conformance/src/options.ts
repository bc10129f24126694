// What a plugin's author tells the kit.
import type { Address, Plugin, Stage, Store } from '@records-mover/core/plugin'

/** What the checks run against. */
export interface Service {
  /** Starts it; called once, before the first check that needs it. */
  start?(): Promise<void>
  /**
   * An address where nothing is yet: a table that does not exist, a store's folder (ending in `/`) that does not exist. Each call
   * gives a new one. `name` is made of lower-case letters, digits and `_`, differs in each call, and may become part of the address.
   */
  place(name: string): Promise<Address | string> | Address | string
  /** Stops it and removes what the checks left; called once, after the last check. */
  stop?(): Promise<void>
}

export interface ConformanceOptions {
  /** The service, or why there is none here: then every check that needs it is skipped with that reason. */
  readonly service: Service | { readonly skip: string }
  /**
   * Checks that fail, by their whole name, each with the reason. One that passes all the same is reported as a failure, so the
   * list shrinks; so is a name that no check has.
   */
  readonly known?: { readonly [check: string]: string }
  /** The folder of the plugin's package, where package.json lies, or why there is none. Default: the working folder. */
  readonly package?: URL | { readonly skip: string }
  /** Plugins whose formats give the kit codecs, for ends that take or give bytes and no batches. */
  readonly formats?: readonly Plugin[]
  /** Addresses that must be refused with `bad-address`, besides those that the kit makes up. A secret in them is `KIT_CANARY`. */
  readonly wrong?: readonly string[]
  /** Why a second session cannot look on while the first writes, when that is so. */
  readonly oneSession?: string
  /** A fresh stage, and a store that sees it, for a plugin that unloads to files and loads from them. */
  readonly stage?: () => Promise<{ readonly stage: Stage, readonly store: Store }>
  /** Where the results are written as JSON, of the shape `Results`. */
  readonly results?: string
  /** Milliseconds after which a single check has failed. Default: 60,000. */
  readonly timeoutMs?: number
}
