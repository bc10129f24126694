// The gates that look at the whole workspace at once, in the order they are run.
import { fileURLToPath } from 'node:url'
import { workspaceRoot } from './workspace.mjs'

/**
 * A gate says what is wrong, one sentence each; nothing wrong is an empty list. A sentence of `{ skipped }` says why it
 * could not look, which is printed and never passes for green.
 *
 * @typedef {{ name: string, find: (root: string) => string[] | Promise<string[]> }} Gate
 */

/** @type {Gate[]} */
const gates = []

/**
 * Runs every gate, or those named, prints what each found, and resolves to the number that failed.
 *
 * @param {string} root
 * @param {string[]} [names]
 * @returns {Promise<number>}
 */
export async function runGates(root, names = []) {
  for (const name of names) if (!gates.some((gate) => gate.name === name)) throw new Error(`no gate is called ${name}`)
  let failed = 0
  for (const gate of gates) {
    if (names.length > 0 && !names.includes(gate.name)) continue
    const found = await gate.find(root)
    if (found.length > 0) failed += 1
    console.log(`gate ${gate.name}: ${found.length === 0 ? 'ok' : `${found.length} found`}`)
    for (const sentence of found) console.log(`  ${sentence}`)
  }
  return failed
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = (await runGates(workspaceRoot, process.argv.slice(2))) > 0 ? 1 : 0
}
