// Matchers with a type of their own, for objects that are compared whole.
import { expect } from 'vitest'

/** Any text that the pattern finds something in. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}
