// Checks of stores: files are listed, read, renamed and removed as the contract says.
import assert from 'node:assert/strict'
import type { Check } from '../kit.js'
import { chunks, entryOf, joined, listed, opened, pattern, pieces, read } from './store-files.js'

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
