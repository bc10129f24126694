// Which way records go: the route table, walked in order, with every refusal kept. Pure: facts in, a choice or reasons out.
import type { Fit, Judge, Look, Source, Stage, Target, Why } from '../contract/contract.js'
import type { FormatDescriptor, RecordsFormat } from '../contract/format.js'
import type { RecordsSchema } from '../contract/schema.js'
import { carriers, match } from './match.js'

/** What is carried, and what is taken: `bytes-to-files` means bytes are put into a stage and loaded by the target's server. */
export type Route =
  | 'native' | 'files-to-files' | 'bytes-to-bytes' | 'files-to-bytes' | 'bytes-to-files'
  | 'batches-to-bytes' | 'bytes-to-batches' | 'files-to-batches' | 'batches-to-files' | 'batches-to-batches'

export interface Facts {
  readonly source: Pick<Source, 'native' | 'files' | 'bytes' | 'batches'>
  readonly look: Look
  readonly target: Pick<Target, 'native' | 'files' | 'bytes' | 'batches'>
  readonly fit: Fit
  readonly formats: ReadonlyMap<string, FormatDescriptor>
  /** The stage the caller offers, which this process can reach. */
  readonly stage?: Stage
  /** Routes the caller allows. Absent: all. */
  readonly only?: readonly Route[]
  /** Routes the caller forbids. */
  readonly not?: readonly Route[]
}

/** The chosen way, in full: nothing is decided after this. */
export interface Choice {
  readonly route: Route
  /** What happens between the ends. */
  readonly middle: 'nothing' | 'transcode' | 'decode' | 'encode' | 'recode'
  /** The format the source gives, where it gives bytes or files. */
  readonly reads?: RecordsFormat
  /** The format the target takes, where it takes bytes or files. */
  readonly writes?: RecordsFormat
  /** What the source delivers. */
  readonly carried: RecordsSchema
  readonly stage?: Stage
  /** False when records never enter this process. */
  readonly passes: boolean
}

export interface Verdict {
  readonly route: Route
  readonly choice?: Choice
  /** Why not, most telling first; empty for a route that works. */
  readonly reasons: readonly Why[]
}

/** Every route with its verdict, in the order they are tried. Routes after the first that works are not judged. */
export function judgeRoutes(facts: Facts): readonly Verdict[] {
  const verdicts = new Map<Route, Verdict>()
  for (const { route, judge } of TABLE) {
    const judged = allowed(route, facts) ?? judge(facts)
    if (isChoice(judged)) {
      verdicts.set(route, { route, choice: judged, reasons: [] })
      break
    }
    const reasons = [...verdicts.get(route)?.reasons ?? [], ...typeof judged === 'string' ? [judged] : judged]
    verdicts.set(route, { route, reasons: [...new Set(reasons)] })
  }
  return [...verdicts.values()]
}

type Judged = Choice | Why | readonly Why[]

// The numbers of architecture.md: what carries nothing comes first, then what carries bytes as they are, then what changes them.
const TABLE: readonly { route: Route, judge: (facts: Facts) => Judged }[] = [
  { route: 'native', judge: native },
  { route: 'files-to-files', judge: filesToFiles },
  { route: 'bytes-to-bytes', judge: bytesToBytes },
  { route: 'files-to-bytes', judge: filesToBytes },
  { route: 'bytes-to-files', judge: bytesToFiles },
  { route: 'bytes-to-bytes', judge: transcoded },
  // Batches as they are need neither to be written as bytes nor to be read from them.
  { route: 'batches-to-batches', judge: batchesToBatches },
  { route: 'batches-to-bytes', judge: batchesToBytes },
  { route: 'bytes-to-batches', judge: bytesToBatches },
  { route: 'files-to-batches', judge: filesToBatches },
  { route: 'batches-to-files', judge: batchesToFiles },
  { route: 'bytes-to-bytes', judge: recoded },
]

function allowed(route: Route, facts: Facts): Why | undefined {
  if (facts.only !== undefined && !facts.only.includes(route)) return 'not among the routes asked for'
  return facts.not?.includes(route) ? 'forbidden by the caller' : undefined
}

function native({ source, target, look, fit }: Facts): Judged {
  if (source.native === undefined || target.native === undefined) return `${side(source.native)} has no server of its own`
  if (source.native.server !== target.native.server) return 'different servers'
  const why = target.native.refuse(given(look), fit.schema)
  return why ?? { route: 'native', middle: 'nothing', carried: fit.schema, passes: false }
}

