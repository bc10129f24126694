// Proves how addresses are read, and that secrets never show.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parseAddress, resolveAddress } from './address.js'
import { MoveError } from './contract/errors.js'
import { registry } from './registry.js'
import { startRun } from './run.js'
import { redactor, secret } from './secret.js'

const settings = (text: string): Record<string, string> => Object.fromEntries(parseAddress(text).settings)

describe('parseAddress', () => {
  test('takes a URL apart', () => {
    const parsed = parseAddress('Postgres://app:p%40ss@db.example:5433/sa%20les?sslmode=verify-full&x=%2B#public."a b"')
    expect(parsed).toMatchObject({ scheme: 'postgres', host: 'db.example', port: 5433, path: '/sa les', fragment: 'public."a b"' })
    expect(Object.fromEntries(parsed.settings)).toEqual({ user: 'app', password: 'p@ss', sslmode: 'verify-full', x: '+' })
  })

  test.each([
    ['orders.csv', 'orders.csv'], ['./a#b?c%20.csv', './a#b?c%20.csv'], ['-', '-'], ['C:\\data\\x.csv', 'C:\\data\\x.csv'], ['/tmp/ü.csv', '/tmp/ü.csv'],
  ])('takes %s as a plain path, letter for letter', (written, path) => {
    expect(parseAddress(written)).toMatchObject({ scheme: 'file', path })
    expect(parseAddress(written).fragment).toBeUndefined()
  })

  test.each([
    ['duckdb:shop.duckdb#orders', 'shop.duckdb', 'orders'], ['duckdb:#orders', '', 'orders'], ['file:a%20b.csv', 'a b.csv', undefined], ['postgres:///db', '/db', undefined],
  ])('reads %s', (written, path, fragment) => {
    expect(parseAddress(written).path).toBe(path)
    expect(parseAddress(written).fragment).toBe(fragment)
  })

  test('reads IPv6 hosts and users without a password', () => {
    expect(parseAddress('pg://me@[::1]:5432/db')).toMatchObject({ host: '::1', port: 5432 })
    expect(settings('pg://me@[::1]:5432/db')).toEqual({ user: 'me' })
  })

  test('a percent sign that starts no escape stands for itself', () => {
    expect(parseAddress('duckdb:x#100%').fragment).toBe('100%')
  })

  test.each(['pg://h:99999/db', 'pg://h:12a/db', 'pg://h/db?a=1&a=2', 'pg://[::1/db', 'pg://h/%ff'])('refuses %s as bad-address', (written) => {
    expect(() => parseAddress(written)).toThrow(expect.objectContaining({ code: 'bad-address' }))
  })

  test('shows neither passwords nor secret-looking options', () => {
    const { text } = parseAddress('pg://u:hunter2hunter2@h/db?sslpassword=canary1&access_key=canary2&mode=ok#t')
    expect(text).toBe('pg://u:***@h/db?sslpassword=***&access_key=***&mode=ok#t')
  })

  test('keeps references whole, whatever letters they hold, and shows them', () => {
    const parsed = parseAddress('pg://${env:USER_NAME}:${aws-sm:prod/pg#password@x?y}@h/db#t')
    expect(Object.fromEntries(parsed.settings)).toEqual({ user: '${env:USER_NAME}', password: '${aws-sm:prod/pg#password@x?y}' })
    expect(parsed.fragment).toBe('t')
    expect(parsed.text).toContain('${aws-sm:prod/pg#password@x?y}')
  })
})

describe('resolveAddress', () => {
  test('resolves references and makes their values known to the redactor', async () => {
    process.env.RECORDS_MOVER_TEST_SECRET = 'canary-value'
    const secrets = redactor()
    await using opened = startRun({}, secrets)
    const address = await resolveAddress(parseAddress('pg://u:${env:RECORDS_MOVER_TEST_SECRET}@h/db?a=1'), undefined, registry([]), secrets, opened.run)
    expect(address.setting('password')?.reveal()).toBe('canary-value')
    expect(address.setting('missing')).toBeUndefined()
    expect(address.options).toEqual(['a'])
    expect(secrets.text('the canary-value leaks')).toBe('the [redacted] leaks')
    expect(`${JSON.stringify(address)} ${inspect(address)} ${String(address.setting('password'))}`).not.toContain('canary-value')
  })

  test.each(['pg://u:${env:RECORDS_MOVER_NOT_SET}@h', 'pg://u:${file:/does/not/exist}@h'])('%s rejects with not-found', async (written) => {
    await using opened = startRun({}, redactor())
    await expect(resolveAddress(parseAddress(written), undefined, registry([]), redactor(), opened.run)).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a prefix that nothing resolves is bad-address', async () => {
    await using opened = startRun({}, redactor())
    await expect(resolveAddress(parseAddress('pg://u:${vault:x}@h'), undefined, registry([]), redactor(), opened.run)).rejects.toMatchObject({ code: 'bad-address' })
  })
})

describe('redactor', () => {
  test('reaches messages, context, causes and the properties of vendor errors', () => {
    const secrets = redactor()
    secrets.add('canary/1')
    const vendor = Object.assign(new Error('login canary/1 failed'), { detail: 'canary/1', nested: { list: ['canary%2F1'] } })
    const error = secrets.error(new MoveError('denied', 'no canary/1', { cause: vendor, context: { user: 'canary/1' } }))
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/canary/)
    expect(error.code).toBe('denied')
  })

  test('makes a MoveError of anything, and survives cycles', () => {
    const cycle: { self?: unknown } & Error = new Error('x')
    cycle.self = cycle
    expect(redactor().error(cycle)).toMatchObject({ code: 'failed', cause: cycle })
    expect(redactor().error('text').message).toContain('text')
  })

  test('a secret never shows itself', () => {
    const hidden = secret('canary')
    expect(`${String(hidden)} ${JSON.stringify({ hidden })} ${inspect({ hidden })} ${inspect(hidden)}`).not.toContain('canary')
    expect(hidden.reveal()).toBe('canary')
  })
})
