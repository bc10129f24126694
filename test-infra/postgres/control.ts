// How the tests' own statements reach a server: the frontend/backend protocol over its Unix socket, no driver needed.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
import { connect } from 'node:net'

/** The superuser for these statements; `pg_hba.conf` lets it in by the Unix socket only, without a password. */
export const controlRole = 'test_infra'

/** What the server answered with; `code` is the SQLSTATE. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed'
  readonly code: string
  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

/** The rows of all statements together, every value as the server's text. */
export type TextRows = (string | null)[][]

/**
 * Runs `sql`, one or more statements in one implicit transaction, as the control role or as `role`.
 *
 * Rejects with StatementFailed when the server refuses it, with the system's error when the socket does not answer.
 */
export async function runStatements(socketFile: string, database: string, sql: string, role?: string): Promise<TextRows> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketFile)
    const rows: TextRows = []
    let failure: StatementFailed | undefined
    let asked = false
    let pending: Buffer = Buffer.alloc(0)
    socket.on('connect', () => socket.write(startupMessage(database, role)))
    socket.on('data', (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      while (pending.length >= 5 && pending.length >= 1 + pending.readInt32BE(1)) {
        const end = 1 + pending.readInt32BE(1)
        answer(String.fromCharCode(pending[0]!), pending.subarray(5, end))
        pending = pending.subarray(end)
      }
    })
    socket.on('error', reject)
    socket.on('close', () => { reject(failure ?? new Error(`the server closed ${socketFile} without an answer`)) })

    function answer(type: string, body: Buffer): void {
      if (type === 'E') failure = readError(body)
      else if (type === 'D') rows.push(readRow(body))
      else if (type === 'Z' && !asked) {
        asked = true
        socket.write(message('Q', text(sql)))
      } else if (type === 'Z') {
        socket.end(message('X', Buffer.alloc(0)))
        if (failure) reject(failure)
        else resolve(rows)
      }
    }
  })
}

function startupMessage(database: string, role: string | undefined): Buffer {
  const options = role === undefined ? [] : [text('options'), text(`-c role=${role.replace(/[\\ ]/g, '\\$&')}`)]
  const version = Buffer.of(0, 3, 0, 0) // protocol 3.0
  const body = Buffer.concat([version, text('user'), text(controlRole), text('database'), text(database), ...options, Buffer.of(0)])
  return Buffer.concat([int32(body.length + 4), body])
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function readRow(body: Buffer): (string | null)[] {
  const values: (string | null)[] = []
  for (let at = 2; at < body.length;) {
    const length = body.readInt32BE(at)
    values.push(length < 0 ? null : body.toString('utf8', at + 4, at + 4 + length))
    at += 4 + Math.max(length, 0)
  }
  return values
}

function readError(body: Buffer): StatementFailed {
  const fields = new Map(body.toString('utf8').split('\0').map((field) => [field.slice(0, 1), field.slice(1)]))
  return new StatementFailed(fields.get('M') ?? 'unknown', fields.get('C') ?? '')
}
