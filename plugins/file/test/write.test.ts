// What is written, under which name, with which mode, and what remains when it goes wrong.
import { chmod, link, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { body, here, openPath } from './folder.js'

const at = here()

async function writeTo(name: string, text: string): Promise<void> {
  const store = await openPath(join(at.folder, name), at.run)
  await store.write(store.at, body(text), at.run)
}

describe('a file in the making', () => {
  test('lies hidden beside its place, under its own name and the run\'s, and is gone at the end', async () => {
    const store = await openPath(join(at.folder, 'a.csv'), at.run)
    async function* watching(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x')
      expect(await readdir(at.folder)).toEqual([`.a.csv.rm-${at.run.id.slice(3)}.part`])
      expect((await stat(join(at.folder, `.a.csv.rm-${at.run.id.slice(3)}.part`))).mode & 0o111).toBe(0)
    }
    await store.write(store.at, watching(), at.run)
    expect(await readdir(at.folder)).toEqual(['a.csv'])
  })

  test('whose name is as long as names can be is written', async () => {
    await writeTo('x'.repeat(255), 'long')
    expect(await readFile(join(at.folder, 'x'.repeat(255)), 'utf8')).toBe('long')
  })

  test.each(['the body throws', 'the signal fires'])('is removed when %s', async (what) => {
    const store = await openPath(join(at.folder, 'a.csv'), at.run)
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('x'))
      if (what === 'the signal fires') at.run.stop()
      yield Buffer.from('y')
      if (what === 'the body throws') throw new RangeError('the body broke')
    }
    const error: unknown = await store.write(store.at, breaking(), at.run).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject(what === 'the body throws' ? { name: 'RangeError', message: 'the body broke' } : { code: 'aborted' })
    expect(await readdir(at.folder)).toEqual([])
  })

  test('tells the body that nobody reads it any more', async () => {
    const store = await openPath(join(at.folder, 'absent/a.csv'), at.run)
    let told = false
    async function* long(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield Buffer.from('x')
          at.run.stop()
        }
      } finally {
        await Promise.resolve()
        told = true
      }
    }
    await mkdir(join(at.folder, 'absent'))
    await expect(store.write(store.at, long(), at.run)).rejects.toMatchObject({ code: 'aborted' })
    expect(told).toBe(true)
  })

  test('is not disturbed by another run that writes the same name: the last one to end wins whole', async () => {
    const [one, two] = [await openPath(join(at.folder, 'a'), at.run), await openPath(join(at.folder, 'a'), at.run)]
    const other = { ...at.run, id: 'rm-another', signal: at.run.signal, emit: () => undefined }
    await Promise.all([one.write(one.at, body('1'.repeat(1000), '1'), at.run), two.write(two.at, body('2'.repeat(1000), '2'), other)])
    expect(['1'.repeat(1001), '2'.repeat(1001)]).toContain(await readFile(join(at.folder, 'a'), 'utf8'))
    expect(await readdir(at.folder)).toEqual(['a'])
  })
})

describe('a new file', () => {
  test.each([0o022, 0o077, 0o002])('has mode 0666 without the mask %o', async (mask) => {
    const script = `
      import { file } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
      process.umask(${mask})
      const run = { id: 'rm-1', signal: new AbortController().signal }
      const store = await (await file.store())({ text: '', scheme: 'file', path: ${JSON.stringify(join(at.folder, 'a'))}, options: [], setting: () => undefined }, run)
      await store.write(store.at, (async function* () { yield Buffer.from('x') })(), run)`
    execFileSync(process.execPath, ['--input-type=module', '-e', script])
    expect((await stat(join(at.folder, 'a'))).mode & 0o777).toBe(0o666 & ~mask)
  })

  test('in a folder that does not exist is refused, so that a mistyped path makes no folders', async () => {
    await expect(writeTo('absent/a.csv', 'x')).rejects.toMatchObject({ code: 'not-found' })
    expect(await readdir(at.folder)).toEqual([])
  })

  test('under a folder that was named makes the folder, and takes it away when the body throws', async () => {
    const store = await openPath(join(at.folder, 'new/out/'), at.run)
    // eslint-disable-next-line require-yield -- it throws before its first chunk
    async function* breaking(): AsyncGenerator<Uint8Array> {
      await Promise.resolve()
      throw new Error('the body broke')
    }
    await expect(store.write(new URL('deep/a.csv', store.at), breaking(), at.run)).rejects.toThrow('the body broke')
    expect(await readdir(at.folder)).toEqual([])
    await store.write(new URL('deep/a.csv', store.at), body('x'), at.run)
    expect(await readFile(join(at.folder, 'new/out/deep/a.csv'), 'utf8')).toBe('x')
  })

  test('beside others in a folder does not take the folder away when its body throws', async () => {
    const store = await openPath(join(at.folder, 'out/'), at.run)
    await store.write(new URL('a', store.at), body('x'), at.run)
    await expect(store.write(new URL('b', store.at), (async function* () { yield Buffer.from('x'); await Promise.reject(new Error('broke')) })(), at.run)).rejects.toThrow('broke')
    expect(await readdir(join(at.folder, 'out'))).toEqual(['a'])
  })
})

