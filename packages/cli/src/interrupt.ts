// How a signal stops a command: the first asks it to undo what it began, a second ends the process.
import type { StopSignal } from './exit-codes.js'
import { SIGNAL_EXITS } from './exit-codes.js'

export interface Interrupt extends Disposable {
  /** Fires at the first signal. */
  readonly signal: AbortSignal
  /** The signal that came first, once one has. */
  readonly stoppedBy: () => StopSignal | undefined
}

export interface InterruptOptions {
  /** Told of the first signal. */
  readonly onFirst: () => void
  /** Told of the second, before the process ends. */
  readonly onSecond: () => void
}

// A terminal signals the whole group of processes, and whoever started this one may pass the same press on.
const SAME_PRESS_MS = 100

/** Listens until it is disposed. */
export function listenForInterrupts({ onFirst, onSecond }: InterruptOptions): Interrupt {
  const controller = new AbortController()
  let first: { readonly name: StopSignal, readonly at: number } | undefined
  const onSignal = (name: StopSignal): void => {
    if (first === undefined) {
      first = { name, at: performance.now() }
      onFirst()
      controller.abort(new Error(name))
    } else if (performance.now() - first.at > SAME_PRESS_MS) {
      onSecond()
      process.exit(SIGNAL_EXITS[name])
    }
  }
  const names = Object.keys(SIGNAL_EXITS) as StopSignal[]
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    stoppedBy: () => first?.name,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
