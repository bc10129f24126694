// The canonical text of every value, and back: one spelling per value, whoever writes it. Strings, so not for hot paths.
import type { Column } from './contract/batch.js'
import type { DecimalType, FieldType, TimeUnit } from './contract/schema.js'
import { decimalBytes } from './batch-builder.js'

/** Units in a second. */
export const UNITS_PER_SECOND: { readonly [unit in TimeUnit]: number } = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }

const FRACTION_DIGITS: { readonly [unit in TimeUnit]: number } = { s: 0, ms: 3, us: 6, ns: 9 }
const DAY_SECONDS = 86_400n

/** The canonical text of one row of a column, or null. */
export function valueText(type: FieldType, column: Column, row: number): string | null {
  if (isNull(column, row)) return null
  switch (type.type) {
    case 'boolean':
      return (((column.values as Uint8Array)[row >> 3]! >> (row & 7)) & 1) === 1 ? 'true' : 'false'
    case 'float':
      return floatText((column.values as Float64Array)[row]!, type.bits)
    case 'integer':
      return String(column.values[row])
    case 'decimal':
      return decimalText(bigintAt(type, column, row), type.scale)
    case 'string':
    case 'json':
      return textAt(column, row)
    case 'bytes':
      return '\\x' + hex(bytesAt(column, row))
    case 'uuid':
      return uuidText(column.values as Uint8Array, row * 16)
    case 'date':
      return dateText(Number(column.values[row]))
    case 'time':
      return timeText(bigintAt(type, column, row), type.unit) + (type.zoned ? offsetText(column.zone![row]!) : '')
    case 'timestamp':
      return timestampText(bigintAt(type, column, row), type.unit, type.zoned)
  }
}

/** True when a row of a column is null. */
export function isNull(column: Column, row: number): boolean {
  return column.validity !== undefined && ((column.validity[row >> 3]! >> (row & 7)) & 1) === 0
}

/** The bytes of one row of a text or bytes column: a view, not a copy. */
export function bytesAt(column: Column, row: number): Uint8Array {
  return (column.values as Uint8Array).subarray(column.offsets![row], column.offsets![row + 1])
}

/** One row of a string or json column. */
export function textAt(column: Column, row: number): string {
  return decoder.decode(bytesAt(column, row))
}

/** One row of an integer, decimal, date, time or timestamp column, as the number the column holds. */
export function bigintAt(type: FieldType, column: Column, row: number): bigint {
  if (type.type !== 'decimal' || type.precision <= 18) return BigInt(column.values[row]!)
  const width = decimalBytes(type.precision)
  const bytes = column.values as Uint8Array
  const view = new DataView(bytes.buffer, bytes.byteOffset + row * width, width)
  let value = view.getBigInt64(width - 8, true)
  for (let at = width - 16; at >= 0; at -= 8) value = (value << 64n) | view.getBigUint64(at, true)
  return value
}

/** `-1234`, 2 becomes `-12.34`. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/**
 * The shortest digits that read back as the same number, with an exponent where PostgreSQL writes one.
 *
 * PostgreSQL: below 1e-4, and from 1e15 (double precision) or 1e6 (real) on. https://www.postgresql.org/docs/current/datatype-numeric.html
 */
export function floatText(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa, power] = shortestExponential(Math.abs(value), bits).split('e') as [string, string]
  const sign = value < 0 ? '-' : ''
  const exponent = Number(power)
  const digits = mantissa.replace('.', '')
  if (exponent < -4 || exponent >= (bits === 64 ? 15 : 6)) {
    const two = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${two}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

/** `2024-02-29`; `10000-01-01`; `0044-03-15 BC`. Days since 1970-01-01. */
export function dateText(days: number): string {
  const { year, month, day } = civil(days)
  return `${yearText(year)}-${two(month)}-${two(day)}${year <= 0 ? ' BC' : ''}`
}

/** `23:59:59.5`, from units since midnight. */
export function timeText(units: bigint, unit: TimeUnit): string {
  const perSecond = BigInt(UNITS_PER_SECOND[unit])
  const seconds = Number(units / perSecond)
  const fraction = FRACTION_DIGITS[unit] === 0 ? '' : String(units % perSecond).padStart(FRACTION_DIGITS[unit], '0').replace(/0+$/, '')
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return fraction === '' ? clock : `${clock}.${fraction}`
}

/** `2024-02-29 12:34:56.789`, with `+00` when zoned, from units since 1970-01-01T00:00:00. */
export function timestampText(units: bigint, unit: TimeUnit, zoned: boolean): string {
  const perDay = DAY_SECONDS * BigInt(UNITS_PER_SECOND[unit])
  const time = ((units % perDay) + perDay) % perDay
  const { year, month, day } = civil(Number((units - time) / perDay))
  const date = `${yearText(year)}-${two(month)}-${two(day)}`
  return `${date} ${timeText(time, unit)}${zoned ? '+00' : ''}${year <= 0 ? ' BC' : ''}`
}

/** `+05:30`, from seconds east of UTC. */
export function offsetText(seconds: number): string {
  const size = Math.abs(seconds)
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60]
  while (parts.length > 1 && parts[parts.length - 1] === 0) parts.pop()
  return (seconds < 0 ? '-' : '+') + parts.map(two).join(':')
}

