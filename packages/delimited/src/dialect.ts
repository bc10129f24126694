// The hints as bytes: what a loop over bytes compares with.
import type { Hints } from './hints.js'

/** What the scanner and the writers need of the hints. A byte is -1 where the dialect has none. */
export interface Dialect {
  readonly header: boolean
  readonly delimiter: number
  readonly quote: number
  readonly doublequote: boolean
  readonly escape: number
  readonly letterEscapes: boolean
  readonly terminator: Buffer
  readonly nullText: Buffer
  readonly yes: Buffer
  readonly no: Buffer
  readonly quoting: Hints['quoting']
  readonly removeNul: boolean
}

export function dialectOf(hints: Hints): Dialect {
  return {
    header: hints['header-row'],
    delimiter: hints['field-delimiter'].charCodeAt(0),
    quote: hints.quoting === null ? -1 : hints.quotechar.charCodeAt(0),
    doublequote: hints.doublequote,
    escape: hints.escape === null ? -1 : hints.escape.charCodeAt(0),
    letterEscapes: hints['letter-escapes'],
    terminator: Buffer.from(hints['record-terminator']),
    nullText: Buffer.from(hints['null-text']),
    yes: Buffer.from(hints['boolean-text'][0]),
    no: Buffer.from(hints['boolean-text'][1]),
    quoting: hints.quoting,
    removeNul: hints.nul === 'remove',
  }
}
