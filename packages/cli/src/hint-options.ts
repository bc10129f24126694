// The friendly spellings of common hints, and how hints are written on a command line.
import type { Command } from 'commander'
import { Option } from 'commander'
import { UsageError } from './usage.js'

export type HintValues = ReadonlyMap<string, string>

interface HintOption {
  readonly flags: string
  readonly hint: string
  readonly doc: string
  /** What a flag without argument says. */
  readonly value?: string
}

/** Every option that stands for one hint. `--delimiter ';'` is `--hint 'field-delimiter=;'`. */
export const HINT_OPTIONS: readonly HintOption[] = [
  { flags: '--delimiter <char>', hint: 'field-delimiter', doc: 'what stands between fields; \\t is a tab' },
  { flags: '--header', hint: 'header-row', value: 'true', doc: 'the first record holds the names' },
  { flags: '--no-header', hint: 'header-row', value: 'false', doc: 'the first record is data' },
  { flags: '--null-text <text>', hint: 'null-text', doc: 'how a null is written' },
  { flags: '--quoting <which>', hint: 'quoting', doc: 'minimal, all, nonnumeric or none' },
  { flags: '--quote-char <char>', hint: 'quotechar', doc: 'what stands around a quoted field' },
  { flags: '--escape <char>', hint: 'escape', doc: '\\ or none' },
  { flags: '--line-end <end>', hint: 'record-terminator', doc: '\\n, \\r\\n or \\r' },
  { flags: '--compression <kind>', hint: 'compression', doc: 'gzip or none' },
]

/** Adds the options to a command. */
export function addHintOptions(command: Command): void {
  for (const { flags, doc } of HINT_OPTIONS) command.addOption(new Option(flags, doc))
}

/** The hints told by friendly options, by the hints' own names. */
export function friendlyHints(options: Readonly<Record<string, unknown>>): Map<string, string> {
  const hints = new Map<string, string>()
  for (const { flags, hint, value } of HINT_OPTIONS) {
    const told = options[new Option(flags).attributeName()]
    if (value === undefined) {
      if (typeof told === 'string') hints.set(hint, told)
    } else if (told === (value === 'true')) hints.set(hint, value)
  }
  return hints
}

/** Adds `name=value` to hints. @throws UsageError for another form, or a hint that is said twice with different values. */
export function addHint(hints: Map<string, string>, text: string, option: string): void {
  const at = text.indexOf('=')
  if (at <= 0) throw new UsageError(`${option} takes name=value, such as ${option} 'field-delimiter=;', and not "${text}"`)
  setHint(hints, text.slice(0, at), text.slice(at + 1))
}

/** All of both. @throws UsageError for a hint that both say differently. */
export function joinHints(one: HintValues, other: HintValues): Map<string, string> {
  const hints = new Map(one)
  for (const [name, value] of other) setHint(hints, name, value)
  return hints
}

function setHint(hints: Map<string, string>, name: string, value: string): void {
  const before = hints.get(name)
  if (before !== undefined && before !== value) throw new UsageError(`the hint ${name} is said twice: as "${before}" and as "${value}"`)
  hints.set(name, value)
}
