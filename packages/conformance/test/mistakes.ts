// How a mistake is tried: the check that is meant for it passes on the whole plugin, and fails on the broken one.
import type { Plugin } from '@records-mover/core/plugin'
import { expect, test } from 'vitest'
import type { ConformanceOptions } from '../src/index.js'
import { ended } from './collect.js'

export interface Mistake<P extends Plugin> {
  readonly mistake: string
  /** The check that must find it. */
  readonly check: string
  readonly by: (whole: P) => Plugin
}

const NONE = { skip: 'it is no package of its own' }
export const IN_MEMORY: ConformanceOptions = { service: { place: (name) => `memory:kit#${name}` }, package: NONE, wrong: ['memory:kit'] }
export const IN_STORE: ConformanceOptions = { service: { place: (name) => `memstore:///${name}/` }, package: NONE }

export function tryEach<P extends Plugin>(mistakes: readonly Mistake<P>[], make: () => P, optionsFor: (whole: P) => ConformanceOptions): void {
  for (const { mistake, check, by } of mistakes) {
    test(`${mistake}: caught by "${check}"`, async () => {
      const whole = make()
      expect(await ended(whole, optionsFor(whole), (name) => name === check)).toEqual(new Map([[check, { outcome: 'passed', why: '' }]]))
      const other = make()
      const found = await ended(by(other), optionsFor(other), (name) => name === check)
      expect(found.get(check)).toMatchObject({ outcome: 'failed' })
    })
  }
}
