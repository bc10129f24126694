// How batches are built column by column, with no object or string made per cell.
import type { Batch, Column, ColumnValues } from './contract/batch.js'
import type { FieldType, RecordsSchema } from './contract/schema.js'

/** Builds batches under one schema. Append to every column, then `finish`. */
export interface BatchBuilder {
  readonly columns: readonly ColumnBuilder[]
  /** How many rows fit before `finish` must be called. */
  readonly capacity: number
  /** The rows appended since the last call as a batch of its own memory. Every column must have the same length. */
  finish(): Batch
}

/** A builder of batches of up to `capacity` rows. */
export function batchBuilder(schema: RecordsSchema, capacity: number): BatchBuilder {
  const columns = schema.fields.map((field) => new ColumnBuilder(field.type, capacity))
  return {
    columns,
    capacity,
    finish() {
      const rows = columns[0]?.length ?? 0
      const uneven = columns.findIndex((column) => column.length !== rows)
      if (uneven >= 0) throw new RangeError(`column ${uneven} has ${columns[uneven]!.length} rows, want ${rows}`)
      return { rows, columns: columns.map((column) => column.finish()) }
    },
  }
}

/**
 * One column in the making.
 *
 * Hot code writes a fixed-width value itself (`values[length] = x`, or its 32-bit halves through `words`, low half first) and
 * then calls `endValue`; for text and bytes it calls `reserve`, writes into `bytes` from `byteLength`, and calls `endText`.
 * Arrays are replaced by `finish` and `reserve`: read them anew after either.
 */
export class ColumnBuilder {
  readonly type: FieldType
  readonly capacity: number
  /** Rows so far. */
  length = 0
  values: ColumnValues
  /** The memory of `values` as 32-bit words, low word first, for types of 64 bits and more. */
  words: Int32Array
  /** Bits of a boolean column, text of a text column, wide decimals and uuids: `values` as bytes. */
  bytes: Uint8Array
  /** End of the text written so far. */
  byteLength = 0
  offsets: Int32Array
  zone: Int32Array
  private validity: Uint8Array
  private nulls = 0
  private readonly layout: Layout

  constructor(type: FieldType, capacity: number) {
    this.type = type
    this.capacity = capacity
    this.layout = layoutOf(type)
    this.values = this.bytes = NO_BYTES
    this.words = this.offsets = this.zone = NO_WORDS
    this.validity = NO_BYTES
    this.renew()
  }

  /** Ends a row whose value was written into `values`, `words` or `bytes`. */
  endValue(): void {
    this.length++
  }

  /** Appends a null row. */
  setNull(): void {
    if (this.nulls++ === 0) {
      this.validity = new Uint8Array((this.capacity + 7) >> 3).fill(255)
    }
    this.validity[this.length >> 3]! &= ~(1 << (this.length & 7))
    this.length++
    if (this.layout.text) this.offsets[this.length] = this.byteLength
  }

  setBoolean(value: boolean): void {
    if (value) this.bytes[this.length >> 3]! |= 1 << (this.length & 7)
    this.length++
  }

  /** Makes room for `count` more bytes of text. */
  reserve(count: number): void {
    const need = this.byteLength + count
    if (need <= this.bytes.length) return
    if (need > 0x7fff_ffff) throw new RangeError('a batch column holds at most 2 GiB of text: use fewer rows a batch')
    const grown = new Uint8Array(Math.min(0x7fff_ffff, Math.max(need, this.bytes.length * 2)))
    grown.set(this.bytes.subarray(0, this.byteLength))
    this.values = this.bytes = grown
  }

  /** Ends a row whose text was written into `bytes` up to `byteLength`, exclusive. */
  endText(byteLength: number): void {
    this.byteLength = byteLength
    this.offsets[++this.length] = byteLength
  }

  /** Appends the text `bytes[start, end)` of another buffer. */
  pushBytes(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    let to = this.byteLength
    // For short text a loop costs less than the call into `set`.
    if (end - start < 24) for (let i = start; i < end; i++) this.bytes[to++] = from[i]!
    else {
      this.bytes.set(from.subarray(start, end), to)
      to += end - start
    }
    this.endText(to)
  }

  /** Appends a string. Not for hot paths. */
  pushString(text: string): void {
    const bytes = encoder.encode(text)
    this.pushBytes(bytes, 0, bytes.length)
  }

