// The first records of a source as text, for people to look at.
import type { End, Look, Target } from './contract/contract.js'
import { carry } from './carry.js'
import type { PlanOptions } from './move.js'
import { openSource, within } from './move.js'
import { MoveError } from './contract/errors.js'
import { judgeRoutes } from './plan/route.js'
import { valueText } from './value-text.js'

export interface Head {
  readonly look: Look & { readonly text: string }
  /** Canonical text of each value, null for null, in the order of the schema. */
  readonly rows: readonly (readonly (string | null)[])[]
}

export type HeadOptions = Pick<PlanOptions, 'registry' | 'query' | 'sourceFormat' | 'schema' | 'signal' | 'limits' | 'concurrency' | 'allow' | 'onEvent'>

/** What an address holds, and its first `count` records. Nothing is moved; the source is released as soon as they are read. */
export async function head(at: string | End, count: number, options: HeadOptions): Promise<Head> {
  return within(options, async (run, secrets) => {
    const { end, text } = await openSource(at, options, run, secrets)
    await using source = end
    const found = await source.look('types', run)
    const rows: (string | null)[][] = []
    if (count > 0) {
      const target = headTarget(count, rows)
      const wish = { schema: found.schema, whenExists: 'fail' as const, allow: run.allow }
      const fit = target.fit(wish)
      const verdicts = judgeRoutes({ source, look: found, target, fit, formats: options.registry.formats })
      const choice = verdicts.find((verdict) => verdict.choice)?.choice
      if (choice === undefined) throw new MoveError('no-route', `the records of ${text} cannot be shown: ${verdicts.flatMap((verdict) => verdict.reasons).join('; ')}`)
      const landing = { ...wish, fit, confirm: () => Promise.resolve() }
      await carry({ source, target, look: found, choice, landing, formats: options.registry.formats }, { ...run, concurrency: 1, emit: () => undefined })
    }
    return { look: { ...found, text }, rows }
  })
}

function headTarget(count: number, rows: (string | null)[][]): Target {
  return {
    look: () => Promise.resolve(undefined),
    fit: (wish) => ({ refused: [], schema: wish.schema, creates: [], changes: [] }),
    batches: {
      refuse: () => undefined,
      async write(from) {
        for await (const part of from.parts) {
          for await (const batch of part) {
            for (let row = 0; row < batch.rows && rows.length < count; row++) {
              rows.push(from.schema.fields.map((field, k) => valueText(field.type, batch.columns[k]!, row)))
            }
            if (rows.length >= count) return {}
          }
        }
        return {}
      },
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
