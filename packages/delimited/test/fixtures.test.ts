// Every folder of fixtures: a file as somebody's program wrote it, and what it says or why it is refused.
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FieldType } from '@records-mover/core/plugin'
import { codec } from '../src/codec.js'
import { completeFormat } from '../src/hints.js'
import { asText, bytesOf, chunksOf, errorOf, field, format, rowsOf, testRun } from './support.js'

/** What a `case.json` holds. */
interface Case {
  readonly variant?: string
  readonly hints?: Record<string, unknown>
  readonly schema: Record<string, FieldType>
  readonly rows?: (string | null)[][]
  readonly error?: { readonly code: string, readonly context: Record<string, string> }
}

const folder = new URL('fixtures/', import.meta.url)
const run = testRun()

for (const name of readdirSync(folder)) {
  const told = JSON.parse(readFileSync(new URL(`${name}/case.json`, folder), 'utf8')) as Case
  const bytes = readFileSync(new URL(`${name}/input.csv`, folder))
  const as = { fields: Object.entries(told.schema).map(([text, type]) => field(text, type)) }
  const from = completeFormat({ hints: told.hints ?? {} }, told.variant)
  const decode = (step: number): Promise<unknown> => rowsOf(codec.decode(chunksOf(bytes, from, step, 'input.csv'), asText(as), as, run))

  test(`${name} ${told.error === undefined ? 'reads as it is written' : 'is refused at its place'}, wherever chunks end`, async () => {
    for (let step = 1; step <= bytes.length; step++) {
      if (told.error === undefined) {
        expect(await decode(step)).toEqual(told.rows)
        const moved = await bytesOf(codec.transcode!(chunksOf(bytes, from, step), asText(as), format(), as, run))
        expect(await rowsOf(codec.decode(chunksOf(moved, format()), as, as, run))).toEqual(told.rows)
      } else {
        const error = await errorOf(decode(step))
        expect({ code: error.code, context: error.context }).toEqual(told.error)
      }
    }
  })
}
