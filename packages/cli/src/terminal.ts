// Where mvrec writes: which stream takes what, how wide it is, and whether it has colours.
import { styleText } from 'node:util'

/** A stream as far as a terminal needs it: `process.stdout` and `process.stderr` are two. */
export interface TextStream {
  write(text: string): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export type Style = Parameters<typeof styleText>[0]

export interface Terminal {
  /** Columns of the report. */
  readonly width: number
  /** Writes a line of the report: to standard output, unless records go there. */
  readonly say: (line: string) => void
  /** Writes a line beside the report: progress, warnings, errors. */
  readonly tell: (line: string) => void
  /** Styles a text of `say`. */
  readonly style: (style: Style, text: string) => string
  /** Styles a text of `tell`. */
  readonly styleTold: (style: Style, text: string) => string
  /** The stream of `tell`, for the progress line. */
  readonly progress: TextStream
}

export interface TerminalOptions {
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `--color` or `--no-color`. */
  readonly color?: boolean | undefined
  /** True when the records themselves go to standard output: everything else then goes to standard error. */
  readonly recordsOnStdout: boolean
}

const USUAL_WIDTH = 80
const NARROWEST = 40

export function openTerminal({ stdout, stderr, environment, color, recordsOnStdout }: TerminalOptions): Terminal {
  const report = recordsOnStdout ? stderr : stdout
  // A reader that has gone, as `head` does, is no reason to stop a move.
  if (!recordsOnStdout) stdout.on('error', ignoreGone)
  stderr.on('error', ignoreGone)
  const reportColors = hasColors(report, environment, color)
  const toldColors = hasColors(stderr, environment, color)
  return {
    width: widthOf(report, environment),
    say: (line) => { report.write(`${line}\n`) },
    tell: (line) => { stderr.write(`${line}\n`) },
    style: (style, text) => reportColors ? styled(style, text) : text,
    styleTold: (style, text) => toldColors ? styled(style, text) : text,
    progress: stderr,
  }
}

/** `--color` and `--no-color` win, then NO_COLOR (https://no-color.org), then FORCE_COLOR, then whether it is a terminal. */
export function hasColors(stream: TextStream, environment: TerminalOptions['environment'], color: boolean | undefined): boolean {
  if (color !== undefined) return color
  if ((environment.NO_COLOR ?? '') !== '') return false
  const forced = environment.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && environment.TERM !== 'dumb'
}

function widthOf(stream: TextStream, environment: TerminalOptions['environment']): number {
  const told = stream.columns ?? Number(environment.COLUMNS ?? USUAL_WIDTH)
  return Number.isInteger(told) && told > 0 ? Math.max(NARROWEST, told) : USUAL_WIDTH
}

function styled(style: Style, text: string): string {
  // Whether there are colours was decided above; newer versions of Node would ask the stream again.
  return styleText(style, text, { validateStream: false })
}

function ignoreGone(error: Error): void {
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
}
