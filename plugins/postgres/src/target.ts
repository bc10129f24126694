// A table of PostgreSQL as a target: assembles the looks, the judgement and the verbs.
import type { Address, Landing, RecordsFormat, RecordsSchema, Run, Target, Why } from '@records-mover/core/plugin'
import { MoveError, conversion, sameType, typeText } from '@records-mover/core/plugin'
import { quoteTable, tableText } from './address.js'
import { BINARY, refuseHints } from './binary.js'
import { refusePass } from './binary-pass.js'
import { openSession } from './connect.js'
import { copyIn } from './copy-in.js'
import { delimitedFormats, refuseDelimited } from './copy-in-options.js'
import { fitOf, planLanding } from './fit.js'
import type { Fill } from './landing.js'
import { land } from './landing.js'
import type { LandingPlan, TargetState } from './landing-plan.js'
import { deliveredSchema } from './landing-plan.js'
import { readSettings } from './libpq.js'
import { insertFrom, refuseNative } from './native.js'
import { lookAtTarget } from './target-look.js'

/**
 * Opens the table that an address names, whether it exists or not.
 *
 * @throws MoveError as `openSession`, and `bad-address` when the address names no table, or a query.
 */
export async function openTarget(at: Address, run: Run): Promise<Target> {
  const settings = await readSettings(at)
  const { table } = settings
  if (settings.query !== undefined) throw new MoveError('bad-address', `${at.text} is a target, which takes no query`)
  if (table === undefined) throw new MoveError('bad-address', `${at.text} names no table: write #table, #schema.table or #schema."Table"`)
  const session = await openSession(at, run, { readOnly: false, settings })
  const again = (signal: AbortSignal): ReturnType<typeof openSession> => openSession(at, { ...run, signal }, { readOnly: false, settings })
  let state: TargetState | undefined
  const looked = (): TargetState => {
    if (state === undefined) throw new MoveError('failed', `${tableText(table)} was not looked at before it was asked for`)
    return state
  }
  const verb = async (as: Landing, within: Run, fill: Fill): ReturnType<typeof land> => {
    state ??= await lookAtTarget(session, table)
    const plan = planLanding(as, state)
    checkFit(plan, as, tableText(state.name))
    return await land({ session, again }, plan, state, as, within, fill)
  }
  const { identity } = session.server
  const nul = run.allow.includes('nul-removed') ? 'remove' : 'keep'
  return {
    async look() {
      state = await lookAtTarget(session, table)
      return state.relation?.schema
    },
    fit: (wish) => fitOf(planLanding(wish, looked()), looked()),
    bytes: {
      formats: [BINARY, ...delimitedFormats(nul)],
      refuse: (format, given, as) => refuseBytes(format, given, as, nul),
      write: (from, given, as, within) => verb(as, within, (into) => copyIn(session, from, into, within)),
    },
    ...(identity !== undefined && {
      native: {
        server: identity,
        get relation() { return quoteTable(state?.name ?? table) },
        refuse: refuseNative,
        copy: (from, _given, as, within) => {
          if (from.relation === quoteTable(looked().name)) throw new MoveError('refused', `${tableText(looked().name)} is the source as well as the target`)
          return verb(as, within, (into) => insertFrom(session, from, into))
        },
      },
    }),
    [Symbol.asyncDispose]: () => session.close(),
  }
}

/** A verb does what was printed: the plan made anew from the same facts must deliver the same. */
function checkFit(plan: LandingPlan, { fit }: Landing, table: string): void {
  const told = fit.schema.fields
  const now = deliveredSchema(plan).fields
  const same = told.length === now.length && told.every((field, i) => field.name === now[i]!.name && sameType(field.type, now[i]!.type))
  if (plan.refused.length === 0 && !same) throw new MoveError('failed', `the records for ${table} do not come as its fit says`)
}

function refuseBytes(format: RecordsFormat, given: RecordsSchema, as: RecordsSchema, nul: 'keep' | 'remove'): Why | undefined {
  if (given.fields.length !== as.fields.length || given.fields.some(({ name }, i) => name !== as.fields[i]!.name)) return 'the fields are others, or in another order'
  if (format.format === BINARY.format) return refuseHints(format) ?? refusePass(given, as)
  if (format.format !== 'delimited') return `PostgreSQL does not read ${format.format}`
  return refuseDelimited(format, as, nul) ?? refuseText(given, as)
}

/** PostgreSQL rounds, cuts and guesses when it reads text: values that were not checked for their type must not reach it. */
function refuseText(given: RecordsSchema, as: RecordsSchema): Why | undefined {
  for (const [i, { name, type: to }] of as.fields.entries()) {
    const from = given.fields[i]!.type
    const found = conversion(from, to)
    if (found.kind === 'same' || found.kind === 'widens') continue
    if (found.kind === 'refused') return `field "${name}": ${found.why}`
    // An error of the server, and no other value, is what becomes of one that does not fit.
    const strict = from.type === 'string' ? to.type === 'integer' || to.type === 'float' || to.type === 'uuid' || to.type === 'json'
      : from.type === 'integer' ? to.type === 'integer' || to.type === 'decimal'
        : from.type === 'decimal' && to.type === 'decimal' && to.scale === from.scale
    if (!strict) return `field "${name}": PostgreSQL would round, cut or guess ${typeText(from)} for ${typeText(to)} unchecked`
  }
  return undefined
}
