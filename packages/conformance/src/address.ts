// Addresses for checks: a text taken apart as a plugin sees it, with its secrets remembered so that a leak can be found.
import type { Address, Secret } from '@records-mover/core/plugin'
import { inspect } from 'node:util'

/** The address that a plugin sees for a text. URLs have user, password, options and a table; anything else is a path. */
export function addressOf(text: string): Address {
  const url = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(text)
  if (url === null) return addressWith({ text, scheme: 'file', path: text }, new Map())
  const [, scheme, authority, path, options, fragment] = url
  const at = authority?.lastIndexOf('@') ?? -1
  const settings = new Map<string, string>()
  if (authority !== undefined && at >= 0) {
    const [user, ...password] = authority.slice(0, at).split(':')
    settings.set('user', decodeURIComponent(user!))
    if (password.length > 0) settings.set('password', decodeURIComponent(password.join(':')))
  }
  for (const option of (options ?? '').split('&').filter((part) => part !== '')) {
    const [name, ...value] = option.split('=')
    settings.set(decodeURIComponent(name!), decodeURIComponent(value.join('=')))
  }
  const host = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(authority?.slice(at + 1) ?? '')
  const name = host?.[1] ?? host?.[2] ?? ''
  return addressWith({
    text: text.replace(/(\/\/[^/?#@]*?:)[^/?#]*@/, '$1***@'),
    scheme: scheme!.toLowerCase(),
    ...(name !== '' && { host: decodeURIComponent(name) }),
    ...(host?.[3] !== undefined && { port: Number(host[3]) }),
    path: decodeURIComponent(path!),
    ...(fragment !== undefined && { fragment: decodeURIComponent(fragment) }),
  }, settings)
}

/** An address with other settings on top of its own. */
export function withSettings(address: Address, more: ReadonlyMap<string, string>): Address {
  const options = [...more.keys()].filter((name) => name !== 'user' && name !== 'password' && !address.options.includes(name))
  return {
    ...address,
    options: [...address.options, ...options],
    setting: (name) => more.has(name) ? secretOf(more.get(name)!) : address.setting(name),
  }
}

/** A value that is never shown. */
function secretOf(value: string): Secret {
  return { reveal: () => value, toString: () => '[redacted]', toJSON: () => '[redacted]', ...{ [inspect.custom]: () => '[redacted]' } }
}

/** The address's password, and options that are named like a secret: what nothing may print. */
export function secretsOf(address: Address): string[] {
  const names = ['password', ...address.options.filter((name) => /pass|secret|token|key/i.test(name))]
  return names.map((name) => address.setting(name)?.reveal() ?? '').filter((value) => value.length > 3)
}

function addressWith(facts: Omit<Address, 'options' | 'setting'>, settings: ReadonlyMap<string, string>): Address {
  return {
    ...facts,
    options: [...settings.keys()].filter((name) => name !== 'user' && name !== 'password'),
    setting: (name) => settings.has(name) ? secretOf(settings.get(name)!) : undefined,
  }
}
