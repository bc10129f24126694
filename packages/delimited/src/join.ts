// Many parts of delimited bytes into one: the header row of the first stands for all, and records keep their ends.
import type { Chunks, Part, RecordsFormat, Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Dialect } from './dialect.js'
import { dialectOf } from './dialect.js'
import { hintsOf } from './hints.js'
import { stopWhenAborted } from './records.js'
import { Scanner } from './scan.js'

/** See `Codec.join` of the contract. Bytes are passed on as they are; a part whose header row is not the first one's is `bad-data`. */
export function join(from: Chunks, run: Run): Chunks {
  return { ...from, parts: onePart(from, run), tally: () => from.tally(), [Symbol.asyncDispose]: () => from[Symbol.asyncDispose]() }
}

async function* onePart(from: Chunks, run: Run): AsyncGenerator<Part> {
  const parts = from.parts[Symbol.asyncIterator]()
  const first = await parts.next()
  if (first.done === true) return
  yield { name: first.value.name, again: false, read: () => joined(first.value, parts, from.format, run) }
}

async function* joined(first: Part, rest: AsyncIterator<Part>, format: RecordsFormat, run: Run): AsyncGenerator<Uint8Array> {
  const dialect = dialectOf(hintsOf(format))
  let header: Buffer | undefined
  let last: Uint8Array = dialect.terminator
  for (let part = first; ;) {
    const next = await rest.next()
    // One part needs no header to compare with, so nothing is looked at before there are two.
    const compared = dialect.header && (part !== first || next.done !== true)
    if (!endsWith(last, dialect.terminator)) {
      yield dialect.terminator
      last = dialect.terminator
    }
    for await (const chunk of compared ? afterHeader(part, dialect, run, keep) : part.read()) {
      stopWhenAborted(run)
      if (chunk.byteLength === 0) continue
      yield chunk
      last = tail(last, chunk, dialect.terminator.length)
    }
    if (next.done === true) return
    part = next.value
  }

  /** The first header goes out; every other must be the same. */
  function keep(name: string, bytes: Buffer): Buffer | undefined {
    if (header === undefined) return header = bytes
    if (header.equals(bytes)) return undefined
    throw new MoveError('bad-data', `the header row of ${name} is not that of ${first.name}: files that become one have the same fields in the same order`, {
      context: { file: name, line: '1' },
    })
  }
}

async function* afterHeader(part: Part, dialect: Dialect, run: Run, keep: (name: string, header: Buffer) => Buffer | undefined): AsyncGenerator<Uint8Array> {
  const scanner = new Scanner(dialect, { file: part.name, limits: run.limits })
  const seen = { header: false }
  const header = (): Uint8Array[] => {
    const { bytes, start, end, terminated } = scanner.records
    seen.header = true
    const kept = keep(part.name, terminated ? bytes.subarray(start, end) : Buffer.concat([bytes.subarray(start, end), dialect.terminator]))
    return [...kept === undefined ? [] : [kept], bytes.subarray(end)]
  }
  for await (const chunk of part.read()) {
    if (seen.header) yield chunk
    else {
      scanner.feed(chunk)
      if (scanner.next()) yield* header()
    }
  }
  scanner.end()
  if (!seen.header && scanner.next()) yield* header()
}

function tail(last: Uint8Array, chunk: Uint8Array, length: number): Uint8Array {
  return chunk.byteLength >= length ? chunk : Buffer.concat([last, chunk]).subarray(-length)
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(-end.length), end) === 0
}
