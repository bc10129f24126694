// How two ends agree on a format: favourites of both, judged by both, the lowest sum of places first.
import type { Judge, Why } from '../contract/contract.js'
import type { RecordsFormat } from '../contract/format.js'
import type { RecordsSchema } from '../contract/schema.js'
import { sameFields } from '../contract/schema.js'

/** The format both sides take with the schema the source delivers in it, or why there is none. */
export function match(
  from: Judge, to: Judge, given: RecordsSchema, as: RecordsSchema,
): { readonly format: RecordsFormat, readonly carried: RecordsSchema } | Why[] {
  const reasons: Why[] = []
  for (const format of candidates(from.formats, to.formats)) {
    for (const carried of deliveries(given, as)) {
      const why = from.refuse(format, given, carried) ?? to.refuse(format, carried, as)
      if (why === undefined) return { format, carried }
      reasons.push(`${format.format}: ${why}`)
    }
  }
  return [...new Set(reasons)]
}

/** What a source may be asked to deliver to another end: `as` itself, or its own types for that end to convert. */
function deliveries(given: RecordsSchema, as: RecordsSchema): readonly RecordsSchema[] {
  const byName = new Map(given.fields.map((field) => [field.name, field]))
  const own: RecordsSchema = { ...given, fields: as.fields.map((field) => byName.get(field.name) ?? field) }
  return sameFields(own, as) ? [as] : [as, own]
}

/** What a source may be asked to deliver to a codec, which can pick fields and convert types: its own first. */
export function carriers(given: RecordsSchema, as: RecordsSchema): readonly RecordsSchema[] {
  const asked = [...deliveries(given, as)].reverse()
  return asked.some((schema) => sameFields(schema, given)) ? asked : [given, ...asked]
}

export function sameFormat(a: RecordsFormat, b: RecordsFormat): boolean {
  return a.format === b.format && sameData(a.hints, b.hints)
}

function candidates(from: readonly RecordsFormat[], to: readonly RecordsFormat[]): RecordsFormat[] {
  const all: { format: RecordsFormat, places: number }[] = []
  for (const format of [...from, ...to]) {
    if (all.some((known) => sameFormat(known.format, format))) continue
    all.push({ format, places: place(from, format) + place(to, format) })
  }
  return all.sort((a, b) => a.places - b.places).map(({ format }) => format)
}

function place(list: readonly RecordsFormat[], format: RecordsFormat): number {
  const at = list.findIndex((other) => sameFormat(other, format))
  return at < 0 ? list.length : at
}

function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  return keys.length === others.length && keys.every((key) => sameData((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}
