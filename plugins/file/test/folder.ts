// A fresh folder for each test, and a store opened in it.
import type { Address, FileEntry, Store } from '@records-mover/core/plugin'
import type { TestRun } from '@records-mover/conformance'
import { testRun } from '@records-mover/conformance'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { file } from '../src/index.js'

export interface Here {
  /** Absolute, without `/` at its end. */
  folder: string
  run: TestRun
}

/** A folder and a run of the test that is running. */
export function here(): Here {
  const at: Here = { folder: '', run: testRun() }
  beforeEach(async () => {
    at.folder = await mkdtemp(join(tmpdir(), 'file-'))
    at.run = testRun()
  })
  afterEach(async () => {
    await rm(at.folder, { recursive: true, force: true })
  })
  return at
}

/** Opens a path as a plain path is opened. */
export async function openPath(path: string, run: TestRun): Promise<Store> {
  const address: Address = { text: path, scheme: 'file', path, options: [], setting: () => undefined }
  return (await file.store!())(address, run)
}

export async function listed(store: Store, under: URL, run: TestRun): Promise<FileEntry[]> {
  const all: FileEntry[] = []
  for await (const entry of store.list(under, run)) all.push(entry)
  return all
}

export async function* body(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text))
}

export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}
