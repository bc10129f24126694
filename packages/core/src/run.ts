// The life of one run: its id, its bounds, its scratch folder, and the tidying at its end.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits, Loss, MoveEvent, Run } from './contract/contract.js'
import { MoveError } from './contract/errors.js'
import type { Redactor } from './secret.js'

export const DEFAULT_LIMITS: Limits = { fieldBytes: 64 * 2 ** 20, recordBytes: 256 * 2 ** 20, fields: 16_384 }
// More parts at once than this help no single server, and cost it a session each.
const DEFAULT_CONCURRENCY = 4

export interface RunOptions {
  readonly signal?: AbortSignal
  readonly limits?: Partial<Limits>
  /** How many parts may be in work at once. Default: 4. */
  readonly concurrency?: number
  readonly allow?: readonly Loss[]
  readonly onEvent?: (event: MoveEvent) => void
}

export interface OpenRun extends AsyncDisposable {
  readonly run: Run
}

/** Starts a run; disposing removes its scratch folder. */
export function startRun(options: RunOptions, redactor: Redactor): OpenRun {
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new MoveError('refused', `concurrency ${concurrency} is not a whole number from 1 on`)
  let folder: Promise<string> | undefined
  const run: Run = {
    id: runId(),
    signal: options.signal ?? new AbortController().signal,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    concurrency,
    allow: options.allow ?? [],
    // mkdtemp makes the folder with mode 0700.
    scratch: () => folder ??= mkdtemp(join(tmpdir(), `${run.id}-`)),
    emit: (event) => options.onEvent?.(redactor.data(event)),
  }
  return {
    run,
    async [Symbol.asyncDispose]() {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
    },
  }
}

/** Rejects with `aborted` when the run's signal has fired. */
export function checkSignal(run: Run): void {
  if (run.signal.aborted) throw abortedError(run)
}

export function abortedError(run: Run): MoveError {
  return new MoveError('aborted', 'the move was stopped before it finished; the target is as it was', { cause: run.signal.reason })
}

function runId(): string {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  return `rm-${date}-${randomBytes(5).toString('hex')}`
}
