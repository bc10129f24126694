// One move from beginning to end: open, look, plan, carry, confirm, tidy.
import type { Tally } from './contract/batch.js'
import type { End, Fit, Grant, Landing, Look, MoveEvent, Run, Source, Stage, Store, Target, WhenExists } from './contract/contract.js'
import type { Told } from './contract/format.js'
import type { RecordsSchema } from './contract/schema.js'
import { MoveError } from './contract/errors.js'
import { parseAddress, resolveAddress } from './address.js'
import { carry } from './carry.js'
import type { Plan } from './plan/print.js'
import { planText } from './plan/print.js'
import type { Choice, Route } from './plan/route.js'
import { judgeRoutes } from './plan/route.js'
import type { Registry } from './registry.js'
import type { RunOptions } from './run.js'
import { abortedError, checkSignal, startRun } from './run.js'
import type { Redactor } from './secret.js'
import { redactor } from './secret.js'
import { storeSource } from './store-source.js'
import { storeTarget } from './store-target.js'
import { tidy } from './tidy.js'

export interface PlanOptions extends RunOptions {
  readonly registry: Registry
  /** A query whose result is the source, in place of a table. */
  readonly query?: string
  /** The fields to move, in the order wanted. Default: all. */
  readonly columns?: readonly string[]
  /** What to do with an existing table. Default: `'fail'`. */
  readonly whenExists?: WhenExists
  /** For `merge`: the fields that identify a record. Default: the source's own key. */
  readonly key?: readonly string[]
  /** Privileges for a table that this move creates. */
  readonly grants?: readonly Grant[]
  /** What is known of the source's files: format, hints. */
  readonly sourceFormat?: Told
  /** The schema of the source's files, in place of one found in the data. */
  readonly schema?: RecordsSchema
  /** How the target's files are to be written. */
  readonly targetFormat?: Told
  /** Routes to choose among. Default: all. */
  readonly routes?: readonly Route[]
  /** Routes to leave out. */
  readonly notRoutes?: readonly Route[]
  /** The address of a folder in a store, where this move may put files on their way. */
  readonly stage?: string
}

export interface MoveOptions extends PlanOptions {
  /** Called with the plan before the first record moves; also with one that has no route, before the move rejects. */
  readonly onPlan?: (plan: Plan) => void
  /** Called with the counts when everything has arrived and nothing is visible yet; a rejection undoes the move. */
  readonly confirm?: (tally: Tally) => Promise<void> | void
}

export interface MoveResult {
  /** The run's id, which also names what it left in logs and stages. */
  readonly id: string
  readonly plan: Plan
  readonly tally: Tally
  /** Bytes that passed through this process; absent when none did. */
  readonly bytes?: number
  readonly elapsedMs: number
}

/**
 * Moves records from one end to the other by the fastest route that keeps every value exact.
 *
 * An end is an address (see `parseAddress`) or one of the program's own (`rows()`, `toRows()`). Resolves when all records are
 * visible at the target; rejects with the target as it was.
 *
 * @throws MoveError with every code there is; secrets are replaced in it and in its causes.
 */
export async function move(from: string | End, to: string | End, options: MoveOptions): Promise<MoveResult> {
  return within(options, async (run, secrets) => {
    const started = performance.now()
    await using opened = await prepare(from, to, options, run, secrets)
    const { plan, source, target, look, wish, stage } = opened
    run.emit({ event: 'move-started', id: run.id, from: plan.from, to: plan.to, ...estimate(look) })
    options.onPlan?.(plan)
    const choice = chosen(plan)
    run.emit({ event: 'route-chosen', route: choice.route, plan: planText(plan) })
    const landing: Landing = { ...wish, fit: plan.fit, confirm: async (tally) => options.confirm?.(tally) }
    const { tally, bytes } = await carry({ source, target, look, choice, landing, formats: options.registry.formats, ...(stage && { stageStore: stage.store }) }, run)
    const elapsedMs = performance.now() - started
    run.emit({ event: 'move-ended', ...tally, ...(bytes !== undefined && { bytes }), elapsedMs: Math.round(elapsedMs) })
    return { id: run.id, plan, tally, ...(bytes !== undefined && { bytes }), elapsedMs }
  })
}

/** Opens and looks at both ends and says how records would be moved, and why not otherwise. Moves nothing. */
export async function plan(from: string | End, to: string | End, options: PlanOptions): Promise<Plan> {
  return within(options, async (run, secrets) => {
    await using opened = await prepare(from, to, options, run, secrets)
    return opened.plan
  })
}

