// A table or a query of PostgreSQL as a source: looked at in the catalog, read by COPY.
import type { Address, Chunks, Look, Part, RecordsFormat, RecordsSchema, Run, Source, Tally, Why } from '@records-mover/core/plugin'
import type { Relation } from './catalog.js'
import type { Session } from './connect.js'
import type { Slices } from './slices.js'
import type { Snapshot } from './snapshot.js'
import { MoveError, sameFields } from '@records-mover/core/plugin'
import { quoteTable, tableText } from './address.js'
import { BINARY } from './binary.js'
import { readQuery, readTable, subquery } from './catalog.js'
import { selectList } from './columns.js'
import { openSession } from './connect.js'
import { copyText } from './copy-options.js'
import { readSettings } from './libpq.js'
import { queryNotes, tableNotes } from './notes.js'
import { sliceTable } from './slices.js'
import { beginSnapshot } from './snapshot.js'

/**
 * Opens what an address names, in a session that is read only.
 *
 * @throws MoveError as `openSession`, and `bad-address` when the address names neither a table nor a query, or both.
 */
export async function openSource(at: Address, run: Run): Promise<Source> {
  const settings = await readSettings(at)
  const { table, query } = settings
  if ((table === undefined) === (query === undefined)) {
    const what = table === undefined ? 'neither a table nor' : 'both a table and'
    throw new MoveError('bad-address', `${at.text} names ${what} a query: write #schema.table, or give a query`)
  }
  const session = await openSession(at, run, { readOnly: true, settings })
  try {
    return table === undefined ? querySource(query!, session, at) : tableSource(await knownTable(session, table), session, at)
  } catch (error) {
    await session.close()
    throw error
  }
}

/** What is read, whether table or query. */
interface Subject {
  /** For messages. */
  readonly text: string
  /** As it stands in a FROM clause. */
  readonly from: string
  readonly relation: string
  look(run: Run): Promise<Found>
  /** Runs first in the transaction that reads. */
  settle(): Promise<void>
}

/** The one condition of a reading that is not cut into slices. */
const WHOLE = ['']

interface Found {
  readonly look: Look
  readonly slices: Slices
}

// The favourites, best first: read by the server's own functions, as short as text can be, and what everybody reads.
const FAVOURITES: readonly RecordsFormat[] = [BINARY, delimited({ text: true }), delimited({ text: false })]

function tableSource(known: Relation, session: Session, at: Address): Source {
  const text = tableText(known.name)
  const sql = quoteTable(known.name)
  return sourceOf({
    text, from: sql, relation: sql,
    async look(run) {
      const found = await knownTable(session, known.name)
      const slices = await sliceTable(session, found.oid, found.facts.kind, run.concurrency)
      return {
        slices,
        look: {
          schema: found.schema, again: true, ...(found.rows === undefined ? {} : { rows: found.rows }),
          notes: [...await tableNotes(found, session), ...(slices.note === undefined ? [] : [slices.note])],
        },
      }
    },
    async settle() {
      await lockTable(session, known, sql)
      // The lock is held from here on: what the catalog says now is what will be read.
      const now = await knownTable(session, known.name)
      const before = known.schema
      if (now.oid !== known.oid || !sameFields(now.schema, before) || spelled(now.schema) !== spelled(before)) {
        throw new MoveError('busy', `${text} was changed while the move was planned: repeat the move`, { context: { table: text } })
      }
    },
  }, session, at)
}

function querySource(query: string, session: Session, at: Address): Source {
  const settle = (): Promise<void> => Promise.resolve()
  const look = async (): Promise<Found> => {
    const schema = await readQuery(session, query)
    return { slices: { conditions: WHOLE }, look: { schema, again: false, notes: await queryNotes(schema, session) } }
  }
  const from = subquery(query)
  return sourceOf({ text: 'the query', from, relation: from.slice(0, from.lastIndexOf(')') + 1), look, settle }, session, at)
}

function sourceOf(subject: Subject, session: Session, at: Address): Source {
  let found: Found | undefined
  const { identity } = session.server
  // Options of the session may change what a name, or a query, means to another session.
  const native = identity === undefined || session.settings.options !== undefined ? {} : { native: { server: identity, relation: subject.relation } }
  return {
    ...native,
    async look(_need, run) {
      found = await subject.look(run)
      return found.look
    },
    bytes: {
      formats: FAVOURITES,
      refuse(format, given, as) {
        const made = statementOf(format, given, as, subject.from, session.server.version)
        return 'why' in made ? made.why : undefined
      },
      async read(format, as, run) {
        found ??= await subject.look(run)
        const made = statementOf(format, found.look.schema, as, subject.from, session.server.version)
        if ('why' in made) throw new MoveError('refused', `cannot read ${subject.text}: ${made.why}`)
        const conditions = run.concurrency > 1 ? found.slices.conditions : WHOLE
        const snapshot = await beginSnapshot(session, run, at, `read ${subject.text}`, conditions.length > 1, () => subject.settle())
        return chunksOf(subject.text, snapshot, made.copy, conditions, format)
      },
    },
    [Symbol.asyncDispose]: () => session.close(),
  }
}

