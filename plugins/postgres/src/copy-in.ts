// Feeds parts to COPY FROM STDIN, one after the other, in the session's open transaction.
import type { Chunks, Part, Run } from '@records-mover/core/plugin'
import { once } from 'node:events'
import { MoveError } from '@records-mover/core/plugin'
import type { CopyIn, Session } from './connect.js'
import { copyOptions, isText } from './copy-in-options.js'
import { guardText } from './copy-in-guard.js'
import { findNul } from './copy-in-nul.js'
import { quoteIdentifier } from './address.js'
import { moveError } from './errors.js'

export interface CopyTarget {
  /** The relation as SQL spells it. */
  readonly relation: string
  /** Columns in the order of the fields, and the fields' own names. */
  readonly columns: readonly { readonly column: string, readonly field: string }[]
  /** The target as messages name it. */
  readonly text: string
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: character_not_in_repertoire
const BAD_ENCODING = '22021'
// Smaller chunks are put together: each write to the socket costs about as much as copying this many bytes.
const SMALL_BYTES = 32 * 1024

/**
 * Copies every part into the relation; resolves with the number of rows the server counted.
 *
 * When a part fails while it is read, the server is told so and its statement ends before the failure is thrown.
 *
 * @throws MoveError `bad-data` with line and column for a record that the server refuses.
 */
export async function copyIn(session: Session, from: Chunks, into: CopyTarget, run: Run): Promise<number> {
  const options = from.format.format === 'delimited' ? copyOptions(from.format) : 'format binary'
  const columns = into.columns.map(({ column }) => quoteIdentifier(column)).join(', ')
  const sql = `copy ${into.relation} (${columns}) from stdin with (${options})`
  let rows = 0
  for await (const part of from.parts) rows += await copyPart(session, sql, part, from, into, run)
  return rows
}

async function copyPart(session: Session, sql: string, part: Part, from: Chunks, into: CopyTarget, run: Run): Promise<number> {
  const stream = session.copyIn(sql)
  let vendor: unknown
  // An error of the server does not close the stream, and only destroying it closes it without an end.
  const settled = new Promise<void>((resolve) => {
    stream.once('finish', resolve).once('close', resolve).on('error', (error) => {
      vendor ??= error
      resolve()
    })
  })
  try {
    await pour(guarded(part, from, session), stream)
  } catch (error) {
    if (vendor !== undefined) throw await explain(vendor)
    // What the source says stays here: the server would log it.
    stream.destroy(new Error('the records could not be read'))
    await settled
    throw error
  }
  await settled
  if (vendor !== undefined) throw await explain(vendor)
  return stream.rowCount

  async function explain(error: unknown): Promise<MoveError> {
    const told = moveError(error, { doing: `copy ${part.name} into ${into.text}`, server: session.where, signal: run.signal, context: { file: part.name } })
    const nul = told.context.sqlstate === BAD_ENCODING && part.again && from.format.format === 'delimited' ? await findNul(part, from.format).catch(() => undefined) : undefined
    const name = nul === undefined ? into.columns.find(({ column }) => column === told.context.column)?.field : into.columns[nul.field]?.field
    if (name === undefined) return told
    const message = nul === undefined ? told.message
      : `${part.name} row ${nul.row}, field "${name}": the text holds U+0000, which PostgreSQL cannot store; allow nul-removed to have it removed`
    const context = { ...told.context, field: name, ...(nul !== undefined && { row: String(nul.row), line: String(nul.line) }) }
    return new MoveError(told.code, message, { cause: told.cause, context, temporary: told.temporary })
  }
}

/** Writes everything and ends the stream; rejects when the source does, or as soon as the server refuses. */
async function pour(chunks: AsyncIterable<Uint8Array>, stream: CopyIn): Promise<void> {
  const failed = new AbortController()
  stream.once('error', () => { failed.abort() })
  for await (const chunk of coalesced(chunks)) {
    if (!stream.write(chunk) && !failed.signal.aborted) await once(stream, 'drain', { signal: failed.signal })
    failed.signal.throwIfAborted()
  }
  stream.end()
}

async function* coalesced(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let small: Uint8Array[] = []
  let byteLength = 0
  for await (const chunk of chunks) {
    if (small.length === 0 && chunk.length >= SMALL_BYTES) {
      yield chunk
      continue
    }
    small.push(chunk)
    byteLength += chunk.length
    if (byteLength < SMALL_BYTES) continue
    yield Buffer.concat(small, byteLength)
    small = []
    byteLength = 0
  }
  if (byteLength > 0) yield Buffer.concat(small, byteLength)
}

function guarded(part: Part, { format: { format, hints } }: Chunks, session: Session): AsyncIterable<Uint8Array> {
  if (format !== 'delimited') return part.read()
  const quote = (hints.quotechar as string).charCodeAt(0)
  return guardText(part.read(), { text: isText(hints), quote, version: session.server.version, name: part.name })
}
