// The sentences of the contract, checked by the kit on a database file.
import { conformance } from '@records-mover/conformance'
import { delimited } from '@records-mover/delimited'
import { file } from '@records-mover/file'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { duckdb } from '../src/index.js'

let folder = ''

conformance({ describe, test, after: afterAll }, duckdb, {
  service: {
    start: async () => {
      folder = await mkdtemp(join(tmpdir(), 'duckdb-conformance-'))
    },
    place: (name) => `duckdb:${folder}/kit.duckdb#${name}`,
    stop: () => rm(folder, { recursive: true }),
  },
  package: new URL('..', import.meta.url),
  formats: [duckdb, delimited, file],
  wrong: ['duckdb://host/a.duckdb#t', 'duckdb://me:KIT_CANARY@host/a.duckdb#t', 'duckdb:a.duckdb?no-such-option=1#t', 'duckdb:a.duckdb#a.b.c', 'duckdb:a.duckdb?threads=none#t'],
})
