// Proves that a move which is killed, cut off or not confirmed leaves the old rows or the new, and never anything else.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WhenExists } from '@records-mover/core'
import { head, look, move, MoveError } from '@records-mover/core'
import { faultProxy } from '@records-mover/test-infra/faults'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { at, options, randomNumbers, temporaryFolder } from './whole.js'

const postgres = postgresService()
const ROUNDS = 50
const OLD = 700
const NEW = 30_000
const MODES: readonly WhenExists[] = ['truncate', 'delete', 'replace', 'append', 'merge']
const here = fileURLToPath(new URL('..', import.meta.url))

describe.skipIf(postgres.skip)(postgres.title('an interrupted move to PostgreSQL'), () => {
  let database: string
  let wanted: Record<string, string>
  const table = (name: string): string => at(postgres.server.url(database), name)
  const digest = async (): Promise<string> => (await postgres.server.execute(
    'select count(*) || \' \' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from target t', database))[0]![0]!
  const reset = (): Promise<unknown> => postgres.server.execute('drop table if exists target; create table target as select * from old; alter table target add primary key (id)', database)
  /** What the target holds after a whole move in each mode. */
  const outcomes = async (): Promise<Record<string, string>> => {
    const all: Record<string, string> = {}
    await reset()
    all.old = await digest()
    for (const mode of MODES) {
      await reset()
      await move(table(sourceFor(mode)), table('target'), { ...options, whenExists: mode, ...(mode === 'merge' && { key: ['id'] }) })
      all[mode] = await digest()
    }
    return all
  }

  beforeAll(async () => {
    database = await postgres.server.createDatabase()
    await postgres.server.execute(`
      create table old as select i as id, 'old ' || i as text, i::numeric(12,2) / 7 as amount from generate_series(1, ${OLD}) i;
      create table source as select i as id, repeat(md5(i::text), 4) as text, i::numeric(12,2) / 3 as amount from generate_series(1, ${NEW}) i;
      create table fresh as select id + ${OLD} as id, text, amount from source;
      alter table source add primary key (id); alter table fresh add primary key (id)`, database)
    // One server and one database would be a statement of that server; a second connection through a proxy is a move like any other.
    wanted = await outcomes()
  })
  afterAll(() => postgres.server.dropDatabase(database))

  test(`killed at ${ROUNDS} random moments leaves old or new, and no session`, { timeout: 240_000 }, async () => {
    const random = randomNumbers(1)
    const seen = new Map<string, number>()
    await reset()
    const whole = await killed(['truncate', table('source'), table('target')], undefined)
    for (let round = 0; round < ROUNDS; round++) {
      const mode = MODES[round % MODES.length]!
      await reset()
      await killed([mode, table(sourceFor(mode)), table('target')], Math.round(random() * whole * 1.1))
      const found = await digest()
      expect([wanted.old, wanted[mode]], `round ${round}, ${mode}`).toContain(found)
      seen.set(found === wanted.old ? 'old' : 'new', (seen.get(found === wanted.old ? 'old' : 'new') ?? 0) + 1)
      await expect.poll(sessions, { timeout: 10_000, interval: 20 }).toBe('0')
      expect([wanted.old, wanted[mode]]).toContain(await digest())
    }
    expect(seen.get('old') ?? 0).toBeGreaterThan(0)
  })

  test(`cut off at ${ROUNDS} random bytes leaves old or new, and says which`, { timeout: 240_000 }, async () => {
    const random = randomNumbers(2)
    await using proxy = disposable(await faultProxy({ targetPort: postgres.server.port }))
    const through = new URL(postgres.server.url(database))
    through.port = String(proxy.thing.port)
    const target = at(through.href, 'target')
    let rejected = 0
    for (let round = 0; round < ROUNDS; round++) {
      const mode = MODES[round % MODES.length]!
      await reset()
      const direction = round % 2 === 0 ? 'to-server' : 'to-client'
      // What travels to the server is the data, about 5 MB; what comes back is a few KB.
      const bytes = Math.floor(random() * (direction === 'to-server' ? 5_500_000 : 14_000)) + 1
      void proxy.thing.cutAfter({ direction, bytes, how: round % 4 < 2 ? 'reset' : 'end' })
      const error = await move(table(sourceFor(mode)), target, { ...options, whenExists: mode, notRoutes: ['native'], ...(mode === 'merge' && { key: ['id'] }) })
        .then(() => undefined, (reason: unknown) => reason)
      proxy.thing.heal()
      const found = await digest()
      if (error === undefined) expect(found, `round ${round}, ${mode}`).toBe(wanted[mode])
      else {
        rejected++
        if (!MoveError.is(error)) throw new Error('the move rejected with something else than a MoveError', { cause: error })
        if (error.code === 'in-doubt') expect([wanted.old, wanted[mode]]).toContain(found)
        else expect(found, `round ${round}, ${mode}, ${error.code}: ${error.message}`).toBe(wanted.old)
      }
      await expect.poll(sessions, { timeout: 10_000, interval: 20 }).toBe('0')
    }
    expect(rejected).toBeGreaterThan(ROUNDS / 4)
  })

  test(`not confirmed ${ROUNDS} times leaves the old rows`, { timeout: 120_000 }, async () => {
    const random = randomNumbers(3)
    await reset()
    for (let round = 0; round < ROUNDS; round++) {
      const mode = MODES[Math.floor(random() * MODES.length)]!
      const moved = move(table(sourceFor(mode)), table('target'), {
        ...options, whenExists: mode, ...(mode === 'merge' && { key: ['id'] }), ...(random() < 0.5 && { notRoutes: ['native'] as const }),
        confirm: async () => {
          await new Promise((resolve) => setTimeout(resolve, random() * 10))
          throw new Error('not today')
        },
      })
      await expect(moved).rejects.toThrow('not today')
      expect(await digest(), `round ${round}, ${mode}`).toBe(wanted.old)
    }
    expect(await sessions()).toBe('0')
  })

  async function sessions(): Promise<string> {
    return (await postgres.server.execute(`select count(*) from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid() and backend_type = 'client backend'`, 'postgres'))[0]![0]!
  }
})

