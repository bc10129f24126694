// What is read of files, folders and patterns, and how a change on the way is noticed.
import { appendFile, mkdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { here, listed, openPath, textOf } from './folder.js'

const at = here()

async function files(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(at.folder, name, '..'), { recursive: true })
    await writeFile(join(at.folder, name), name)
  }
}

async function namesAt(path: string): Promise<string[]> {
  const store = await openPath(`${at.folder}/${path}`, at.run)
  return (await listed(store, store.at, at.run)).map(({ url }) => decodeURIComponent(url.pathname).slice(at.folder.length + 1))
}

describe('a folder', () => {
  test('gives its files at any depth in the order of their whole names, without hidden and underscored ones', async () => {
    await files('d/b', 'd/a/z', 'd/a/b/c', 'd/a-', 'd/a0', 'd/_schema.json', 'd/.hidden', 'd/_log/x', 'd/.git/x', 'd/a/_no', 'd/.b.rm-1.part')
    expect(await namesAt('d/')).toEqual(['d/a-', 'd/a/b/c', 'd/a/z', 'd/a0', 'd/b'])
  })

  test('without its "/" is refused, and told to write it', async () => {
    await files('d/a')
    await expect(namesAt('d')).rejects.toMatchObject({ code: 'bad-address', message: expect.stringContaining('write a "/" at the end') as string })
  })

  test('of nothing but hidden files says `not-found`', async () => {
    await files('d/_a', 'd/.b')
    await expect(namesAt('d/')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('follows links to files and folders, and passes over one that leads back up', async () => {
    await files('real/x', 'd/a', 'd/sub/b')
    await symlink('../real', join(at.folder, 'd/link'))
    await symlink('../real/x', join(at.folder, 'd/one'))
    await symlink('..', join(at.folder, 'd/sub/up'))
    expect(await namesAt('d/')).toEqual(['d/a', 'd/link/x', 'd/one', 'd/sub/b', ...['a', 'link/x', 'one'].map((name) => `d/sub/up/${name}`)])
  })

  test('with a link to nothing is an error, so that no record is missed', async () => {
    await files('d/a')
    await symlink('absent', join(at.folder, 'd/b'))
    await expect(namesAt('d/')).rejects.toMatchObject({ code: 'not-found', context: { path: join(at.folder, 'd/b') } })
  })

  test('passes over pipes', async () => {
    await files('d/a')
    execFileSync('mkfifo', [join(at.folder, 'd/pipe')])
    expect(await namesAt('d/')).toEqual(['d/a'])
  })

  test('of many files is listed whole', async () => {
    await mkdir(join(at.folder, 'd'))
    await Promise.all(Array.from({ length: 1500 }, (_, i) => writeFile(join(at.folder, 'd', `part-${i}`), '')))
    const names = await namesAt('d/')
    expect(names).toHaveLength(1500)
    expect(names).toEqual([...names].sort())
  })
})

describe('a pattern', () => {
  test('gives what matches, in the order of the names', async () => {
    await files('d/b.csv', 'd/a.csv', 'd/a.txt', 'd/x/c.csv', 'd/.hidden.csv')
    expect(await namesAt('d/*.csv')).toEqual(['d/a.csv', 'd/b.csv'])
    expect(await namesAt('d/**/*.csv')).toEqual(['d/a.csv', 'd/b.csv', 'd/x/c.csv'])
    expect(await namesAt('*/a.[ct]*')).toEqual(['d/a.csv', 'd/a.txt'])
  })

  test('that matches nothing says `not-found`', async () => {
    await files('d/a.csv')
    await expect(namesAt('d/*.json')).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('no file matches') as string })
    await expect(namesAt('absent/*.csv')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('gives way to a file of that very name', async () => {
    await files('d/[a].csv', 'd/a.csv', 'd/*.csv')
    expect(await namesAt('d/[a].csv')).toEqual(['d/[a].csv'])
    expect(await namesAt('d/*.csv')).toEqual(['d/*.csv'])
    expect(await namesAt('d/?.csv')).toEqual(['d/*.csv', 'd/a.csv'])
  })

  test('exists when something matches', async () => {
    await files('d/a.csv')
    for (const [path, there] of [['d/*.csv', true], ['d/*.txt', false]] as const) {
      const store = await openPath(`${at.folder}/${path}`, at.run)
      expect(await store.exists(store.at, at.run)).toBe(there)
    }
  })
})

describe('a part', () => {
  test('tells the path, the size, and that it can be read again', async () => {
    await files('a.csv')
    const store = await openPath(join(at.folder, 'a.csv'), at.run)
    const [entry] = await listed(store, store.at, at.run)
    expect(store.part(entry!)).toMatchObject({ name: join(at.folder, 'a.csv'), path: join(at.folder, 'a.csv'), byteLength: 5, again: true })
    expect(store.part({ url: entry!.url })).toMatchObject({ byteLength: 5, again: true })
  })

  test('refuses bounds outside of the file', async () => {
    await files('a.csv')
    const store = await openPath(join(at.folder, 'a.csv'), at.run)
    const part = store.part({ url: store.at, byteLength: 5 })
    for (const [start, end] of [[-1, 2], [3, 2], [0, 6], [Number.NaN, 5]] as const) expect(() => part.read(start, end)).toThrow(RangeError)
  })

  test.each([
    ['grew', (path: string) => appendFile(path, 'x')],
    ['shrank', (path: string) => truncate(path, 2)],
    ['was written anew', (path: string) => writeFile(path, 'other')],
    ['has another time', (path: string) => utimes(path, 1, 1)],
  ])('of a file that %s since it was listed says `busy`', async (_, change) => {
    await files('a.csv')
    const store = await openPath(join(at.folder, 'a.csv'), at.run)
    const [entry] = await listed(store, store.at, at.run)
    expect(await textOf(store.part(entry!).read())).toBe('a.csv')
    await change(join(at.folder, 'a.csv'))
    await expect(textOf(store.part(entry!).read())).rejects.toMatchObject({ code: 'busy', temporary: true, message: expect.stringContaining('changed while it was being moved') as string })
  })

  test('of a file that grows while it is read says `busy`', async () => {
    const path = join(at.folder, 'large')
    await writeFile(path, Buffer.alloc(5 << 20))
    const store = await openPath(path, at.run)
    const reading = async (): Promise<void> => {
      for await (const chunk of store.part({ url: store.at }).read()) if (chunk.byteLength > 0) await appendFile(path, 'x')
    }
    await expect(reading()).rejects.toMatchObject({ code: 'busy' })
  })

  test('of a file that shrinks while it is read says `busy`', async () => {
    const path = join(at.folder, 'large')
    await writeFile(path, Buffer.alloc(9 << 20))
    const store = await openPath(path, at.run)
    const reading = async (): Promise<void> => {
      for await (const chunk of store.part({ url: store.at }).read()) if (chunk.byteLength > 0) await truncate(path, 1 << 20)
    }
    await expect(reading()).rejects.toMatchObject({ code: 'busy' })
  })

  test('read by nobody any more holds no file open', async () => {
    const path = join(at.folder, 'large')
    await writeFile(path, Buffer.alloc(5 << 20))
    const store = await openPath(path, at.run)
    const open = (): number => readdirSync('/proc/self/fd').length
    const before = open()
    for (let time = 0; time < 10; time++) {
      for await (const chunk of store.part({ url: store.at }).read()) if (chunk.byteLength > 0) break
    }
    const waiting = store.part({ url: store.at }).read()
    expect(open()).toBe(before)
    expect(waiting).toBeDefined()
  })

  test('ends with `aborted` when the signal fires', async () => {
    await writeFile(join(at.folder, 'large'), Buffer.alloc(5 << 20))
    const store = await openPath(join(at.folder, 'large'), at.run)
    const reading = async (): Promise<void> => {
      for await (const chunk of store.part({ url: store.at }).read()) if (chunk.byteLength > 0) at.run.stop()
    }
    await expect(reading()).rejects.toMatchObject({ code: 'aborted' })
  })

  test('of a pipe can be read once, and its signal ends a read that waits', async () => {
    const path = join(at.folder, 'pipe')
    execFileSync('mkfifo', [path])
    const store = await openPath(path, at.run)
    const [entry] = await listed(store, store.at, at.run)
    expect(entry).toEqual({ url: store.at })
    const part = store.part(entry!)
    expect(part.again).toBe(false)
    const [text] = await Promise.all([textOf(part.read()), writeFile(path, 'through the pipe')])
    expect(text).toBe('through the pipe')
  })
})
