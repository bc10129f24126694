// Prints how fast delimited text is scanned, decoded, encoded and transcoded here: node bench/speed.mjs [rows] [rounds].
import { existsSync, readSync, openSync, closeSync, statSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { completeFormat, hintsOf } from '../dist/hints.js'
import { codec } from '../dist/codec.js'
import { dialectOf } from '../dist/dialect.js'
import { Scanner } from '../dist/scan.js'
import { fields, writeLineitem } from './lineitem.mjs'

const rows = Number(process.argv[2] ?? 1_000_000)
const rounds = Number(process.argv[3] ?? 3)
const folder = join(tmpdir(), 'records-mover-bench')
mkdirSync(folder, { recursive: true })
const path = join(folder, `lineitem-${rows}.csv`)
if (!existsSync(path)) writeLineitem(path, rows)
const megabytes = statSync(path).size / 1e6

const run = {
  id: 'bench', signal: new AbortController().signal, concurrency: 1, allow: [],
  limits: { fieldBytes: 1 << 26, recordBytes: 1 << 28, fields: 16_384 },
}
const typed = { fields: fields.map(([name, type]) => ({ name, type, nullable: true })) }
const text = { fields: fields.map(([name]) => ({ name, type: { type: 'string' }, nullable: true })) }
const csv = completeFormat({})
const tsv = completeFormat({ format: 'tsv' })
const server = completeFormat({ format: 'postgres-text' })

const cases = {
  'read the file': async () => {
    for await (const chunk of chunks()) if (chunk.length === 0) throw new Error('empty')
  },
  'scan': async () => {
    const scanner = new Scanner(dialectOf(hintsOf(csv)), { file: path, limits: run.limits })
    let found = 0
    for await (const chunk of chunks()) {
      scanner.feed(chunk)
      while (scanner.next()) found += scanner.records.rows
    }
    scanner.end()
    while (scanner.next()) found += scanner.records.rows
    if (found !== rows + 1) throw new Error(`${found} rows`)
  },
  'decode, all typed': () => drainBatches(codec.decode(file(), text, typed, run)),
  'decode, all text': () => drainBatches(codec.decode(file(), text, text, run)),
  'encode, all typed': async () => {
    await drain(codec.encode(await kept(), csv, run))
  },
  'check only (same hints, values checked)': () => drain(codec.transcode(file(), text, csv, typed, run)),
  'pass (same hints, all text)': () => drain(codec.transcode(file(), text, csv, text, run)),
  'transcode to tsv, values checked': () => drain(codec.transcode(file(), text, tsv, typed, run)),
  'transcode to postgres-text, values checked': () => drain(codec.transcode(file(), text, server, typed, run)),
  'transcode to postgres-text, all text': () => drain(codec.transcode(file(), text, server, text, run)),
}

console.log(`${megabytes.toFixed(0)} MB, ${rows} rows, best of ${rounds}`)
let batches
for (const [name, work] of Object.entries(cases)) {
  if (process.argv[4] !== undefined && !name.includes(process.argv[4])) continue
  await work()
  const times = []
  const busy = []
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint()
    const used = process.cpuUsage()
    await work()
    times.push(Number(process.hrtime.bigint() - start) / 1e9)
    const { user, system } = process.cpuUsage(used)
    busy.push((user + system) / 1e6)
  }
  const [wall, cpu] = [times, busy].map((all) => Math.min(...all))
  console.log(`${name.padEnd(45)} ${speed(wall)} by the clock ${speed(cpu)} of processor time`)
}
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB (the batches that encode starts from included)`)

function speed(seconds) {
  return `${(megabytes / seconds).toFixed(0).padStart(5)} MB/s`
}

/** The batches of a tenth of the file, ten times over: encoding alone is measured. */
async function kept() {
  if (batches === undefined) {
    batches = []
    for await (const part of codec.decode(file(), text, typed, run).parts) {
      for await (const batch of part) {
        batches.push(batch)
        if (batches.length * 16_384 * 10 >= rows) break
      }
    }
  }
  const total = batches.reduce((sum, batch) => sum + batch.rows, 0)
  return {
    schema: typed,
    parts: (async function* () {
      yield (async function* () {
        for (let given = 0; given < rows; given += total) yield* batches
      })()
    })(),
    tally: () => ({}),
    async [Symbol.asyncDispose]() {},
  }
}

async function* chunks() {
  const handle = openSync(path, 'r')
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(1 << 18)
      const length = readSync(handle, chunk)
      if (length === 0) return
      yield chunk.subarray(0, length)
    }
  } finally {
    closeSync(handle)
  }
}

function file() {
  return {
    format: csv,
    parts: (async function* () {
      yield { name: path, again: true, read: chunks }
    })(),
    tally: () => ({}),
    async [Symbol.asyncDispose]() {},
  }
}

async function drain(out) {
  let bytes = 0
  for await (const part of out.parts) for await (const chunk of part.read()) bytes += chunk.length
  if (bytes < 1000) throw new Error('nothing came out')
}

async function drainBatches(out) {
  let found = 0
  for await (const part of out.parts) for await (const batch of part) found += batch.rows
  if (found !== rows) throw new Error(`${found} rows`)
}
