// Where fields and records begin and end in delimited bytes: structure, character encoding and limits, never a value. Half of
// it is one loop, which is long because it is the loop that every byte passes.
import { isUtf8 } from 'node:buffer'
import type { Limits } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Dialect } from './dialect.js'
import { badField, invalidByte } from './place.js'
import type { Records } from './region.js'
import { ESCAPED, QUOTED, grow } from './region.js'

export { ESCAPED, QUOTED } from './region.js'
export type { Records } from './region.js'

export interface ScanOptions {
  /** The name of the part, for messages. */
  readonly file: string
  readonly limits: Limits
  /** How many fields a record has. Default: as many as the first one. */
  readonly width?: number
  /** Names of the fields, for messages; the reader of a header sets `records.names` itself. */
  readonly names?: readonly string[]
}

const LF = 10
const CR = 13
const BOM = [0xef, 0xbb, 0xbf]
const NONE = Buffer.alloc(0)
// A region is what one `next()` gives: small enough to stay in the processor's cache, large enough to forget the call.
const REGION_FIELDS = 1 << 14
const REGION_BYTES = 1 << 20

// What a byte means in an unquoted field.
const PLAIN = 0
const DELIMITER = 1
const END = 2
const ESCAPE = 3
const FORBIDDEN = 4
// And in a quoted one.
const CLOSE = 1
const LINE = 2

/**
 * Finds records in the chunks of one part.
 *
 * ```ts
 * for await (const chunk of part.read()) {
 *   scanner.feed(chunk)
 *   while (scanner.next()) use(scanner.records)
 * }
 * scanner.end()
 * while (scanner.next()) use(scanner.records)
 * ```
 *
 * What `next()` gives does not depend on where chunks end, except for how many records come at a time. It throws `bad-data` for
 * a record of another width, a quote out of place, a line end that is not the told one, a field that never ends, or text that is
 * not UTF-8, and `over-limit`; every record before that one has been given by then.
 */
export class Scanner {
  readonly records: Records
  readonly #dialect: Dialect
  readonly #limits: Limits
  readonly #outside: Uint8Array
  readonly #inside: Uint8Array
  #width: number
  #at = 0
  #pending: Buffer[] = []
  #pendingLength = 0
  /** How long the broken record at the end was when it was last looked at; it is looked at again when it has doubled. */
  #broken = 0
  #started = false
  #ended = false

  constructor(dialect: Dialect, options: ScanOptions) {
    this.#dialect = dialect
    this.#limits = options.limits
    this.#width = options.width ?? 0
    const end = dialect.terminator[0]!
    this.#outside = outsideClasses(dialect)
    this.#inside = insideClasses(dialect)
    this.records = {
      bytes: NONE, start: 0, end: 0, width: this.#width, rows: 0, line: 1, terminated: true,
      starts: new Uint32Array(REGION_FIELDS), ends: new Uint32Array(REGION_FIELDS), flags: new Uint8Array(REGION_FIELDS),
      record: dialect.header ? 0 : 1,
      file: options.file, names: options.names, lineEnd: end === CR && dialect.terminator.length === 1 ? CR : LF,
    }
    this.#nextRecord = this.records.record
  }

  #nextRecord: number
  #nextLine = 1

  /** Takes the next bytes of the part; they are not copied unless a record is broken between two chunks. */
  feed(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.#pending.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#pendingLength += chunk.byteLength
  }

  /** Says that there are no more bytes: the last record may lack its terminator. */
  end(): void {
    this.#ended = true
  }