function filesToFiles(facts: Facts): Judged {
  const { source, target } = facts
  if (source.files === undefined) return 'source cannot unload to files by itself'
  if (target.files === undefined) return 'target cannot load files by itself'
  const stage = source.files.at ?? target.files.at ?? facts.stage
  if (stage === undefined) return 'no stage is named: pass one that both servers reach'
  if (source.files.at !== undefined && target.files.at !== undefined) return 'the files lie in one place and belong in another, so they must be carried'
  const reason = unreachable(source.files, stage, 'source') ?? unreachable(target.files, stage, 'target')
  if (reason !== undefined) return reason
  const found = match(source.files, target.files, given(facts.look), facts.fit.schema)
  return 'format' in found ? { route: 'files-to-files', middle: 'nothing', ...both(found.format), carried: found.carried, stage, passes: false } : found
}

function bytesToBytes({ source, target, look, fit }: Facts): Judged {
  if (source.bytes === undefined) return 'source gives no bytes'
  if (target.bytes === undefined) return 'target takes no bytes'
  const found = match(source.bytes, target.bytes, given(look), fit.schema)
  return 'format' in found ? { route: 'bytes-to-bytes', middle: 'nothing', ...both(found.format), carried: found.carried, passes: true } : found
}

function filesToBytes(facts: Facts): Judged {
  const { source, target, stage } = facts
  if (source.files === undefined) return 'source cannot unload to files by itself'
  if (target.bytes === undefined) return 'target takes no bytes'
  if (stage === undefined) return 'no stage is named that this process can read'
  const reason = unreachable(source.files, stage, 'source')
  if (reason !== undefined) return reason
  const found = match(source.files, target.bytes, given(facts.look), facts.fit.schema)
  return 'format' in found ? { route: 'files-to-bytes', middle: 'nothing', ...both(found.format), carried: found.carried, stage, passes: true } : found
}

function bytesToFiles(facts: Facts): Judged {
  const { source, target, stage } = facts
  if (source.bytes === undefined) return 'source gives no bytes'
  if (target.files === undefined) return 'target cannot load files by itself'
  if (stage === undefined) return 'no stage is named that this process can write'
  const reason = unreachable(target.files, stage, 'target')
  if (reason !== undefined) return reason
  const found = match(source.bytes, target.files, given(facts.look), facts.fit.schema)
  return 'format' in found ? { route: 'bytes-to-files', middle: 'nothing', ...both(found.format), carried: found.carried, stage, passes: true } : found
}

function transcoded(facts: Facts): Judged {
  const { source, target, fit } = facts
  if (source.bytes === undefined || target.bytes === undefined) return []
  return first(source.bytes.formats, (reads) => first(carriers(given(facts.look), fit.schema), (carried) => first(target.bytes!.formats, (writes) => {
    if (reads.format !== writes.format) return []
    const descriptor = facts.formats.get(reads.format)
    if (descriptor === undefined) return `${reads.format} cannot be transcoded: no codec for it is registered`
    const why = source.bytes!.refuse(reads, given(facts.look), carried)
      ?? descriptor.refuse(reads, carried, fit.schema, 'transcode', writes)
      ?? target.bytes!.refuse(writes, fit.schema, fit.schema)
    return why ?? { route: 'bytes-to-bytes', middle: 'transcode', reads, writes, carried, passes: true }
  })))
}

function batchesToBytes(facts: Facts): Judged {
  const { source, target, fit } = facts
  if (source.batches === undefined) return 'source gives no batches'
  if (target.bytes === undefined) return 'target takes no bytes'
  const why = source.batches.refuse(fit.schema)
  return why ?? first(target.bytes.formats, (writes) => encodes(facts, target.bytes!, writes)
    ?? { route: 'batches-to-bytes', middle: 'encode', writes, carried: fit.schema, passes: true })
}

function bytesToBatches(facts: Facts): Judged {
  const { source, target, fit } = facts
  if (source.bytes === undefined) return 'source gives no bytes'
  if (target.batches === undefined) return 'target takes no batches'
  return target.batches.refuse(fit.schema)
    ?? first(source.bytes.formats, (reads) => first(carriers(given(facts.look), fit.schema), (carried) => decodes(facts, source.bytes!, reads, carried)
      ?? { route: 'bytes-to-batches', middle: 'decode', reads, carried, passes: true }))
}

