// Which programs are found, and what is said when none are.
import { afterEach, describe, expect, test } from 'vitest'

import { cache } from './availability.js'
import { PostgresUnavailable, findBinaries } from './binaries.js'

const before = process.env.RECORDS_MOVER_POSTGRES
afterEach(() => {
  if (before === undefined) delete process.env.RECORDS_MOVER_POSTGRES
  else process.env.RECORDS_MOVER_POSTGRES = before
})

describe('finding programs', () => {
  test('is unavailable with the reason when servers are turned off', () => {
    process.env.RECORDS_MOVER_POSTGRES = 'none'
    expect(() => findBinaries(undefined, cache())).toThrow(new PostgresUnavailable('RECORDS_MOVER_POSTGRES=none'))
  })

  test('rejects an unknown choice instead of ignoring it', () => {
    process.env.RECORDS_MOVER_POSTGRES = 'mine'
    expect(() => findBinaries(undefined, cache())).toThrow('use embedded, system or none')
  })
})
