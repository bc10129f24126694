// Gate `dependencies`: docs/dependencies.md against what is declared and installed, and every installed licence against a list.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packagesOf, readManifest } from '../workspace.mjs'

const page = 'docs/dependencies.md'

// Permissive licences that ask for no more than their own text to be kept.
const anywhere = new Set(['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense'])

// Tools that run here and are published with nothing: a weak copyleft on their own files binds no user of ours.
const toolsOnly = new Set(['MPL-2.0', 'Python-2.0', 'CC-BY-4.0'])

// Packages whose package.json does not name its licence, with the licence that was read in the file it points to.
const readByHand = new Map([['spawndamnit', 'MIT']])

/**
 * @param {string} root
 * @returns {string[]}
 */
export function findDependencies(root) {
  const path = join(root, page)
  if (!existsSync(path)) return [`${page} is missing`]
  const entries = entriesIn(readFileSync(path, 'utf8'))
  const declared = declaredIn(root)
  return [
    ...[...declared].filter(([name]) => !entries.has(name)).map(([name]) => `${page}: ${name} is declared and has no entry`),
    ...[...entries].filter(([name]) => !declared.has(name)).map(([name]) => `${page}: ${name} has an entry and is declared nowhere`),
    ...[...declared].flatMap(([name, use]) => entryIsTrue(root, name, use, entries.get(name))),
    ...installedLicences(root),
  ]
}

/** @typedef {{ section: string, licence: string, script: string, empty: boolean }} Entry */

/**
 * The rows of the page's tables, by the package named in the first cell.
 *
 * @param {string} text
 * @returns {Map<string, Entry>}
 */
function entriesIn(text) {
  const entries = new Map()
  let section = ''
  for (const line of text.split('\n')) {
    section = /^## (.+)$/.exec(line)?.[1] ?? section
    const cells = line.split('|').map((cell) => cell.trim())
    const name = /^`([^`]+)`$/.exec(cells[1] ?? '')?.[1]
    if (name === undefined) continue
    const [, , reason, licence = '', script = '', backing] = cells
    entries.set(name, { section, licence, script, empty: !reason || !backing })
  }
  return entries
}

/** @typedef {{ runtime: boolean, folders: string[] }} Use */

/**
 * What the root and every package declare, ours left out. A dependency that a published package installs at its user's is a
 * run-time one.
 *
 * @param {string} root
 * @returns {Map<string, Use>}
 */
function declaredIn(root) {
  /** @type {Map<string, Use>} */
  const declared = new Map()
  for (const { folder, manifest } of [{ folder: '.', manifest: readManifest(root) }, ...packagesOf(root)]) {
    const runtime = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }
    for (const name of Object.keys({ ...runtime, ...manifest.devDependencies })) {
      if (name.startsWith('@records-mover/') || name === 'records-mover') continue
      const use = declared.get(name) ?? { runtime: false, folders: [] }
      use.folders.push(folder)
      if (!manifest.private && name in runtime) use.runtime = true
      declared.set(name, use)
    }
  }
  return declared
}

/**
 * @param {string} root
 * @param {string} name
 * @param {Use} use
 * @param {Entry | undefined} entry
 */
function entryIsTrue(root, name, use, entry) {
  if (entry === undefined) return []
  const found = []
  const section = use.runtime ? 'Needed at run time' : 'Needed to build and test'
  if (entry.section !== section) found.push(`${page}: ${name} belongs under "${section}"`)
  if (entry.empty) found.push(`${page}: ${name} has an empty cell: write "unknown" where nothing was seen`)
  if (use.runtime && !anywhere.has(entry.licence)) found.push(`${page}: ${name} is needed at run time and its licence ${entry.licence} is not on the list`)
  const folder = use.folders.map((place) => join(root, place, 'node_modules', name)).find((place) => existsSync(place))
  // An optional dependency of another platform is not installed here, and its row cannot be compared.
  if (folder === undefined) return found
  const manifest = /** @type {any} */ (readManifest(folder))
  const script = ['preinstall', 'install', 'postinstall'].some((when) => manifest.scripts?.[when]) ? 'denied' : 'none'
  if (entry.licence !== licenceOf(manifest)) found.push(`${page}: ${name} says ${licenceOf(manifest)}, not ${entry.licence}`)
  if (entry.script !== script) found.push(`${page}: the install script of ${name} is "${script}", not "${entry.script}"`)
  return found
}

/**
 * Every package that pnpm installed, direct or not.
 *
 * @param {string} root
 */
function installedLicences(root) {
  const store = join(root, 'node_modules/.pnpm')
  if (!existsSync(store)) return [`node_modules/.pnpm is missing: licences cannot be read before an install`]
  return readdirSync(store).flatMap((entry) => {
    const folder = folderOf(store, entry)
    if (folder === undefined) return []
    const manifest = readManifest(folder)
    const licence = licenceOf(manifest)
    return anywhere.has(licence) || toolsOnly.has(licence) ? [] : [`${manifest.name}@${manifest.version}: the licence ${licence} is not on the list`]
  })
}

/**
 * `@scope+name@version_peers` holds the package itself at `node_modules/@scope/name`.
 *
 * @param {string} store
 * @param {string} entry
 */
function folderOf(store, entry) {
  const name = /^(@?[^@]+)@/.exec(entry)?.[1]?.replace('+', '/')
  const folder = name === undefined ? undefined : join(store, entry, 'node_modules', name)
  return folder !== undefined && existsSync(join(folder, 'package.json')) ? folder : undefined
}

/** @param {import('../workspace.mjs').Manifest} manifest */
function licenceOf(manifest) {
  return readByHand.get(manifest.name) ?? String(manifest.license)
}
