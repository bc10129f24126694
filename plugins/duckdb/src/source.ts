// The source: what is there, and its rows as batches or files.
import type { Address, Look, Native, RecordsSchema, Source, Why } from '@records-mover/core/plugin'
import { MoveError, typeText } from '@records-mover/core/plugin'
import { parsePlace, quoteIdentifier } from './address.js'
import type { Relation } from './catalog.js'
import { relationOf, schemaOf } from './catalog.js'
import { convertSql } from './convert.js'
import { lease } from './databases.js'
import { readBatches } from './read.js'
import { readBytes } from './read-bytes.js'
import type { ColumnToRead } from './read-vector.js'
import { homeNamed, homeOf } from './types.js'
import { FORMATS, refuseUnload, unload } from './unload.js'

/**
 * Opens a table, a view or a query of a DuckDB database as a source. The database is opened for reading only, and every
 * statement runs in a read-only transaction.
 *
 * Rejects with `bad-address`, `not-found` (the file), `denied` or `busy` (another process has it open).
 */
export async function openSource(at: Address): Promise<Source> {
  const place = parsePlace(at)
  if ((place.table === undefined) === (place.query === undefined)) {
    throw new MoveError('bad-address', `${place.text} ${place.table === undefined ? 'names no table' : 'names a table beside the query'}: write duckdb:shop.duckdb#orders, or pass a query instead of #table`)
  }
  const held = await lease(place)
  const what = `cannot read ${place.text}`
  let relation: Relation | undefined
  try {
    if (!await held.exists()) throw new MoveError('not-found', `there is no database ${place.text}: no file ${place.path}`, { context: { path: place.path } })
    // Opening tells now whether the file can be read at all.
    ;(await held.session('read')).close()
  } catch (error) {
    await held.close()
    throw error
  }
  const looked = (): Relation => {
    if (relation === undefined) throw new RangeError('the source was not looked at yet')
    return relation
  }
  const source: Source & { native?: Native } = {
    async look(_need, looking): Promise<Look> {
      const session = await held.session('read')
      try {
        return await session.transaction('read', looking, what, async () => {
          relation = await relationOf(session, place, what)
          source.native = { server: held.server, relation: relation.sql }
          const counted = relation.kind === 'table'
            ? Number((await session.rows(`select count(*)::varchar from ${relation.sql}`, what))[0]![0]) : undefined
          const asText = relation.columns.filter(({ home }) => home === undefined)
          return {
            schema: schemaOf(relation),
            again: relation.kind === 'table',
            ...(counted !== undefined && { rows: counted, rowsExact: true as const }),
            ...(asText.length > 0 && { notes: asText.map(({ name, declared }) => `"${name}" (${declared}) is given as text`) }),
          }
        })
      } finally {
        session.close()
      }
    },
    batches: {
      refuse: (as) => {
        const picked = deliver(looked(), as)
        return typeof picked === 'string' ? picked : undefined
      },
      read(as, reading) {
        const picked = deliver(looked(), as)
        if (typeof picked === 'string') return Promise.reject(new MoveError('refused', picked))
        return Promise.resolve(readBatches(() => held.session('read'), `select ${picked.select} from ${looked().sql}`, picked.columns, as, reading, what))
      },
    },
    bytes: {
      formats: FORMATS,
      refuse: (format, _given, as) => refuseUnload(format, looked(), as),
      read(format, as, reading) {
        return Promise.resolve(readBytes(() => held.session('read'), looked(), format, as, reading, what))
      },
    },
    files: {
      formats: FORMATS,
      reach: { file: ['own'] },
      refuse: (format, _given, as) => refuseUnload(format, looked(), as),
      async unload(into, format, as, unloading) {
        const session = await held.session('read')
        try {
          return await unload(session, looked(), into, format, as, unloading, what)
        } finally {
          session.close()
        }
      },
    },
    [Symbol.asyncDispose]: () => held.close(),
  }
  return source
}

/** What to select so that a relation's columns arrive as the fields asked for; or why that cannot be exact. */
function deliver(relation: Relation, as: RecordsSchema): { readonly select: string, readonly columns: readonly ColumnToRead[] } | Why {
  const parts: string[] = []
  const columns: ColumnToRead[] = []
  for (const { name, type } of as.fields) {
    const column = relation.columns.find((candidate) => candidate.name === name)
    if (column === undefined) return `there is no column "${name}"`
    const own = quoteIdentifier(name)
    const from = column.home?.type ?? { type: 'string' as const }
    const sql = convertSql(column.home === undefined ? `cast(${own} as varchar)` : own, from, type)
    const home = column.home !== undefined && sql === own ? column.home : type.type === 'string' ? homeNamed('VARCHAR') : homeOf(type)
    if (sql === undefined || home === undefined) {
      return `DuckDB cannot turn "${name}" from ${typeText(from)} into ${typeText(type)} exactly by itself: cast it in a query`
    }
    parts.push(`${sql} as ${own}`)
    columns.push({ name, home })
  }
  return { select: parts.join(', '), columns }
}
