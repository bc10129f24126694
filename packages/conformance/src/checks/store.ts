// Checks of stores: files appear whole or not at all, and are listed, read, renamed and removed as the contract says.
import type { FileEntry, Run, Store } from '@records-mover/core/plugin'
import assert from 'node:assert/strict'
import type { Check, Kit } from '../kit.js'
import type { TestRun } from '../test-run.js'

export const store: readonly Check[] = [
  {
    name: '`at` is absolute, and ends in "/" for a folder',
    async run(kit) {
      const { store } = await opened(kit)
      assert.match(store.at.href, /^[a-z][a-z0-9+.-]*:.*\/$/)
      assert.equal(store.at.username + store.at.password, '', 'no credentials stand in a URL')
    },
  },
  {
    name: 'list says `not-found` when there is nothing',
    async run(kit) {
      const { store, run } = await opened(kit)
      assert.equal((await kit.rejection(listed(store, store.at, run), 'listing nothing')).code, 'not-found')
      assert.equal((await kit.rejection(listed(store, new URL('absent', store.at), run), 'listing an absent file')).code, 'not-found')
    },
  },
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
  {
    name: 'list gives the files at or under a URL, in the order of their names, with true sizes',
    async run(kit) {
      const { store, run } = await opened(kit)
      const names = ['b', 'a', 'a-', 'a/z', 'a/b/c', 'a0', 'B', 'ä', '10', '9']
      const writable: string[] = []
      for (const [i, name] of names.entries()) {
        // A store of folders cannot hold a file and a folder of one name.
        if (name === 'a') continue
        writable.push(name)
        await store.write(new URL(encodeURI(name), store.at), pieces(pattern(i), 3), run)
      }
      const all = await listed(store, store.at, run)
      const expected = [...writable].sort()
      assert.deepEqual(all.map(({ url }) => decodeURI(url.href.slice(store.at.href.length))), expected)
      assert.deepEqual(all.map(({ byteLength }) => byteLength), expected.map((name) => names.indexOf(name)))
      assert.deepEqual((await listed(store, new URL('a/', store.at), run)).map(({ url }) => url.href), ['a/b/c', 'a/z'].map((name) => new URL(name, store.at).href))
      assert.deepEqual((await listed(store, new URL('a/z', store.at), run)).map(({ url }) => url.href), [new URL('a/z', store.at).href])
    },
  },
  {
    name: 'names with any letters are kept, and stand percent-encoded in URLs',
    async run(kit) {
      const { store, run } = await opened(kit)
      const names = ['a b', 'a%20b', 'a#b', 'a?b', 'a+b', 'a&b=c', "a'b", 'a"b', 'ü漢🎈', 'a*b', 'a[1]', 'a;b', 'a:b', 'a@b', '~a', 'a\\b', ' a', 'a ', 'a\nb', '%']
      for (const name of names) await store.write(new URL(`./${encodeURIComponent(name)}`, store.at), chunks([Buffer.from(name)]), run)
      const found = await listed(store, store.at, run)
      assert.deepEqual(found.map(({ url }) => decodeURIComponent(url.href.slice(store.at.href.length))).sort(), [...names].sort())
      for (const entry of found) {
        assert.equal((await read(store, entry)).toString(), decodeURIComponent(entry.url.href.slice(store.at.href.length)))
      }
      await store.remove(found.map(({ url }) => url), run)
      assert.equal(await store.exists(store.at, run), false)
    },
  },
  {
    name: 'a part gives the bytes from start to end, exclusive, and all of them by default',
    async run(kit) {
      const { store, run } = await opened(kit)
      const bytes = pattern(3_000_000)
      await store.write(new URL('file', store.at), pieces(bytes, 1 << 20), run)
      const part = store.part(await entryOf(store, new URL('file', store.at), run))
      if (!part.again || part.byteLength === undefined) kit.cannot('the store\'s parts take no bounds')
      for (const [start, end] of [[0, 3_000_000], [0, 0], [0, 1], [1, 2], [2_999_999, 3_000_000], [3_000_000, 3_000_000], [1_048_575, 1_048_577], [100, 2_500_000]] as const) {
        assert.ok((await joined(part.read(start, end))).equals(bytes.subarray(start, end)), `${start} to ${end}`)
      }
      assert.ok((await joined(part.read(2_000_000))).equals(bytes.subarray(2_000_000)))
    },
  },
  {
    name: 'a part with `again` gives the same bytes each time, also side by side',
    async run(kit) {
      const { store, run } = await opened(kit)
      const bytes = pattern(2_000_000)
      const part = store.part(await store.write(new URL('file', store.at), pieces(bytes, 1 << 20), run))
      if (!part.again) kit.cannot('the store\'s parts can be read once')
      for (const each of await Promise.all([joined(part.read()), joined(part.read()), joined(part.read())])) assert.ok(each.equals(bytes))
    },
  },
  {
    name: 'a chunk belongs to its receiver and is never written again',
    async run(kit) {
      const { store, run } = await opened(kit)
      const part = store.part(await store.write(new URL('file', store.at), pieces(pattern(9_000_000), 1 << 20), run))
      const held: { chunk: Uint8Array, copy: Uint8Array }[] = []
      for await (const chunk of part.read()) held.push({ chunk, copy: Uint8Array.from(chunk) })
      assert.ok(held.length > 1, 'a large file comes in more than one chunk')
      for (const { chunk, copy } of held) assert.ok(Buffer.compare(chunk, copy) === 0, 'a chunk changed after it was given')
    },
  },
  {
    name: 'nothing is opened before the first chunk is asked for: a file that is missing says `not-found` then',
    async run(kit) {
      const { store, run } = await opened(kit)
      const entry = await store.write(new URL('file', store.at), chunks([Buffer.from('x')]), run)
      const part = store.part(entry)
      await store.remove([entry.url], run)
      const chunksOf = part.read()
      assert.equal((await kit.rejection(joined(chunksOf), 'reading a missing file')).code, 'not-found')
    },
  },
  {
    name: 'a loop that ends early releases what was opened',
    async run(kit) {
      const { store, run } = await opened(kit)
      const entry = await store.write(new URL('file', store.at), pieces(pattern(5_000_000), 1 << 20), run)
      for (let time = 0; time < 50; time++) {
        const first = async (): Promise<number> => {
          for await (const chunk of store.part(entry).read()) return chunk.byteLength
          return 0
        }
        assert.ok(await kit.within(first(), 'the first chunk') > 0)
      }
      await kit.within(store.remove([entry.url], run), 'removing what was read')
      assert.equal(await store.exists(entry.url, run), false)
    },
  },
  {
    name: 'exists is true when something is there already',
    async run(kit) {
      const { store, run } = await opened(kit)
      assert.equal(await store.exists(store.at, run), false)
      await store.write(new URL('deep/file', store.at), chunks([Buffer.from('x')]), run)
      for (const [name, there] of [['deep/file', true], ['deep/', true], ['', true], ['deep/fil', false], ['deep/file2', false], ['other/', false]] as const) {
        assert.equal(await store.exists(name === '' ? store.at : new URL(name, store.at), run), there, name)
      }
    },
  },
  {
    name: 'remove removes files, and what is not there is not an error',
    async run(kit) {
      const { store, run } = await opened(kit)
      for (const name of ['a', 'b', 'c']) await store.write(new URL(name, store.at), chunks([Buffer.from(name)]), run)
      await store.remove(['a', 'absent', 'c', 'absent/file'].map((name) => new URL(name, store.at)), run)
      assert.deepEqual((await listed(store, store.at, run)).map(({ url }) => url.href), [new URL('b', store.at).href])
      await store.remove([], run)
    },
  },
  {
    name: 'remove removes a folder if it is empty, and leaves it if not',
    async run(kit) {
      const { store, run } = await opened(kit)
      const entry = await store.write(new URL('folder/file', store.at), chunks([Buffer.from('x')]), run)
      await store.remove([new URL('folder/', store.at)], run)
      assert.equal((await read(store, entry)).toString(), 'x')
      await store.remove([entry.url, new URL('folder/', store.at), new URL('folder/', store.at)], run)
      assert.equal(await store.exists(new URL('folder/', store.at), run), false)
    },
  },
  {
    name: 'rename gives a file another name in one step, replacing what had it',
    async run(kit) {
      const { store, run } = await opened(kit)
      if (store.rename === undefined) return kit.cannot('the store cannot rename')
      const [from, to] = [new URL('from', store.at), new URL('to', store.at)]
      await store.write(from, chunks([Buffer.from('new')]), run)
      await store.write(to, chunks([Buffer.from('old')]), run)
      await store.rename(from, to, run)
      assert.deepEqual((await listed(store, store.at, run)).map(({ url }) => url.href), [to.href])
      assert.equal((await read(store, await entryOf(store, to, run))).toString(), 'new')
      await store.rename(to, from, run)
      assert.equal(await store.exists(to, run), false)
      assert.equal((await kit.rejection(store.rename(to, from, run), 'renaming what is not there')).code, 'not-found')
      assert.equal((await read(store, await entryOf(store, from, run))).toString(), 'new')
    },
  },
  {
    name: 'several files may be written and read side by side',
    async run(kit) {
      const { store, run } = await opened(kit)
      const sizes = [1, 200_000, 0, 1_500_000, 77]
      const entries = await Promise.all(sizes.map((size, i) => store.write(new URL(`file-${i}`, store.at), pieces(pattern(size), 50_000), run)))
      const read_ = await Promise.all(entries.map((entry) => read(store, entry)))
      for (const [i, size] of sizes.entries()) assert.ok(read_[i]!.equals(pattern(size)))
    },
  },
  {
    name: 'what one session writes another sees once it is there',
    async run(kit) {
      const at = await kit.place()
      const run = kit.run()
      const one = await kit.store(at, run)
      const other = await kit.store(at, run)
      const entry = await one.write(new URL('file', one.at), chunks([Buffer.from('x')]), run)
      assert.equal((await read(other, await entryOf(other, entry.url, run))).toString(), 'x')
    },
  },
]