/** What an address holds, without moving it: the schema and format found, and how sure. Same errors as `plan`. */
export async function look(at: string | End, options: Pick<PlanOptions, keyof RunOptions | 'registry' | 'query' | 'sourceFormat' | 'schema'>): Promise<Look & { readonly text: string }> {
  return within(options, async (run, secrets) => {
    const opened = await openSource(at, options, run, secrets)
    await using source = opened.end
    return { ...await source.look('types', run), text: opened.text }
  })
}

/** Runs `work` in a run of its own: tidied whatever happens, its errors made MoveErrors without secrets. */
export async function within<T>(options: RunOptions, work: (run: Run, secrets: Redactor) => Promise<T>): Promise<T> {
  const secrets = redactor()
  try {
    await using opened = startRun(options, secrets)
    try {
      checkSignal(opened.run)
      return await work(opened.run, secrets)
    } catch (error) {
      // What a driver says when it is cut off midway is not the reason; the signal is.
      throw opened.run.signal.aborted && !(MoveError.is(error) && error.code === 'in-doubt') ? abortedError(opened.run) : error
    }
  } catch (error) {
    throw secrets.error(firstError(error))
  }
}

/** `await using` wraps an error of tidying around the error of the work: the first is the reason, the other is kept beside it. */
function firstError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'SuppressedError') return error
  const { error: later, suppressed } = error as Error & { error: unknown, suppressed: unknown }
  const first = firstError(suppressed)
  if (first instanceof Error) Object.defineProperty(first, 'tidying', { value: later, enumerable: false, configurable: true, writable: true })
  return first
}

interface Prepared extends AsyncDisposable {
  readonly plan: Plan
  readonly source: Source
  readonly target: Target
  readonly look: Look
  readonly wish: Omit<Landing, 'fit' | 'confirm'>
  readonly stage: OpenStage | undefined
}

