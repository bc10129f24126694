// The format postgres-binary as plain data: what COPY ... (FORMAT binary) of PostgreSQL writes and reads.
import type { FormatDescriptor, FormatVerb, RecordsFormat, RecordsSchema, Told, Why } from '@records-mover/core/plugin'
import { MoveError, sameType, typeText } from '@records-mover/core/plugin'
import { wireOf } from './binary-wire.js'

/**
 * The whole of the format: it has no hints. Which types the fields of a stream have, in which order, stands in the schema
 * that goes with it: a field's wire form is that of its PostgreSQL type in `origin`, or of its home type where it has none.
 */
export const BINARY: RecordsFormat = { format: 'postgres-binary', hints: {} }

export const binary: FormatDescriptor = {
  extensions: ['pgcopy'],
  needs: 'stream',
  refuse,
  complete,
  codec: async () => (await import('./binary-codec.js')).codec,
}

/** Why a format is not this one; undefined when it is. */
export function refuseHints(format: RecordsFormat): Why | undefined {
  const hint = Object.keys(format.hints)[0]
  return hint === undefined ? undefined : `postgres-binary has no hint "${hint}"`
}

function refuse(format: RecordsFormat, given: RecordsSchema, as: RecordsSchema, verb: FormatVerb): Why | undefined {
  const why = refuseHints(format)
  if (why !== undefined) return why
  if (verb === 'transcode') return 'postgres-binary has one spelling only'
  return verb === 'decode' ? refuseDecode(given, as) : refuseEncode(given, as)
}

function refuseDecode(given: RecordsSchema, as: RecordsSchema): Why | undefined {
  const byName = new Map(given.fields.map((field) => [field.name, field]))
  for (const field of as.fields) {
    const found = byName.get(field.name)
    if (found === undefined) return `there is no field "${field.name}"`
    if (wireOf(found) === undefined) return `the values of field "${field.name}" (${found.origin?.type ?? typeText(found.type)}) are known as text only`
    // Every text of a type with a bound is a text of one without.
    if (sameType(found.type, field.type) || (found.type.type === 'string' && typeText(field.type) === 'string')) continue
    return `field "${field.name}" is ${typeText(found.type)} and wanted as ${typeText(field.type)}`
  }
  return undefined
}

function refuseEncode(given: RecordsSchema, as: RecordsSchema): Why | undefined {
  for (const [i, field] of as.fields.entries()) {
    const from = given.fields[i]
    if (from?.name !== field.name || !sameType(from.type, field.type)) return `field "${field.name}" arrives as another type`
    if (wireOf(field) === undefined) return `the values of field "${field.name}" (${field.origin?.type ?? typeText(field.type)}) are known as text only`
  }
  return undefined
}

function complete(told: Told): RecordsFormat {
  const why = refuseHints({ format: BINARY.format, hints: told.hints ?? {} })
  if (why !== undefined) throw new MoveError('refused', why)
  return BINARY
}
