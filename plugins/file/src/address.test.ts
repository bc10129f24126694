// What file addresses mean, and what is wrong with the wrong ones.
import type { Address } from '@records-mover/core/plugin'
import { parseAddress, secret } from '@records-mover/core'
import { describe, expect, test } from 'vitest'
import { pathOf, placeOf, urlOf } from './address.js'

function addressOf(text: string, query?: string): Address {
  const { settings, ...parsed } = parseAddress(text)
  return {
    ...parsed,
    ...(query !== undefined && { query }),
    options: [...settings.keys()].filter((name) => name !== 'user' && name !== 'password'),
    setting: (name) => settings.has(name) ? secret(settings.get(name)!) : undefined,
  }
}

describe('an address', () => {
  test.each([
    ['/data/a.csv', '/data/a.csv'], ['file:/data/a.csv', '/data/a.csv'], ['file:///data/a.csv', '/data/a.csv'], ['file://localhost/data/a.csv', '/data/a.csv'],
    ['a.csv', `${process.cwd()}/a.csv`], ['./a.csv', `${process.cwd()}/a.csv`], ['file:a.csv', `${process.cwd()}/a.csv`], ['/data/../a.csv', '/a.csv'],
    ['/data/', '/data/'], ['data/', `${process.cwd()}/data/`], ['.', `${process.cwd()}/`], ['/data/..', '/'], ['/', '/'], ['/data/.', '/data/'],
    ['/data/a b#c?d%20.csv', '/data/a b#c?d%20.csv'], ['file:/data/a%20b%23c.csv', '/data/a b#c.csv'], ['./-', `${process.cwd()}/-`], ['...', `${process.cwd()}/...`],
  ])('%s names %s', (text, path) => {
    expect(placeOf(addressOf(text)).path).toBe(path)
  })

  test('- is standard input and output', () => {
    expect(placeOf(addressOf('-'))).toEqual({ path: undefined, url: new URL('stdio:-') })
  })

  test.each([
    ['file://elsewhere/a.csv', undefined, 'another computer'], ['file://localhost:80/a.csv', undefined, 'port'], ['file://me@localhost/a.csv', undefined, 'user'],
    ['file:/a.csv#table', undefined, 'no tables'], ['file:/a.csv', 'select 1', 'cannot run a query'], ['file:/a.csv?mode=fast', undefined, 'no option "mode"'],
    ['file:', undefined, 'names no path'], ['file:/a%00b', undefined, 'U+0000'],
  ])('%s is refused', (text, query, why) => {
    expect(() => placeOf(addressOf(text, query))).toThrow(expect.objectContaining({ code: 'bad-address', message: expect.stringContaining(why) as string }))
  })

  test('of a password is refused without printing it', () => {
    expect(() => placeOf(addressOf('file://me:hunter22@localhost/a.csv'))).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter22') as string }))
  })
})

describe('a URL', () => {
  test.each(['/a b', '/a%20b', '/a#b?c', '/ü漢🎈', '/a\nb', '/a\\b', '/folder/', '/ a', '/a '])('of %j leads back to it', (path) => {
    expect(pathOf(urlOf(path))).toBe(path)
  })

  test.each(['s3://bucket/a', 'file://elsewhere/a', 'file:///a%2Fb'])('%s is no local file', (url) => {
    expect(() => pathOf(new URL(url))).toThrow(expect.objectContaining({ code: 'bad-address' }))
  })
})
