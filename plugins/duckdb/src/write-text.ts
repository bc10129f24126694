// Text into DuckDB's vectors: one copy for all long strings of a batch, and their addresses by hand.
import duckdb from '@duckdb/node-bindings'
import { isUtf8 } from 'node:buffer'
import type { Piece } from './write-vector.js'

// See read-text.ts for how a string lies.
const STRING_BYTES = 16
const STRING_WORDS = 4
const INLINE_BYTES = 12

/**
 * Writes text or bytes into a VARCHAR or BLOB vector with room for `rows`.
 *
 * A call into the driver for each string longer than 12 bytes would cost more than all else. So the text of a batch is given to
 * the vector as one string, of which the vector keeps a copy; the rows then point into that copy.
 *
 * @throws MoveError `bad-data` for text that is no UTF-8, which DuckDB cannot hold.
 */
export function writeText(vector: duckdb.Vector, pieces: readonly Piece[], rows: number, utf8: boolean): void {
  const bytes = new Uint8Array(rows * STRING_BYTES)
  const words = new Uint32Array(bytes.buffer)
  for (const piece of pieces) writePiece(vector, piece, bytes, words, utf8)
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer, 0, bytes.byteLength)
}

function writePiece(vector: duckdb.Vector, piece: Piece, bytes: Uint8Array, words: Uint32Array, utf8: boolean): void {
  const { column, rows, at } = piece
  const text = column.values as Uint8Array
  const { offsets, validity } = column
  if (offsets === undefined || offsets.length <= rows) throw new RangeError(`a text column of ${rows} rows has ${offsets?.length ?? 0} offsets`)
  const first = offsets[0]!
  const all = text.subarray(first, offsets[rows])
  if (first < 0 || all.length !== offsets[rows]! - first) throw new RangeError('the offsets of a text column reach past its text')
  if (utf8 && !isUtf8(all)) throw notUtf8(piece, text, offsets)
  const { low, high } = all.length > INLINE_BYTES ? lend(vector, all) : NOWHERE
  let start = first
  for (let row = 0, word = at * STRING_WORDS; row < rows; row++, word += STRING_WORDS) {
    const end = offsets[row + 1]!
    const length = end - start
    if (length < 0) throw new RangeError('the offsets of a text column fall')
    if (length > 0 && (validity === undefined || (validity[row >> 3]! >> (row & 7) & 1) === 1)) {
      // All text together may be UTF-8 while a boundary cuts a character.
      if (utf8 && (text[start]! & 0xc0) === 0x80) throw notUtf8(piece, text, offsets)
      words[word] = length
      if (length <= INLINE_BYTES) {
        for (let from = start, to = word * 4 + 4; from < end; from++, to++) bytes[to] = text[from]!
      } else {
        const address = low + (start - first)
        words[word + 1] = text[start]! | text[start + 1]! << 8 | text[start + 2]! << 16 | text[start + 3]! << 24
        words[word + 2] = address
        words[word + 3] = address >= 0x1_0000_0000 ? high + 1 : high
      }
    }
    start = end
  }
}

const NOWHERE = { low: 0, high: 0 }

/** Gives the vector a copy of text and says where it lies. The first row, which held it, is written again later. */
function lend(vector: duckdb.Vector, text: Uint8Array): { low: number, high: number } {
  duckdb.vector_assign_string_element_len(vector, 0, text)
  const string = duckdb.vector_get_data(vector, STRING_BYTES)
  const view = new DataView(string.buffer, string.byteOffset, STRING_BYTES)
  return { low: view.getUint32(8, true), high: view.getUint32(12, true) }
}

function notUtf8(piece: Piece, text: Uint8Array, offsets: Int32Array): Error {
  for (let row = 0; row < piece.rows; row++) {
    if (!piece.isNull(row) && !isUtf8(text.subarray(offsets[row], offsets[row + 1]))) return piece.refuse(row, 'it is text that is no valid UTF-8')
  }
  return new RangeError('the text of null rows is no UTF-8')
}
