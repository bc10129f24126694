// One move in a process of its own, as a program would make it: `node mover.js FROM TO IF_EXISTS`. Prints its peak memory and time.
import { move, registry } from '@records-mover/core'
import { delimited } from '@records-mover/delimited'
import { duckdb } from '@records-mover/duckdb'
import { file } from '@records-mover/file'
import { postgres } from '@records-mover/postgres'

const [from, to, whenExists] = process.argv.slice(2)
if (from === undefined || to === undefined) throw new Error('usage: mover FROM TO [append]')
const result = await move(from, to, {
  registry: registry([file, delimited, duckdb, postgres]),
  ...(whenExists === 'append' || whenExists === 'replace' ? { whenExists } : {}),
})
// maxRSS is in KiB: https://nodejs.org/api/process.html#processresourceusage
process.stdout.write(JSON.stringify({ rows: result.tally.rows, route: result.plan.choice, peakMb: Math.round(process.resourceUsage().maxRSS / 1024), elapsedMs: Math.round(result.elapsedMs) }) + '\n')
