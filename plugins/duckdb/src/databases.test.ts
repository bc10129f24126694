// One instance a file: shared, upgraded from reading to writing, locked against others, and closed with the last end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { address, field, folder, get, newRun, put, rowsOf } from '../test/ends.js'
import { sql } from '../test/sql.js'
import { openSource } from './source.js'
import { openTarget } from './target.js'

const SCHEMA = { fields: [field('id', { type: 'integer', bits: 64, signed: true })] }

describe('databases', () => {
  test('serve a source and a target in one file at once, through whatever name', async () => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    const link = join(place.path, 'link.duckdb')
    await put(address(path, { fragment: 'one' }), { schema: SCHEMA }, [['1'], ['2']])
    symlinkSync(path, link)
    const run = newRun()
    const source = await openSource(address(path, { fragment: 'one' }))
    const look = await source.look('types', run)
    const target = await openTarget(address(link, { fragment: 'two' }))
    await target.look(run)
    const wish = { schema: look.schema, whenExists: 'fail' as const, allow: [] }
    const fit = target.fit(wish)
    expect(source.native?.server).toBe(target.native?.server)
    await target.batches!.write(await source.batches!.read(fit.schema, run), { ...wish, fit, confirm: () => Promise.resolve() }, run)
    await source[Symbol.asyncDispose]()
    await target[Symbol.asyncDispose]()
    expect((await get(address(path, { fragment: 'two' }))).rows).toEqual([['1'], ['2']])
  })

  test('in memory outlive the move that made them', async () => {
    await put(address('', { fragment: 'kept' }), { schema: SCHEMA }, [['7']])
    expect((await get(address(':memory:', { fragment: 'kept' }))).rows).toEqual([['7']])
  })

  test('are busy while another process has them open, and free after', async () => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    await put(address(path, { fragment: 't' }), { schema: SCHEMA }, [['1']])
    const driver = createRequire(import.meta.url).resolve('@duckdb/node-bindings')
    const other = spawn(process.execPath, ['-e', `require(${JSON.stringify(driver)}).open(${JSON.stringify(path)}).then(() => { console.log('open'); process.stdin.resume() })`], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(other.stdout, 'data')
    await expect(get(address(path, { fragment: 't' }))).rejects.toMatchObject({ code: 'busy', temporary: true, message: expect.stringContaining(`PID ${other.pid}`) as string })
    await expect(put(address(path, { fragment: 't' }), { schema: SCHEMA, whenExists: 'append' }, [['2']])).rejects.toMatchObject({ code: 'busy' })
    other.stdin.end()
    await once(other, 'exit')
    expect((await get(address(path, { fragment: 't' }))).rows).toEqual([['1']])
  })

  test('are free for another process as soon as a source that was left early is closed', async () => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    const driver = createRequire(import.meta.url).resolve('@duckdb/node-bindings')
    await put(address(path, { fragment: 't' }), { schema: SCHEMA }, Array.from({ length: 50_000 }, (_, i) => [String(i)]))
    const source = await openSource(address(path, { fragment: 't' }))
    const early = await source.batches!.read((await source.look('types', newRun())).schema, newRun())
    for await (const part of early.parts) {
      for await (const batch of part) {
        expect(batch.rows).toBeGreaterThan(0)
        break
      }
      break
    }
    await early[Symbol.asyncDispose]()
    await source[Symbol.asyncDispose]()
    const other = spawn(process.execPath, ['-e', `require(${JSON.stringify(driver)}).open(${JSON.stringify(path)}).then(() => process.exit(0), () => process.exit(9))`], { stdio: 'ignore' })
    expect((await once(other, 'exit'))[0]).toBe(0)
  })

  test('are open for reading only while only sources are on them', async () => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    await put(address(path, { fragment: 't' }), { schema: SCHEMA }, [['1']])
    chmodSync(path, 0o444)
    const run = newRun()
    const one = await openSource(address(path, { fragment: 't' }))
    const two = await openSource(address(path, { fragment: 't' }))
    await one[Symbol.asyncDispose]()
    const look = await two.look('types', run)
    expect(await rowsOf(await two.batches!.read(look.schema, run))).toEqual([['1']])
    await two[Symbol.asyncDispose]()
    expect(readdirSync(place.path)).toEqual(['a.duckdb'])
  })

  test('keep the clock at UTC and their settings locked', async () => {
    expect(await sql('', `select current_setting('TimeZone'), current_setting('lock_configuration'), current_setting('autoload_known_extensions'), current_setting('autoinstall_known_extensions'), current_setting('temp_directory')`))
      .toEqual([['UTC', 'true', 'false', 'false', '']])
    await expect(sql('', `set global TimeZone = 'America/New_York'`)).rejects.toThrow()
  })

  test('take memory-limit and threads from the address and put spilled records into a private folder', async () => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    const at = address(path, { fragment: 't', options: { 'memory-limit': '300MB', 'threads': '1' } })
    await put(at, { schema: SCHEMA }, [['1']])
    const held = await openSource(at)
    const [settings] = await sql(path, `select current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')`)
    await held[Symbol.asyncDispose]()
    expect(settings!.slice(0, 2)).toEqual(['286.1 MiB', '1'])
    expect(settings![2]).toContain('records-mover-duckdb-')
    expect(existsSync(settings![2]!)).toBe(false)
  })

  test('refuse other settings at a second end', async () => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    const first = await openTarget(address(path, { fragment: 't', options: { threads: '1' } }))
    await expect(openTarget(address(path, { fragment: 't', options: { threads: '2' } }))).rejects.toMatchObject({ code: 'bad-address' })
    await first[Symbol.asyncDispose]()
    await (await openTarget(address(path, { fragment: 't', options: { threads: '2' } })))[Symbol.asyncDispose]()
  })

  test.each(['data.csv', 'data.parquet', 'data.json', 'data.duckdb', 'short'])('refuse the file %s that is none of theirs', async (name) => {
    using place = folder()
    const path = join(place.path, name)
    writeFileSync(path, name === 'short' ? 'x' : 'id,name\n'.repeat(1000))
    await expect(get(address(path, { fragment: 't' }))).rejects.toMatchObject({ code: 'bad-address' })
    await expect(put(address(path, { fragment: 't' }), { schema: SCHEMA }, [])).rejects.toMatchObject({ code: 'bad-address' })
    expect(readdirSync(place.path)).toEqual([name])
  })

  test('say what is missing', async () => {
    using place = folder()
    mkdirSync(join(place.path, 'dir'))
    await expect(get(address(join(place.path, 'no.duckdb'), { fragment: 't' }))).rejects.toMatchObject({ code: 'not-found' })
    await expect(put(address(join(place.path, 'no', 'no.duckdb'), { fragment: 't' }), { schema: SCHEMA }, [])).rejects.toMatchObject({ code: 'not-found' })
    await expect(get(address(join(place.path, 'dir'), { fragment: 't' }))).rejects.toMatchObject({ code: 'bad-address' })
    await put(address(join(place.path, 'a.duckdb'), { fragment: 't' }), { schema: SCHEMA }, [])
    await expect(get(address(join(place.path, 'a.duckdb'), { fragment: 'u' }))).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('it has t') as string })
  })

  test('carry a file of another process without its write-ahead log being lost', async () => {
    using place = folder()
    const path = join(place.path, 'a.duckdb')
    const driver = createRequire(import.meta.url).resolve('@duckdb/node-bindings')
    // Killed before its log is written into the file.
    const other = spawn(process.execPath, ['-e', `const d = require(${JSON.stringify(driver)}); d.open(${JSON.stringify(path)}).then(async (db) => { const c = await d.connect(db); await d.query(c, 'create table t as select 42::bigint id'); console.log('done'); process.stdin.resume() })`], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(other.stdout, 'data')
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect(readdirSync(place.path)).toContain('a.duckdb.wal')
    expect((await get(address(path, { fragment: 't' }))).rows).toEqual([['42']])
  })
})
