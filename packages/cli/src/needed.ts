// Which of the installed plugins one move needs, and the registry of just those.
import type { Plugin, Registry } from '@records-mover/core'
import { MoveError, parseAddress, registry } from '@records-mover/core'
import type { Installed, InstalledPlugin } from './installed.js'

export interface Needs {
  /** The addresses of the ends and of the stage. */
  readonly addresses: readonly string[]
  /** Formats that were named. */
  readonly formats: readonly string[]
}

/**
 * Loads what the addresses need and nothing else: the plugins of their schemes, those that know a named format, and the codecs,
 * whose packages hold nothing but formats and any of which may stand between two ends. A package that only resolves secrets is
 * loaded when an address refers to one.
 *
 * @throws MoveError `unknown-scheme`, `foreign-contract`, or `refused` when two installed plugins claim the same.
 */
export async function loadNeeded(installed: Installed, needs: Needs): Promise<Registry> {
  const usable = installed.plugins.filter((plugin) => plugin.refused === undefined)
  const described = registry(usable.map(describe))
  const schemes = new Set(needs.addresses.map((address) => parseAddress(address).scheme))
  for (const scheme of schemes) {
    const foreign = installed.plugins.find((plugin) => plugin.refused !== undefined && plugin.schemes.includes(scheme))
    if (!usable.some((plugin) => plugin.schemes.includes(scheme))) await foreign?.load()
    checkScheme(scheme, described, installed)
  }
  const secrets = needs.addresses.some((address) => /\$\{(?!env:|file:)/.test(address))
  const wanted = usable.filter((plugin) => isNeeded(plugin, schemes, needs.formats, secrets))
  return registry(await Promise.all(wanted.map((plugin) => plugin.load())))
}

/** Why the plugins of the project that the person is in do not count; undefined when they do, or there is no project. */
export function passedOverText({ passedOver }: Installed): string | undefined {
  return passedOver === undefined ? undefined : `this mvrec is not installed in ${passedOver}, so it loads only its own plugins: `
    + 'install records-mover in that project, beside the plugin, and run it from there'
}

function isNeeded({ schemes, formats }: InstalledPlugin, wanted: ReadonlySet<string>, named: readonly string[], secrets: boolean): boolean {
  if (schemes.length === 0) return formats.length > 0 || secrets
  return schemes.some((scheme) => wanted.has(scheme)) || formats.some((format) => named.includes(format))
}

function checkScheme(scheme: string, described: Registry, installed: Installed): void {
  try {
    described.plugin(scheme)
  } catch (error) {
    const why = passedOverText(installed)
    if (!MoveError.is(error) || why === undefined) throw error
    throw new MoveError(error.code, `${error.message}; ${why}`, { context: error.context })
  }
}

/** A plugin as its package.json describes it: enough to find two that claim the same, without importing either. */
function describe({ name, contract, schemes, formats }: InstalledPlugin): Plugin {
  const unread = { extensions: [], refuse: unasked, complete: unasked, needs: 'stream', codec: unasked } as const
  return { name, contract, schemes, formats: Object.fromEntries(formats.map((format) => [format, unread])) }
}

function unasked(): never {
  throw new Error('a description of a plugin was used as the plugin')
}
