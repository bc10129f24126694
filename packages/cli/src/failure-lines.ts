// How an error looks on a terminal: a sentence, then its code and facts, and no stack.
import type { Failure } from './failure.js'
import type { Terminal } from './terminal.js'
import { harmless } from './text-width.js'

/** `mvrec: <sentence>`, then `(bad-data; file orders.csv, line 3, field price)`. Causes are told when `verbose`. */
export function failureLines({ code, message, context, temporary, causes }: Failure, { styleTold }: Pick<Terminal, 'styleTold'>, verbose: boolean): string[] {
  if (code === 'aborted') return [`mvrec: ${harmless(message)}`]
  const facts = Object.entries(context).map(([name, value]) => `${name} ${value}`)
  const told = [[code, ...temporary ? ['may succeed later'] : []].join(', '), ...facts.length > 0 ? [facts.join(', ')] : []].join('; ')
  return [
    `${styleTold('red', 'mvrec:')} ${harmless(message, true)}`,
    ...(code === 'usage' ? [] : [styleTold('dim', `  (${harmless(told)})`)]),
    ...(verbose ? causes.map((cause) => styleTold('dim', `  caused by ${harmless(cause)}`)) : []),
  ]
}
