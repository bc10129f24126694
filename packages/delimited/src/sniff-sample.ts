// Which bytes of a file are looked at before its dialect is known: a stretch at the head, and some more spread over the rest.
import { isUtf8 } from 'node:buffer'
import type { Part, Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** Some consecutive bytes of one part. */
export interface Stretch {
  /** The part's name, for messages. */
  readonly file: string
  readonly bytes: Buffer
  /** Where `bytes` begins in the part. */
  readonly start: number
  /** True when the part ends where these bytes end. */
  readonly whole: boolean
}

/** What is looked at: the head of the first part that is not empty, and stretches from behind it. */
export interface Sample {
  readonly head: Stretch
  readonly later: readonly Stretch[]
}

const HEAD_BYTES = 1 << 18
const STRETCH_BYTES = 1 << 16
const STRETCHES = 8

/**
 * Takes a sample of the parts: `headBytes` (default 256 KiB) from the front and up to eight stretches of 64 KiB spread evenly over all bytes that
 * can be read with bounds. Undefined when every part is empty.
 */
export async function takeSample(parts: readonly Part[], run: Run, headBytes: number = HEAD_BYTES): Promise<Sample | undefined> {
  for (const [index, part] of parts.entries()) {
    const head = await readStretch(part, 0, headBytes, run)
    if (head.bytes.length === textStart(head)) continue
    checkText(head)
    const later = head.whole ? parts.slice(index + 1) : parts.slice(index)
    return { head, later: await spread(later, head, run) }
  }
  return undefined
}

/** Where text begins: behind a byte order mark of UTF-8. */
export function textStart(stretch: Stretch): number {
  const { bytes, start } = stretch
  return start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
}

async function spread(parts: readonly Part[], head: Stretch, run: Run): Promise<Stretch[]> {
  const bounded = parts.filter((part) => part.again && part.byteLength !== undefined && part.byteLength > 0)
  const skip = head.whole ? 0 : head.bytes.length
  const total = bounded.reduce((sum, part) => sum + part.byteLength!, 0) - skip
  const found: Stretch[] = []
  if (total <= 0) return found
  const step = Math.max(STRETCH_BYTES, total / STRETCHES)
  // The last stretch ends where the last part ends: what is wrong at the end of a file is often wrong only there.
  for (let at = skip; at < total + skip; at += step) {
    const place = placeOf(bounded, Math.min(Math.floor(at + step) - STRETCH_BYTES, total + skip - STRETCH_BYTES), skip)
    if (place === undefined) continue
    const stretch = await readStretch(place.part, place.start, STRETCH_BYTES, run)
    if (stretch.bytes.length > 0) found.push(stretch)
  }
  return found
}

/** The part that holds a position in all parts laid end to end. */
function placeOf(parts: readonly Part[], position: number, skip: number): { part: Part, start: number } | undefined {
  let rest = Math.max(position, skip)
  for (const part of parts) {
    if (rest < part.byteLength!) return { part, start: rest }
    rest -= part.byteLength!
  }
  return undefined
}

async function readStretch(part: Part, start: number, length: number, run: Run): Promise<Stretch> {
  const chunks: Uint8Array[] = []
  let found = 0
  const bounded = part.again && part.byteLength !== undefined
  const end = bounded ? Math.min(part.byteLength, start + length) : undefined
  let whole = true
  for await (const chunk of bounded ? part.read(start, end) : part.read()) {
    if (run.signal.aborted) throw new MoveError('aborted', `looking at ${part.name} was stopped`, { cause: run.signal.reason })
    chunks.push(chunk)
    found += chunk.byteLength
    if (found > length || (!bounded && found === length)) {
      whole = false
      break
    }
  }
  const bytes = Buffer.concat(chunks, Math.min(found, length))
  return { file: part.name, bytes, start, whole: bounded ? start + bytes.length >= part.byteLength : whole }
}

// What other files begin with: not text, whatever their names say.
const SIGNATURES: readonly (readonly [string, string, string])[] = [
  ['1f8b', 'compressed with gzip', 'say compression=GZIP'],
  ['425a68', 'compressed with bzip2', 'decompress it first'],
  ['28b52ffd', 'compressed with zstd', 'decompress it first'],
  ['fd377a585a', 'compressed with xz', 'decompress it first'],
  ['504b0304', 'a zip archive or a spreadsheet', 'export it as delimited text'],
  ['50415231', 'Parquet', 'say format parquet'],
  ['4f626a01', 'Avro', 'say format avro'],
  ['4152524f5731', 'Arrow', 'say format arrow'],
  ['53514c69746520666f726d617420', 'an SQLite database', 'export the table as delimited text'],
]
const REMEDY = 'hint encoding takes only UTF8 in this version, so convert the file to UTF-8'

/** Refuses bytes that are not text in UTF-8, with what they look like. */
function checkText(head: Stretch): void {
  const { bytes, file, whole } = head
  const start = bytes.subarray(0, 16).toString('hex')
  const signature = SIGNATURES.find(([prefix]) => start.startsWith(prefix))
  const valid = isUtf8(whole ? bytes : bytes.subarray(0, wholeCharacters(bytes)))
  // The signatures that are letters may also begin a text.
  if (signature !== undefined && (!valid || bytes.includes(0))) {
    throw new MoveError('refused', `${file} is ${signature[1]} and not delimited text: ${signature[2]}`, { context: { file } })
  }
  const wide = wideEncoding(bytes)
  if (wide !== undefined) throw new MoveError('refused', `the encoding of ${file} looks like ${wide}: ${REMEDY}`, { context: { file } })
  if (!valid) {
    throw new MoveError('refused', `the encoding of ${file} is not UTF-8, perhaps Latin-1 or Windows-1252: ${REMEDY}`, { context: { file } })
  }
}

/** The encoding of 2 or 4 bytes a character that the byte order mark or the many zero bytes tell of. */
function wideEncoding(bytes: Buffer): string | undefined {
  const mark = bytes.subarray(0, 4).toString('hex')
  if (mark === 'fffe0000' || mark === '0000feff') return 'UTF-32'
  if (mark.startsWith('fffe') || mark.startsWith('feff')) return 'UTF-16'
  const zeros = [0, 0, 0, 0]
  const length = Math.min(bytes.length, 4096)
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at & 3]!++
  const places = zeros.filter((count) => count > length / 4 * 0.6).length
  if (length < 4 || places === 0) return undefined
  return places === 3 ? 'UTF-32' : places === 2 ? 'UTF-16' : undefined
}

/** The length without a character that is cut at the end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) return bytes.length - back
    if (byte < 0x80) break
  }
  return bytes.length
}