  /** True when `records` holds records, at least one; false when it takes more bytes to find one, or the part has ended. */
  next(): boolean {
    for (;;) {
      const { bytes } = this.records
      if (this.#at >= bytes.length || this.#broken > 0) {
        if (!this.#join()) return false
      }
      if (!this.#started && !this.#skipMark()) return false
      if (this.#at >= this.records.bytes.length) continue
      if (this.#scan()) return true
      if (this.#ended && this.#pendingLength === 0) throw new MoveError('failed', `${this.records.file} cannot be scanned to its end`)
      this.#broken = this.records.bytes.length - this.#at
      if (this.#broken > this.#limits.recordBytes) this.#overLimit('recordBytes', this.#limits.recordBytes, this.#at)
    }
  }

  /** Puts what is left and what has come into one buffer, when that is enough to look at. */
  #join(): boolean {
    const { bytes } = this.records
    const rest = bytes.length - this.#at
    if (this.#pendingLength === 0 && (rest === 0 || !this.#ended || this.#broken === 0)) return false
    if (this.#pendingLength < this.#broken && !this.#ended) return false
    if (this.#pendingLength > 0) {
      const whole = rest === 0 && this.#pending.length === 1
      this.records.bytes = whole ? this.#pending[0]! : concat(bytes.subarray(this.#at), this.#pending, this.#pendingLength)
      this.#at = 0
      this.#pending = []
      this.#pendingLength = 0
    }
    this.#broken = 0
    return true
  }

  /** Skips a byte order mark. False while it takes more bytes to know. */
  #skipMark(): boolean {
    const { bytes } = this.records
    const length = Math.min(BOM.length, bytes.length)
    let same = 0
    while (same < length && bytes[same] === BOM[same]) same++
    if (same === length && length < BOM.length && !this.#ended) {
      this.#broken = 1
      return this.#pendingLength > 0 && this.#join() && this.#skipMark()
    }
    this.#started = true
    if (same === BOM.length) this.#at = BOM.length
    return true
  }

  /** Scans from `#at` to the end of the bytes or of the region. False when there is no whole record. */
  #scan(): boolean {
    const records = this.records
    const { bytes } = records
    const { quote, doublequote, escape, terminator } = this.#dialect
    const outside = this.#outside
    const inside = this.#inside
    const length = bytes.length
    const ended = this.#ended
    const twoBytes = terminator.length === 2
    const longest = Math.min(this.#limits.fieldBytes, this.#limits.recordBytes)
    const first = this.#at
    const header = this.#nextRecord === 0
    let { starts, ends, flags } = records
    let width = this.#width
    let position = first
    let recordStart = first
    let field = 0
    let recordField = 0
    let rows = 0
    let lines = 0
    let moreLines = 0
    let terminated = true
    // The record at which the loop stopped, and why, when it is not for want of bytes.
    let wrong: string | undefined
    let wrongAt = 0
    let wrongField = -1

    let capacity = starts.length

    scan: while (position < length || field > recordField) {
      if (field === capacity) {
        if (rows > 0) break
        if (field > this.#limits.fields) this.#overLimit('fields', this.#limits.fields, position)
        const grown = grow(records)
        starts = grown.starts
        ends = grown.ends
        flags = grown.flags
        capacity = starts.length
      }
      const fieldStart = position
      let kind = PLAIN
      while (position < length && (kind = outside[bytes[position]!]!) === PLAIN) position++
      if (kind === DELIMITER) {
        // Most fields end here.
        starts[field] = fieldStart
        ends[field] = position
        flags[field] = 0
        field++
        position++
        continue
      }
      let flag = 0

      if (kind === FORBIDDEN && position === fieldStart && bytes[position] === quote) {
        position++
        starts[field] = position
        flag = QUOTED
        for (;;) {
          let mark = PLAIN
          while (position < length && (mark = inside[bytes[position]!]!) === PLAIN) position++
          if (position >= length) {
            if (!ended) break scan
            wrong = 'the quote that opens this field is never closed: double a quote that is data, or tell another quotechar'
            wrongAt = fieldStart
            break scan
          }
          if (mark === LINE) {
            moreLines++
            position++
          } else if (mark === ESCAPE) {
            if (position + 1 >= length) {
              if (!ended) break scan
              wrong = 'the file ends behind an escape'
              wrongAt = position
              break scan
            }
            if (inside[bytes[position + 1]!] === LINE) moreLines++
            flag = QUOTED | ESCAPED
            position += 2
          } else if (doublequote && position + 1 >= length && !ended) {
            break scan
          } else if (doublequote && position + 1 < length && bytes[position + 1] === quote) {
            flag = QUOTED | ESCAPED
            position += 2
          } else break
        }
        ends[field] = position
        position++
        kind = position < length ? outside[bytes[position]!]! : PLAIN
        if (position < length && kind !== DELIMITER && kind !== END) {
          wrong = 'text stands behind the closing quote of this field: double a quote that is data'
          wrongAt = position
          break
        }
      } else {
        while (position < length && (kind === ESCAPE || kind === PLAIN)) {
          if (kind === ESCAPE) {
            if (position + 1 >= length) {
              if (!ended) break scan
              wrong = 'the file ends behind an escape'
              wrongAt = position
              break scan
            }
            flag = ESCAPED
            if (bytes[position + 1] === records.lineEnd) moreLines++
            position += 2
          }
          kind = PLAIN
          while (position < length && (kind = outside[bytes[position]!]!) === PLAIN) position++
        }
        if (position < length && kind === FORBIDDEN) {
          wrong = bytes[position] === quote
            ? 'a quote stands inside an unquoted field: quote the whole field and double the quote, or set hint quoting to null'
            : 'an unquoted field holds a line end that is not the told one: quote the field, or tell record-terminator'
          wrongAt = position
          break
        }
        starts[field] = fieldStart
        ends[field] = position
      }
      flags[field] = flag

      // Behind a field: a delimiter, a terminator, or the end.
      let ending = false
      if (position >= length) {
        if (!ended) break
        ending = true
        terminated = false
      } else if (kind === END) {
        if (twoBytes) {
          if (position + 1 >= length && !ended) break
          if (position + 1 >= length || bytes[position + 1] !== LF) {
            wrong = 'a carriage return without line feed ends a line: quote the field, or tell record-terminator'
            wrongAt = position
            break
          }
          position++
        }
        ending = true
      }
      field++
      position++
      if (!ending) continue

      if (position > length) position = length
      const found = field - recordField
      if (found > this.#limits.fields) {
        if (rows > 0) break
        this.#overLimit('fields', this.#limits.fields, recordStart)
      }
      if (width === 0) width = found
      if (found !== width) {
        wrong = raggedText(found, width, ends[recordField] === recordStart && flags[recordField] === 0)
        wrongField = Math.min(found, width)
        wrongAt = found < width ? ends[field - 1]! : starts[recordField + width]!
        break
      }
      if (position - recordStart > longest) {
        if (rows > 0) break
        this.#checkLimits(recordStart, position, recordField, field)
      }
      if (escape >= 0 && found === 1 && isEndOfData(bytes, starts[recordField]!, ends[recordField]!, flag)) {
        wrong = 'the record is \\. which ends the data for a PostgreSQL server: write a point without escape'
        wrongAt = recordStart
        wrongField = 0
        break
      }
      rows++
      recordStart = position
      recordField = field
      lines += moreLines + 1
      moreLines = 0
      if (header || position - first >= REGION_BYTES) break
    }

    records.start = first
    records.width = width
    records.record = this.#nextRecord
    records.line = this.#nextLine
    if (rows === 0) {
      if (wrong === undefined) return false
      throw badField(records, wrongAt, wrongField < 0 ? field : wrongField, wrong)
    }
    records.end = recordStart
    records.rows = rows
    records.terminated = terminated || recordStart < length
    this.#width = width
    this.#at = recordStart
    this.#nextRecord += rows
    this.#nextLine += lines
    if (!isUtf8(bytes.subarray(first, recordStart))) this.#cutAtInvalid()
    return true
  }

  /** Leaves the records before the first one that is not UTF-8; throws when that is the first. */
  #cutAtInvalid(): void {
    const records = this.records
    const { bytes, starts, ends, width, rows } = records
    for (let row = 0; row < rows; row++) {
      // Delimiters, quotes and terminators are ASCII, so what is wrong is wrong within a field.
      for (let k = 0; k < width; k++) {
        const field = row * width + k
        const value = bytes.subarray(starts[field], ends[field])
        if (isUtf8(value)) continue
        if (row === 0) {
          const at = starts[field]! + invalidByte(value)
          throw badField(records, at, k, 'the text is not UTF-8: this version reads no other encoding')
        }
        const end = this.#startOf(row)
        records.terminated = true
        records.rows = row
        this.#nextRecord = records.record + row
        this.#nextLine = records.line + countLines(bytes, records.start, end, this.#dialect.terminator.length === 1 ? records.lineEnd : LF)
        this.#at = end
        records.end = end
        return
      }
    }
  }

  /** Where record `row` of the region begins. */
  #startOf(row: number): number {
    const { starts, flags, width } = this.records
    const field = row * width
    return starts[field]! - (flags[field]! & QUOTED)
  }

  #checkLimits(from: number, to: number, firstField: number, endField: number): void {
    const { starts, ends } = this.records
    if (to - from > this.#limits.recordBytes) this.#overLimit('recordBytes', this.#limits.recordBytes, from)
    for (let field = firstField; field < endField; field++) {
      if (ends[field]! - starts[field]! > this.#limits.fieldBytes) {
        this.#overLimit('fieldBytes', this.#limits.fieldBytes, starts[field]!, field - firstField)
      }
    }
  }

  #overLimit(limit: keyof Limits, value: number, at: number, field = 0): never {
    const { records } = this
    records.start = this.#at
    records.record = this.#nextRecord
    records.line = this.#nextLine
    const { context } = badField(records, at, field, '')
    const { record, line, file } = context
    const facts = { file: file!, line: line!, record: record!, ...(limit === 'fieldBytes' ? { field: context.field! } : {}) }
    const what = { fieldBytes: 'a field', recordBytes: 'a record', fields: 'a record' }[limit]
    const unit = limit === 'fields' ? 'fields' : 'bytes'
    throw new MoveError('over-limit', `${what} of ${file!} line ${line!} has more than ${value} ${unit}: raise limit ${limit} if that is right`, {
      context: { ...facts, limit, value: String(value) },
    })
  }
}

function outsideClasses(dialect: Dialect): Uint8Array {
  const classes = new Uint8Array(256)
  classes[LF] = FORBIDDEN
  classes[CR] = FORBIDDEN
  if (dialect.quote >= 0) classes[dialect.quote] = FORBIDDEN
  if (dialect.escape >= 0) classes[dialect.escape] = ESCAPE
  classes[dialect.delimiter] = DELIMITER
  classes[dialect.terminator[0]!] = END
  return classes
}

function insideClasses(dialect: Dialect): Uint8Array {
  const classes = new Uint8Array(256)
  classes[dialect.terminator.length === 1 ? dialect.terminator[0]! : LF] = LINE
  if (dialect.escape >= 0) classes[dialect.escape] = ESCAPE
  if (dialect.quote >= 0) classes[dialect.quote] = CLOSE
  return classes
}

function concat(rest: Buffer, pending: readonly Buffer[], pendingLength: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(rest.length + pendingLength)
  whole.set(rest, 0)
  let at = rest.length
  for (const chunk of pending) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

function raggedText(found: number, width: number, empty: boolean): string {
  if (found === 1 && empty) return `the line is empty where a record has ${width} fields: remove it`
  const told = `the record has ${found} ${found === 1 ? 'field' : 'fields'} where ${width} ${width === 1 ? 'is' : 'are'} expected`
  return `${told}: quote a delimiter that is data, or mend the record`
}

function isEndOfData(bytes: Buffer, start: number, end: number, flag: number): boolean {
  return flag === ESCAPED && end - start === 2 && bytes[start + 1] === 0x2e
}

function countLines(bytes: Buffer, from: number, to: number, lineEnd: number): number {
  let lines = 0
  for (let at = from; at < to; at++) if (bytes[at] === lineEnd) lines++
  return lines
}
