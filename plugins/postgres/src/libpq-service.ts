// How libpq finds a service by name and what a service file looks like.
import type { Environment } from './libpq.js'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { MoveError } from '@records-mover/core/plugin'

// https://www.postgresql.org/docs/current/libpq-pgservice.html
const USER_FILE = '.pg_service.conf'
const SYSTEM_FILE = 'pg_service.conf'
const DEBIAN_FOLDER = '/etc/postgresql-common'
/** What a service may set here; other settings of libpq are refused by name. */
const SETTINGS: readonly string[] = [
  'host', 'port', 'dbname', 'user', 'password', 'passfile', 'options', 'application_name', 'connect_timeout',
  'sslmode', 'sslrootcert', 'sslcert', 'sslkey',
]

/**
 * The settings of one service: from the file that PGSERVICEFILE names or `~/.pg_service.conf`, else from the system's.
 *
 * @throws MoveError `not-found` when no file has the service, `bad-address` for a line or setting that is not understood.
 */
export async function readService(name: string, environment: Environment): Promise<Readonly<Record<string, string>>> {
  const files = [
    environment.PGSERVICEFILE ?? join(environment.HOME ?? homedir(), USER_FILE),
    join(environment.PGSYSCONFDIR ?? DEBIAN_FOLDER, SYSTEM_FILE),
  ]
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    const found = text === undefined ? undefined : findService(text, name, file)
    if (found !== undefined) return found
  }
  throw new MoveError('not-found', `no service "${name}" in ${files.join(' or ')}`, { context: { service: name } })
}

function findService(text: string, name: string, file: string): Readonly<Record<string, string>> | undefined {
  let found: Record<string, string> | undefined
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('[')) {
      // The first section of a name counts, as in libpq.
      if (found !== undefined) return found
      if (line === `[${name}]`) found = {}
    } else if (found !== undefined) {
      const equals = line.indexOf('=')
      const setting = line.slice(0, Math.max(equals, 0)).trim()
      if (!SETTINGS.includes(setting)) {
        throw new MoveError('bad-address', `line ${i + 1} of ${file} is not understood: a service may set ${SETTINGS.join(', ')}`, { context: { file, line: String(i + 1) } })
      }
      found[setting] ??= line.slice(equals + 1).trim()
    }
  }
  return found
}
