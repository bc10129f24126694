// Ways to break a plugin, each the mistake that one check is there to find.
import type { Batch, Batches, Codec, FormatDescriptor, Landing, Part, Plugin, Run, Source, Store, Target } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { MemoryPlugin } from '../src/memory.js'

type Change<T> = (end: T, run: Run) => Partial<T>

/** The plugin with its source changed. */
export function source(plugin: Plugin, change: Change<Source>): Plugin {
  return { ...plugin, source: async () => {
    const open = await plugin.source!()
    return async (at, run) => {
      const end = await open(at, run)
      return { ...end, ...change(end, run) }
    }
  } }
}

/** The plugin with its target changed. */
export function target(plugin: Plugin, change: Change<Target>): Plugin {
  return { ...plugin, target: async () => {
    const open = await plugin.target!()
    return async (at, run) => {
      const end = await open(at, run)
      return { ...end, ...change(end, run) }
    }
  } }
}

/** The plugin with its store changed. */
export function store(plugin: Plugin, change: Change<Store>): Plugin {
  return { ...plugin, store: async () => {
    const open = await plugin.store!()
    return async (at, run) => {
      const end = await open(at, run)
      return { ...end, ...change(end, run) }
    }
  } }
}

/** The target with its writing of batches changed. */
export function write(plugin: Plugin, change: (next: NonNullable<Target['batches']>['write'], from: Batches, as: Landing, run: Run) => ReturnType<NonNullable<Target['batches']>['write']>): Plugin {
  return target(plugin, (end) => ({
    batches: { ...end.batches!, write: (from, as, run) => change((...args) => end.batches!.write(...args), from, as, run) },
  }))
}

/** The source with its reading of batches changed. */
export function read(plugin: Plugin, change: (read: Batches, run: Run) => Batches): Plugin {
  return source(plugin, (end) => ({
    batches: { ...end.batches!, read: async (as, run) => change(await end.batches!.read(as, run), run) },
  }))
}

/** The plugin with the descriptor of each of its formats changed. */
export function format(plugin: Plugin, change: (descriptor: FormatDescriptor) => Partial<FormatDescriptor>): Plugin {
  const formats = Object.entries(plugin.formats ?? {}).map(([id, descriptor]) => [id, { ...descriptor, ...change(descriptor) }] as const)
  return { ...plugin, formats: Object.fromEntries(formats) }
}

/** The plugin with the codec of each of its formats changed. */
export function codec(plugin: Plugin, change: (whole: Codec) => Partial<Codec>): Plugin {
  return format(plugin, (descriptor) => ({
    codec: async () => {
      const whole = await descriptor.codec()
      return { ...whole, ...change(whole) }
    },
  }))
}

/** Every batch changed on its way. */
export function eachBatch(batches: Batches, change: (batch: Batch) => Batch): Batches {
  async function* part(from: AsyncIterable<Batch>): AsyncGenerator<Batch> {
    for await (const batch of from) yield change(batch)
  }
  async function* parts(): AsyncGenerator<AsyncIterable<Batch>> {
    for await (const each of batches.parts) yield part(each)
  }
  return { ...batches, parts: parts() }
}

/** The batches up to the first error, which is taken for the end. */
export function deaf(batches: Batches): Batches {
  async function* part(from: AsyncIterable<Batch>): AsyncGenerator<Batch> {
    try {
      for await (const batch of from) yield batch
    } catch {
      // The mistake: an error is taken for the end.
    }
  }
  async function* parts(): AsyncGenerator<AsyncIterable<Batch>> {
    try {
      for await (const each of batches.parts) yield part(each)
    } catch {
      // The same mistake, one level up.
    }
  }
  return { ...batches, parts: parts() }
}

/** Every part of a store changed. */
export function eachPart(plugin: Plugin, change: (part: Part) => Part): Plugin {
  return store(plugin, (end) => ({ part: (file) => change(end.part(file)) }))
}

/** What was there is put back changed: a target that forgets to undo. */
export function withoutUndo(plugin: MemoryPlugin): Plugin {
  return write(plugin, async (next, from, as, run) => {
    const seen: Batch[] = []
    try {
      return await next(eachBatch(from, (batch) => {
        seen.push(batch)
        return batch
      }), as, run)
    } catch (error) {
      const name = [...plugin.tables.keys()].pop() ?? 'kit#half'
      if (seen.length > 0) plugin.tables.set(name, { schema: as.fit.schema, batches: seen })
      throw error
    }
  })
}

/** An error as drivers throw it. */
export function foreign(message: string): Error {
  return Object.assign(new Error(message), { code: 'XX000' })
}

export function aborted(): MoveError {
  return new MoveError('aborted', 'the move was stopped before it finished')
}