describe('an interrupted move to a file', () => {
  test('killed at random moments leaves the old file or the new', { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder()
    const [source, target] = [folder.path('source.csv'), folder.path('target.tsv')]
    await writeFile(source, csv(200_000))
    await writeFile(target, 'id\ttext\nold\told\n')
    const whole = await killed(['replace', source, target], undefined)
    const [old, fresh] = ['id\ttext\nold\told\n', await readFile(target, 'utf8')]
    const random = randomNumbers(4)
    for (let round = 0; round < 20; round++) {
      await writeFile(target, old)
      await killed(['replace', source, target], Math.round(random() * whole))
      expect([old, fresh]).toContain(await readFile(target, 'utf8'))
    }
  })
})

describe('an interrupted move to DuckDB', () => {
  test('killed at random moments leaves the old rows or the new', { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder()
    const [source, old, target] = [folder.path('source.csv'), folder.path('old.csv'), `duckdb:${folder.path('x.duckdb')}#t`]
    await writeFile(source, csv(200_000))
    await writeFile(old, csv(300))
    await move(old, target, options)
    const whole = await killed(['replace', source, target], undefined)
    const random = randomNumbers(5)
    let rows = 200_000
    for (let round = 0; round < 20; round++) {
      const [from, next] = rows === 300 ? [source, 200_000] : [old, 300]
      await killed(['replace', from, target], Math.round(random() * whole))
      const found = (await look(target, options)).rows
      expect([rows, next]).toContain(found)
      rows = found!
      expect((await head(target, 1, options)).rows).toHaveLength(1)
    }
  })
})

function sourceFor(mode: WhenExists): string {
  return mode === 'append' ? 'fresh' : 'source'
}

function csv(rows: number): string {
  let text = 'id,text\n'
  for (let i = 0; i < rows; i++) text += `${i},"row ${i}, of ${rows}"\n`
  return text
}

/** Runs a move in a process of its own and kills it after some milliseconds; resolves with how long it ran. */
async function killed(list: readonly string[], afterMs: number | undefined): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--input-type=module', '--eval', MOVER, ...list], { cwd: here, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString() })
  const timer = afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), afterMs)
  const [code, signal] = await once(child, 'close') as [number | null, string | null]
  clearTimeout(timer)
  if (signal === null && code !== 0) throw new Error(`the mover failed: ${errors}`)
  return performance.now() - started
}

const MOVER = `
  import { move, registry } from '@records-mover/core'
  import { delimited } from '@records-mover/delimited'
  import { duckdb } from '@records-mover/duckdb'
  import { file } from '@records-mover/file'
  import { postgres } from '@records-mover/postgres'
  const [whenExists, from, to] = process.argv.slice(1)
  await move(from, to, { registry: registry([file, delimited, duckdb, postgres]), whenExists, notRoutes: ['native'], ...(whenExists === 'merge' && { key: ['id'] }) })
`

function disposable<T extends { close(): Promise<void> }>(thing: T): AsyncDisposable & { thing: T } {
  return { thing, [Symbol.asyncDispose]: () => thing.close() }
}
