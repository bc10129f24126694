// The door for programs that find plugins by themselves: package metadata read as data, nothing imported until it is chosen.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from './contract/contract.js'
import { CONTRACT } from './contract/contract.js'
import { MoveError } from './contract/errors.js'

/** A plugin as its package describes it, before its code is loaded. */
export interface FoundPlugin {
  readonly name: string
  readonly version: string
  readonly contract: number
  readonly schemes: readonly string[]
  readonly formats: readonly string[]
  /** The package's folder. */
  readonly path: string
  /** Why it cannot be used; absent when it can. */
  readonly refused?: string
  /** Imports the package and gives its plugin. @throws MoveError `foreign-contract`, or `failed` when it is not what it says. */
  load(): Promise<Plugin>
}

interface Metadata { readonly contract: number, readonly export: string, readonly schemes: string[], readonly formats: string[] }

/**
 * The plugins among the direct dependencies of the package in `folder`, in the order of their names. Only `package.json` files
 * are read. Works with every layout in which Node itself finds the dependency.
 */
export async function discover(folder: string): Promise<FoundPlugin[]> {
  const own = await readPackage(join(folder, 'package.json'))
  if (own === undefined) return []
  const names = Object.keys({ ...record(own.dependencies), ...record(own.optionalDependencies), ...record(own.devDependencies) }).sort()
  const found = await Promise.all(names.map((name) => findPlugin(name, folder)))
  return found.filter((plugin) => plugin !== undefined)
}

async function findPlugin(name: string, folder: string): Promise<FoundPlugin | undefined> {
  const manifestPath = await manifestOf(name, folder)
  const manifest = manifestPath === undefined ? undefined : await readPackage(manifestPath)
  const metadata = readMetadata(manifest?.recordsMover)
  if (manifestPath === undefined || manifest === undefined || metadata === undefined) return undefined
  const { contract, schemes, formats } = metadata
  const refused = contract === CONTRACT ? undefined : `it was written for contract ${contract} and this core speaks ${CONTRACT}`
  return {
    name,
    version: String(manifest.version),
    contract,
    schemes,
    formats,
    path: dirname(manifestPath),
    ...(refused !== undefined && { refused }),
    load: () => load(name, metadata, manifestPath, refused),
  }
}

async function load(name: string, metadata: Metadata, manifestPath: string, refused: string | undefined): Promise<Plugin> {
  if (refused !== undefined) throw new MoveError('foreign-contract', `${name} cannot be used: ${refused}; install versions that match`, { context: { plugin: name } })
  const entry = await entryOf(manifestPath)
  const module = await import(pathToFileURL(join(dirname(manifestPath), entry)).href) as Record<string, unknown>
  const plugin = module[metadata.export] as Plugin | undefined
  if (plugin?.contract === undefined) throw new MoveError('failed', `${name} exports no plugin under the name "${metadata.export}" that its package.json gives`)
  return plugin
}

async function entryOf(manifestPath: string): Promise<string> {
  const manifest = await readPackage(manifestPath)
  const exported = manifest?.exports
  const main = Object.keys(record(exported) ?? {}).some((key) => key.startsWith('.')) ? record(exported)?.['.'] : exported
  const target = main === undefined ? manifest?.main : targetOf(main)
  return typeof target === 'string' ? target : 'index.js'
}

/** The file that Node would import: the first condition that holds, at any depth. https://nodejs.org/api/packages.html#conditional-exports */
function targetOf(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported
  if (Array.isArray(exported)) return exported.map(targetOf).find((target) => target !== undefined)
  for (const [condition, value] of Object.entries(record(exported) ?? {})) {
    if (!['node', 'import', 'module-sync', 'default'].includes(condition)) continue
    const target = targetOf(value)
    if (target !== undefined) return target
  }
  return undefined
}

async function manifestOf(name: string, folder: string): Promise<string | undefined> {
  // The resolver's own list of folders is used and not its answer, because a package may not export its package.json.
  const folders = createRequire(pathToFileURL(join(folder, 'package.json'))).resolve.paths(name) ?? []
  for (const candidate of folders) {
    const path = join(candidate, name, 'package.json')
    if (await readPackage(path) !== undefined) return path
  }
  return undefined
}

function readMetadata(value: unknown): Metadata | undefined {
  const data = record(value)
  if (data === undefined || typeof data.contract !== 'number' || typeof data.export !== 'string') return undefined
  return { contract: data.contract, export: data.export, schemes: texts(data.schemes), formats: texts(data.formats) }
}

async function readPackage(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    return record(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // What is not there, or is not JSON, is no package.
    return undefined
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}
