// Secrets: the one wrapper that holds them, and the redactor that keeps them out of everything that leaves a run.
import { inspect } from 'node:util'
import type { Secret } from './contract/address.js'
import { MoveError } from './contract/errors.js'

/** Wraps a value that may be used but is never shown. */
export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: () => '[redacted]' as const,
    toJSON: () => '[redacted]' as const,
    [inspect.custom]: () => '[redacted]',
  })
}

/** Replaces every known secret value in whatever a run shows. */
export interface Redactor {
  add(value: string): void
  text(text: string): string
  /** The error as a MoveError, with secrets replaced in it and in everything it carries. */
  error(error: unknown): MoveError
  /** A copy of plain data with secrets replaced in its strings. */
  data<T>(value: T): T
}

// Below this length a "secret" is likelier to be a part of ordinary words than to be recognised as one.
const SHORTEST = 4

export function redactor(): Redactor {
  const values = new Set<string>()
  const text = (from: string): string => {
    let out = from
    for (const value of values) out = out.replaceAll(value, '[redacted]')
    return out
  }
  const scrub = (value: unknown, seen: Set<object>): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return value
    seen.add(value)
    if (value instanceof Error) return scrubError(value, seen)
    if (Array.isArray(value)) return value.map((item) => scrub(item, seen))
    if (Object.getPrototypeOf(value) !== Object.prototype) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, scrub(item, seen)]))
  }
  const scrubError = (error: Error, seen: Set<object>): Error => {
    for (const key of Object.getOwnPropertyNames(error)) {
      const property = Object.getOwnPropertyDescriptor(error, key)!
      if (!('value' in property) || (!property.writable && !property.configurable)) continue
      const scrubbed = scrub(property.value, seen)
      if (scrubbed !== property.value) Object.defineProperty(error, key, { ...property, value: scrubbed })
    }
    return error
  }
  return {
    add(value) {
      if (value.length < SHORTEST) return
      values.add(value)
      // Vendors print addresses percent-encoded as often as not.
      const encoded = encodeURIComponent(value)
      if (encoded !== value) values.add(encoded)
    },
    text,
    error(error) {
      const scrubbed = scrub(error, new Set())
      if (MoveError.is(scrubbed)) return scrubbed
      const message = scrubbed instanceof Error ? scrubbed.message : String(scrubbed)
      return new MoveError('failed', `${message}: this is unexpected, please report it`, { cause: scrubbed })
    },
    data: (value) => scrub(value, new Set()) as typeof value,
  }
}
