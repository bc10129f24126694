// Whether the fields of one schema can become those of another: by name, and by core's table of conversions.
import type { RecordsSchema, Why } from '@records-mover/core/plugin'
import { conversion } from '@records-mover/core/plugin'

/** Why records of `given` cannot be turned into records of `as`; undefined when they can. */
export function refuseColumns(given: RecordsSchema, as: RecordsSchema): Why | undefined {
  for (const field of as.fields) {
    const other = given.fields.find(({ name }) => name === field.name)
    if (other === undefined) return `the records have no field "${field.name}"`
    const how = conversion(other.type, field.type)
    if (how.kind === 'refused') return `field "${field.name}": ${how.why}`
  }
  return undefined
}
