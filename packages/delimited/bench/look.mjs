// How fast hints and exact types are found: `node bench/look.mjs [rows] [file]` after a build; makes a table like TPC-H's lineitem if the file is missing.
import { closeSync, createReadStream, existsSync, openSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dialectOf } from '../dist/dialect.js'
import { completeFormat, hintsOf } from '../dist/hints.js'
import { look } from '../dist/look.js'
import { Scanner } from '../dist/scan.js'

const RUNS = 5
const MEGABYTE = 1e6
const rows = Number(process.argv[2] ?? 3_000_000)
const path = process.argv[3] ?? join(tmpdir(), `lineitem-${rows}.csv`)
if (!existsSync(path)) writeTable(path, rows)

const { size } = statSync(path)
const limits = { fieldBytes: 2 ** 26, recordBytes: 2 ** 28, fields: 16_384 }
const run = { id: 'bench', signal: new AbortController().signal, limits, concurrency: 1, allow: [], scratch: async () => tmpdir(), emit() {} }
const part = { name: path, byteLength: size, again: true, path, read: (start, end) => createReadStream(path, readOptions(start, end)) }

console.log(`${path}: ${(size / MEGABYTE).toFixed(0)} MB, node ${process.version}`)
const found = await look([part], {}, 'types', run)
for (const note of found.notes) console.log(`  ${note}`)
console.log('  ' + found.schema.fields.map(({ name, type, nullable }) => `${name} ${JSON.stringify(type)}${nullable ? ' null' : ''}`).join('\n  '))
await measure('read only', async () => { for await (const chunk of part.read()) if (chunk.length === 0) throw new Error('empty') })
await measure('scan', scan)
await measure('look, names', () => look([part], {}, 'names', run))
await measure('look, types', () => look([part], {}, 'types', run))
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)

/** Prints the median of the times taken, and of the processor time of this process, which other work on the machine does not stretch as much. */
async function measure(name, work) {
  const seconds = []
  const busy = []
  for (let n = 0; n < RUNS; n++) {
    const start = process.hrtime.bigint()
    const used = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(used)
    busy.push((user + system) / 1e6)
    seconds.push(Number(process.hrtime.bigint() - start) / 1e9)
  }
  const rate = (times) => {
    const median = [...times].sort((a, b) => a - b)[RUNS >> 1]
    return `${median.toFixed(3)} s ${(size / median / MEGABYTE).toFixed(0).padStart(5)} MB/s`
  }
  console.log(`${name.padEnd(12)} ${rate(seconds)}   processor ${rate(busy)}   (${seconds.map((s) => s.toFixed(2)).join(' ')})`)
}

async function scan() {
  const scanner = new Scanner(dialectOf(hintsOf(completeFormat({}))), { file: path, limits })
  let count = 0
  for await (const chunk of part.read()) {
    scanner.feed(chunk)
    while (scanner.next()) count += scanner.records.rows
  }
  scanner.end()
  while (scanner.next()) count += scanner.records.rows
  if (count !== found.rows + 1) throw new Error(`${count} records scanned, ${found.rows} found`)
}

function readOptions(start, end) {
  return { highWaterMark: 1 << 20, ...(start !== undefined && { start }), ...(end !== undefined && { end: end - 1 }) }
}

/** 16 columns, about 130 bytes a row, the same bytes every time. */
function writeTable(file, count) {
  let state = 0x9e3779b9
  const random = (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
  const words = 'carefully final deposits detect slyly regular packages haggle after the furiously ironic requests sleep quickly'.split(' ')
  const modes = ['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK']
  const instructions = ['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN']
  const day = (n) => new Date(Date.UTC(1992, 0, 1 + n)).toISOString().slice(0, 10)
  const days = Array.from({ length: 2600 }, (_, n) => day(n))
  const out = openSync(file, 'w')
  writeSync(out, 'l_orderkey,l_partkey,l_suppkey,l_linenumber,l_quantity,l_extendedprice,l_discount,l_tax,l_returnflag,l_linestatus,'
    + 'l_shipdate,l_commitdate,l_receiptdate,l_shipinstruct,l_shipmode,l_comment\n')
  let lines = []
  for (let row = 0; row < count; row++) {
    const at = random(2400)
    const comment = Array.from({ length: 2 + random(4) }, () => words[random(words.length)]).join(random(40) === 0 ? ', ' : ' ')
    lines.push([
      1 + (row >> 2), 1 + random(200_000), 1 + random(10_000), 1 + (row & 3), `${1 + random(50)}.00`,
      `${900 + random(104_000)}.${String(random(100)).padStart(2, '0')}`, `0.${String(random(11)).padStart(2, '0')}`, `0.0${random(9)}`,
      'ANR'[random(3)], 'OF'[random(2)], days[at], days[at + random(90)], days[at + random(30)],
      instructions[random(4)], modes[random(7)], comment.includes(',') ? `"${comment}"` : comment,
    ].join(','))
    if (lines.length === 5000 || row === count - 1) {
      writeSync(out, lines.join('\n') + '\n')
      lines = []
    }
  }
  closeSync(out)
}
