// The target: what is there, how records would arrive, and the ways they do.
import type { Address, Landing, RecordsSchema, Run, Target } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { TableName } from './address.js'
import { parsePlace, quoteIdentifier } from './address.js'
import type { NamedRelation } from './catalog.js'
import { defaultSchema, findTable, qualified, sameName, schemaOf } from './catalog.js'
import { convertSql } from './convert.js'
import type { Lease } from './databases.js'
import { lease } from './databases.js'
import type { LandingPlan } from './fit.js'
import { fitOf, planLanding } from './fit.js'
import { land } from './land.js'
import type { Session } from './session.js'
import { batchWriter } from './write.js'

/**
 * Opens a table of a DuckDB database as a target. A file that is not there is made by the first write, and removed again when no
 * write succeeds.
 *
 * Rejects with `bad-address`, `not-found` (the folder), `denied` or `busy` (another process has the file open).
 */
export async function openTarget(at: Address): Promise<Target> {
  const place = parsePlace(at)
  const wished = place.table
  if (wished === undefined) throw new MoveError('bad-address', `${place.text} names no table: write duckdb:shop.duckdb#orders`)
  if (place.query !== undefined) throw new MoveError('bad-address', `${place.text} is a target, which takes no query`)
  const held = await lease(place)
  const what = `cannot write ${place.text}`
  // What the last look found; a file that is not there has the schema every new database has.
  let state: { readonly name: Required<TableName>, readonly there?: NamedRelation } = { name: { schema: 'main', ...wished } }
  return {
    async look(run): Promise<RecordsSchema | undefined> {
      if (!await held.exists()) {
        if (wished.schema !== undefined && !sameName(wished.schema, 'main')) throw noSchema(wished.schema, place.text)
        return undefined
      }
      return within(held, async (session) => {
        const looked = await session.transaction('read', run, what, async () => {
          const schema = wished.schema ?? await defaultSchema(session, what)
          const there = await findTable(session, { schema, name: wished.name }, what)
          if (there === undefined && !await hasSchema(session, schema, what)) throw noSchema(schema, place.text)
          return { name: there ?? { schema, name: wished.name }, ...(there && { there }) }
        })
        state = looked
        return looked.there && schemaOf(looked.there)
      })
    },
    fit: (wish) => fitOf(planLanding(wish, state.name, state.there)),
    native: {
      server: held.server,
      relation: qualified(state.name),
      refuse(given, as) {
        for (const { name, type } of as.fields) {
          const field = given.fields.find((candidate) => candidate.name === name)
          if (field === undefined || convertSql(quoteIdentifier(name), field.type, type) === undefined) return `"${name}" cannot be turned exactly by DuckDB itself`
        }
        return undefined
      },
      copy(from, given, as, run) {
        return landing(as, run, (session, plan) => {
          if (from.relation === qualified(state.name)) throw new MoveError('refused', `${place.text} is both source and target: name another table`)
          const values = plan.arrivals.map(({ field, store }) => {
            const own = quoteIdentifier(field.name)
            const { type } = given.fields.find(({ name }) => name === field.name)!
            // A column of a type without field type is given as text.
            return store(convertSql(type.type === 'string' ? `cast(${own} as varchar)` : own, type, field.type)!)
          })
          return async (into, columns) => ({ rows: await session.run(`insert into ${into} (${columns.join(', ')}) select ${values.join(', ')} from ${from.relation}`, what) })
        })
      },
    },
    batches: {
      refuse: () => undefined,
      async write(from, as, run) {
        let close = (): void => undefined
        try {
          return await landing(as, run, (session, plan) => {
            const writer = batchWriter(session, plan.arrivals, run, what)
            close = () => {
              writer.close()
            }
            return (into, columns) => writer.put(from, into, columns)
          })
        } finally {
          close()
        }
      },
    },
    [Symbol.asyncDispose]: () => held.close(),
  }

  async function landing(
    as: Landing, run: Run, ready: (session: Session, plan: LandingPlan) => Parameters<typeof land>[3],
  ): ReturnType<typeof land> {
    return within(held, async (session) => {
      const { name, there } = state
      const plan = planLanding(as, name, there)
      const tally = await land({ session, name, existed: there !== undefined, plan, what }, as, run, ready(session, plan))
      held.keep()
      return tally
    })
  }
}

async function within<T>(held: Lease, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await held.session('write')
  try {
    return await work(session)
  } finally {
    session.close()
  }
}

async function hasSchema(session: Session, schema: string, what: string): Promise<boolean> {
  const rows = await session.rows('select schema_name from duckdb_schemas() where database_name = current_database()', what)
  return rows.some(([name]) => sameName(name!, schema))
}

function noSchema(schema: string, text: string): MoveError {
  return new MoveError('not-found', `there is no schema "${schema}" in ${text}: create it first`, { context: { schema } })
}

