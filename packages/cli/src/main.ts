// One run of the command from its words to its exit code.
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readArguments } from './arguments.js'
import { DONE, READER_GONE, SIGNAL_EXITS } from './exit-codes.js'
import type { Failure } from './failure.js'
import { failureOf } from './failure.js'
import { failureLines } from './failure-lines.js'
import type { Installation } from './installed.js'
import type { Interrupt } from './interrupt.js'
import { listenForInterrupts } from './interrupt.js'
import type { Reporter } from './reporter.js'
import type { MoveRequest, Reporting, Request } from './request.js'
import type { Terminal, TerminalOptions } from './terminal.js'
import { openTerminal } from './terminal.js'

export interface MainOptions extends Installation {
  /** The words behind the command's name. */
  readonly words: readonly string[]
}

/**
 * Runs `mvrec` on this process's streams and signals, and resolves with the exit code; it never rejects. Nothing but the
 * arguments is loaded before they are read, and of the plugins only what the move needs.
 */
export async function main({ words, folder, startedAs, directory }: MainOptions): Promise<number> {
  const installation = { folder: resolve(folder), startedAs: resolve(startedAs), directory: resolve(directory) }
  const terminal = terminalOf(wordsReporting(words))
  try {
    const request = readArguments(words, { version: await versionText(folder), width: terminal.width })
    if (request.command === 'help') {
      terminal.say(request.text)
      return DONE
    }
    return await run(request, installation)
  } catch (error) {
    // Nothing was opened: the words themselves are wrong.
    return fail(error, words, terminal)
  }
}

async function run(request: Exclude<Request, { command: 'help' }>, installation: Installation): Promise<number> {
  const { json, color } = request
  const recordsOnStdout = request.command === 'move' && request.to === '-'
  const terminal = terminalOf({ color, recordsOnStdout })
  const reporter = await reporterOf(request, terminal)
  using interrupt = listenForInterrupts({
    onFirst: () => { reporter.stopping('the same signal again stops at once') },
    onSecond: () => {
      reporter.end()
      if (!json) terminal.tell('mvrec: stopped at once: look at the target before you repeat the move')
    },
  })
  try {
    const { runInspect, runMove, runPlugins } = await import('./commands.js')
    const setting = { installation, signal: interrupt.signal, reporter }
    switch (request.command) {
      case 'inspect':
        await runInspect(request, setting)
        break
      case 'plugins':
        await runPlugins(setting)
        break
      default:
        await runMove(request, setting)
    }
    return DONE
  } catch (error) {
    const failure = stopped(failureOf(error), interrupt, request)
    // Whoever read the records has seen enough, as with `mvrec orders.csv - | head`.
    if (recordsOnStdout && failure.context.system === 'EPIPE') return READER_GONE
    reporter.failed(failure)
    return failure.exitCode
  } finally {
    reporter.end()
  }
}

async function reporterOf(request: Reporting, terminal: Terminal): Promise<Reporter> {
  if (request.json) {
    const { jsonReporter } = await import('./report-json.js')
    return jsonReporter(terminal, request)
  }
  const [{ textReporter }, { startProgress }] = await Promise.all([import('./report-text.js'), import('./progress.js')])
  const { progress: stream } = terminal
  const redraws = stream.isTTY === true && process.env.TERM !== 'dumb'
  return textReporter(terminal, { ...request, progress: startProgress({ stream, redraws, now: () => performance.now() }) })
}

/** What a signal stopped is told in words of its own: what became of the target is what people want to know. */
function stopped(failure: Failure, interrupt: Interrupt, request: { readonly command: string, readonly to?: MoveRequest['to'] }): Failure {
  const by = interrupt.stoppedBy()
  if (by === undefined || failure.code !== 'aborted') return failure
  const kept = request.to === '-' ? 'stopped: what was written to standard output cannot be taken back' : 'stopped: the target is as it was'
  return { ...failure, exitCode: SIGNAL_EXITS[by], message: request.command === 'move' ? kept : 'stopped' }
}

async function fail(error: unknown, words: readonly string[], terminal: Terminal): Promise<number> {
  const failure = failureOf(error)
  if (words.includes('--json')) {
    const { failureJson } = await import('./report-json.js')
    terminal.say(JSON.stringify(failureJson(failure, false)))
  } else for (const line of failureLines(failure, terminal, words.includes('--verbose'))) terminal.tell(line)
  return failure.exitCode
}

/** What can be known of the report before the words are understood. */
function wordsReporting(words: readonly string[]): Pick<TerminalOptions, 'color' | 'recordsOnStdout'> {
  const color = words.includes('--no-color') ? false : words.includes('--color') ? true : undefined
  return { color, recordsOnStdout: false }
}

function terminalOf({ color, recordsOnStdout }: Pick<TerminalOptions, 'color' | 'recordsOnStdout'>): Terminal {
  return openTerminal({ stdout: process.stdout, stderr: process.stderr, environment: process.env, color, recordsOnStdout })
}

async function versionText(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  return `mvrec ${version}`
}
