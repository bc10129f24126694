// The kit, run on real folders of this machine.
import { conformance } from '@records-mover/conformance'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { file } from '../src/index.js'

let folder = ''

conformance({ describe, test, after: afterAll }, file, {
  service: {
    start: async () => { folder = await mkdtemp(join(tmpdir(), 'file-conformance-')) },
    place: (name) => `${folder}/${name}/`,
    stop: () => rm(folder, { recursive: true }),
  },
  package: new URL('..', import.meta.url),
  wrong: ['file://elsewhere/data.csv', 'file:', 'file:data.csv#table', 'file://kit:KIT_CANARY@localhost/data.csv', 'file:a.csv?password=KIT_CANARY'],
})