async function prepare(from: string | End, to: string | End, options: PlanOptions, run: Run, secrets: Redactor): Promise<Prepared> {
  await using stack = tidy()
  const source = await openSource(from, options, run, secrets)
  stack.use(source.end)
  const target = await openTarget(to, options, run, secrets)
  stack.use(target.end)
  const stage = options.stage === undefined ? undefined : await openStage(options.stage, options.registry, run, secrets)
  if (stage) stack.use(stage.store)
  checkSignal(run)
  const existing = await target.end.look(run)
  // Standard input and output share a name, but nothing lies there.
  if (existing !== undefined && source.place !== undefined && source.place === target.place) throw sameEnds(source.text)
  if (existing !== undefined && (options.whenExists ?? 'fail') === 'fail') {
    throw new MoveError('already-exists', `${target.text} exists already: say what to do with it (append, truncate, delete, replace, merge)`, { context: { target: target.text } })
  }
  // A table that is kept has the types; one that is replaced takes them from the source.
  const typed = existing !== undefined && existing.fields.length > 0 && options.whenExists !== 'replace'
  const need = typed ? 'names' : target.end.needs ?? 'types'
  // Parts side by side are of use only to a target that takes them so.
  const sideBySide = target.end.bytes?.parallel === true || target.end.batches?.parallel === true
  const look = await source.end.look(need, sideBySide ? run : { ...run, concurrency: 1 })
  checkSignal(run)
  const [ours, theirs] = [source.end.native, target.end.native]
  if (ours !== undefined && ours.server === theirs?.server && ours.relation === theirs.relation) throw sameEnds(source.text)
  const wish = {
    schema: projected(look.schema, options.columns, source.text),
    whenExists: options.whenExists ?? 'fail',
    ...keyOf(options, look.schema),
    ...(options.grants && { grants: options.grants }),
    allow: run.allow,
  }
  const fit: Fit = target.end.fit(wish)
  const verdicts = fit.refused.length > 0 ? [] : judgeRoutes({
    source: source.end,
    look,
    target: target.end,
    fit,
    formats: options.registry.formats,
    ...(stage && { stage: stage.stage }),
    ...(options.routes && { only: options.routes }),
    ...(options.notRoutes && { not: options.notRoutes }),
  })
  const choice = verdicts.find((verdict) => verdict.choice)?.choice
  const plan: Plan = { from: source.text, to: target.text, verdicts, fit, notes: look.notes ?? [], ...(choice && { choice }) }
  const opened = stack.move()
  return { plan, source: source.end, target: target.end, look, wish, stage, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
}

function chosen(plan: Plan): Choice {
  if (plan.fit.refused.length > 0) throw new MoveError('refused', plan.fit.refused.join('; '), { context: { to: plan.to } })
  if (plan.choice === undefined) throw new MoveError('no-route', `there is no way from one end to the other:\n${planText(plan)}`)
  return plan.choice
}

function projected(schema: RecordsSchema, columns: readonly string[] | undefined, text: string): RecordsSchema {
  if (columns === undefined) return schema
  const fields = columns.map((name, i) => {
    const field = schema.fields.find((other) => other.name === name)
    if (field === undefined) throw new MoveError('not-found', `${text} has no field "${name}": it has ${schema.fields.map((other) => other.name).join(', ')}`)
    if (columns.indexOf(name) !== i) throw new MoveError('refused', `the field "${name}" is named twice among the columns`)
    return field
  })
  const { key, ...rest } = schema
  return { ...rest, fields, ...(key?.every((name) => columns.includes(name)) && { key }) }
}

function keyOf(options: PlanOptions, schema: RecordsSchema): { key?: readonly string[] } {
  if (options.key === undefined) return options.whenExists === 'merge' && schema.key ? { key: schema.key } : {}
  if (options.whenExists !== 'merge') throw new MoveError('refused', 'a key is for merge: say what to do with the existing table, or leave the key out')
  return { key: options.key }
}

function estimate({ rows, byteLength }: Look): Partial<MoveEvent> {
  return { ...(rows !== undefined && { totalRows: rows }), ...(byteLength !== undefined && { totalBytes: byteLength }) }
}

interface Opened<T> {
  readonly end: T
  readonly text: string
  /** Where its files are, for an end over a store. */
  readonly place?: string
}

function sameEnds(text: string): MoveError {
  return new MoveError('refused', `source and target are the same (${text}): name another target`)
}

export async function openSource(at: string | End, options: Pick<PlanOptions, 'registry' | 'query' | 'sourceFormat' | 'schema'>, run: Run, secrets: Redactor): Promise<Opened<Source>> {
  if (typeof at !== 'string') {
    if (at.source === undefined) throw new MoveError('refused', `${at.text} is no source: it only takes records`)
    return { end: await at.source(run), text: at.text }
  }
  const parsed = parseAddress(at)
  const plugin = options.registry.plugin(parsed.scheme)
  const address = await resolveAddress(parsed, options.query, options.registry, secrets, run)
  if (plugin.store !== undefined && plugin.source === undefined) {
    if (options.query !== undefined) throw new MoveError('refused', `${parsed.text} holds files, which take no query: name a database, or leave the query out`)
    const store = await (await plugin.store())(address, run)
    return { end: storeSource(store, { ...options.sourceFormat, ...(options.schema && { schema: options.schema }) }, options.registry.formats), text: parsed.text, place: store.at.href }
  }
  if (plugin.source === undefined) throw new MoveError('refused', `${plugin.name} has no source: "${parsed.scheme}:" can only be written`)
  if (options.sourceFormat !== undefined || options.schema !== undefined) throw new MoveError('refused', `${parsed.text} has a format and a schema of its own: leave out the format, hints and schema of the source`)
  return { end: await (await plugin.source())(address, run), text: parsed.text }
}

async function openTarget(at: string | End, options: PlanOptions, run: Run, secrets: Redactor): Promise<Opened<Target>> {
  if (typeof at !== 'string') {
    if (at.target === undefined) throw new MoveError('refused', `${at.text} is no target: it only gives records`)
    return { end: await at.target(run), text: at.text }
  }
  const parsed = parseAddress(at)
  const plugin = options.registry.plugin(parsed.scheme)
  const address = await resolveAddress(parsed, undefined, options.registry, secrets, run)
  if (plugin.store !== undefined && plugin.target === undefined) {
    const store = await (await plugin.store())(address, run)
    try {
      return { end: storeTarget(store, options.targetFormat ?? {}, options.registry.formats, run), text: parsed.text, place: store.at.href }
    } catch (error) {
      await store[Symbol.asyncDispose]()
      throw error
    }
  }
  if (plugin.target === undefined) throw new MoveError('refused', `${plugin.name} has no target: "${parsed.scheme}:" can only be read`)
  if (options.targetFormat !== undefined) throw new MoveError('refused', `${parsed.text} is no file: leave out the format and hints of the target`)
  return { end: await (await plugin.target())(address, run), text: parsed.text }
}

interface OpenStage { readonly stage: Stage, readonly store: Store }

async function openStage(at: string, registry: Registry, run: Run, secrets: Redactor): Promise<OpenStage> {
  const parsed = parseAddress(at.endsWith('/') ? at : `${at}/`)
  const plugin = registry.plugin(parsed.scheme)
  if (plugin.store === undefined) throw new MoveError('refused', `${parsed.text} cannot be a stage: ${plugin.name} has no store`)
  const store = await (await plugin.store())(await resolveAddress(parsed, undefined, registry, secrets, run), run)
  // New for every run and never reused, so that sweeping a killed run's leavings is safe.
  const url = new URL(`${run.id}/`, store.at)
  const lend = store.lend?.bind(store)
  return { store, stage: { url, ...(lend && { lend: (kind, wanting) => lend(url, kind, wanting) }) } }
}
