// How a plan reads: the words people see before anything is moved.
import type { Fit } from '../contract/contract.js'
import type { RecordsFormat } from '../contract/format.js'
import type { Choice, Route, Verdict } from './route.js'

export interface Plan {
  readonly from: string
  readonly to: string
  /** Absent when there is no way. */
  readonly choice?: Choice
  readonly verdicts: readonly Verdict[]
  readonly fit: Fit
  /** Sentences of the source about what was found. */
  readonly notes: readonly string[]
}

const NAMES: { readonly [route in Route]: string } = {
  native: 'same server',
  'files-to-files': 'files to files',
  'bytes-to-bytes': 'bytes to bytes',
  'files-to-bytes': 'files to bytes',
  'bytes-to-files': 'bytes to files',
  'batches-to-bytes': 'batches to bytes',
  'bytes-to-batches': 'bytes to batches',
  'files-to-batches': 'files to batches',
  'batches-to-files': 'batches to files',
  'batches-to-batches': 'batches to batches',
}
const LABEL_WIDTH = 22

/** The plan as lines of at most `width` columns (default 80), without a newline at the end. */
export function planText(plan: Plan, width = 80): string {
  const lines = [`${plan.from}  ->  ${plan.to}`]
  const add = (label: string, text: string): void => {
    lines.push(...wrap(label, text, width))
  }
  for (const why of plan.fit.refused) add('refused', why)
  for (const { route, choice, reasons } of plan.verdicts) {
    // Every reason is kept in the plan; the first three of a route tell a reader enough.
    const told = reasons.length > 3 ? [...reasons.slice(0, 3), `and ${reasons.length - 3} more`] : reasons
    add(NAMES[route], choice ? `yes  ${choiceText(choice)}` : `no   ${told.join('; ')}`)
  }
  if (plan.choice) add('through here', plan.choice.passes ? 'yes  records pass through this process' : 'no   records do not pass through this process')
  for (const note of plan.notes) add('note', note)
  for (const { field, change, loss } of plan.fit.changes) add('changes', `${field === undefined ? '' : `${field}: `}${change}${loss === undefined ? '' : ` (allowed: ${loss})`}`)
  for (const statement of plan.fit.creates) add('creates', statement)
  return lines.join('\n')
}

/** A format in few words: `delimited (header row, ...)`. */
export function formatText(format: RecordsFormat): string {
  const { hints } = format
  const told = [
    typeof hints.compression === 'string' ? hints.compression.toLowerCase() : undefined,
    hints['header-row'] === true ? 'header row' : undefined,
    typeof hints['field-delimiter'] === 'string' && hints['field-delimiter'] !== ',' ? `delimiter ${visible(hints['field-delimiter'])}` : undefined,
    typeof hints['null-text'] === 'string' && hints['null-text'] !== '' ? `null ${hints['null-text']}` : undefined,
  ].filter((text) => text !== undefined)
  return told.length === 0 ? format.format : `${format.format} (${told.join(', ')})`
}

function choiceText({ middle, reads, writes, stage }: Choice): string {
  const way = {
    nothing: reads ? formatText(reads) : 'as they are',
    transcode: `${reads && formatText(reads)}, checked and written as ${writes && formatText(writes)}`,
    decode: `decoded from ${reads && formatText(reads)}`,
    encode: `encoded as ${writes && formatText(writes)}`,
    recode: `decoded from ${reads && formatText(reads)}, encoded as ${writes && formatText(writes)}`,
  }[middle]
  return stage === undefined ? way : `${way}, by way of ${stage.url.href}`
}

function wrap(label: string, text: string, width: number): string[] {
  const room = Math.max(20, width - LABEL_WIDTH)
  const lines: string[] = []
  // Continuation lines of a verdict stand under its text, not under its yes or no.
  const indent = /^(yes|no {2}) {2}/.test(text) ? '     ' : ''
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(/(?<=\S) (?=\S)/)) {
      if (line !== '' && line.length + 1 + word.length > room) {
        lines.push(line)
        line = indent + word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines.map((line, i) => `  ${(i === 0 ? label : '').padEnd(LABEL_WIDTH - 2)}${line}`)
}

function visible(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