/** Lower case with dashes, from 16 bytes at `start`. */
export function uuidText(bytes: Uint8Array, start: number): string {
  const text = hex(bytes.subarray(start, start + 16))
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}

/** Lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** The number times 10^scale; undefined when the text is no plain decimal, or has digits that the type cannot hold. */
export function parseDecimal(text: string, type: Omit<DecimalType, 'type'>): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return undefined
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > type.scale) return undefined
  const digits = (match[2]! + fraction.padEnd(type.scale, '0')).replace(/^0+(?=.)/, '')
  if (digits.length > type.precision && digits !== '0') return undefined
  const value = BigInt(digits === '' ? '0' : digits)
  return match[1] === '-' ? -value : value
}

/** Days since 1970-01-01; undefined when the text is no date of the calendar. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{4,7})-(\d\d)-(\d\d)( BC)?$/.exec(text)
  return match === null ? undefined : daysOf(match[1]!, match[2]!, match[3]!, match[4] !== undefined)
}

/** Units since midnight and, for a zoned text, seconds east of UTC; undefined when it is no time or finer than the unit. */
export function parseTime(text: string, unit: TimeUnit): { units: bigint, zone?: number } | undefined {
  const match = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?$/.exec(text)
  if (match === null) return undefined
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  const fraction = (match[4] ?? '').replace(/0+$/, '')
  const seconds = hour * 3600 + minute * 60 + second
  if (minute > 59 || second > 59 || seconds > 86_400 || fraction.length > FRACTION_DIGITS[unit]) return undefined
  if (seconds === 86_400 && fraction !== '') return undefined
  const units = BigInt(seconds) * BigInt(UNITS_PER_SECOND[unit]) + BigInt(fraction.padEnd(FRACTION_DIGITS[unit], '0') || 0)
  return match[5] === undefined ? { units } : { units, zone: parseOffset(match[5]) }
}

/** Units since 1970-01-01T00:00:00, in UTC when the text has a zone; undefined when it is no timestamp or finer than the unit. */
export function parseTimestamp(text: string, unit: TimeUnit): { units: bigint, zoned: boolean } | undefined {
  const match = /^(\d{4,7})-(\d\d)-(\d\d)[ T](\S+)( BC)?$/.exec(text)
  if (match === null) return undefined
  const days = daysOf(match[1]!, match[2]!, match[3]!, match[5] !== undefined)
  const time = parseTime(match[4]!, unit)
  if (days === undefined || time === undefined) return undefined
  const local = BigInt(days) * DAY_SECONDS * BigInt(UNITS_PER_SECOND[unit]) + time.units
  const units = local - BigInt(time.zone ?? 0) * BigInt(UNITS_PER_SECOND[unit])
  if (BigInt.asIntN(64, units) !== units) return undefined
  return { units, zoned: time.zone !== undefined }
}

/** Days since 1970-01-01 of a proleptic Gregorian date; year 0 is 1 BC. */
export function daysFromCivil(year: number, month: number, day: number): number {
  // Howard Hinnant, chrono-compatible low-level date algorithms: https://howardhinnant.github.io/date_algorithms.html
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** The proleptic Gregorian date of a day; year 0 is 1 BC. */
export function civil(days: number): { year: number, month: number, day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function shortestExponential(value: number, bits: 32 | 64): string {
  if (bits === 64) return value.toExponential()
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits)
    if (Math.fround(Number(text)) === value) return text.replace(/\.?0+e/, 'e')
  }
  return value.toExponential(8)
}

function daysOf(year: string, month: string, day: string, bc: boolean): number | undefined {
  const [y, m, d] = [bc ? 1 - Number(year) : Number(year), Number(month), Number(day)]
  if ((bc ? y > 0 : y < 1) || m < 1 || m > 12) return undefined
  const days = daysFromCivil(y, m, d)
  // A day past the end of its month lands in another month.
  return d < 1 || civil(days).month !== m ? undefined : days
}

function parseOffset(text: string): number {
  if (text === 'Z') return 0
  const digits = text.slice(1).replaceAll(':', '').padEnd(6, '0')
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4))
  return text.startsWith('-') ? -seconds : seconds
}

function yearText(year: number): string {
  return String(year <= 0 ? 1 - year : year).padStart(4, '0')
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
