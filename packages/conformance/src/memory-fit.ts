// How a wish meets a table in memory: which fields match, and what is refused.
import type { Fit, RecordsSchema, Why, Wish } from '@records-mover/core/plugin'
import { conversion, sameType, typeText } from '@records-mover/core/plugin'

/** The fit of a wish for a table of `there`, or for none. Every type fits a new table as it is. */
export function fitTable(name: string, there: RecordsSchema | undefined, wish: Wish): Fit {
  const key = keyRefusals(wish)
  const [grant] = wish.grants ?? []
  if (grant !== undefined) key.push(`memory has no privileges to grant ${grant.privilege}`)
  if (there === undefined || wish.whenExists === 'replace') {
    const columns = wish.schema.fields.map((field) => `${field.name} ${typeText(field.type)}${field.nullable ? '' : ' not null'}`)
    return { refused: key, schema: wish.schema, creates: [`create table ${name} (${columns.join(', ')})`], changes: [] }
  }
  if (wish.whenExists === 'fail') return { refused: [`the table "${name}" is there already: choose what to do with it`], schema: wish.schema, creates: [], changes: [] }
  const refused: Why[] = [...key]
  const changes: { field: string, change: string, loss?: string }[] = []
  const fields = wish.schema.fields.map((field) => {
    const match = there.fields.find((each) => each.name === field.name)
    if (match === undefined) {
      refused.push(`the table "${name}" has no field "${field.name}": leave it out, or choose "replace"`)
      return field
    }
    if (!sameType(field.type, match.type)) {
      const turn = conversion(field.type, match.type)
      const loss = turn.kind === 'checked' ? turn.loss : undefined
      if (turn.kind === 'refused') refused.push(`"${field.name}": ${turn.why}`)
      else if (loss !== undefined && !wish.allow.includes(loss)) refused.push(`"${field.name}": ${typeText(field.type)} to ${typeText(match.type)} needs allow: ['${loss}']`)
      changes.push({ field: field.name, change: `${typeText(field.type)} arrives as ${typeText(match.type)}`, ...(loss !== undefined && { loss }) })
    }
    return { ...field, type: match.type, nullable: match.nullable }
  })
  for (const { name: missing } of there.fields) {
    if (!wish.schema.fields.some((field) => field.name === missing)) refused.push(`the records have no field "${missing}", which the table has: add it, or choose "replace"`)
  }
  return { refused, schema: { ...wish.schema, fields }, creates: [], changes }
}

function keyRefusals(wish: Wish): Why[] {
  if (wish.whenExists !== 'merge') return []
  if (wish.key === undefined || wish.key.length === 0) return ['merge needs a key: name the fields that identify a record']
  return wish.key.filter((name) => !wish.schema.fields.some((field) => field.name === name)).map((name) => `the key field "${name}" is not among the records' fields`)
}
