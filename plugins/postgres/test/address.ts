// Addresses and runs for tests, made from URLs as core would make them.
import type { Address, Run } from '@records-mover/core/plugin'
import { parseAddress, secret } from '@records-mover/core'

/** The address of a URL, with a fragment (the table) or a query. */
export function addressOf(url: string, more: { readonly table?: string, readonly query?: string } = {}): Address {
  const parsed = parseAddress(more.table === undefined ? url : `${url}#${encodeURIComponent(more.table)}`)
  return {
    ...parsed,
    ...(more.query === undefined ? {} : { query: more.query }),
    options: [...parsed.settings.keys()].filter((name) => name !== 'user' && name !== 'password'),
    setting: (name) => parsed.settings.has(name) ? secret(parsed.settings.get(name)!) : undefined,
  }
}

/** A run that nobody watches. */
export function runOf(more: Partial<Run> = {}): Run {
  return {
    id: 'test', signal: new AbortController().signal, limits: { fieldBytes: 1 << 26, recordBytes: 1 << 28, fields: 16_384 },
    concurrency: 1, allow: [], scratch: () => Promise.reject(new Error('no scratch folder in this test')), emit: () => undefined, ...more,
  }
}
