// Delimited text as a format of the contract: what can be judged of it without loading its codec.
import type { FormatDescriptor, FormatVerb, RecordsFormat, RecordsSchema, Why } from '@records-mover/core/plugin'
import { ENDINGS, VARIANTS, completeFormat, refuseFormat } from './hints.js'
import { refuseColumns } from './refuse-columns.js'

export const descriptor: FormatDescriptor = {
  extensions: Object.keys(ENDINGS),
  variants: Object.keys(VARIANTS),
  fallback: true,
  typeless: true,
  refuse,
  complete: completeFormat,
  needs: 'stream',
  codec: () => import('./codec.js').then((module) => module.codec),
}

function refuse(format: RecordsFormat, given: RecordsSchema, as: RecordsSchema, verb: FormatVerb, to?: RecordsFormat): Why | undefined {
  const wrong = refuseFormat(format)
  if (wrong !== undefined) return wrong
  if (verb === 'transcode') {
    if (to === undefined) return 'transcoding needs the format that is to be written'
    const target = refuseFormat(to)
    if (target !== undefined) return target
  }
  // Encode writes what it gets, under the types it has.
  const why = verb === 'encode' ? undefined : refuseColumns(given, as)
  if (why !== undefined) return why
  return as.fields.length === 0 ? 'delimited text cannot hold records without fields' : undefined
}
