// `pnpm bench`: makes the data, runs every comparison, proves every result, prints the ratios, and can write docs/benchmarks.md.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PostgresUnavailable, startPostgres } from '@records-mover/test-infra/postgres'
import { memoryRows } from './memory.js'
import { writeLineitem } from './lineitem.js'
import { COMPARISONS } from './moves.js'
import type { Places } from './places.js'
import { emptyTable, psql, TABLE } from './places.js'
import { startUp } from './start-up.js'
import { inTurn, median, run } from './timing.js'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '3000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    memory: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})

const lines: string[] = []
function say(line: string): void {
  lines.push(line)
  process.stdout.write(line + '\n')
}

await main()

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'records-mover-bench-'))
  // Full page writes and syncs are off on both sides alike: the tools are compared and not the disk.
  const server = await startPostgres({
    prefer: 'system',
    settings: { max_wal_size: '16GB', shared_buffers: '1GB', checkpoint_timeout: '1h', autovacuum: 'off' },
    hba: ['hostnossl all all 127.0.0.1/32 scram-sha-256'],
  }).catch((error: unknown) => {
    if (error instanceof PostgresUnavailable) throw new Error(`skipped: ${error.message}`)
    throw error
  })
  try {
    if (server.psqlPath === undefined) throw new Error('skipped: there is no psql on this machine to compare with')
    const places: Places = {
      folder,
      csv: join(folder, 'lineitem.csv'),
      out: join(folder, 'out.csv'),
      duckdb: join(folder, 'bench.duckdb'),
      server,
      psqlPath: server.psqlPath,
      from: await server.createDatabase(),
      to: await server.createDatabase(),
    }
    const rows = Number(values.rows)
    const { byteLength } = await writeLineitem(places.csv, rows)
    say(`# Benchmarks\n`)
    say(`${new Date().toISOString().slice(0, 10)}; ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB; Linux ${release()}; Node ${process.version}; PostgreSQL ${server.version}.`)
    say(`${rows.toLocaleString('en')} rows of 16 columns, ${Math.round(byteLength / 1e6)} MB as CSV; median of ${values.rounds} runs in turn after one that is not counted; whole processes.\n`)
    await emptyTable(places, places.from)
    await run(psql(places, places.from, `\\copy ${TABLE} from '${places.csv}' with (format csv, header)`))
    await compareAll(places, Number(values.rounds))
    await startUp(say, Number(values.rounds))
    if (values.memory) await memoryRows(places, rows, say)
    if (values.write) await writeFile(fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url)), lines.join('\n') + '\n')
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function compareAll(places: Places, rounds: number): Promise<void> {
  say('| move | against | ours, s | theirs, s | ratio | at most | holds | peak MB |')
  say('|---|---|---|---|---|---|---|---|')
  for (const { move, against, most, prepare, ours, theirs, proof } of COMPARISONS) {
    if (values.only !== undefined && !move.includes(values.only)) continue
    let expected = ''
    let peak = 0
    try {
      const pair = await inTurn(rounds, async () => {
        await prepare(places)
        const finished = await ours(places)
        peak = Math.max(peak, (JSON.parse(finished.output) as { peakMb: number }).peakMb)
        const got = await proof(places)
        if (got !== expected) throw new Error(`not the same records: ${got} where ${expected} was expected`)
        return finished.seconds
      }, async () => {
        await prepare(places)
        const { seconds } = await theirs(places)
        expected = await proof(places)
        return seconds
      })
      const [our, their] = [median(pair.ours), median(pair.theirs)]
      const ratio = our / their
      say(`| ${move} | ${against.replaceAll('|', '\\|')} | ${our.toFixed(2)} | ${their.toFixed(2)} | ${ratio.toFixed(2)} | ${most.toFixed(2)} | ${ratio <= most ? 'yes' : '**no**'} | ${peak} |`)
    } catch (error) {
      say(`| ${move} | ${against.replaceAll('|', '\\|')} | failed: ${(error instanceof Error ? error.message : String(error)).slice(0, 200).replaceAll('\n', ' ')} | | | ${most.toFixed(2)} | **no** | |`)
      process.exitCode = 1
    }
  }
  say('')
}
