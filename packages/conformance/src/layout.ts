// How a column of each type must lie in memory: the table in the contract's docs, as assertions.
import type { Batch, Column, FieldType, RecordsSchema } from '@records-mover/core/plugin'
import { decimalBytes, typeText } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'

/** Asserts that a batch has a column for each field, with arrays of the kind and the length that its type asks for. */
export function assertLayout(schema: RecordsSchema, batch: Batch): void {
  assert.equal(batch.columns.length, schema.fields.length, 'a batch has one column for each field')
  assert.ok(Number.isInteger(batch.rows) && batch.rows >= 0, 'rows is a count')
  for (const [k, { name, type }] of schema.fields.entries()) assertColumn(batch.columns[k]!, type, batch.rows, `"${name}" (${typeText(type)})`)
}

function assertColumn(column: Column, type: FieldType, rows: number, what: string): void {
  const { values, validity, offsets, zone } = column
  const [kind, room] = arrayOf(type, rows)
  // A view of Node's own kind of Uint8Array is one all the same.
  assert.ok(values instanceof kind, `${what} lies in a ${values.constructor.name}, want ${kind.name}`)
  assert.ok(values.length >= room, `${what} has room for ${values.length}, want ${room}`)
  if (validity !== undefined) assert.ok(validity.length >= Math.ceil(rows / 8), `${what} has a validity bit for each row`)
  if (type.type === 'decimal' && type.precision > 18) assert.equal(values.byteOffset % 8, 0, `${what} begins at a multiple of 8 bytes`)
  assert.equal(zone !== undefined, type.type === 'time' && type.zoned, `${what} has zones exactly if it is a time with zone`)
  if (zone !== undefined) assert.ok(zone.length >= rows, `${what} has a zone for each row`)
  const text = type.type === 'string' || type.type === 'json' || type.type === 'bytes'
  assert.equal(offsets !== undefined, text, `${what} has offsets exactly if its values differ in length`)
  if (offsets !== undefined) assertOffsets(offsets, values as Uint8Array, type, rows, what)
}

function assertOffsets(offsets: Int32Array, values: Uint8Array, type: FieldType, rows: number, what: string): void {
  assert.ok(rows === 0 || offsets.length > rows, `${what} has rows + 1 offsets`)
  for (let row = 0; row < rows; row++) assert.ok(offsets[row]! <= offsets[row + 1]!, `${what} has offsets that never fall`)
  if (rows === 0) return
  assert.ok(offsets[0]! >= 0 && offsets[rows]! <= values.length, `${what} has offsets within its values`)
  if (type.type !== 'bytes') strict.decode(values.subarray(offsets[0], offsets[rows]))
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type ArrayKind = abstract new (...args: never[]) => ArrayBufferView

/** The class of a type's values, and how many elements some rows need. */
function arrayOf(type: FieldType, rows: number): [ArrayKind, number] {
  switch (type.type) {
    case 'boolean':
      return [Uint8Array, Math.ceil(rows / 8)]
    case 'integer':
      return [INTEGERS[`${type.signed ? 'i' : 'u'}${type.bits}`], rows]
    case 'float':
      return [type.bits === 32 ? Float32Array : Float64Array, rows]
    case 'decimal': {
      const width = decimalBytes(type.precision)
      return width === 8 ? [BigInt64Array, rows] : [Uint8Array, rows * width]
    }
    case 'string':
    case 'json':
    case 'bytes':
      return [Uint8Array, 0]
    case 'uuid':
      return [Uint8Array, rows * 16]
    case 'date':
      return [Int32Array, rows]
    case 'time':
      return [type.unit === 's' || type.unit === 'ms' ? Int32Array : BigInt64Array, rows]
    case 'timestamp':
      return [BigInt64Array, rows]
  }
}

const INTEGERS = {
  i8: Int8Array, u8: Uint8Array, i16: Int16Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array, u64: BigUint64Array,
}
