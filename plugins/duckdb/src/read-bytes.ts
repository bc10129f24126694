// A relation's rows as delimited bytes: DuckDB writes a file in the run's scratch folder, and it is read while it grows.
import type { Chunks, Part, RecordsFormat, RecordsSchema, Run } from '@records-mover/core/plugin'
import type { FileHandle } from 'node:fs/promises'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Relation } from './catalog.js'
import type { Session } from './session.js'
import { writeFile } from './unload.js'

const CHUNK = 1 << 20
// How long a reader that has caught up with its writer waits before it looks again.
const WAIT_MS = 4

/**
 * Bytes of one part, in a session that is opened when the part is read and closed when it has been read or left.
 *
 * DuckDB's CSV writer serves files only, and writes them from the first byte to the last without going back; with all its
 * threads it is faster than turning batches into text here.
 */
export function readBytes(
  connect: () => Promise<Session>, relation: Relation, format: RecordsFormat, as: RecordsSchema, run: Run, what: string,
): Chunks {
  let rows: number | undefined
  async function* read(): AsyncGenerator<Uint8Array> {
    const path = join(await run.scratch(), `duckdb-${++files}.csv`)
    const session = await connect()
    const writer = { ended: false }
    const written = writeFile(session, relation, format, as, path, false, run, what).finally(() => {
      writer.ended = true
    })
    written.catch(() => undefined)
    let file: FileHandle | undefined
    try {
      for (let last = false; !last;) {
        // Looked at before reading, so that nothing written in between is missed.
        last = writer.ended
        file ??= await open(path).catch(() => undefined)
        for (let chunk = await readChunk(file); chunk !== undefined; chunk = await readChunk(file)) yield chunk
        if (!last) await Promise.race([written.catch(() => undefined), sleep(WAIT_MS)])
      }
      rows = await written
    } finally {
      session.interrupt()
      await written.catch(() => undefined)
      await file?.close()
      await rm(path, { force: true })
      session.close()
    }
  }
  const part: Part = { name: relation.kind === 'query' ? 'the result of the query' : relation.sql, again: false, read }
  return {
    format,
    parts: oneOf(part),
    tally: () => rows === undefined ? {} : { rows },
    // A part holds nothing before it is read, and gives everything back when its loop ends.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

let files = 0

async function readChunk(file: FileHandle | undefined): Promise<Uint8Array | undefined> {
  if (file === undefined) return undefined
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK)
  return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead)
}

async function* oneOf<T>(value: T): AsyncGenerator<T> {
  await Promise.resolve()
  yield value
}
