// What a command has to say, whoever says it: sentences for people or JSON lines for programs.
import type { Head, MoveEvent, MoveResult, Plan, RecordsFormat } from '@records-mover/core'
import type { Failure } from './failure.js'
import type { Installed } from './installed.js'

/** What `inspect` found. */
export interface Inspection {
  readonly head: Head
  /** The names of the fields to show, in their order. */
  readonly columns: readonly string[]
  /** What the format's hints are when nothing is said; absent when the format's codec is not there. */
  readonly usual?: RecordsFormat
}

export interface Reporter {
  readonly onEvent: (event: MoveEvent) => void
  /** Before the first record moves. */
  readonly onPlan: (plan: Plan) => void
  /** The result of each command; one of these or `failed` is the last that is said. */
  moved(result: MoveResult): void
  planned(plan: Plan): void
  inspected(inspection: Inspection): void
  listed(installed: Installed): void
  failed(failure: Failure): void
  /** The first signal to stop has come; `again` is how to stop at once. */
  stopping(again: string): void
  /** Clears what is in the way of anything else that is written. */
  end(): void
}
