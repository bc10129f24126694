// What the checks of stores share: files with bytes that tell their place, and ways to write, list and read them.
import type { FileEntry, Run, Store } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Kit } from '../kit.js'
import type { TestRun } from '../test-run.js'

export async function opened(kit: Kit): Promise<{ store: Store, run: TestRun }> {
  const run = kit.run()
  return { store: await kit.store(await kit.place(), run), run }
}

export async function listed(from: Store, under: URL, run: Run): Promise<FileEntry[]> {
  const all: FileEntry[] = []
  for await (const entry of from.list(under, run)) all.push(entry)
  return all
}

export async function entryOf(from: Store, url: URL, run: Run): Promise<FileEntry> {
  const [entry] = await listed(from, url, run)
  assert.ok(entry !== undefined)
  return entry
}

export function read(from: Store, entry: FileEntry | undefined): Promise<Buffer> {
  assert.ok(entry !== undefined)
  return joined(from.part(entry).read())
}

export async function joined(from: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of from) all.push(chunk)
  return Buffer.concat(all)
}

export async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return await call.then(() => assert.fail('the writing resolved although its body threw'), (error: unknown) => {
    if (error instanceof assert.AssertionError) throw error
    return error
  })
}

/** Bytes that tell their place, so that a piece in the wrong place shows. */
export function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255
  return bytes
}

export async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield await Promise.resolve(Uint8Array.from(bytes.subarray(at, at + size)))
}

export async function* chunks(from: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of from) yield await Promise.resolve(chunk)
}

export async function* breaking(after: number, error: Error): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < after; i++) yield await Promise.resolve(pattern(1000))
  throw error
}
