// Where the fields of a COPY BINARY stream lie: header, tuples and trailer, however the chunks are cut.
import type { Part, Run } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** Whole tuples of one stretch of bytes. Valid until the next is asked for. */
export interface Tuples {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly rows: number
  /** First byte of field c of row r, at `r * fields + c`. */
  readonly starts: Int32Array
  /** Its length in bytes, -1 for null. */
  readonly lengths: Int32Array
  /** Rows before the first of these. */
  readonly before: number
}

// https://www.postgresql.org/docs/current/sql-copy.html: signature, flags, length of the header extension.
export const SIGNATURE: Uint8Array = Uint8Array.of(0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00)
const HEADER_BYTES = 19
const TRAILER = -1
// Below this the work for a stretch weighs more than the work for its rows; it holds one chunk of a socket.
const STRETCH_BYTES = 128 * 1024
const STRETCH_ROWS = 8192

/** Reads a part to its trailer. Rejects with `bad-data` for a stream that is cut, longer than its trailer says, or no COPY BINARY. */
export async function* readTuples(part: Part, fields: number, run: Run): AsyncGenerator<Tuples> {
  const starts = new Int32Array(STRETCH_ROWS * fields)
  const lengths = new Int32Array(STRETCH_ROWS * fields)
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let wanted = HEADER_BYTES
  let headed = false
  const stream = { ended: false }
  let rows = 0

  function* take(last: boolean): Generator<Tuples> {
    const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending, pendingBytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    if (!headed) {
      const size = headerSize(bytes, view, part, run)
      if (size > bytes.length) {
        if (last) throw cut(part, rows)
        keep(bytes, 0, size)
        return
      }
      at = size
      headed = true
    }
    for (;;) {
      if (stream.ended) break
      const found = indexRows(bytes, view, at, fields, starts, lengths, { part, before: rows, run })
      if (found.rows > 0) {
        yield { bytes, view, rows: found.rows, starts, lengths, before: rows }
        rows += found.rows
      }
      at = found.at
      stream.ended = found.ended
      if (found.needed > 0) {
        keep(bytes, at, found.needed)
        return
      }
    }
    if (at < bytes.length) throw new MoveError('bad-data', `bytes follow the end of the records in ${part.name}`, { context: { file: part.name } })
    keep(bytes, at, 0)
  }

  function keep(bytes: Uint8Array, from: number, needed: number): void {
    pending = from === bytes.length ? [] : [bytes.subarray(from)]
    pendingBytes = bytes.length - from
    wanted = Math.max(pendingBytes + 1, needed, STRETCH_BYTES)
  }

  for await (const chunk of part.read()) {
    if (chunk.length === 0) continue
    pending.push(chunk)
    pendingBytes += chunk.length
    if (pendingBytes >= wanted) yield* take(false)
  }
  if (pendingBytes > 0) yield* take(true)
  if (!stream.ended) throw cut(part, rows)
}

/** Bytes of the header with its extension, as far as it can be told. */
function headerSize(bytes: Uint8Array, view: DataView, part: Part, run: Run): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new MoveError('bad-data', `${part.name} is no COPY BINARY stream: its first bytes are others`, { context: { file: part.name } })
  }
  // The upper half of the flags is for what a reader must know; only object identifiers (before PostgreSQL 12) were ever there.
  if (view.getInt32(11) >>> 16 !== 0) {
    throw new MoveError('bad-data', `${part.name} has flags in its header that this version does not know`, { context: { file: part.name } })
  }
  const extension = view.getInt32(15)
  if (extension < 0 || extension > run.limits.recordBytes) {
    throw new MoveError('bad-data', `${part.name} has a header of impossible length`, { context: { file: part.name } })
  }
  return HEADER_BYTES + extension
}

interface Found {
  readonly rows: number
  /** Where the next tuple starts. */
  readonly at: number
  /** Bytes from `at` that are needed to go on; 0 when the rows were stopped by room or by the trailer. */
  readonly needed: number
  readonly ended: boolean
}

function indexRows(
  bytes: Uint8Array, view: DataView, from: number, fields: number, starts: Int32Array, lengths: Int32Array,
  { part, before, run }: { readonly part: Part, readonly before: number, readonly run: Run },
): Found {
  const end = bytes.length
  const most = run.limits.fieldBytes
  let at = from
  let rows = 0
  let k = 0
  while (rows < STRETCH_ROWS) {
    if (at + 2 > end) return { rows, at, needed: 2, ended: false }
    const count = view.getInt16(at)
    if (count !== fields) {
      if (count === TRAILER) return { rows, at: at + 2, needed: 0, ended: true }
      throw new MoveError('bad-data', `row ${before + rows + 1} of ${part.name} has ${count} fields, want ${fields}`, {
        context: { file: part.name, row: String(before + rows + 1) },
      })
    }
    let p = at + 2
    for (let c = 0; c < fields; c++) {
      if (p + 4 > end) return { rows, at, needed: p + 4 - at, ended: false }
      const length = view.getInt32(p)
      p += 4
      starts[k] = p
      lengths[k] = length
      k++
      if (length > 0) {
        if (length > most) throw tooLong(part, before + rows + 1, length, most)
        p += length
      } else if (length < -1) {
        throw new MoveError('bad-data', `row ${before + rows + 1} of ${part.name} has a field of length ${length}`, {
          context: { file: part.name, row: String(before + rows + 1) },
        })
      }
    }
    if (p - at > run.limits.recordBytes) throw recordTooLong(part, before + rows + 1, p - at, run.limits.recordBytes)
    if (p > end) return { rows, at, needed: p - at, ended: false }
    at = p
    rows++
  }
  return { rows, at, needed: 0, ended: false }
}

function tooLong(part: Part, row: number, length: number, most: number): MoveError {
  return new MoveError('over-limit', `a field of row ${row} of ${part.name} has ${length} bytes; the limit fieldBytes is ${most}`, {
    context: { file: part.name, row: String(row), limit: 'fieldBytes', value: String(most) },
  })
}

function recordTooLong(part: Part, row: number, length: number, most: number): MoveError {
  return new MoveError('over-limit', `row ${row} of ${part.name} has ${length} bytes; the limit recordBytes is ${most}`, {
    context: { file: part.name, row: String(row), limit: 'recordBytes', value: String(most) },
  })
}

function cut(part: Part, rows: number): MoveError {
  return new MoveError('bad-data', `${part.name} ends in the middle of a record: after row ${rows} the end mark is missing`, {
    context: { file: part.name, row: String(rows) },
  })
}
