// The data of the benchmarks: a table like TPC-H's lineitem, the same bytes for the same number of rows, as canonical CSV.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'

/** Name, PostgreSQL type, DuckDB type. https://www.tpc.org/tpc_documents_current_versions/pdf/tpc-h_v3.0.1.pdf, section 1.4 */
export const COLUMNS: readonly (readonly [name: string, postgres: string, duckdb: string])[] = [
  ['l_orderkey', 'bigint', 'BIGINT'], ['l_partkey', 'bigint', 'BIGINT'], ['l_suppkey', 'bigint', 'BIGINT'], ['l_linenumber', 'integer', 'INTEGER'],
  ['l_quantity', 'numeric(15,2)', 'DECIMAL(15,2)'], ['l_extendedprice', 'numeric(15,2)', 'DECIMAL(15,2)'],
  ['l_discount', 'numeric(15,2)', 'DECIMAL(15,2)'], ['l_tax', 'numeric(15,2)', 'DECIMAL(15,2)'],
  ['l_returnflag', 'text', 'VARCHAR'], ['l_linestatus', 'text', 'VARCHAR'],
  ['l_shipdate', 'date', 'DATE'], ['l_commitdate', 'date', 'DATE'], ['l_receiptdate', 'date', 'DATE'],
  ['l_shipinstruct', 'text', 'VARCHAR'], ['l_shipmode', 'text', 'VARCHAR'], ['l_comment', 'text', 'VARCHAR'],
]

const INSTRUCTIONS = ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN']
const MODES = ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB']
const WORDS = ('furiously,sly "pending" requests,deposits,carefully final,ironic,accounts,blithely,regular pinto beans,packages,express,theodolites,foxes,'
  + 'silent,even,bold,quickly,according to the,among,slyly,unusual').split(',')
const ROWS_PER_WRITE = 4096

/** Writes `rows` rows with a header to `path`; resolves with their size in bytes and their SHA-256. */
export async function writeLineitem(path: string, rows: number): Promise<{ byteLength: number, sha256: string }> {
  const out = createWriteStream(path)
  const hash = createHash('sha256')
  const random = generator(20_261_122)
  let byteLength = 0
  let text = COLUMNS.map(([name]) => name).join(',') + '\n'
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(text)
    text = ''
    byteLength += bytes.length
    hash.update(bytes)
    if (!out.write(bytes)) await once(out, 'drain')
  }
  for (let i = 1; i <= rows; i++) {
    text += row(i, random)
    if (i % ROWS_PER_WRITE === 0) await flush()
  }
  await flush()
  out.end()
  await once(out, 'finish')
  return { byteLength, sha256: hash.digest('hex') }
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

function row(i: number, random: (below: number) => number): string {
  const quantity = 1 + random(50)
  const price = quantity * (90_000 + random(20_000_000)) / 100
  const day = Date.UTC(1992, 0, 2) / 86_400_000 + random(2500)
  // One comment in twenty is null, one in forty empty text, one in ten needs quotes.
  const pick = random(40)
  const comment = pick < 2 ? '' : pick === 2 ? '""' : quoted(words(random))
  return `${Math.floor(i / 4) + 1},${random(200_000_000)},${random(10_000_000)},${1 + i % 7},${quantity}.00,${price.toFixed(2)},0.${two(random(11))},0.${two(random(9))},`
    + `${'NRA'[random(3)]!},${'OF'[random(2)]!},${date(day)},${date(day + random(60) - 30)},${date(day + 1 + random(30))},`
    + `${INSTRUCTIONS[random(4)]!},${MODES[random(7)]!},${comment}\n`
}

function words(random: (below: number) => number): string {
  const count = 1 + random(5)
  return Array.from({ length: count }, () => WORDS[random(WORDS.length)]!).join(random(10) === 0 ? ', ' : ' ')
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function date(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Mulberry32: the same numbers on every machine. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4_294_967_296 * below)
  }
}
