// Checks of writing into stores: a file appears whole or not at all, whatever its body or the signal does.
import assert from 'node:assert/strict'
import type { Check } from '../kit.js'
import { breaking, chunks, entryOf, listed, opened, pattern, pieces, read, thrownBy } from './store-files.js'

export const storeWriting: readonly Check[] = [
  ...[0, 1, 65_537, 5_000_000].map((size): Check => ({
    name: `a file of ${size.toLocaleString('en')} bytes that is written is read back, and its size is true`,
    async run(kit) {
      const { store, run } = await opened(kit)
      const bytes = pattern(size)
      const entry = await store.write(new URL('file', store.at), pieces(bytes, 60_000), run)
      assert.equal(entry.url.href, new URL('file', store.at).href)
      assert.equal(entry.byteLength, size)
      assert.ok((await read(store, entry)).equals(bytes))
      const [found] = await listed(store, entry.url, run)
      assert.equal(found?.byteLength, size)
      assert.ok((await read(store, found)).equals(bytes))
    },
  })),
  {
    name: 'a body of no chunks, and chunks of no bytes, write a file all the same',
    async run(kit) {
      const { store, run } = await opened(kit)
      await store.write(new URL('none', store.at), pieces(Buffer.alloc(0), 1), run)
      await store.write(new URL('some', store.at), chunks([Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(0)]), run)
      assert.deepEqual((await listed(store, store.at, run)).map(({ byteLength }) => byteLength), [0, 1])
    },
  },
  {
    name: 'nothing is visible under its name until the body has ended',
    async run(kit) {
      const { store, run } = await opened(kit)
      const url = new URL('slow', store.at)
      let looked = 0
      async function* body(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 4; i++) {
          yield pattern(300_000)
          looked++
          assert.equal(await store.exists(url, run), false, 'it exists before the body has ended')
          assert.equal((await kit.rejection(listed(store, url, run), 'listing what is being written')).code, 'not-found')
          assert.equal((await kit.rejection(listed(store, store.at, run), 'listing the folder of what is being written')).code, 'not-found')
        }
      }
      await store.write(url, body(), run)
      assert.equal(looked, 4)
      assert.equal(await store.exists(url, run), true)
    },
  },
  ...[0, 1, 3].map((n): Check => ({
    name: `nothing at all remains if the body throws ${n === 0 ? 'before its first chunk' : `after chunk ${n}`}, and its error is the one that is told`,
    async run(kit) {
      const { store, run } = await opened(kit)
      const url = new URL('folder/broken', store.at)
      const broken = new Error('the body broke')
      const error = await thrownBy(store.write(url, breaking(n, broken), run))
      assert.ok(error === broken || (error as { cause?: unknown }).cause === broken, String(error))
      assert.equal(await store.exists(url, run), false)
      assert.equal((await kit.rejection(listed(store, store.at, run), 'listing nothing')).code, 'not-found')
    },
  })),
  {
    name: 'an existing file is replaced when the new one is complete, and kept when the body throws',
    async run(kit) {
      const { store, run } = await opened(kit)
      const url = new URL('file', store.at)
      await store.write(url, chunks([Buffer.from('old')]), run)
      await thrownBy(store.write(url, breaking(2, new Error('the body broke')), run))
      assert.equal((await read(store, await entryOf(store, url, run))).toString(), 'old')
      async function* body(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('new')
        assert.equal((await read(store, await entryOf(store, url, run))).toString(), 'old')
      }
      await store.write(url, body(), run)
      assert.equal((await read(store, await entryOf(store, url, run))).toString(), 'new')
      assert.equal((await listed(store, store.at, run)).length, 1)
    },
  },
  ...(['before it starts', 'between two chunks', 'after the last chunk'] as const).map((when): Check => ({
    name: `a signal fired ${when} ends a writing with \`aborted\`, and nothing remains`,
    async run(kit) {
      const { store } = await opened(kit)
      const run = kit.run()
      const url = new URL('stopped', store.at)
      if (when === 'before it starts') run.stop()
      async function* body(): AsyncGenerator<Uint8Array> {
        yield pattern(1000)
        if (when === 'between two chunks') run.stop()
        yield pattern(1000)
        await Promise.resolve()
        run.stop()
      }
      const error = await kit.rejection(kit.within(store.write(url, body(), run), 'a writing whose signal fired'), 'a writing whose signal fired')
      assert.equal(error.code, 'aborted', error.message)
      const after = kit.run()
      assert.equal(await store.exists(url, after), false)
      assert.equal((await kit.rejection(listed(store, store.at, after), 'listing nothing')).code, 'not-found')
    },
  })),
  {
    name: 'a signal ends a writing whose body waits for ever',
    async run(kit) {
      const { store } = await opened(kit)
      const run = kit.run()
      async function* body(): AsyncGenerator<Uint8Array> {
        yield pattern(1000)
        setTimeout(() => { run.stop() }, 20)
        await new Promise(() => undefined)
      }
      const error = await kit.rejection(kit.within(store.write(new URL('stuck', store.at), body(), run), 'the writing'), 'a writing whose signal fired')
      assert.equal(error.code, 'aborted', error.message)
      assert.equal(await store.exists(store.at, kit.run()), false)
    },
  },
]
