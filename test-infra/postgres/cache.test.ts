// The cache gives whole folders only, and never one that somebody else could have prepared.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { cacheFolder, cachedFolder } from './cache.js'

let base: string
beforeEach(() => { base = mkdtempSync(join(tmpdir(), 'ti-cache-test-')) })
afterEach(() => { rmSync(base, { recursive: true }) })

test('makes a folder once and gives it from then on', () => {
  let made = 0
  const get = (): string => cachedFolder(base, 'thing', (staging) => { made++; writeFileSync(join(staging, 'file'), String(made)) })
  expect(get()).toBe(get())
  expect(made).toBe(1)
  expect(readdirSync(base)).toEqual(['thing'])
})

test('makes it again when a file has gone from any depth', () => {
  const get = (): string => cachedFolder(base, 'thing', (staging) => {
    mkdirSync(join(staging, 'deep'))
    writeFileSync(join(staging, 'deep/file'), '')
  })
  const folder = get()
  rmSync(join(folder, 'deep/file'))
  expect(existsSync(join(get(), 'deep/file'))).toBe(true)
  expect(readdirSync(base)).toEqual(['thing'])
})

test('leaves nothing when making it fails', () => {
  expect(() => cachedFolder(base, 'thing', () => { throw new Error('no luck') })).toThrow('no luck')
  expect(readdirSync(base)).toEqual([])
})

test('gives the folder of whoever was first when two make it at a time', () => {
  const folder = cachedFolder(base, 'thing', (staging) => {
    cachedFolder(base, 'thing', (other) => { writeFileSync(join(other, 'by'), 'the other') })
    writeFileSync(join(staging, 'by'), 'us')
  })
  expect(readdirSync(folder).sort()).toEqual(['by', 'complete'])
  expect(readdirSync(base)).toEqual(['thing'])
})

test('is open for passing through whatever the umask', () => {
  const before = process.umask(0o077)
  try {
    expect(statSync(cacheFolder(base)).mode & 0o777).toBe(0o755)
  } finally {
    process.umask(before)
  }
})

test('refuses a folder that others may write to, or that is a link elsewhere', () => {
  const folder = cacheFolder(base)
  chmodSync(folder, 0o777)
  expect(() => cacheFolder(base)).toThrow('does not belong to this account alone')
  rmSync(folder, { recursive: true })
  mkdirSync(join(base, 'elsewhere'))
  symlinkSync(join(base, 'elsewhere'), folder)
  expect(() => cacheFolder(base)).toThrow('does not belong to this account alone')
})
