// Which setting wins, which are refused, and how password and service files are read.
import type { Address } from '@records-mover/core/plugin'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MoveError } from '@records-mover/core/plugin'
import { parseAddress, secret } from '@records-mover/core'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { findPassword } from './libpq-passfile.js'
import { readSettings } from './libpq.js'

const folder = mkdtempSync(join(tmpdir(), 'records-mover-libpq-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

function addressOf(url: string): Address {
  const parsed = parseAddress(url)
  return {
    ...parsed, options: [...parsed.settings.keys()].filter((name) => name !== 'user' && name !== 'password'),
    setting: (name) => parsed.settings.has(name) ? secret(parsed.settings.get(name)!) : undefined,
  }
}

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

describe('settings', () => {
  test('come from the address before the service before the environment', async () => {
    const PGSERVICEFILE = file('services', '# mine\n[other]\nhost = wrong\n\n[mine]\nhost=service.example\nport=1111\nuser=service\n')
    const environment = { HOME: folder, PGSERVICEFILE, PGHOST: 'environment.example', PGPORT: '2222', PGUSER: 'environment', PGDATABASE: 'd', PGAPPNAME: 'app', PGCONNECT_TIMEOUT: '7' }
    expect(await readSettings(addressOf('postgres:///'), environment)).toMatchObject({ host: 'environment.example', port: 2222, user: 'environment', database: 'd', applicationName: 'app', connectTimeoutMs: 7000 })
    expect(await readSettings(addressOf('postgres:///?service=mine'), environment)).toMatchObject({ host: 'service.example', port: 1111, user: 'service', database: 'd' })
    expect(await readSettings(addressOf('postgres://me@address.example:3333/e?service=mine'), environment)).toMatchObject({ host: 'address.example', port: 3333, user: 'me', database: 'e' })
  })

  test('tell the table of the fragment and the database of the path', async () => {
    expect(await readSettings(addressOf('postgres://me@h/my%20db#shop.%22Orders%22'), { HOME: folder })).toMatchObject({ database: 'my db', table: { schema: 'shop', name: 'Orders' } })
  })

  test.each([
    ['postgres://h/d?sslcompression=1', 'bad-address', /unknown option "sslcompression"/],
    ['postgres://h:1/d?port=2', 'bad-address', /says port twice/],
    ['postgres://h/d?dbname=e', 'bad-address', /says dbname twice/],
    ['postgres:///d?port=0', 'bad-address', /port "0"/],
    ['postgres:///d?host=a,b', 'bad-address', /several hosts/],
    ['postgres://h/d?connect_timeout=soon', 'bad-address', /connect_timeout/],
    ['postgres://h/d?service=nowhere', 'not-found', /no service "nowhere"/],
    ['postgres://h/d?sslmode=require', 'untrusted', /sslmode=verify-full/],
    ['postgres://h/d?sslmode=verify-ca', 'untrusted', /sslmode=verify-full/],
    ['postgres://h/d?sslmode=yes', 'bad-address', /"yes" is not known/],
    ['postgres://h/d?tls=insecure-no-verify&sslmode=verify-full', 'bad-address', /contradict/],
    ['postgres://h/d?tls-cert=/a', 'bad-address', /together/],
    ['postgres:///d?host=/tmp&tls=insecure-plaintext', 'bad-address', /Unix socket/],
  ])('%s is refused', async (url, code, text) => {
    await expect(readSettings(addressOf(url), { HOME: folder })).rejects.toMatchObject({ code, message: expect.stringMatching(text) as string })
  })

  test('a weak PGSSLMODE is refused too, and only the address can accept the risk', async () => {
    await expect(readSettings(addressOf('postgres://h/d'), { HOME: folder, PGSSLMODE: 'prefer' })).rejects.toMatchObject({ code: 'untrusted' })
    expect((await readSettings(addressOf('postgres://h/d?tls=insecure-no-verify'), { HOME: folder, PGSSLMODE: 'prefer' })).tls).toEqual({ mode: 'no-verify' })
    expect((await readSettings(addressOf('postgres://h/d?tls=insecure-plaintext'), { HOME: folder })).tls).toEqual({ mode: 'plaintext' })
  })

  test('an authority turns TLS on wherever the server is; without one, this machine is exempt', async () => {
    const ca = file('ca.crt', 'PEM')
    expect((await readSettings(addressOf('postgres://h/d'), { HOME: folder })).tls).toEqual({ mode: 'by-peer' })
    expect((await readSettings(addressOf(`postgres://h/d?tls-ca=${ca}`), { HOME: folder })).tls).toEqual({ mode: 'verify-full', ca: 'PEM' })
    expect((await readSettings(addressOf('postgres://h/d?sslrootcert=system'), { HOME: folder })).tls).toEqual({ mode: 'verify-full' })
    expect((await readSettings(addressOf('postgres://h/d?host=/tmp').setting('host') === undefined ? addressOf('postgres:///d') : addressOf('postgres:///d?host=/tmp'), { HOME: folder, PGSSLMODE: 'disable' })).tls).toEqual({ mode: 'none' })
  })

  test('a service with a setting that is not understood is refused with file and line', async () => {
    const PGSERVICEFILE = file('bad', '[s]\nhost=h\nsslcrl=x\n')
    await expect(readSettings(addressOf('postgres:///?service=s'), { HOME: folder, PGSERVICEFILE })).rejects.toMatchObject({ code: 'bad-address', message: expect.stringMatching(/line 3 of/) as string })
  })

  test('a password of the address wins over the environment\'s, and that over the file\'s, which others may not read', async () => {
    const PGPASSFILE = file('passwords', 'h:5432:d:me:from-file\n')
    const password = async (url: string, environment: object): Promise<string | undefined> => (await readSettings(addressOf(url), { HOME: folder, PGPASSFILE, ...environment })).password()
    expect(await password('postgres://me:own@h/d', { PGPASSWORD: 'from-environment' })).toBe('own')
    expect(await password('postgres://me@h/d', { PGPASSWORD: 'from-environment' })).toBe('from-environment')
    expect(await password('postgres://me@h/d', {})).toBe('from-file')
    chmodSync(PGPASSFILE, 0o644)
    const settings = await readSettings(addressOf('postgres://me@h/d'), { HOME: folder, PGPASSFILE })
    expect(await settings.password()).toBeUndefined()
    expect(settings.notes).toEqual([expect.stringMatching(/chmod 600/)])
  })

  test('no message carries the password', async () => {
    const error: unknown = await readSettings(addressOf('postgres://me:c4nary@h/d?password_file=x'), { HOME: folder }).catch((thrown: unknown) => thrown)
    expect(MoveError.is(error)).toBe(true)
    expect((error as MoveError).message).not.toContain('c4nary')
  })
})

describe('password files', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => !/[\r\n]/.test(value))
  const escaped = (value: string): string => value.replace(/[\\:]/g, '\\$&')

  test('give back any password for any login, colons and backslashes included', () => {
    fc.assert(fc.property(text, text, text, text, fc.nat(65_535), (password, user, database, host, port) => {
      fc.pre(!host.startsWith('#') && ![host, database, user].includes('*') && host !== '/tmp' && host !== '/var/run/postgresql')
      const line = [host, String(port), database, user, password].map(escaped).join(':')
      expect(findPassword(`# a comment\n${line}\n`, { host, port, user, database })).toBe(password)
      expect(findPassword(line, { host, port, user: `${user}!`, database })).toBeUndefined()
    }))
  })

  test('take the first line that fits, with * for anything, and a default socket as localhost', () => {
    const lines = 'h:*:*:x:no\n*:*:d:*:first\n*:*:*:*:second\nlocalhost:1:*:*:never'
    expect(findPassword(lines, { host: 'h', port: 1, user: 'u', database: 'd' })).toBe('first')
    expect(findPassword('localhost:*:*:*:local', { host: '/tmp', port: 1, user: 'u', database: 'd' })).toBe('local')
    expect(findPassword('h:1:d\n', { host: 'h', port: 1, user: 'u', database: 'd' })).toBeUndefined()
  })
})
