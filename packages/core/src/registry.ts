// Which plugins an application has: a value that it builds, checked before any door is opened.
import { readFile } from 'node:fs/promises'
import type { Secret } from './contract/address.js'
import type { Plugin, Run } from './contract/contract.js'
import type { FormatDescriptor } from './contract/format.js'
import { CONTRACT } from './contract/contract.js'
import { MoveError } from './contract/errors.js'
import { secret } from './secret.js'
import { WELL_KNOWN } from './well-known.js'

export interface Registry {
  readonly plugins: readonly Plugin[]
  readonly formats: ReadonlyMap<string, FormatDescriptor>
  /** The plugin that answers a scheme. @throws MoveError `unknown-scheme`, naming what is registered and what to install. */
  plugin(scheme: string): Plugin
  /** The secret behind `${prefix:reference}`. `env` and `file` are always there; other prefixes are plugins'. */
  resolveSecret(prefix: string, reference: string, run: Run): Promise<Secret>
}

/**
 * Checks and indexes plugins.
 *
 * @throws MoveError `foreign-contract` for a plugin of another contract number; `refused` when two plugins claim one scheme,
 *   format or secret prefix.
 */
export function registry(plugins: readonly Plugin[]): Registry {
  const schemes = new Map<string, Plugin>()
  const formats = new Map<string, FormatDescriptor>()
  const owners = new Map<string, string>()
  const claim = (what: string, owner: string): void => {
    const other = owners.get(what)
    if (other !== undefined) throw new MoveError('refused', `${other} and ${owner} both claim ${what}: register one of them`)
    owners.set(what, owner)
  }
  for (const prefix of ['env', 'file']) claim(`the secret prefix "${prefix}"`, 'core')
  for (const plugin of plugins) {
    if (plugin.contract !== CONTRACT) {
      throw new MoveError('foreign-contract', `${plugin.name} was written for contract ${plugin.contract} and this core speaks contract ${CONTRACT}: `
        + `install a version of ${plugin.contract > CONTRACT ? 'core' : plugin.name} that matches`, { context: { plugin: plugin.name } })
    }
    for (const scheme of plugin.schemes) {
      claim(`the scheme "${scheme}"`, plugin.name)
      schemes.set(scheme, plugin)
    }
    for (const [id, descriptor] of Object.entries(plugin.formats ?? {})) {
      claim(`the format "${id}"`, plugin.name)
      formats.set(id, descriptor)
    }
    for (const prefix of Object.keys(plugin.secrets ?? {})) claim(`the secret prefix "${prefix}"`, plugin.name)
  }
  return {
    plugins,
    formats,
    plugin(scheme) {
      const found = schemes.get(scheme)
      if (found !== undefined) return found
      const known = [...schemes.keys()].sort().join(', ') || 'none'
      const install = WELL_KNOWN.get(scheme)
      const remedy = install === undefined ? 'add a plugin that answers it, or write ./ before the name of a file' : `add ${install}`
      throw new MoveError('unknown-scheme', `no plugin answers "${scheme}:"; registered: ${known}; ${remedy}`, { context: { scheme } })
    },
    async resolveSecret(prefix, reference, run) {
      if (prefix === 'env') return secret(environment(reference))
      if (prefix === 'file') return secret(await fileSecret(reference))
      const door = plugins.find((plugin) => plugin.secrets?.[prefix] !== undefined)?.secrets?.[prefix]
      if (door === undefined) {
        throw new MoveError('bad-address', `nothing resolves \${${prefix}:...}: use \${env:NAME} or \${file:path}, or register a plugin for "${prefix}"`)
      }
      return (await door())(reference, run)
    },
  }
}

function environment(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new MoveError('not-found', `the environment variable ${name} is not set: set it, or name another in \${env:...}`)
  return value
}

async function fileSecret(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    throw new MoveError('not-found', `the secret file ${path} cannot be read: check its path and mode`, { cause: error })
  }
}
