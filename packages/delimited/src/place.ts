// How a place in a delimited file is named in an error: file, line, column, field and record, and never the value.
import { isUtf8 } from 'node:buffer'
import { MoveError } from '@records-mover/core/plugin'
import type { Records } from './region.js'

/**
 * A `bad-data` error at byte `at` of `records.bytes`, in the field of index `field` of its record.
 *
 * Context: `file`; `line` and `column`, both from 1, of that byte (columns count characters); `field`, its name or, where it has
 * none, its number from 1; `record`, counted from 1 without the header row.
 */
export function badField(records: Records, at: number, field: number, reason: string, row = 0): MoveError {
  const { bytes, start, lineEnd } = records
  let { line } = records
  let lineStart = start
  for (let p = start; p < at; p++) {
    if (bytes[p] !== lineEnd) continue
    line++
    lineStart = p + 1
  }
  const name = records.names?.[field] ?? String(field + 1)
  const record = records.record + row
  const context = {
    file: records.file, line: String(line), column: String(charactersBetween(bytes, lineStart, at) + 1), field: name, record: String(record),
  }
  return new MoveError('bad-data', `${records.file} line ${line}, column ${context.column}, field "${name}": ${reason}`, { context })
}

/** Where in `value` the first byte is that does not continue valid UTF-8. */
export function invalidByte(value: Uint8Array): number {
  let valid = 0
  while (valid < value.length) {
    let length = 1
    while (length <= 4 && valid + length <= value.length && !isUtf8(value.subarray(valid, valid + length))) length++
    if (length > 4 || valid + length > value.length) return valid
    valid += length
  }
  return valid
}

/** Code points of valid UTF-8; a byte that only continues one does not count. */
export function charactersBetween(bytes: Uint8Array, from: number, to: number): number {
  let count = 0
  for (let p = from; p < to; p++) if ((bytes[p]! & 0xc0) !== 0x80) count++
  return count
}
