// How commands are timed: whole processes, two of them in turn, the median of several.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Command {
  readonly program: string
  readonly arguments: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export interface Finished { readonly seconds: number, readonly output: string }

/** Runs a command, or several as a pipe; rejects when one of them fails. */
export async function run(...commands: readonly Command[]): Promise<Finished> {
  const started = process.hrtime.bigint()
  let output = ''
  let errors = ''
  const processes = commands.map(({ program, arguments: list, environment }) => spawn(program, list, { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] }))
  processes.forEach((child, i) => {
    const next = processes[i + 1]
    if (next) child.stdout.pipe(next.stdin)
    else child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString() })
  })
  processes[0]?.stdin.end()
  const codes = await Promise.all(processes.map(async (child) => (await once(child, 'close'))[0] as number | null))
  if (codes.some((code) => code !== 0)) throw new Error(`${commands.map(({ program }) => program).join(' | ')} ended with ${codes.join(', ')}: ${errors.slice(0, 2000)}`)
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, output }
}

export interface Pair { readonly ours: readonly number[], readonly theirs: readonly number[] }

/** Times two pieces of work in turn, theirs first, after one round that is not counted. */
export async function inTurn(rounds: number, ours: () => Promise<number>, theirs: () => Promise<number>): Promise<Pair> {
  const pair = { ours: [] as number[], theirs: [] as number[] }
  for (let round = -1; round < rounds; round++) {
    const their = await theirs()
    const our = await ours()
    if (round < 0) continue
    pair.theirs.push(their)
    pair.ours.push(our)
  }
  return pair
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
