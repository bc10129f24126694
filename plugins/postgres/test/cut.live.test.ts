// That a lost connection leaves the old rows or the new, and that the target knows which.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Row } from '@records-mover/core'
import { MoveError, rows } from '@records-mover/core'
import type { FaultProxy } from '@records-mover/test-infra/faults'
import { faultProxy } from '@records-mover/test-infra/faults'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { settleCommit } from '../src/landing-doubt.js'
import { moving, sessions } from './moving.js'

const postgres = postgresService()
const MODES = ['append', 'truncate', 'delete', 'replace', 'merge'] as const
const ROWS = 3000
const NEW: readonly Row[] = Array.from({ length: ROWS }, (_, i) => ({ id: i, note: `new ${i}` }))
const SCHEMA = { fields: [{ name: 'id', type: { type: 'integer', bits: 32, signed: true }, nullable: true }, { name: 'note', type: { type: 'string' }, nullable: true }] } as const

describe.skipIf(postgres.skip)(postgres.title('a connection that is cut'), () => {
  let database: string
  let proxy: FaultProxy

  beforeAll(async () => {
    database = await postgres.server.createDatabase()
    proxy = await faultProxy({ targetPort: postgres.server.port })
  })
  afterAll(async () => {
    await proxy.close()
    await postgres.server.dropDatabase(database)
  })
  beforeEach(async () => {
    proxy.heal()
    await sql('drop table if exists orders; create table orders (id int, note text); insert into orders values (-1, \'old\')')
  })

  test.each(MODES)('during the commit, after the server took it: %s resolves', async (whenExists) => {
    await land(whenExists, () => { void proxy.cutAfter({ direction: 'to-client', bytes: 1, how: 'reset' }) })
    expect(await state()).toBe('new')
  })

  test.each(MODES)('during the commit, before the server took it: %s rejects and leaves the table as it was', async (whenExists) => {
    await expect(land(whenExists, () => { void proxy.cutAfter({ direction: 'to-server', bytes: 1, how: 'reset' }) })).rejects.toMatchObject({ code: 'busy' })
    expect(await state()).toBe('old')
  })

  test('anywhere: what is told is what is there, and nothing is left behind', async () => {
    const told = new Set<string>()
    for (let round = 0; round < 40; round++) {
      const whenExists = MODES[round % MODES.length]!
      const direction = round % 3 === 0 ? 'to-client' : 'to-server'
      // To the server go about 60 kB, most of it records; from it come about 20 kB of catalog.
      const bytes = Math.floor(((round * 7919) % 1000) / 1000 * (direction === 'to-server' ? 75_000 : 25_000)) + 1
      void proxy.cutAfter({ direction, bytes, how: round % 2 === 0 ? 'reset' : 'end' })
      const result = await land(whenExists).then(() => 'new', (error: unknown) => {
        expect(MoveError.is(error) && ['busy', 'failed', 'untrusted'].includes(error.code), String(error)).toBe(true)
        return 'old'
      })
      proxy.heal()
      expect(await state(), `${whenExists}, ${direction} after ${bytes}`).toBe(result)
      told.add(result)
      await sql('delete from orders; insert into orders values (-1, \'old\')')
    }
    expect([...told].sort()).toEqual(['new', 'old'])
    expect(await sessions(postgres.server, database)).toBe(0)
    expect(await sql('select relname from pg_class where relname like \'%mover%\'')).toEqual([])
  }, 120_000)

  test('a server that cannot be asked leaves the commit in doubt, and says so', async () => {
    const lost = new Error('the connection was lost')
    const again = (): Promise<never> => Promise.reject(new MoveError('denied', 'no'))
    await expect(settleCommit(lost, { transaction: '7', pid: 1, again, text: 'orders' })).rejects.toMatchObject({ code: 'in-doubt', cause: lost })
  })

  function land(whenExists: typeof MODES[number], confirm: () => void = () => undefined): ReturnType<typeof moving> {
    const through = new URL(postgres.server.url(database))
    through.port = String(proxy.port)
    return moving(rows(NEW, { schema: SCHEMA }), `${through.href}#orders`, { whenExists, confirm, ...(whenExists === 'merge' && { key: ['id'] }) })
  }

  /** Old or new; anything else is told as it is. */
  async function state(): Promise<string> {
    const [[old, fresh]] = await sql('select count(*) filter (where note = \'old\'), count(*) filter (where note like \'new %\') from orders') as [[string, string]]
    if (old === '1' && fresh === '0') return 'old'
    return fresh === String(ROWS) ? 'new' : `${old} old, ${fresh} new`
  }

  function sql(text: string): Promise<readonly (readonly (string | null)[])[]> {
    return postgres.server.execute(text, database)
  }
})
