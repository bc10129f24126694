// The records schema as JSON: `bltypes/v1` of the original Records Mover, with what that form cannot say in one namespaced key.
import type { Field, FieldType, Origin, RecordsSchema } from './contract/schema.js'
import { MoveError } from './contract/errors.js'

/** The form's own name for itself. https://github.com/bluelabsio/records-mover/blob/master/docs/schema/SCHEMAv1.md */
const FORM = 'bltypes/v1'
const OURS = 'records-mover'

interface JsonField {
  readonly type: string
  readonly index: number
  readonly constraints: { readonly required: boolean, readonly [name: string]: unknown }
  readonly [OURS]: { readonly type: FieldType, readonly origin?: Origin }
}

/** The schema as a value for `JSON.stringify`. */
export function schemaToJson(schema: RecordsSchema): { readonly schema: string, readonly fields: { readonly [name: string]: JsonField } } {
  const fields = schema.fields.map((field, i): [string, JsonField] => [field.name, {
    type: formType(field.type),
    index: i + 1,
    constraints: { required: !field.nullable, ...constraints(field.type) },
    [OURS]: { type: field.type, ...(field.origin && { origin: field.origin }) },
  }])
  const ours = { order: schema.fields.map(({ name }) => name), ...(schema.key && { key: schema.key }) }
  return { schema: FORM, fields: Object.fromEntries(fields), [OURS]: ours } as ReturnType<typeof schemaToJson>
}

/** Reads a schema that this project or the original wrote. @throws MoveError `bad-data`, naming the file and the field. */
export function schemaFromJson(value: unknown, name: string): RecordsSchema {
  const form = record(value)
  if (form?.schema !== FORM) throw bad(name, `its "schema" is not "${FORM}"`)
  const fields = record(form.fields)
  if (fields === undefined) throw bad(name, 'it has no "fields"')
  const ours = record(form[OURS])
  // A JSON object puts names that look like numbers first, so our own files keep the order apart.
  const order = strings(ours?.order) ?? Object.keys(fields).sort((a, b) => place(fields[a]) - place(fields[b]))
  const key = strings(ours?.key)
  return { fields: order.map((field) => readField(field, record(fields[field]), name)), ...(key && { key }) }
}

function readField(field: string, json: Record<string, unknown> | undefined, name: string): Field {
  if (json === undefined) throw bad(name, `the field "${field}" is not described`)
  const limits = record(json.constraints) ?? {}
  const ours = record(json[OURS])
  const type = readOwnType(ours?.type) ?? readFormType(String(json.type), limits)
  if (type === undefined) throw bad(name, `the field "${field}" has the unknown type "${String(json.type)}"`)
  return { name: field, type, nullable: limits.required !== true }
}

function formType(type: FieldType): string {
  switch (type.type) {
    case 'float':
      return 'decimal'
    case 'time':
      return type.zoned ? 'timetz' : 'time'
    case 'timestamp':
      return type.zoned ? 'datetimetz' : 'datetime'
    case 'bytes':
    case 'json':
    case 'uuid':
      return 'string'
    default:
      return type.type
  }
}

function constraints(type: FieldType): Record<string, unknown> {
  switch (type.type) {
    case 'integer': {
      const top = 1n << BigInt(type.signed ? type.bits - 1 : type.bits)
      return { min: String(type.signed ? -top : 0n), max: String(top - 1n) }
    }
    case 'float':
      return type.bits === 64 ? { fp_total_bits: 64, fp_significand_bits: 53 } : { fp_total_bits: 32, fp_significand_bits: 23 }
    case 'decimal':
      return { fixed_precision: type.precision, fixed_scale: type.scale }
    case 'string':
      return { ...(type.maxBytes !== undefined && { max_length_bytes: type.maxBytes }), ...(type.maxChars !== undefined && { max_length_chars: type.maxChars }) }
    default:
      return {}
  }
}

function readFormType(type: string, limits: Record<string, unknown>): FieldType | undefined {
  switch (type) {
    case 'boolean':
    case 'date':
      return { type }
    case 'time':
    case 'timetz':
      return { type: 'time', unit: 'us', zoned: type === 'timetz' }
    case 'datetime':
    case 'datetimetz':
      return { type: 'timestamp', unit: 'us', zoned: type === 'datetimetz' }
    case 'string': {
      const [maxBytes, maxChars] = [count(limits.max_length_bytes), count(limits.max_length_chars)]
      return { type: 'string', ...(maxBytes !== undefined && { maxBytes }), ...(maxChars !== undefined && { maxChars }) }
    }
    case 'integer':
      return integerWithin(limits.min, limits.max)
    case 'decimal': {
      const [precision, scale] = [count(limits.fixed_precision), count(limits.fixed_scale)]
      if (precision !== undefined && scale !== undefined && precision >= 1 && precision <= 76 && scale <= precision) return { type: 'decimal', precision, scale }
      return { type: 'float', bits: (count(limits.fp_total_bits) ?? 64) <= 32 ? 32 : 64 }
    }
    default:
      return undefined
  }
}

function integerWithin(min: unknown, max: unknown): FieldType {
  const [low, high] = [whole(min), whole(max)]
  if (low === undefined || high === undefined) return { type: 'integer', bits: 64, signed: true }
  for (const bits of [8, 16, 32, 64] as const) {
    if (low >= 0n && high < 1n << BigInt(bits) && high >= 1n << BigInt(bits - 1)) return { type: 'integer', bits, signed: false }
    if (BigInt.asIntN(bits, low) === low && BigInt.asIntN(bits, high) === high) return { type: 'integer', bits, signed: true }
  }
  return { type: 'decimal', precision: Math.min(76, Math.max(String(low).replace('-', '').length, String(high).replace('-', '').length)), scale: 0 }
}

function readOwnType(value: unknown): FieldType | undefined {
  const type = record(value)
  if (type === undefined) return undefined
  const known = {
    boolean: true, bytes: true, date: true, json: true, uuid: true,
    integer: [8, 16, 32, 64].includes(type.bits as number) && typeof type.signed === 'boolean',
    float: [32, 64].includes(type.bits as number),
    decimal: within(type.precision, 1, 76) && within(type.scale, 0, type.precision as number),
    string: ['maxBytes', 'maxChars'].every((name) => type[name] === undefined || within(type[name], 0, Number.MAX_SAFE_INTEGER)),
    time: ['s', 'ms', 'us', 'ns'].includes(type.unit as string) && typeof type.zoned === 'boolean',
    timestamp: ['s', 'ms', 'us', 'ns'].includes(type.unit as string) && typeof type.zoned === 'boolean',
  } as Record<string, boolean>
  return Object.hasOwn(known, String(type.type)) && known[String(type.type)] ? type as unknown as FieldType : undefined
}

function within(value: unknown, low: number, high: number): boolean {
  return Number.isInteger(value) && (value as number) >= low && (value as number) <= high
}

function place(field: unknown): number {
  return count(record(field)?.index) ?? 0
}

function count(value: unknown): number | undefined {
  const number = Number(value)
  return value !== undefined && value !== null && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function whole(value: unknown): bigint | undefined {
  return /^-?\d{1,100}$/.test(String(value)) ? BigInt(String(value)) : undefined
}

function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}

function bad(name: string, why: string): MoveError {
  return new MoveError('bad-data', `${name} is not a records schema: ${why}`, { context: { file: name } })
}
