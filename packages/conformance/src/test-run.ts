// A run for one verb: its signal can be fired, its events are kept.
import type { Loss, MoveEvent, Run } from '@records-mover/core/plugin'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestRun extends Run, AsyncDisposable {
  readonly events: readonly MoveEvent[]
  /** Fires the signal. */
  stop(): void
}

export interface TestRunOptions {
  /** Default: 1. */
  readonly concurrency?: number
  readonly allow?: readonly Loss[]
}

/** A fresh run with the limits of core's defaults; disposing removes its scratch folder. */
export function testRun(options: TestRunOptions = {}): TestRun {
  const controller = new AbortController()
  const events: MoveEvent[] = []
  const id = `rm-conformance-${randomBytes(5).toString('hex')}`
  let folder: Promise<string> | undefined
  return {
    id,
    signal: controller.signal,
    limits: { fieldBytes: 64 * 2 ** 20, recordBytes: 256 * 2 ** 20, fields: 16_384 },
    concurrency: options.concurrency ?? 1,
    allow: options.allow ?? [],
    scratch: () => folder ??= mkdtemp(join(tmpdir(), `${id}-`)),
    emit: (event) => void events.push(structuredClone(event)),
    events,
    stop: () => { controller.abort(new Error('the check fired the signal')) },
    async [Symbol.asyncDispose]() {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
    },
  }
}
