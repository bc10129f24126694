// Text out of DuckDB's vectors: thousands of strings with a handful of calls into the driver.
import duckdb from '@duckdb/node-bindings'

/** Text of a vector's rows, end to end. */
export interface Text {
  readonly values: Uint8Array
  readonly offsets: Int32Array
}

// https://github.com/duckdb/duckdb/blob/v1.5-variegata/src/include/duckdb/common/types/string_type.hpp
// A string is 16 bytes: its length, then up to 12 bytes of text, or 4 bytes of text and the address of all of it.
const STRING_BYTES = 16
const STRING_WORDS = 4
const INLINE_BYTES = 12
const PAGE = 4096
// Beyond this a call into `set` costs less than a loop.
const LOOP_BYTES = 40

/**
 * The text or bytes of a VARCHAR or BLOB vector, copied. A row that `validity` marks null is empty.
 *
 * Strings longer than 12 bytes lie outside the vector. Asking the driver for each costs a microsecond, so neighbours are read
 * in one go: two strings on the same page of memory, or on pages that touch, with whatever lies between them. Memory is
 * mapped in whole pages of 4096 bytes or more, so every byte of such a span can be read.
 */
export function readText(vector: duckdb.Vector, rows: number, validity: Uint8Array | undefined): Text {
  const data = duckdb.vector_get_data(vector, rows * STRING_BYTES)
  const words = new Uint32Array(data.buffer, data.byteOffset, rows * STRING_WORDS)
  const offsets = new Int32Array(rows + 1)
  let total = 0
  for (let row = 0; row < rows; row++) {
    if (validity === undefined || (validity[row >> 3]! >> (row & 7) & 1) === 1) total += words[row * STRING_WORDS]!
    if (total > 0x7fff_ffff) throw new RangeError('a chunk of 2048 rows holds more than 2 GiB of text')
    offsets[row + 1] = total
  }
  const values = new Uint8Array(total)
  let span: Span | undefined
  for (let row = 0; row < rows; row++) {
    let to = offsets[row]!
    const length = offsets[row + 1]! - to
    if (length === 0) continue
    if (length <= INLINE_BYTES) {
      for (let from = row * STRING_BYTES + 4, end = from + length; from < end; from++) values[to++] = data[from]!
      continue
    }
    const low = words[row * STRING_WORDS + 2]!
    const high = words[row * STRING_WORDS + 3]!
    if (span?.high !== high || low < span.low || low + length > span.end) span = readSpan(data, words, offsets, row, rows)
    let from = low - span.low
    if (length < LOOP_BYTES) for (const end = from + length; from < end; from++) values[to++] = span.bytes[from]!
    else values.set(span.bytes.subarray(from, from + length), to)
  }
  return { values, offsets }
}

/** The rows of a VARCHAR vector as strings, null for null. For catalogs, not for records. */
export function readStrings(vector: duckdb.Vector, rows: number): (string | null)[] {
  const mask = duckdb.vector_get_validity(vector, (rows + 63 >> 6) * 8) as Uint8Array | null
  const validity = mask === null ? undefined : Uint8Array.from(mask)
  const { values, offsets } = readText(vector, rows, validity)
  return Array.from({ length: rows }, (_, row) => validity !== undefined && (validity[row >> 3]! >> (row & 7) & 1) === 0
    ? null : Buffer.from(values.buffer, offsets[row], offsets[row + 1]! - offsets[row]!).toString('utf8'))
}

/** Bytes of memory from the address `high * 2^32 + low` on; `end` is exclusive and counts as `low` does. */
interface Span {
  readonly bytes: Uint8Array
  readonly high: number
  readonly low: number
  readonly end: number
}

/** Reads the string of a row and all that follow it close by in ascending order. */
function readSpan(data: Uint8Array, words: Uint32Array, offsets: Int32Array, first: number, rows: number): Span {
  const low = words[first * STRING_WORDS + 2]!
  const high = words[first * STRING_WORDS + 3]!
  let end = low + words[first * STRING_WORDS]!
  for (let row = first + 1; row < rows; row++) {
    const length = offsets[row + 1]! - offsets[row]!
    if (length <= INLINE_BYTES) continue
    const start = words[row * STRING_WORDS + 2]!
    // The page behind the one that holds the last byte so far, so that no page between is skipped.
    const next = (Math.floor((end - 1) / PAGE) + 1) * PAGE
    if (words[row * STRING_WORDS + 3] !== high || start < low || start >= next + PAGE || start + length > 0x1_0000_0000) break
    if (start + length > end) end = start + length
  }
  const bytes = duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + first * STRING_BYTES + 8, end - low)
  return { bytes, high, low, end }
}
