// That ranges of pages hold every page once, wherever a table ends.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageRanges } from './slices.js'

test('every page is in exactly one range, those past the last known included', () => {
  fc.assert(fc.property(fc.nat(1_000_000), fc.integer({ min: 2, max: 64 }), fc.nat(2_000_000), (pages, count, page) => {
    const held = pageRanges(pages, count).filter((condition) => {
      const [from, to] = [/>= '\((\d+),0\)/.exec(condition)?.[1], /< '\((\d+),0\)/.exec(condition)?.[1]]
      return page >= Number(from ?? 0) && page < Number(to ?? Infinity)
    })
    expect(held).toHaveLength(1)
  }))
})
