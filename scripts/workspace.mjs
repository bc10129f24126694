// Where the workspace's packages lie and what their package.json files say.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * A package.json, as far as the scripts read it.
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} [version]
 * @property {string} [description]
 * @property {boolean} [private]
 * @property {string} [license]
 * @property {string} [type]
 * @property {{ type: string, url: string, directory?: string }} [repository]
 * @property {Record<string, string>} [engines]
 * @property {Record<string, unknown>} [exports]
 * @property {boolean} [sideEffects]
 * @property {string[]} [files]
 * @property {Record<string, string>} [scripts]
 * @property {{ contract?: number, export?: string, schemes?: string[], formats?: string[] }} [recordsMover]
 * @property {{ access?: string, provenance?: boolean }} [publishConfig]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * One folder of the workspace: `folder` is relative to the root, with forward slashes.
 *
 * @typedef {{ folder: string, manifest: Manifest }} Package
 */

export const workspaceRoot = fileURLToPath(new URL('..', import.meta.url))

/**
 * Every package that pnpm-workspace.yaml names and that exists, sorted by folder.
 *
 * @param {string} root
 * @returns {Package[]}
 */
export function packagesOf(root) {
  return globsOf(root)
    .flatMap((glob) => foldersOf(root, glob))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder)) }))
}

/**
 * @param {string} folder absolute
 * @returns {Manifest}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/**
 * Every file under `folder` whose relative path matches, with forward slashes, sorted; built and installed files are left out.
 *
 * @param {string} folder absolute
 * @param {RegExp} pattern
 * @returns {string[]}
 */
export function filesUnder(folder, pattern) {
  /** @type {string[]} */
  const found = []
  walk(folder)
  return found.sort()

  /** @param {string} directory */
  function walk(directory) {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) walk(path)
      } else {
        const name = relative(folder, path).split(sep).join('/')
        if (pattern.test(name)) found.push(name)
      }
    }
  }
}

const skippedFolders = new Set(['node_modules', 'dist', '.git', '.turbo', '.test-report', 'coverage'])

/**
 * The `packages:` list of pnpm-workspace.yaml: one quoted or bare glob a line, which is all that our own file uses.
 *
 * @param {string} root
 * @returns {string[]}
 */
function globsOf(root) {
  const lines = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').split('\n')
  const start = lines.indexOf('packages:')
  if (start < 0) throw new Error('pnpm-workspace.yaml has no line "packages:"')
  const globs = []
  for (const line of lines.slice(start + 1)) {
    const glob = /^ +- '?([^' ]+)'?$/.exec(line)?.[1]
    if (glob === undefined) break
    globs.push(glob)
  }
  return globs
}

/**
 * @param {string} root
 * @param {string} glob
 */
function foldersOf(root, glob) {
  if (!glob.endsWith('/*')) return [glob]
  const parent = glob.slice(0, -2)
  if (!existsSync(join(root, parent))) return []
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
}
