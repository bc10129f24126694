// The one line that says how far a move is: redrawn on a terminal, repeated every few seconds elsewhere.
import type { MoveEvent } from '@records-mover/core'
import { bytesText, clockText, grouped, rowsText } from './quantities.js'
import { cutText } from './text-width.js'
import type { TextStream } from './terminal.js'

export interface Progress {
  /** Takes the totals of a move's events. */
  readonly onEvent: (event: MoveEvent) => void
  /** Clears the line. Nothing is drawn afterwards. */
  readonly end: () => void
}

export interface ProgressOptions {
  readonly stream: TextStream
  /** False where the terminal cannot redraw a line. */
  readonly redraws: boolean
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
}

/** What is known of a move under way; what is unknown is absent. */
export interface Totals {
  readonly rows?: number
  readonly bytes?: number
  readonly totalRows?: number
  readonly totalBytes?: number
  readonly elapsedMs: number
}

const REDRAW_MS = 200
const REPEAT_MS = 5_000
// A line shorter than this many seconds' worth of figures would show rates that jump.
const STEADY_MS = 500
const USUAL_WIDTH = 80
const CLEAR = '\r\u001b[K'

/** Starts at the first event. The timer never keeps the process alive. */
export function startProgress({ stream, redraws, now }: ProgressOptions): Progress {
  const started = now()
  let totals: Omit<Totals, 'elapsedMs'> = {}
  let drawn = false
  let timer: NodeJS.Timeout | undefined
  const show = (): void => {
    const text = progressText({ ...totals, elapsedMs: now() - started }, redraws ? widthOf(stream) - 1 : undefined)
    stream.write(redraws ? `${CLEAR}${text}` : `${text}\n`)
    drawn = redraws
  }
  return {
    onEvent(event) {
      totals = { ...totals, ...counts(event) }
      timer ??= setInterval(show, redraws ? REDRAW_MS : REPEAT_MS).unref()
    },
    end() {
      clearInterval(timer)
      timer = undefined
      if (drawn) stream.write(CLEAR)
      drawn = false
    },
  }
}

/** `4,210,000 rows  512.3 MB  102.4 MB/s  0:05  42% of about 10,000,000 rows`, in at most `width` columns. */
export function progressText({ rows, bytes, totalRows, totalBytes, elapsedMs }: Totals, width?: number): string {
  const steady = elapsedMs >= STEADY_MS
  const pieces = [
    rows !== undefined ? rowsText(rows) : undefined,
    bytes !== undefined && bytes > 0 ? bytesText(bytes) : undefined,
    steady ? rateText(rows, bytes, elapsedMs) : undefined,
    clockText(elapsedMs),
    shareText(rows, totalRows, (total) => rowsText(total)) ?? shareText(bytes, totalBytes, bytesText),
  ].filter((piece) => piece !== undefined)
  if (width === undefined) return pieces.join('  ')
  // What is left out first is what stands last.
  while (pieces.length > 1 && pieces.join('  ').length > width) pieces.pop()
  return cutText(pieces.join('  '), width)
}

/** A terminal that does not know its width says 0. */
function widthOf({ columns }: TextStream): number {
  return columns === undefined || columns === 0 ? USUAL_WIDTH : columns
}

function rateText(rows: number | undefined, bytes: number | undefined, elapsedMs: number): string | undefined {
  if (bytes !== undefined && bytes > 0) return `${bytesText(Math.round((bytes * 1000) / elapsedMs))}/s`
  return rows === undefined ? undefined : `${grouped(Math.round((rows * 1000) / elapsedMs))} rows/s`
}

/** An estimate that has been passed was wrong, and is not told any more. */
function shareText(done: number | undefined, total: number | undefined, text: (total: number) => string): string | undefined {
  if (done === undefined || total === undefined || total === 0 || done > total) return undefined
  return `${Math.floor((done / total) * 100)}% of about ${text(total)}`
}

function counts(event: MoveEvent): Partial<Totals> {
  const found: Record<string, number> = {}
  for (const name of ['rows', 'bytes', 'totalRows', 'totalBytes']) {
    const value = event[name]
    if (typeof value === 'number') found[name] = value
  }
  return found
}
