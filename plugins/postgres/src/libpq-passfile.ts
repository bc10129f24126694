// How libpq finds a password in `.pgpass`.
import type { Environment } from './libpq.js'
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Who connects where. */
export interface Login {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

// https://www.postgresql.org/docs/current/libpq-pgpass.html
const FILE = '.pgpass'
const OTHERS = 0o077

/**
 * The password of the first line that fits the login; undefined when there is no file or no such line. As libpq does, a file
 * that others may read is not used; a note says so.
 */
export async function passwordFromFile(path: string | undefined, login: Login, environment: Environment, notes: string[]): Promise<string | undefined> {
  const file = path ?? join(environment.HOME ?? homedir(), FILE)
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) return undefined
  if (process.platform !== 'win32' && (found.mode & OTHERS) !== 0) {
    notes.push(`the password file ${file} was not used: others may read it; run chmod 600 on it`)
    return undefined
  }
  return findPassword(await readFile(file, 'utf8'), login)
}

/** The password in the text of a password file. */
export function findPassword(text: string, login: Login): string | undefined {
  // libpq looks up a Unix socket in its default folder as `localhost`, and one elsewhere as its folder.
  const host = login.host === '/var/run/postgresql' || login.host === '/tmp' ? 'localhost' : login.host
  const wanted = [host, String(login.port), login.database, login.user]
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const fields = fieldsOf(line)
    if (fields.length >= 5 && wanted.every((value, i) => fields[i] === WILD || unescape(fields[i]!) === value)) {
      return unescape(fields.slice(4).join(':'))
    }
  }
  return undefined
}

const WILD = '*'

/** Fields between colons, with their backslashes still in place. */
function fieldsOf(line: string): string[] {
  const fields: string[] = []
  let from = 0
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i++
    else if (line[i] === ':') {
      fields.push(line.slice(from, i))
      from = i + 1
    }
  }
  return [...fields, line.slice(from)]
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}
