// How the values of single options are read: names in lists, privileges, whole numbers.
import type { Grant, Route, WhenExists } from '@records-mover/core'
import { UsageError } from './usage.js'

/** The values of `--if-exists`, the default first. */
export const WHEN_EXISTS: readonly WhenExists[] = ['fail', 'append', 'truncate', 'delete', 'replace', 'merge']

// A record and not a list, so that a route added to core is missed here by the compiler.
const ROUTES: { readonly [route in Route]: true } = {
  'native': true,
  'files-to-files': true,
  'bytes-to-bytes': true,
  'files-to-bytes': true,
  'bytes-to-files': true,
  'batches-to-bytes': true,
  'bytes-to-batches': true,
  'files-to-batches': true,
  'batches-to-files': true,
  'batches-to-batches': true,
}

const ROUTE_NAMES = Object.keys(ROUTES) as readonly Route[]

/** Names apart by commas; double quotes stand around a name that holds a comma, and are written twice inside it. */
export function readNames(text: string, option: string): string[] {
  const names: string[] = []
  let rest = text
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")+)"\s*(,|$)/.exec(rest)
    const match = quoted ?? /^([^,]*)(,|$)/.exec(rest)!
    const name = quoted ? match[1]!.replaceAll('""', '"') : match[1]!.trim()
    if (name === '') throw new UsageError(`${option} takes names apart by commas, such as ${option} id,name, and one of them is empty`)
    names.push(name)
    rest = rest.slice(match[0].length)
    if (match[2] === '') return names
  }
}

/** `select, insert to analyst, "Team B"`: each privilege to each role. */
export function readGrant(text: string): Grant[] {
  const match = /^\s*(\S.*?)\s+to\s+(\S.*)$/i.exec(text)
  if (match === null) throw new UsageError(`--grant takes a privilege and a role, such as --grant "select to analyst", and not "${text}"`)
  const privileges = readNames(match[1]!, '--grant')
  return privileges.flatMap((privilege) => readNames(match[2]!, '--grant').map((to) => ({ privilege, to })))
}

/** What is done with an existing table. @throws UsageError, listing the ways there are. */
export function readWhenExists(text: string | undefined): WhenExists {
  const found = WHEN_EXISTS.find((name) => name === (text ?? WHEN_EXISTS[0]))
  if (found === undefined) throw new UsageError(`--if-exists cannot be "${text ?? ''}": it takes ${WHEN_EXISTS.join(', ')}`)
  return found
}

/** @throws UsageError, listing the routes there are. */
export function readRoute(text: string, option: string): Route {
  const route = ROUTE_NAMES.find((name) => name === text)
  if (route === undefined) throw new UsageError(`${option} knows no route "${text}": there are ${ROUTE_NAMES.join(', ')}`)
  return route
}

/** A whole number from `least` on. */
export function readCount(text: string, option: string, least: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : -1
  if (count < least) throw new UsageError(`${option} takes a whole number from ${least} on, and not "${text}"`)
  return count
}