async function opened(kit: Kit): Promise<{ store: Store, run: TestRun }> {
  const run = kit.run()
  return { store: await kit.store(await kit.place(), run), run }
}

async function listed(from: Store, under: URL, run: Run): Promise<FileEntry[]> {
  const all: FileEntry[] = []
  for await (const entry of from.list(under, run)) all.push(entry)
  return all
}

async function entryOf(from: Store, url: URL, run: Run): Promise<FileEntry> {
  const [entry] = await listed(from, url, run)
  assert.ok(entry !== undefined)
  return entry
}

function read(from: Store, entry: FileEntry | undefined): Promise<Buffer> {
  assert.ok(entry !== undefined)
  return joined(from.part(entry).read())
}

async function joined(from: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of from) all.push(chunk)
  return Buffer.concat(all)
}

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return await call.then(() => assert.fail('the writing resolved although its body threw'), (error: unknown) => {
    if (error instanceof assert.AssertionError) throw error
    return error
  })
}

/** Bytes that tell their place, so that a piece in the wrong place shows. */
function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255
  return bytes
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield await Promise.resolve(Uint8Array.from(bytes.subarray(at, at + size)))
}

async function* chunks(from: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of from) yield await Promise.resolve(chunk)
}

async function* breaking(after: number, error: Error): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < after; i++) yield await Promise.resolve(pattern(1000))
  throw error
}
