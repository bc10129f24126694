// Proves what a registry refuses before any door is opened.
import { expect, test } from 'vitest'
import type { Plugin } from './contract/contract.js'
import { MoveError } from './contract/errors.js'
import { registry } from './registry.js'

const plugin = (name: string, more: Partial<Plugin> = {}): Plugin => ({
  contract: 1, name, schemes: [name], source: () => Promise.reject(new Error(`the door of ${name} was opened`)), ...more,
})

test('finds the plugin of a scheme', () => {
  const one = plugin('one')
  expect(registry([one, plugin('two')]).plugin('one')).toBe(one)
})

test('refuses a scheme, a format or a secret prefix claimed twice, naming both', () => {
  expect(() => registry([plugin('one'), plugin('other', { schemes: ['one'] })])).toThrow('one and other both claim the scheme "one"')
  const formats = { csv: {} as never }
  expect(() => registry([plugin('one', { formats }), plugin('two', { formats })])).toThrow('both claim the format "csv"')
  expect(() => registry([plugin('one', { secrets: { env: () => Promise.reject(new Error()) } })])).toThrow('core and one both claim the secret prefix "env"')
})

test('refuses a plugin of another contract, naming both numbers', () => {
  expect(() => registry([plugin('future', { contract: 2 })])).toThrow(expect.objectContaining({ code: 'foreign-contract' }))
  expect(() => registry([plugin('future', { contract: 2 })])).toThrow(/contract 2 and this core speaks contract 1/)
})

test('an unknown scheme lists what is registered and names a package from the fixed list only', () => {
  const value = registry([plugin('b'), plugin('a')])
  expect(() => value.plugin('postgres')).toThrow('no plugin answers "postgres:"; registered: a, b; add @records-mover/postgres')
  expect(() => value.plugin('postgras')).toThrow(/registered: a, b; add a plugin that answers it/)
})

test('resolves secrets by the plugin that knows their prefix', async () => {
  const value = registry([plugin('vault', { secrets: { vault: () => Promise.resolve((reference: string) => Promise.resolve({ reveal: () => `got ${reference}`, toString: () => '[redacted]' as const, toJSON: () => '[redacted]' as const })) } })])
  expect((await value.resolveSecret('vault', 'kv/x', {} as never)).reveal()).toBe('got kv/x')
})

test('a MoveError of another copy of core is known by its brand', () => {
  const other = Object.assign(new Error('x'), { [Symbol.for('records-mover.error')]: true })
  expect(MoveError.is(other)).toBe(true)
  expect(MoveError.is(new Error('x'))).toBe(false)
  expect(new MoveError('busy', 'x').temporary).toBe(true)
  expect(new MoveError('failed', 'x').temporary).toBe(false)
})
