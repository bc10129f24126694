// Compares what a plugin's package.json says of it, which is all that discovery reads, with the descriptor that it exports.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readManifest } from '../workspace.mjs'

/**
 * Says where `recordsMover` in package.json and the built entry's exported plugin differ; nothing for a package without that field.
 *
 * @param {string} folder absolute, built
 * @returns {Promise<string[]>}
 */
export async function findDescriptor(folder) {
  const { name, recordsMover } = readManifest(folder)
  if (recordsMover === undefined) return []
  const module = await import(pathToFileURL(join(folder, 'dist/index.js')).href)
  const plugin = module[recordsMover.export ?? '']
  if (plugin === undefined) return [`dist/index.js has no export "${recordsMover.export}", which recordsMover.export names`]
  return [
    ...differs('name', name, plugin.name),
    ...differs('contract', recordsMover.contract, plugin.contract),
    ...differs('schemes', recordsMover.schemes ?? [], plugin.schemes),
    ...differs('formats', recordsMover.formats ?? [], Object.keys(plugin.formats ?? {})),
  ]
}

/**
 * @param {string} what
 * @param {unknown} said
 * @param {unknown} exported
 */
function differs(what, said, exported) {
  const [left, right] = [JSON.stringify(said), JSON.stringify(exported)]
  return left === right ? [] : [`${what} is ${left} in package.json and ${right} in the exported plugin`]
}
