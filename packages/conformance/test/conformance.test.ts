// The kit run on the memory plugins: the example that every other plugin can be held against.
import { afterAll, describe, test } from 'vitest'
import { conformance } from '../src/index.js'
import { memory, memoryStore } from '../src/memory.js'
import { memoryLines } from './memory-lines.js'

const none = { skip: 'it is a part of this package, and no package of its own' }
const service = { place: (name: string): string => `memory:kit#${name}` }

conformance({ describe, test, after: afterAll }, memory(), { service, package: none, wrong: ['memory:shop', 'memory://host/shop#t', 'memory:shop#'] })
conformance({ describe, test, after: afterAll }, memoryStore(), { service: { place: (name) => `memstore:///${name}/` }, package: none, wrong: ['memstore:///x/#table', 'memstore:'] })

const lines = memoryLines()
conformance({ describe, test, after: afterAll }, lines, { service, package: none, stage: () => lines.stage() })
