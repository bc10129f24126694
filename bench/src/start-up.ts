// How long the command takes to say its version, against Node doing nothing.
import { fileURLToPath } from 'node:url'
import { inTurn, median, run } from './timing.js'

const MOST = 1.6
// A tenth of a second is short against the noise of a machine, so it is taken more often.
const TIMES_MORE = 5

export async function startUp(say: (line: string) => void, rounds: number): Promise<void> {
  const command = fileURLToPath(new URL('../../packages/records-mover/dist/mvrec.js', import.meta.url))
  const pair = await inTurn(
    rounds * TIMES_MORE,
    async () => (await run({ program: process.execPath, arguments: [command, '--version'] })).seconds,
    async () => (await run({ program: process.execPath, arguments: ['-e', '0'] })).seconds,
  )
  const ratio = median(pair.ours) / median(pair.theirs)
  say(`\`mvrec --version\` takes ${(median(pair.ours) * 1000).toFixed(0)} ms, \`node -e 0\` ${(median(pair.theirs) * 1000).toFixed(0)} ms: ${ratio.toFixed(2)} times as long, at most ${MOST}: ${ratio <= MOST ? 'yes' : '**no**'}.\n`)
}
