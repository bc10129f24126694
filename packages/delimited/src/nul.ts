// U+0000 taken out of text for a target that cannot hold it: the hint `nul`, and the loss it counts.
import type { Counts } from './losses.js'

const NUL_REMOVED = 'nul-removed'

/** The texts of a column without U+0000, each changed one counted; undefined when there is none. */
export function removeNuls(
  bytes: Uint8Array, offsets: Int32Array, validity: Uint8Array | undefined, rows: number, counts: Counts,
): { bytes: Uint8Array, offsets: Int32Array } | undefined {
  const first = bytes.indexOf(0, offsets[0])
  if (first < 0 || first >= offsets[rows]!) return undefined
  const kept = new Uint8Array(offsets[rows]! - offsets[0]!)
  const ends = new Int32Array(rows + 1)
  let w = 0
  for (let row = 0; row < rows; row++) {
    const valid = validity === undefined || ((validity[row >> 3]! >> (row & 7)) & 1) === 1
    const end = valid ? copyWithoutNul(bytes, offsets[row]!, offsets[row + 1]!, kept, w) : w
    if (valid && end - w < offsets[row + 1]! - offsets[row]!) countRemoved(counts)
    w = ends[row + 1] = end
  }
  return { bytes: kept, offsets: ends }
}

/** Copies the bytes from `start` to `end` but U+0000; returns where the copy ends. */
export function copyWithoutNul(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  let w = at
  for (let p = start; p < end; p++) if (bytes[p] !== 0) out[w++] = bytes[p]!
  return w
}

export function countRemoved(counts: Counts): void {
  counts.losses[NUL_REMOVED] = (counts.losses[NUL_REMOVED] ?? 0) + 1
}
