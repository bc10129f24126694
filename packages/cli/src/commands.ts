// What each command does with core: the move, the plan, the look, the list.
import type { Plan, PlanOptions } from '@records-mover/core'
import { head, move, MoveError, parseAddress, plan } from '@records-mover/core'
import type { Installation } from './installed.js'
import { findInstalled } from './installed.js'
import { loadNeeded } from './needed.js'
import type { Reporter } from './reporter.js'
import type { InspectRequest, MoveRequest } from './request.js'
import { readLosses, readSourceOptions } from './source-options.js'
import { holdsFiles, toldOf, toldOfEnds } from './told.js'
import { UsageError } from './usage.js'

/** What a command works with. */
export interface Setting {
  readonly installation: Installation
  readonly signal: AbortSignal
  readonly reporter: Reporter
}

/** Moves the records, or only says how. Rejects as core's `move` and `plan` do, and with UsageError. */
export async function runMove(request: MoveRequest, { installation, signal, reporter }: Setting): Promise<void> {
  const options = await planOptions(request, installation)
  if (request.command === 'plan') {
    const found = await plan(request.from, request.to, { ...options, signal })
    reporter.planned(found)
    checkPlan(found)
    return
  }
  const { onEvent, onPlan } = reporter
  reporter.moved(await move(request.from, request.to, { ...options, signal, onEvent, onPlan }))
}

/** Shows what an address holds. Rejects as core's `head` does, and with UsageError. */
export async function runInspect(request: InspectRequest, { installation, signal, reporter }: Setting): Promise<void> {
  const source = await readSourceOptions(request)
  const { registry } = await needed(installation, [request.from], [request.told.format])
  const toldSomething = request.told.format !== undefined || request.told.hints.size > 0
  if (toldSomething && !holdsFiles(registry.plugin(parseAddress(request.from).scheme), 'source')) {
    throw new UsageError('the address is no file, and only files have a format and hints to tell: leave them out')
  }
  const sourceFormat = toldOf(request.told)
  const found = await head(request.from, request.rows, { registry, signal, ...source, ...(sourceFormat && { sourceFormat }) })
  const { fields } = found.look.schema
  const columns = request.columns ?? fields.map((field) => field.name)
  for (const name of columns) {
    if (fields.some((field) => field.name === name)) continue
    const known = fields.map((field) => field.name).join(', ')
    throw new MoveError('not-found', `${found.look.text} has no field "${name}": it has ${known}`)
  }
  const usual = found.look.format === undefined ? undefined : registry.formats.get(found.look.format.format)?.complete({})
  reporter.inspected({ head: found, columns, ...(usual && { usual }) })
}

/** Lists the plugins without importing any. */
export async function runPlugins({ installation, reporter }: Setting): Promise<void> {
  reporter.listed(await findInstalled(installation))
}

async function planOptions(request: MoveRequest, installation: Installation): Promise<PlanOptions> {
  const { from, to, stage, columns, key, grants, routes, notRoutes, concurrency, whenExists } = request
  const allow = readLosses(request.allow)
  const source = await readSourceOptions(request)
  const formats = [request.told, request.toldFrom, request.toldTo].map((told) => told.format)
  const { registry } = await needed(installation, [from, to, ...stage === undefined ? [] : [stage]], formats)
  const told = toldOfEnds(request, registry.plugin(parseAddress(from).scheme), registry.plugin(parseAddress(to).scheme))
  return {
    registry,
    whenExists,
    allow,
    ...source,
    ...(told.from && { sourceFormat: told.from }),
    ...(told.to && { targetFormat: told.to }),
    ...(columns && { columns }),
    ...(key && { key }),
    ...(grants && { grants }),
    ...(routes && { routes }),
    ...(notRoutes && { notRoutes }),
    ...(stage !== undefined && { stage }),
    ...(concurrency !== undefined && { concurrency }),
  }
}

async function needed(
  installation: Installation, addresses: readonly string[], formats: readonly (string | undefined)[],
): Promise<Pick<PlanOptions, 'registry'>> {
  const installed = await findInstalled(installation)
  return { registry: await loadNeeded(installed, { addresses, formats: formats.filter((format) => format !== undefined) }) }
}

/** A plan without a way has been printed; its exit code says so as well. */
function checkPlan({ fit, choice, to }: Plan): void {
  if (fit.refused.length > 0) throw new MoveError('refused', fit.refused.join('; '), { context: { to } })
  if (choice === undefined) throw new MoveError('no-route', 'there is no way from one end to the other: the plan says why')
}
