// Which plugins this mvrec may load: those of its own package, and of the project that it is installed in. Nothing is imported here.
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { FoundPlugin } from '@records-mover/core/discover'
import { discover } from '@records-mover/core/discover'

/** Where mvrec itself is, and where it was started. */
export interface Installation {
  /** The folder of the package that holds the command, links resolved. */
  readonly folder: string
  /** The path by which the command was started, links not resolved. */
  readonly startedAs: string
  /** The folder that the person is in. */
  readonly directory: string
}

export interface InstalledPlugin extends FoundPlugin {
  /** Whose dependency it is: mvrec's own, or the project's. */
  readonly of: 'mvrec' | 'project'
}

export interface Installed {
  /** In the order of their names. A package that both depend on is here once, as the project has it. */
  readonly plugins: readonly InstalledPlugin[]
  /** The project that mvrec is installed in, when the person is in it. */
  readonly project?: string
  /** The project that the person is in and mvrec is not installed in: its plugins are not looked at. */
  readonly passedOver?: string
}

/**
 * Finds the plugins. Only direct dependencies count, and only `package.json` files are read.
 *
 * The project's are looked at only when mvrec runs from its `node_modules`: then the project's code runs already. An mvrec that
 * is installed elsewhere, such as globally or by `npx`, would otherwise run whatever an untrusted checkout depends on.
 */
export async function findInstalled(at: Installation): Promise<Installed> {
  const own = await directDependencies(at.folder)
  const project = await projectOf(at)
  const plugins = new Map<string, InstalledPlugin>()
  for (const plugin of await discover(at.folder)) if (own.has(plugin.name)) plugins.set(plugin.name, { ...plugin, of: 'mvrec' })
  if (project !== undefined) for (const plugin of await discover(project)) plugins.set(plugin.name, { ...plugin, of: 'project' })
  const passedOver = project === undefined ? await nearestProject(at) : undefined
  return {
    plugins: [...plugins.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    ...(project !== undefined && { project }),
    ...(passedOver !== undefined && { passedOver }),
  }
}

/** The names that count as mvrec's own. In its own checkout, where it lies in no `node_modules`, those it is developed with count. */
async function directDependencies(folder: string): Promise<Set<string>> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, Record<string, string> | undefined>
  const developed = !folder.split(sep).includes('node_modules')
  return new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...(developed && manifest.devDependencies) }))
}

/** The nearest folder, from the person's upwards, in whose `node_modules` this mvrec lies. */
async function projectOf({ folder, startedAs, directory }: Installation): Promise<string | undefined> {
  for (const candidate of upwards(directory)) {
    const modules = join(candidate, 'node_modules') + sep
    if ((folder.startsWith(modules) || startedAs.startsWith(modules)) && await hasManifest(candidate)) return candidate
  }
  return undefined
}

/** The project that the person is in; mvrec's own checkout is no project of theirs. */
async function nearestProject({ folder, directory }: Installation): Promise<string | undefined> {
  for (const candidate of upwards(directory)) {
    if (folder === candidate || folder.startsWith(candidate + sep)) return undefined
    if (await hasManifest(candidate)) return candidate
  }
  return undefined
}

function upwards(from: string): string[] {
  const folders = [resolve(from)]
  for (;;) {
    const parent = dirname(folders.at(-1)!)
    if (parent === folders.at(-1)) return folders
    folders.push(parent)
  }
}

async function hasManifest(folder: string): Promise<boolean> {
  return readFile(join(folder, 'package.json')).then(() => true, () => false)
}
