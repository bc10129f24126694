// Tests that package.json and the exported plugin are compared field by field.
import { expect, test } from 'vitest'
import { findDescriptor } from './descriptor.mjs'
import { tree } from './fixture.mjs'

const recordsMover = { contract: 1, export: 'one', schemes: ['one'], formats: ['x'] }
const plugin = { contract: 1, name: '@records-mover/one', schemes: ['one'], formats: { x: {} } }

test('finds nothing where both say the same, and in a package that is no plugin', async () => {
  expect(await find(recordsMover, plugin)).toEqual([])
  expect(await find(undefined, plugin)).toEqual([])
})

test('finds a scheme, a contract, a format or a name that differs', async () => {
  expect(await find(recordsMover, { ...plugin, schemes: ['one', 'two'] })).toEqual(['schemes is ["one"] in package.json and ["one","two"] in the exported plugin'])
  expect(await find(recordsMover, { ...plugin, contract: 2 })).toHaveLength(1)
  expect(await find(recordsMover, { ...plugin, formats: {} })).toHaveLength(1)
  expect(await find(recordsMover, { ...plugin, name: 'two' })).toHaveLength(1)
})

test('finds an export that is not there', async () => {
  expect((await find({ ...recordsMover, export: 'two' }, plugin))[0]).toMatch(/no export "two"/)
})

/**
 * @param {unknown} field
 * @param {unknown} exported
 */
function find(field, exported) {
  return findDescriptor(
    tree({
      'package.json': { name: '@records-mover/one', type: 'module', recordsMover: field },
      'dist/index.js': `export const one = ${JSON.stringify(exported)}\n`,
    }),
  )
}