function filesToBatches(facts: Facts): Judged {
  const { source, target, fit, stage } = facts
  if (source.files === undefined) return 'source cannot unload to files by itself'
  if (target.batches === undefined) return 'target takes no batches'
  if (stage === undefined) return 'no stage is named that this process can read'
  return unreachable(source.files, stage, 'source') ?? target.batches.refuse(fit.schema)
    ?? first(source.files.formats, (reads) => first(carriers(given(facts.look), fit.schema), (carried) => decodes(facts, source.files!, reads, carried)
      ?? { route: 'files-to-batches', middle: 'decode', reads, carried, stage, passes: true }))
}

function batchesToFiles(facts: Facts): Judged {
  const { source, target, fit, stage } = facts
  if (source.batches === undefined) return 'source gives no batches'
  if (target.files === undefined) return 'target cannot load files by itself'
  if (stage === undefined) return 'no stage is named that this process can write'
  return unreachable(target.files, stage, 'target') ?? source.batches.refuse(fit.schema)
    ?? first(target.files.formats, (writes) => encodes(facts, target.files!, writes)
      ?? { route: 'batches-to-files', middle: 'encode', writes, carried: fit.schema, stage, passes: true })
}

function batchesToBatches({ source, target, fit }: Facts): Judged {
  if (source.batches === undefined) return 'source gives no batches'
  if (target.batches === undefined) return 'target takes no batches'
  const why = source.batches.refuse(fit.schema) ?? target.batches.refuse(fit.schema)
  return why ?? { route: 'batches-to-batches', middle: 'nothing', carried: fit.schema, passes: true }
}

function recoded(facts: Facts): Judged {
  const { source, target, fit } = facts
  if (source.bytes === undefined || target.bytes === undefined) return []
  return first(source.bytes.formats, (reads) => first(carriers(given(facts.look), fit.schema), (carried) => {
    const why = decodes(facts, source.bytes!, reads, carried)
    return why ?? first(target.bytes!.formats, (writes) => encodes(facts, target.bytes!, writes)
      ?? { route: 'bytes-to-bytes', middle: 'recode', reads, writes, carried, passes: true })
  }))
}

function decodes({ formats, look, fit }: Facts, from: Judge, reads: RecordsFormat, carried: RecordsSchema): Why | undefined {
  const descriptor = formats.get(reads.format)
  if (descriptor === undefined) return `${reads.format} cannot be decoded: no codec for it is registered`
  return from.refuse(reads, given(look), carried) ?? descriptor.refuse(reads, carried, fit.schema, 'decode')
}

function encodes({ formats, fit }: Facts, to: Judge, writes: RecordsFormat): Why | undefined {
  const descriptor = formats.get(writes.format)
  if (descriptor === undefined) return `${writes.format} cannot be encoded: no codec for it is registered`
  return descriptor.refuse(writes, fit.schema, fit.schema, 'encode') ?? to.refuse(writes, fit.schema, fit.schema)
}

function unreachable(end: { readonly at?: Stage, readonly reach: { readonly [scheme: string]: readonly unknown[] } }, stage: Stage, which: string): Why | undefined {
  if (end.at?.url.href === stage.url.href) return undefined
  const scheme = stage.url.protocol.slice(0, -1)
  if (end.reach[scheme] !== undefined) return undefined
  return `${which} reaches ${Object.keys(end.reach).join(', ') || 'no store'} and not "${scheme}"`
}

function given(look: Look): RecordsSchema {
  return look.given ?? look.schema
}

/** The first choice among candidates, or every reason against them. */
function first<T>(candidates: readonly T[], judge: (candidate: T) => Judged): Judged {
  const reasons: Why[] = []
  for (const candidate of candidates) {
    const judged = judge(candidate)
    if (isChoice(judged)) return judged
    reasons.push(...typeof judged === 'string' ? [judged] : judged)
  }
  return [...new Set(reasons)]
}

function isChoice(judged: Judged): judged is Choice {
  return typeof judged === 'object' && 'route' in judged
}

function both(format: RecordsFormat): { reads: RecordsFormat, writes: RecordsFormat } {
  return { reads: format, writes: format }
}

function side(native: unknown): string {
  return native === undefined ? 'source' : 'target'
}