/** The COPY statement that delivers `as`, given a condition. */
function statementOf(format: RecordsFormat, given: RecordsSchema, as: RecordsSchema, from: string, version: number): { readonly copy: (condition: string) => string } | { readonly why: Why } {
  const text = format.format === 'delimited' ? copyText(format, as.fields, version) : undefined
  if (text === undefined && format.format !== BINARY.format) return { why: `PostgreSQL does not write ${format.format}` }
  if (text === undefined && Object.keys(format.hints).length > 0) return { why: `${BINARY.format} has no hint "${Object.keys(format.hints)[0]!}"` }
  if (text !== undefined && 'why' in text) return text
  const list = selectList(given, as, text === undefined ? 'binary' : 'text', text?.booleans)
  if ('why' in list) return list
  const options = text?.options ?? 'format binary'
  return { copy: (condition) => `copy (select ${list.sql} from ${from}${condition === '' ? '' : ` where ${condition}`}) to stdout with (${options})` }
}

function chunksOf(text: string, snapshot: Snapshot, copy: (condition: string) => string, conditions: readonly string[], format: RecordsFormat): Chunks {
  let rows = 0
  let unread = conditions.length
  const counted = async function* (chunks: AsyncIterable<Uint8Array>, count: () => number | undefined): AsyncGenerator<Uint8Array, void, void> {
    yield* chunks
    rows += count() ?? 0
    unread--
  }
  const beside = conditions.length > 1 ? snapshot.copyBeside : undefined
  const conditionsRead = beside === undefined ? WHOLE : conditions
  unread = conditionsRead.length
  const read = (condition: string): AsyncIterable<Uint8Array> => {
    if (beside === undefined) {
      const copied = snapshot.copy(copy(condition))
      return counted(copied.chunks, () => copied.rows)
    }
    const slice = beside(copy(condition))
    return counted(slice, slice.rows)
  }
  const parts = conditionsRead.map((condition, i): Part => ({
    name: conditionsRead.length === 1 ? text : `${text}, slice ${i + 1} of ${conditionsRead.length}`,
    again: false,
    async *read(start, end) {
      if (start !== undefined || end !== undefined) throw new MoveError('failed', `${text} is read whole, not from a byte on`)
      yield* read(condition)
    },
  }))
  return {
    format,
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract's parts are an async iterable
    parts: { async *[Symbol.asyncIterator]() { yield* parts } },
    tally: (): Tally => unread === 0 ? { rows } : {},
    [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
  }
}

async function knownTable(session: Session, name: { readonly schema?: string, readonly name: string }): Promise<Relation> {
  const found = await readTable(session, name)
  if (found === undefined) {
    const remedy = name.name === name.name.toLowerCase() ? 'check schema and name; a name with capitals is written in double quotes' : 'check schema and name'
    throw new MoveError('not-found', `there is no table ${tableText(name)} in database ${session.server.database} of ${session.where}: ${remedy}`, { context: { table: tableText(name) } })
  }
  if (!found.readable) {
    throw new MoveError('denied', `${session.server.user} may not read ${tableText(found.name)}: grant select on it`, { context: { table: tableText(found.name) } })
  }
  return found
}

const LOCKABLE = ['table', 'partitioned table']

/**
 * Keeps others from emptying or changing the table until the transaction ends. It must run before the transaction's snapshot is
 * taken, and asks nothing else of the server.
 */
async function lockTable(session: Session, relation: Relation, sql: string): Promise<void> {
  // What cannot be locked is read without; the check of the catalog still tells a change before the reading.
  if (!LOCKABLE.includes(relation.facts.kind) || !relation.lockable) return
  await session.query(`lock table ${sql} in access share mode`, [], { doing: `read ${tableText(relation.name)}` })
}

function spelled(schema: RecordsSchema): string {
  return JSON.stringify(schema.fields.map((field) => field.origin?.type))
}

function delimited({ text }: { readonly text: boolean }): RecordsFormat {
  return {
    format: 'delimited',
    hints: {
      'header-row': !text, 'field-delimiter': text ? '\t' : ',', 'record-terminator': '\n', 'quoting': text ? null : 'minimal', 'quotechar': '"',
      'doublequote': true, 'escape': text ? '\\' : null, 'letter-escapes': text, 'null-text': text ? '\\N' : '', 'encoding': 'UTF8',
      'compression': null, 'boolean-text': text ? ['t', 'f'] : ['true', 'false'], 'dateformat': 'YYYY-MM-DD', 'timeonlyformat': 'HH24:MI:SS',
      'datetimeformat': 'YYYY-MM-DD HH24:MI:SS', 'datetimeformattz': 'YYYY-MM-DD HH24:MI:SSOF', 'nul': 'keep',
    },
  }
}
