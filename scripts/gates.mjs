// The gates that look at the whole workspace at once, in the order they are run.
import { fileURLToPath } from 'node:url'
import { findDependencies } from './gates/dependencies.mjs'
import { findImports } from './gates/imports.mjs'
import { findLinks } from './gates/links.mjs'
import { findLockfile } from './gates/lockfile.mjs'
import { findPackages } from './gates/packages.mjs'
import { findUnused } from './gates/unused.mjs'
import { findVulnerabilityIgnores } from './gates/vulnerability-ignores.mjs'
import { findWorkflows } from './gates/workflows.mjs'
import { workspaceRoot } from './workspace.mjs'

/**
 * A gate says what is wrong, one sentence each; nothing wrong is an empty list. What it cannot look at is wrong, too.
 *
 * @typedef {{ name: string, find: (root: string) => string[] | Promise<string[]> }} Gate
 */

/** @type {Gate[]} */
const gates = [
  { name: 'packages', find: findPackages },
  { name: 'imports', find: findImports },
  { name: 'unused', find: findUnused },
  { name: 'dependencies', find: findDependencies },
  { name: 'lockfile', find: findLockfile },
  { name: 'vulnerability-ignores', find: findVulnerabilityIgnores },
  { name: 'workflows', find: findWorkflows },
  { name: 'links', find: findLinks },
]

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
    const found = await findOrFail(gate, root)
    if (found.length > 0) failed += 1
    console.log(`gate ${gate.name}: ${found.length === 0 ? 'ok' : `${found.length} found`}`)
    for (const sentence of found) console.log(`  ${sentence}`)
  }
  return failed
}

/**
 * A gate that breaks has found that it cannot look.
 *
 * @param {Gate} gate
 * @param {string} root
 */
async function findOrFail(gate, root) {
  try {
    return await gate.find(root)
  } catch (error) {
    return [`could not look: ${error instanceof Error ? error.stack : String(error)}`]
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = (await runGates(workspaceRoot, process.argv.slice(2))) > 0 ? 1 : 0
}
