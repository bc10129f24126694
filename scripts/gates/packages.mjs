// Gate `packages`: what every package.json of the workspace says in the same words.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder, packagesOf } from '../workspace.mjs'

const repositoryUrl = 'git+https://github.com/records-mover/records-mover.git'
const node = '>=20.19.0'
const core = '@records-mover/core'
const files = ['dist', 'src', '!**/*.test.*', '!**/.tsbuildinfo']

// docs/decisions/2026-11-22-versions.md: with a caret range every minor of a core below 1.0 would be a major of every plugin.
const peerRange = 'workspace:<1.0.0'

/**
 * @param {string} root
 * @returns {string[]}
 */
export function findPackages(root) {
  return packagesOf(root).flatMap(({ folder, manifest }) => {
    const published = !manifest.private
    const found = [
      ...everyPackage(folder, manifest),
      ...specifiers(manifest),
      ...(published ? publishedPackage(root, folder, manifest) : []),
      ...(folder.startsWith('plugins/') || manifest.recordsMover ? plugin(folder, manifest) : []),
      ...(manifest.name === core ? coreAlone(manifest) : []),
    ]
    return found.map((sentence) => `${folder}/package.json: ${sentence}`)
  })
}

/**
 * @param {string} folder
 * @param {import('../workspace.mjs').Manifest} manifest
 */
function everyPackage(folder, manifest) {
  return sentences([
    [/^(@records-mover\/[a-z0-9-]+|records-mover)$/.test(manifest.name), `the name ${manifest.name} is not ours`],
    [/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(manifest.version ?? ''), 'version is missing or not semver'],
    [Boolean(manifest.description), 'description is missing'],
    [manifest.license === 'Apache-2.0', 'license is not Apache-2.0'],
    [manifest.type === 'module', 'type is not module'],
    [manifest.repository?.url === repositoryUrl, `repository.url is not ${repositoryUrl}`],
    [manifest.repository?.directory === folder, `repository.directory is not ${folder}`],
    [manifest.engines?.['node'] === node, `engines.node is not ${node}`],
    ...['check', 'lint'].map((name) => /** @type {const} */ ([Boolean(manifest.scripts?.[name]), `has no script ${name}`])),
  ])
}

/**
 * Versions stand in the catalog of pnpm-workspace.yaml, once for all packages.
 *
 * @param {import('../workspace.mjs').Manifest} manifest
 */
function specifiers(manifest) {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = manifest
  return [
    ...Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(differs('workspace:^')),
    ...Object.entries(peerDependencies ?? {}).flatMap(differs(peerRange)),
  ]
}

/**
 * @param {string} workspaceRange
 * @returns {(entry: [name: string, specifier: string]) => string[]}
 */
function differs(workspaceRange) {
  return ([name, specifier]) => {
    const wanted = ours(name) ? workspaceRange : 'catalog:'
    return specifier === wanted ? [] : [`${name} is ${specifier}, not ${wanted}`]
  }
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {import('../workspace.mjs').Manifest} manifest
 */
function publishedPackage(root, folder, manifest) {
  const exported = Object.entries(manifest.exports ?? {})
  return sentences([
    [manifest.sideEffects === false, 'sideEffects is not false'],
    [JSON.stringify(manifest.files) === JSON.stringify(files), `files is not ${files.join(', ')}`],
    [manifest.publishConfig?.access === 'public', 'publishConfig.access is not public'],
    [manifest.publishConfig?.provenance === true, 'publishConfig.provenance is not true'],
    [exported.length > 0 && exported.some(([door]) => door === '.'), 'exports has no "."'],
    [manifest.exports?.['./package.json'] === './package.json', 'exports has no "./package.json"'],
    ...['build', 'test', 'package'].map((name) => /** @type {const} */ ([Boolean(manifest.scripts?.[name]), `has no script ${name}`])),
    [existsSync(join(root, folder, 'README.md')), 'there is no README.md beside it'],
    [filesUnder(join(root, folder), /\.test\.ts$/).length > 0, 'there is no test in this package'],
    ...exported
      .filter(([door]) => door !== './package.json')
      .map(([door, target]) => /** @type {const} */ ([typesThenDefault(target), `exports ${door} is not types, then default, in ./dist`])),
  ])
}

/** @param {unknown} target */
function typesThenDefault(target) {
  const shape = /^\{"types":"\.\/dist\/([\w/-]+)\.d\.ts","default":"\.\/dist\/([\w/-]+)\.js"\}$/.exec(JSON.stringify(target))
  return shape !== null && shape[1] === shape[2]
}

/**
 * @param {string} folder
 * @param {import('../workspace.mjs').Manifest} manifest
 */
function plugin(folder, manifest) {
  const facts = manifest.recordsMover
  return sentences([
    [Number.isInteger(facts?.contract), 'recordsMover.contract is not a number'],
    [Boolean(facts?.export), 'recordsMover.export does not name the export that is the plugin'],
    [Array.isArray(facts?.schemes), 'recordsMover.schemes is not a list'],
    [!folder.startsWith('plugins/') || (facts?.schemes?.length ?? 0) > 0, 'recordsMover.schemes is empty'],
    [manifest.peerDependencies?.[core] !== undefined, `${core} is no peer dependency`],
    [manifest.devDependencies?.[core] !== undefined, `${core} is no dev dependency`],
    [Object.keys(manifest.dependencies ?? {}).every((name) => !ours(name)), 'a plugin or codec depends on no package of ours'],
  ])
}

/** @param {import('../workspace.mjs').Manifest} manifest */
function coreAlone(manifest) {
  const { dependencies, peerDependencies, optionalDependencies } = manifest
  const names = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
  return names.map((name) => `core has no dependencies, and ${name} is one`)
}

/** @param {string} name */
function ours(name) {
  return name === 'records-mover' || name.startsWith('@records-mover/')
}

/** @param {(readonly [holds: boolean, otherwise: string])[]} rules */
function sentences(rules) {
  return rules.filter(([holds]) => !holds).map(([, otherwise]) => otherwise)
}
