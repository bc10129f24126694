// What a file address may say, and which path it names: a file, a folder, a pattern, or standard input and output.
import type { Address } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** One name for standard input and standard output: whether it is read or written tells which. */
export const STANDARD: URL = new URL('stdio:-')

/** Where an address points. */
export interface Place {
  /** Absolute, with `/` at the end for a folder. Undefined for standard input and output. */
  readonly path: string | undefined
  readonly url: URL
}

/**
 * The place that an address names: `-`, a path relative to the working folder, or an absolute one.
 *
 * @throws MoveError `bad-address` for a host, a user, a table, a query, an option or an empty path.
 */
export function placeOf(address: Address): Place {
  const { path } = address
  if (address.host !== undefined && address.host !== 'localhost') {
    throw wrong(`"${address.host}" is another computer: mount its folder here, or write file:///path`)
  }
  if (address.port !== undefined) throw wrong('it names a port: write file:///path')
  for (const name of ['user', 'password']) {
    if (address.setting(name) !== undefined) throw wrong(`it names a ${name}: the process reads files as itself, write file:///path`)
  }
  if (address.fragment !== undefined) throw wrong('a file has no tables: leave out what follows "#", or write %23 when it is part of the name')
  if (address.query !== undefined) throw wrong('a file cannot run a query: move it into a database first, or name the columns to move')
  const option = address.options[0]
  if (option !== undefined) throw wrong(`a file has no option "${option}": leave out what follows "?", or write %3F when it is part of the name`)
  if (path === '') throw wrong('it names no path: write file:///path, ./path, or - for standard input and output')
  if (path.includes('\0')) throw wrong('its path contains U+0000, which no file name can hold')
  if (path === '-') return { path: undefined, url: STANDARD }
  const absolute = absolutePath(path)
  return { path: absolute, url: urlOf(absolute) }
}

/** The URL of an absolute path; `/` at its end stays. */
export function urlOf(path: string): URL {
  return pathToFileURL(path)
}

/** The absolute path of a `file:` URL. */
export function pathOf(url: URL): string {
  if (url.protocol !== 'file:') throw wrong(`"${url.protocol}" is not a scheme of local files: give a file: URL`)
  try {
    return fileURLToPath(url)
  } catch (error) {
    throw new MoveError('bad-address', 'the file URL names another computer, or a "/" within a name: write file:///path', { cause: error })
  }
}

/** `resolve` drops the `/` at the end, which means a folder here, as `.` and `..` do. */
function absolutePath(path: string): string {
  const absolute = resolve(path)
  const folder = /(?:^|\/)\.{0,2}$/.test(path)
  return folder && absolute !== '/' ? `${absolute}/` : absolute
}

function wrong(why: string): MoveError {
  return new MoveError('bad-address', `the file address is wrong: ${why}`)
}