describe('a file that is replaced', () => {
  test.each([0o600, 0o640, 0o755])('keeps its mode %o', async (mode) => {
    await writeFile(join(at.folder, 'a'), 'old')
    await chmod(join(at.folder, 'a'), mode)
    await writeTo('a', 'new')
    expect((await stat(join(at.folder, 'a'))).mode & 0o777).toBe(mode)
    expect(await readFile(join(at.folder, 'a'), 'utf8')).toBe('new')
  })

  test('is a new file, so that another name of the old one still has the old bytes', async () => {
    await writeFile(join(at.folder, 'a'), 'old')
    await link(join(at.folder, 'a'), join(at.folder, 'b'))
    await writeTo('a', 'new')
    expect(await readFile(join(at.folder, 'b'), 'utf8')).toBe('old')
  })

  test('through a link leaves the link, and replaces what it points to', async () => {
    await mkdir(join(at.folder, 'real'))
    await writeFile(join(at.folder, 'real/a'), 'old')
    await symlink('real/a', join(at.folder, 'link'))
    await symlink('link', join(at.folder, 'second'))
    await writeTo('second', 'new')
    expect(await readlink(join(at.folder, 'second'))).toBe('link')
    expect((await lstat(join(at.folder, 'link'))).isSymbolicLink()).toBe(true)
    expect(await readFile(join(at.folder, 'real/a'), 'utf8')).toBe('new')
    expect(await readdir(join(at.folder, 'real'))).toEqual(['a'])
  })

  test('through a link to nothing yet writes what the link points to', async () => {
    await mkdir(join(at.folder, 'real'))
    await symlink(join(at.folder, 'real/a'), join(at.folder, 'link'))
    await writeTo('link', 'new')
    expect(await readFile(join(at.folder, 'real/a'), 'utf8')).toBe('new')
    expect((await lstat(join(at.folder, 'link'))).isSymbolicLink()).toBe(true)
  })

  test('through a link in a linked folder is found where the system finds it', async () => {
    await mkdir(join(at.folder, 'one/deep'), { recursive: true })
    await symlink(join(at.folder, 'one/deep'), join(at.folder, 'short'))
    await symlink('../a', join(at.folder, 'one/deep/link'))
    await writeTo('short/link', 'new')
    expect(await readFile(join(at.folder, 'one/a'), 'utf8')).toBe('new')
  })

  test('through links in a circle is refused', async () => {
    await symlink('b', join(at.folder, 'a'))
    await symlink('a', join(at.folder, 'b'))
    await expect(writeTo('a', 'x')).rejects.toMatchObject({ code: 'bad-address' })
  })
})

