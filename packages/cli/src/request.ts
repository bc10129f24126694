// What a command line asks for, once read.
import type { Grant, Route, WhenExists } from '@records-mover/core'
import type { HintValues } from './hint-options.js'

/** What is said of one end's files. */
export interface ToldOfEnd {
  readonly format?: string
  readonly hints: HintValues
}

/** How a command reports. */
export interface Reporting {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** Undefined: as the terminal and the environment say. */
  readonly color: boolean | undefined
}

/** What is read from a source. */
export interface SourceRequest {
  readonly from: string
  readonly query?: string
  readonly queryFile?: string
  readonly columns?: readonly string[]
  readonly schemaFile?: string
  /** `--format`, `--hint` and the friendly spellings: for the one end that is a file. */
  readonly told: ToldOfEnd
}

export interface MoveRequest extends SourceRequest, Reporting {
  readonly command: 'move' | 'plan'
  readonly to: string
  readonly toldFrom: ToldOfEnd
  readonly toldTo: ToldOfEnd
  readonly whenExists: WhenExists
  readonly key?: readonly string[]
  readonly routes?: readonly Route[]
  readonly notRoutes?: readonly Route[]
  readonly allow: readonly string[]
  readonly grants?: readonly Grant[]
  readonly stage?: string
  readonly concurrency?: number
}

export interface InspectRequest extends SourceRequest, Reporting {
  readonly command: 'inspect'
  /** How many of the first rows. */
  readonly rows: number
}

interface PluginsRequest extends Reporting {
  readonly command: 'plugins'
}

/** A text to print in place of doing anything. */
interface HelpRequest {
  readonly command: 'help'
  readonly text: string
}

export type Request = MoveRequest | InspectRequest | PluginsRequest | HelpRequest
