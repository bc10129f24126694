// The report for people: the short plan, the progress line, the tally, errors in a sentence.
import type { Loss, MoveResult } from '@records-mover/core'
import { LOSSES } from '@records-mover/core'
import type { Failure } from './failure.js'
import { failureLines } from './failure-lines.js'
import { inspectionLines } from './inspection-lines.js'
import { planLines, shortPlanLines } from './plan-lines.js'
import { pluginLines } from './plugin-lines.js'
import type { Progress } from './progress.js'
import { bytesText, durationText, grouped, rowsText } from './quantities.js'
import type { Reporter } from './reporter.js'
import type { Terminal } from './terminal.js'

export interface TextOptions {
  readonly quiet: boolean
  readonly verbose: boolean
  readonly progress: Progress
}

export function textReporter(terminal: Terminal, { quiet, verbose, progress }: TextOptions): Reporter {
  const say = (lines: readonly string[]): void => {
    progress.end()
    if (!quiet) lines.forEach(terminal.say)
  }
  return {
    onEvent(event) {
      if (!quiet && event.event === 'records-moved') progress.onEvent(event)
    },
    onPlan(plan) {
      // A plan without a way is told by the error that follows.
      if (plan.choice === undefined || plan.fit.refused.length > 0) return
      say([...verbose ? planLines(plan, terminal) : shortPlanLines(plan, terminal), ''])
    },
    moved: (result) => {
      say(tallyLines(result, terminal))
    },
    planned: (plan) => {
      say(planLines(plan, terminal))
    },
    inspected: (inspection) => {
      say(inspectionLines(inspection, terminal, verbose))
    },
    listed: (installed) => {
      say(pluginLines(installed, terminal, verbose))
    },
    failed(failure: Failure) {
      progress.end()
      failureLines(failure, terminal, verbose).forEach(terminal.tell)
    },
    stopping(again) {
      progress.end()
      if (!quiet) terminal.tell(`mvrec: stopping, and undoing what was begun; ${again}`)
    },
    end: progress.end,
  }
}

/** `moved 11,538 rows in 0.4 s`, and a line for each loss that changed something. An unknown count is not told. */
function tallyLines({ tally, bytes, elapsedMs }: MoveResult, { style }: Terminal): string[] {
  const what = tally.rows !== undefined ? rowsText(tally.rows) : bytes !== undefined ? bytesText(bytes) : 'everything'
  const losses = Object.entries(tally.losses ?? {})
    .map(([loss, count]) => style('yellow', `  ${grouped(count)} ${count === 1 ? 'value' : 'values'} changed: ${lossText(loss)}`))
  return [`${style('green', 'moved')} ${what} in ${durationText(elapsedMs)}`, ...losses]
}

function lossText(loss: Loss): string {
  const doc = LOSSES[loss]
  return doc === undefined ? loss : `${loss}, ${doc}`
}