describe('what is no file', () => {
  test('a folder is not written, with or without its "/"', async () => {
    await mkdir(join(at.folder, 'd'))
    await expect(writeTo('d', 'x')).rejects.toMatchObject({ code: 'bad-address', message: expect.stringContaining('it is a folder') as string })
    await expect(writeTo('d/', 'x')).rejects.toMatchObject({ code: 'bad-address', message: expect.stringContaining('name a file in it') as string })
    expect(await readdir(join(at.folder, 'd'))).toEqual([])
  })

  test('a pattern is not written', async () => {
    await expect(writeTo('*.csv', 'x')).rejects.toMatchObject({ code: 'bad-address', message: expect.stringContaining('is a pattern') as string })
    expect(await readdir(at.folder)).toEqual([])
  })

  test('a name with the letters of a pattern is written when something has it', async () => {
    await writeFile(join(at.folder, 'a[1].csv'), 'old')
    await writeTo('a[1].csv', 'new')
    expect(await readFile(join(at.folder, 'a[1].csv'), 'utf8')).toBe('new')
  })

  test('a file is no folder', async () => {
    await writeFile(join(at.folder, 'a'), 'x')
    await expect(openPath(join(at.folder, 'a/'), at.run)).rejects.toMatchObject({ code: 'bad-address' })
    const store = await openPath(`${at.folder}/`, at.run)
    await expect(store.write(new URL('a/b', store.at), body('x'), at.run)).rejects.toMatchObject({ code: 'already-exists' })
    await expect(store.exists(new URL('a/', store.at), at.run)).rejects.toMatchObject({ code: 'bad-address' })
  })

  test('a pipe gets the bytes as they come, and stays a pipe', async () => {
    const path = join(at.folder, 'pipe')
    execFileSync('mkfifo', [path])
    const store = await openPath(path, at.run)
    expect('rename' in store).toBe(false)
    const [entry, text] = await Promise.all([store.write(store.at, body('through ', 'the pipe'), at.run), readFile(path, 'utf8')])
    expect(text).toBe('through the pipe')
    expect(entry.byteLength).toBe(16)
    expect((await stat(path)).isFIFO()).toBe(true)
  })

  test('a device gets the bytes as they come, and stays a device', async () => {
    const store = await openPath('/dev/null', at.run)
    expect('rename' in store).toBe(false)
    expect((await store.write(store.at, body('x'), at.run)).byteLength).toBe(1)
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  test('a device is not replaced by a rename', async () => {
    const store = await openPath(`${at.folder}/`, at.run)
    await writeFile(join(at.folder, 'a'), 'x')
    await expect(store.rename!(new URL('a', store.at), new URL('file:///dev/null'), at.run)).rejects.toMatchObject({ code: 'bad-address' })
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })
})

describe('a renamed file', () => {
  test('keeps the mode of what it replaces, and the link that leads there', async () => {
    await writeFile(join(at.folder, 'new'), 'new')
    await writeFile(join(at.folder, 'old'), 'old')
    await chmod(join(at.folder, 'old'), 0o600)
    await symlink('old', join(at.folder, 'link'))
    const store = await openPath(`${at.folder}/`, at.run)
    await store.rename!(new URL('new', store.at), new URL('link', store.at), at.run)
    expect((await lstat(join(at.folder, 'link'))).isSymbolicLink()).toBe(true)
    expect(await readFile(join(at.folder, 'old'), 'utf8')).toBe('new')
    expect((await stat(join(at.folder, 'old'))).mode & 0o777).toBe(0o600)
  })

  test('over a folder is refused', async () => {
    await writeFile(join(at.folder, 'a'), 'x')
    await mkdir(join(at.folder, 'd'))
    const store = await openPath(`${at.folder}/`, at.run)
    await expect(store.rename!(new URL('a', store.at), new URL('d', store.at), at.run)).rejects.toMatchObject({ code: 'bad-address' })
  })
})

describe('what exists', () => {
  test('is a folder with anything in it but what somebody left unfinished', async () => {
    const store = await openPath(join(at.folder, 'd/'), at.run)
    expect(await store.exists(store.at, at.run)).toBe(false)
    await mkdir(join(at.folder, 'd'))
    expect(await store.exists(store.at, at.run)).toBe(false)
    await writeFile(join(at.folder, 'd/.a.rm-20240101-1.part'), 'x')
    expect(await store.exists(store.at, at.run)).toBe(false)
    await writeFile(join(at.folder, 'd/_manifest'), 'x')
    expect(await store.exists(store.at, at.run)).toBe(true)
  })
})
