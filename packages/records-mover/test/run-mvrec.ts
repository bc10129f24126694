// Runs the built command as people do, in a process and a folder of its own.
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** The command as `pnpm mvrec` runs it. */
export const MVREC: string = fileURLToPath(new URL('../dist/mvrec.js', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface HowToRun {
  readonly directory: string
  readonly input?: string | Uint8Array
  /** Keeps standard input open. */
  readonly holdInput?: boolean
  readonly environment?: Readonly<Record<string, string>>
  /** Words for node itself. */
  readonly node?: readonly string[]
  readonly command?: string
  /** The number of the user, and of the group, that it runs as. */
  readonly user?: number
  /** Called with what has been written so far, to send signals. */
  readonly onOutput?: (written: string, child: ChildProcess) => void
}

/** Resolves when the process has ended. */
export function runMvrec(words: readonly string[], how: HowToRun): Promise<Ran> {
  const child = spawn(process.execPath, [...how.node ?? [], how.command ?? MVREC, ...words], {
    cwd: how.directory,
    env: { ...cleanEnvironment(), ...how.environment },
    ...(how.user !== undefined && { uid: how.user, gid: how.user }),
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    how.onOutput?.(stdout + stderr, child)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    how.onOutput?.(stdout + stderr, child)
  })
  // A process that ends before it has read everything is one of the cases under test.
  child.stdin.on('error', () => undefined)
  if (how.input !== undefined) child.stdin.write(how.input)
  if (how.holdInput !== true) child.stdin.end()
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stdout, stderr })
    })
  })
}

/** A folder of its own for each test file, removed after its tests. */
export async function scratchFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mvrec-test-')))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The lines of `--json`. */
export function jsonLines(text: string): ({ readonly event: string } & Readonly<Record<string, unknown>>)[] {
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string })
}

/** What the person who runs the tests has set is not part of them. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env }
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'NODE_OPTIONS']) Reflect.deleteProperty(environment, name)
  return environment
}