  /** Appends an integer of any width, a decimal times 10^scale, or a time or timestamp in its unit. Not for hot paths. */
  pushBigInt(value: bigint): void {
    const { words } = this.layout
    const i = this.length
    if (words === 0) (this.values as Int32Array)[i] = Number(value)
    else {
      let rest = value
      for (let k = 0; k < words; k++) {
        this.words[i * words + k] = Number(BigInt.asIntN(32, rest))
        rest >>= 32n
      }
    }
    this.length++
  }

  /** Appends a number to a float column or to one of integers up to 32 bits, dates, or times in s or ms. */
  pushNumber(value: number): void {
    (this.values as Float64Array)[this.length++] = value
  }

  /** The rows so far as a column; what follows goes into new memory. */
  finish(): Column {
    const column = {
      values: this.layout.text ? this.bytes.subarray(0, this.byteLength) : this.values,
      ...(this.nulls > 0 && { validity: this.validity }),
      ...(this.layout.text && { offsets: this.offsets }),
      ...(this.layout.zone && { zone: this.zone }),
    }
    this.renew()
    return column
  }

  private renew(): void {
    const { layout, capacity } = this
    this.nulls = 0
    this.length = 0
    if (layout.text) {
      // The last batch's text tells how much the next will need.
      this.values = this.bytes = new Uint8Array(Math.max(1024, Math.ceil(this.byteLength * 1.125)))
      this.offsets = new Int32Array(capacity + 1)
      this.byteLength = 0
      return
    }
    const values = this.values = layout.make(capacity)
    this.bytes = new Uint8Array(values.buffer)
    if (layout.words > 0) this.words = new Int32Array(values.buffer)
    if (layout.zone) this.zone = new Int32Array(capacity)
  }
}

interface Layout {
  /** True for variable-width columns with offsets. */
  readonly text: boolean
  /** 32-bit words a value takes, for values of 64 bits and more; else 0. */
  readonly words: number
  readonly zone: boolean
  readonly make: (capacity: number) => ColumnValues
}

const encoder = new TextEncoder()
const NO_BYTES = new Uint8Array(0)
const NO_WORDS = new Int32Array(0)

/** Bytes a decimal of this precision takes in a column: 8, 16 or 32. */
export function decimalBytes(precision: number): 8 | 16 | 32 {
  if (precision <= 18) return 8
  return precision <= 38 ? 16 : 32
}

function layoutOf(type: FieldType): Layout {
  const fixed = { text: false, words: 0, zone: false }
  switch (type.type) {
    case 'string':
    case 'json':
    case 'bytes':
      return { ...fixed, text: true, make: () => NO_BYTES }
    case 'boolean':
      return { ...fixed, make: (n) => new Uint8Array((n + 7) >> 3) }
    case 'uuid':
      return { ...fixed, make: (n) => new Uint8Array(n * 16) }
    case 'date':
      return { ...fixed, make: (n) => new Int32Array(n) }
    case 'float':
      return { ...fixed, make: (n) => type.bits === 32 ? new Float32Array(n) : new Float64Array(n) }
    case 'decimal': {
      const width = decimalBytes(type.precision)
      return { ...fixed, words: width / 4, make: (n) => width === 8 ? new BigInt64Array(n) : new Uint8Array(n * width) }
    }
    case 'time':
      return type.unit === 's' || type.unit === 'ms'
        ? { ...fixed, zone: type.zoned, make: (n) => new Int32Array(n) }
        : { text: false, words: 2, zone: type.zoned, make: (n) => new BigInt64Array(n) }
    case 'timestamp':
      return { ...fixed, words: 2, make: (n) => new BigInt64Array(n) }
    case 'integer':
      return { ...fixed, words: type.bits === 64 ? 2 : 0, make: integerArray(type.bits, type.signed) }
  }
}

function integerArray(bits: 8 | 16 | 32 | 64, signed: boolean): (capacity: number) => ColumnValues {
  switch (bits) {
    case 8:
      return (n) => signed ? new Int8Array(n) : new Uint8Array(n)
    case 16:
      return (n) => signed ? new Int16Array(n) : new Uint16Array(n)
    case 32:
      return (n) => signed ? new Int32Array(n) : new Uint32Array(n)
    case 64:
      return (n) => signed ? new BigInt64Array(n) : new BigUint64Array(n)
  }
}
