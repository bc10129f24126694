// The sentences of the contract, checked against PostgreSQL by the kit.
import { conformance } from '@records-mover/conformance'
import { delimited } from '@records-mover/delimited'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { afterAll, describe, test } from 'vitest'
import { postgres as plugin } from '../src/index.js'
import { addressOf } from './address.js'

const postgres = postgresService()
let database: string

conformance({ describe, test, after: afterAll }, plugin, {
  service: postgres.skip ? { skip: postgres.title('the plugin') } : {
    async start() { database = await postgres.server.createDatabase() },
    place: (name) => addressOf(postgres.server.url(database), { table: name }),
    async stop() { await postgres.server.dropDatabase(database) },
  },
  package: new URL('..', import.meta.url),
  formats: [plugin, delimited],
  wrong: ['postgres://me:KIT_CANARY@h/d?unknown=1#t', 'postgres://me:KIT_CANARY@h/d#a.b.c', 'postgres://me:KIT_CANARY@h:1/d?port=2#t', 'postgres://me:KIT_CANARY@h/d?tls=off#t'],
})
