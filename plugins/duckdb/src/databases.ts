// Which databases this process has open: one instance a file, shared by every end on it and closed with the last.
import { MoveError } from '@records-mover/core/plugin'
import duckdb from '@duckdb/node-bindings'
import { mkdtemp, open, realpath, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Place, Settings } from './address.js'
import { MEMORY } from './address.js'
import { duckdbError } from './errors.js'
import { Session } from './session.js'

/** A database held open by one end. */
export interface Lease {
  /** Equal for two leases of the same database. */
  readonly server: string
  /** Opens the database if need be and a session in it. `write` on a file that is not there creates the file. */
  session(access: 'read' | 'write'): Promise<Session>
  /** True when there is something to read: a file that exists, or the database in memory. */
  exists(): Promise<boolean>
  /** Says that this end committed something, so that a file it created stays. */
  keep(): void
  /** Gives the database back; the last end closes it, and removes a file that was created and never committed to. */
  close(): Promise<void>
}

// DuckDB's own default is 80 % of the machine's memory, too much for a guest in a program; what passes it goes to the disk.
const FILE_MEMORY = '1GB'

interface Shared {
  readonly key: string
  readonly path: string
  readonly settings: Settings
  leases: number
  open?: { readonly database: duckdb.Database, readonly access: 'read' | 'write', readonly temporary?: string }
  sessions: number
  created: boolean
}

const databases = new Map<string, Shared>()
// Databases are opened and closed one after the other, so that none is opened while it is being closed.
let queue: Promise<unknown> = Promise.resolve()

/**
 * Takes a share of the database of a place. Opens nothing yet.
 *
 * DuckDB lets two instances of one process open the same file and then knows nothing of the other one's writes, so all ends
 * on a file share one. The database in memory lives as long as the process.
 *
 * @throws MoveError `not-found` when the folder is not there; `bad-address` when other settings hold already.
 */
export async function lease(place: Place): Promise<Lease> {
  const key = place.path === MEMORY ? MEMORY : await identity(place)
  let shared = databases.get(key)
  if (shared === undefined) {
    shared = { key, path: place.path, settings: place.settings, leases: 0, sessions: 0, created: false }
    databases.set(key, shared)
  }
  const held = shared
  for (const [setting, value] of Object.entries(place.settings)) {
    if (held.settings[setting as keyof Settings] === value) continue
    throw new MoveError('bad-address', `${place.text} is open in this process with other settings: say the same memory-limit and threads at both ends`)
  }
  held.leases++
  let closed = false
  return {
    server: `duckdb:${key}`,
    session: (access) => inTurn(() => openSession(held, place, access)),
    exists: async () => key === MEMORY || held.open !== undefined || await isThere(key),
    keep: () => {
      held.created = false
    },
    close: async () => {
      if (closed) return
      closed = true
      await inTurn(async () => {
        if (--held.leases === 0 && key !== MEMORY) await closeDatabase(held)
      })
    },
  }
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = queue.then(work)
  queue = turn.catch(() => undefined)
  return turn
}

async function openSession(shared: Shared, place: Place, access: 'read' | 'write'): Promise<Session> {
  if (shared.open?.access === 'read' && access === 'write') {
    if (shared.sessions > 0) throw new MoveError('busy', `${place.text} is being read by this process: try again when that has ended`)
    await closeInstance(shared)
  }
  try {
    const { database } = shared.open ??= await openInstance(shared, access)
    const connection = await duckdb.connect(database)
    shared.sessions++
    return new Session(database, connection, () => {
      shared.sessions--
    })
  } catch (error) {
    throw duckdbError(error, `cannot open ${place.text}`)
  }
}

async function openInstance(shared: Shared, access: 'read' | 'write'): Promise<NonNullable<Shared['open']>> {
  const file = shared.key !== MEMORY
  const there = file && await isThere(shared.key)
  if (there) await checkMark(shared.key)
  if (file && access === 'write' && !there) shared.created = true
  // Spilled records are as private as the database: a folder of mode 0700, which mkdtemp makes.
  const temporary = file ? await mkdtemp(join(tmpdir(), 'records-mover-duckdb-')) : undefined
  try {
    const database = await duckdb.open(file ? shared.key : MEMORY, configuration(shared.settings, access, temporary))
    try {
      const connection = await duckdb.connect(database)
      // The time zone decides what local times mean; it belongs to an extension and cannot be set before it is loaded.
      await duckdb.query(connection, "set global TimeZone = 'UTC'")
      await duckdb.query(connection, 'set global lock_configuration = true')
      duckdb.disconnect_sync(connection)
    } catch (error) {
      duckdb.close_sync(database)
      throw error
    }
    return { database, access, ...(temporary !== undefined && { temporary }) }
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
    throw error
  }
}

// https://duckdb.org/docs/stable/internals/storage: a checksum of 8 bytes, then these letters.
const MARK = 'DUCK'
const MARK_AT = 8

/** Of a CSV, Parquet or JSON file DuckDB would make a database in memory, where what is written is lost. */
async function checkMark(path: string): Promise<void> {
  const handle = await open(path).catch((error: unknown) => {
    throw duckdbError(error, `cannot read ${path}`)
  })
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MARK_AT + MARK.length), 0, MARK_AT + MARK.length, 0)
    if (buffer.toString('latin1', MARK_AT, bytesRead) === MARK) return
  } catch (error) {
    throw duckdbError(error, `cannot read ${path}`)
  } finally {
    await handle.close()
  }
  throw new MoveError('bad-address', `${path} is no DuckDB database: name another file`, { context: { path } })
}

// https://duckdb.org/docs/stable/configuration/overview
function configuration(settings: Settings, access: 'read' | 'write', temporary: string | undefined): duckdb.Config {
  const config = duckdb.create_config()
  const options: Record<string, string> = {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    threads: String(settings.threads ?? availableParallelism()),
    // Nothing of the database in memory is ever written to a disk.
    temp_directory: temporary ?? '',
    ...(temporary !== undefined && { access_mode: access === 'read' ? 'READ_ONLY' : 'READ_WRITE' }),
  }
  const limit = settings.memoryLimit ?? (temporary === undefined ? undefined : FILE_MEMORY)
  if (limit !== undefined) options.memory_limit = limit
  for (const [name, value] of Object.entries(options)) duckdb.set_config(config, name, value)
  return config
}

async function closeDatabase(shared: Shared): Promise<void> {
  databases.delete(shared.key)
  await closeInstance(shared)
  if (!shared.created) return
  for (const name of [shared.key, `${shared.key}.wal`]) await rm(name, { force: true })
}

async function closeInstance(shared: Shared): Promise<void> {
  const { open } = shared
  if (open === undefined) return
  delete shared.open
  duckdb.close_sync(open.database)
  if (open.temporary !== undefined) await rm(open.temporary, { recursive: true, force: true })
}

/** The file whatever way leads to it: symbolic links are followed, of the file itself when it is there. */
async function identity(place: Place): Promise<string> {
  try {
    return await realpath(place.path)
  } catch {
    try {
      return join(await realpath(dirname(place.path)), basename(place.path))
    } catch (error) {
      throw new MoveError('not-found', `${place.text}: its folder does not exist: create it first`, { cause: error, context: { path: place.path } })
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false)
}
