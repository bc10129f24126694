// One server for the whole run reaches every test file, and a machine without one says so in every skipped name.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { postgresService } from '@records-mover/test-infra/postgres-service'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const postgres = postgresService()

describe.skipIf(postgres.skip)(postgres.title('the server of this run'), () => {
  test('runs queries in databases that a test makes for itself', async () => {
    const database = await postgres.server.createDatabase()
    await postgres.server.execute('create table t (a int)', database)
    expect(await postgres.server.execute('select to_regclass(\'t\')::text', database)).toEqual([['t']])
    await postgres.server.dropDatabase(database)
  })

  test('reaches a package that asks for it in its configuration', () => {
    const report = runFixture({})
    expect(report).toMatchObject({ success: true, numPassedTests: 2, numPendingTests: 0 })
  })
})

describe('a run without a server', () => {
  test('reports every test as skipped, with the reason in its name', () => {
    const report = runFixture({ RECORDS_MOVER_POSTGRES: 'none' })
    expect(report).toMatchObject({ numPassedTests: 0, numPendingTests: 2 })
    expect(report.testResults.flatMap((file) => file.assertionResults.map(({ fullName, status }) => ({ fullName, status })))).toEqual([
      { fullName: 'reading [skipped: RECORDS_MOVER_POSTGRES=none] runs one query', status: 'skipped' },
      { fullName: 'reading [skipped: RECORDS_MOVER_POSTGRES=none] runs another', status: 'skipped' },
    ])
  })

  test('fails when the setup was forgotten', () => {
    const report = runFixture({}, ['--config', 'without-setup.config.ts'])
    expect(report.success).toBe(false)
    expect(report.testResults[0]?.message).toContain('add globalSetup')
  })
})

interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly { readonly message: string, readonly assertionResults: readonly { readonly fullName: string, readonly status: string }[] }[]
}

function runFixture(environment: Record<string, string>, options: string[] = []): Report {
  const root = join(import.meta.dirname, 'fixtures/shared')
  const run = spawnSync(process.execPath, [vitest, 'run', '--root', root, '--reporter=json', ...options], {
    encoding: 'utf8', env: { PATH: process.env.PATH ?? '', ...environment },
  })
  const json = run.stdout.split('\n').find((line) => line.startsWith('{'))
  if (json === undefined) throw new Error(`no report: ${run.stdout}${run.stderr}`)
  return JSON.parse(json) as Report
}
