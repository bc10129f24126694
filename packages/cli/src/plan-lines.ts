// How a plan looks on a terminal: core's text, coloured, and its short form before a move.
import type { Plan } from '@records-mover/core'
import { planText } from '@records-mover/core'
import { withoutPasswords } from './failure.js'
import type { Terminal } from './terminal.js'
import { harmless } from './text-width.js'

// How a plugin begins a note about a connection that the user has made weaker than the default.
const INSECURE = /^INSECURE\b/

/** The whole plan, every way that was passed over included. */
export function planLines(plan: Plan, terminal: Terminal): string[] {
  return harmless(withoutPasswords(planText(plan, terminal.width)), true).split('\n').map((line, i) => coloured(line, i === 0, terminal))
}

/** The chosen way, and what is created and changed. Of the notes, only what is insecure. */
export function shortPlanLines(plan: Plan, terminal: Terminal): string[] {
  const verdicts = plan.verdicts.filter((verdict) => verdict.choice !== undefined)
  return planLines({ ...plan, verdicts, notes: plan.notes.filter((note) => INSECURE.test(note)) }, terminal)
}

function coloured(line: string, first: boolean, { style }: Terminal): string {
  if (first) return style('bold', line)
  const [, label, answer, rest] = /^( {2}.{20})(yes|no {3}|)(.*)$/.exec(line) ?? []
  if (label === undefined) return line
  if (answer === 'yes') return `${label}${style('green', answer)}${rest!}`
  if (answer !== '') return style('dim', line)
  if (INSECURE.test(rest!)) return `${label}${style('red', rest!)}`
  return /^ {2}(refused|changes)/.test(label) ? `${style('yellow', label)}${rest!}` : line
}
