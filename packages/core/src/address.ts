// How an address is written: URLs, plain paths, and references to secrets inside them.
import type { Address, Secret } from './contract/address.js'
import type { Run } from './contract/contract.js'
import { MoveError } from './contract/errors.js'
import type { Registry } from './registry.js'
import type { Redactor } from './secret.js'
import { secret } from './secret.js'

export interface ParsedAddress {
  readonly text: string
  readonly scheme: string
  readonly host?: string
  readonly port?: number
  readonly path: string
  readonly fragment?: string
  /** `user`, `password` and options, in the order they were written; references are not resolved. */
  readonly settings: ReadonlyMap<string, string>
}

// One letter before the colon is a drive of Windows, not a scheme.
const SCHEME = /^([a-z][a-z0-9+.-]+):([^]*)$/i
const REFERENCE = /\$\{([^}]*)\}/g
const SECRET_NAME = /pass(word|wd|phrase)|secret|token|credential|signature|(api|access|account)[-_]?key/i

/** Takes an address apart. What has no scheme is a plain path, or `-`, and gets the scheme `file`. */
export function parseAddress(written: string): ParsedAddress {
  const references: string[] = []
  // References may hold any letter, so they step aside while the rest is taken apart.
  const masked = written.replace(REFERENCE, (whole) => String.fromCharCode(0xe000 + references.push(whole) - 1))
  const unmask = (text: string): string => text.replace(/[\ue000-\uf8ff]/g, (mark) => references[mark.charCodeAt(0) - 0xe000] ?? mark)
  const url = SCHEME.exec(masked)
  if (url === null) return { text: written, scheme: 'file', path: written, settings: new Map() }
  const scheme = url[1]!.toLowerCase()
  const [beforeFragment, fragment] = cut(url[2]!, '#')
  const [location, options] = cut(beforeFragment, '?')
  const settings = new Map<string, string>()
  let path = location
  let printed = ''
  let address: { host?: string, port?: number } = {}
  if (location.startsWith('//')) {
    const slash = location.indexOf('/', 2)
    const authority = slash < 0 ? location.slice(2) : location.slice(2, slash)
    path = slash < 0 ? '' : location.slice(slash)
    const at = authority.lastIndexOf('@')
    const hostText = authority.slice(at + 1)
    printed = '//' + hostText
    if (at >= 0) {
      const [user, password] = cut(authority.slice(0, at), ':')
      settings.set('user', unmask(decode(user, written)))
      if (password !== undefined) settings.set('password', unmask(decode(password, written)))
      printed = `//${unmask(user)}${password === undefined ? '' : `:${shown(unmask(password))}`}@${hostText}`
    }
    address = hostAndPort(unmask(hostText), written)
  }
  const printedOptions: string[] = []
  for (const option of (options ?? '').split('&').filter((text) => text !== '')) {
    const [name, value] = cut(option, '=')
    const key = decode(name, written)
    if (settings.has(key)) throw badAddress(written, `"${key}" is said twice`)
    settings.set(key, unmask(decode(value ?? '', written)))
    printedOptions.push(`${name}${value === undefined ? '' : `=${SECRET_NAME.test(key) ? shown(unmask(value)) : unmask(value)}`}`)
  }
  const tail = (printedOptions.length > 0 ? `?${printedOptions.join('&')}` : '') + (fragment === undefined ? '' : `#${unmask(fragment)}`)
  return {
    text: `${scheme}:${printed}${unmask(path)}${tail}`,
    scheme,
    ...address,
    path: unmask(decode(path, written)),
    ...(fragment !== undefined && { fragment: unmask(decode(fragment, written)) }),
    settings,
  }
}

/** The address as a plugin sees it, with references resolved and every secret made known to the redactor. */
export async function resolveAddress(
  parsed: ParsedAddress, query: string | undefined, registry: Registry, redactor: Redactor, run: Run,
): Promise<Address> {
  const settings = new Map<string, Secret>()
  for (const [name, value] of parsed.settings) {
    const resolved = await resolveReferences(value, registry, run)
    if (SECRET_NAME.test(name) || resolved !== value) redactor.add(resolved)
    settings.set(name, secret(resolved))
  }
  const { text, scheme, host, port, path, fragment } = parsed
  return {
    text,
    scheme,
    path,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(fragment !== undefined && { fragment }),
    ...(query !== undefined && { query }),
    options: [...settings.keys()].filter((name) => name !== 'user' && name !== 'password'),
    setting: (name) => settings.get(name),
  }
}

async function resolveReferences(text: string, registry: Registry, run: Run): Promise<string> {
  let out = ''
  let end = 0
  for (const match of text.matchAll(REFERENCE)) {
    const [prefix, reference] = cut(match[1]!, ':')
    out += text.slice(end, match.index) + (await registry.resolveSecret(prefix, reference ?? '', run)).reveal()
    end = match.index + match[0].length
  }
  return out + text.slice(end)
}

function hostAndPort(text: string, written: string): { host?: string, port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d*))?$/.exec(text)
  if (match === null) throw badAddress(written, 'the host is not of the form host:port or [IPv6]:port')
  const host = decode(match[1] ?? match[2] ?? '', written)
  const port = match[3] === undefined || match[3] === '' ? undefined : Number(match[3])
  if (port !== undefined && (port < 1 || port > 65_535)) throw badAddress(written, `port ${port} is not between 1 and 65535`)
  return { ...(host !== '' && { host }), ...(port !== undefined && { port }) }
}

function decode(text: string, written: string): string {
  try {
    // A percent sign that starts no escape stands for itself.
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'))
  } catch {
    throw badAddress(written, 'its percent escapes are not UTF-8')
  }
}

function shown(value: string): string {
  return value.replace(REFERENCE, '') === '' ? value : '***'
}

function cut(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)]
}

function badAddress(written: string, why: string): MoveError {
  const scheme = SCHEME.exec(written)?.[1] ?? 'file'
  return new MoveError('bad-address', `the ${scheme} address cannot be read: ${why}; write it as scheme://user@host:port/path?option=value#table`)
}
