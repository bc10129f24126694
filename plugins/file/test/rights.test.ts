// Paths that may not be read or written, a disk that is full, and files that may not grow: each said with its remedy.
import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ChildOptions } from './child.js'
import { inChild } from './child.js'
import { here } from './folder.js'

const at = here()
// As the superuser, who may everything, the child runs as somebody else: `nobody` of every Linux.
const NOBODY = 65_534
const unprivileged: ChildOptions = process.getuid?.() === 0 ? { uid: NOBODY } : {}

async function mine(path: string): Promise<string> {
  if (unprivileged.uid !== undefined) await chown(path, NOBODY, NOBODY)
  return path
}

function writing(path: string): string {
  return `const store = await open(${JSON.stringify(path)})
    await store.write(store.at, (async function* () { for (let i = 0; i < 40; i++) yield Buffer.alloc(100_000, 'x') })(), run).then(() => say('written'), told)`
}

describe('without the right', () => {
  test('to read a file, reading says `denied`', async () => {
    await mine(at.folder)
    const path = join(at.folder, 'a')
    await writeFile(path, 'x')
    await mine(path)
    await chmod(path, 0)
    const { stderr } = await inChild(`const store = await open(${JSON.stringify(path)})
      try { for await (const chunk of store.part({ url: store.at, byteLength: 1 }).read()) say('read') } catch (error) { told(error) }`, unprivileged)
    expect(stderr).toMatch(/^denied: cannot read ".*": this process has no right to it/)
  })

  test('to list a folder, listing says `denied`', async () => {
    await mine(at.folder)
    await mkdir(join(at.folder, 'd'), { mode: 0 })
    const { stderr } = await inChild(`const store = await open(${JSON.stringify(join(at.folder, 'd/'))})
      try { for await (const entry of store.list(store.at, run)) say('listed') } catch (error) { told(error) }`, unprivileged)
    expect(stderr).toMatch(/^denied: cannot list ".*": this process has no right to it/)
  })

  test('to write into a folder, writing says `denied`', async () => {
    await mine(at.folder)
    await chmod(at.folder, 0o555)
    const { stderr } = await inChild(writing(join(at.folder, 'a')), unprivileged)
    expect(stderr).toMatch(/^denied: cannot write to ".*": this process has no right to it/)
  })

  test('to write a file that is read-only, writing says `denied` although its folder would allow it', async () => {
    await mine(at.folder)
    await writeFile(join(at.folder, 'a'), 'old')
    await mine(join(at.folder, 'a'))
    await chmod(join(at.folder, 'a'), 0o444)
    const { stderr } = await inChild(writing(join(at.folder, 'a')), unprivileged)
    expect(stderr).toMatch(/^denied: cannot write to ".*": this process has no right to it/)
    expect(await readFile(join(at.folder, 'a'), 'utf8')).toBe('old')
    expect(await readdir(at.folder)).toEqual(['a'])
  })
})

describe('a full disk', () => {
  test('leaves the old file and nothing else', async ({ skip }) => {
    // A small file system in memory, of a process that has a user's namespace of its own.
    const under = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', `mount -t tmpfs -o size=1m none "$FOLDER" && echo old > "$FOLDER/a" && "$@" && ls -A "$FOLDER" >&2 && cat "$FOLDER/a" >&2`, 'sh']
    try {
      execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', at.folder], { stdio: 'pipe' })
    } catch {
      skip('no file system can be mounted here without rights: unshare --user --mount is not allowed')
    }
    const { stderr } = await inChild(writing(join(at.folder, 'a')), { under: ['env', `FOLDER=${at.folder}`, ...under] })
    expect(stderr).toBe(`failed: cannot write to "${at.folder}/a": the disk is full: free some space, or write to another disk\na\nold\n`)
  })

  test('behind a device says so', async () => {
    const { stderr } = await inChild(writing('/dev/full'))
    expect(stderr).toBe('failed: cannot write to "/dev/full": the disk is full: free some space, or write to another disk\n')
  })
})

describe('a file that may not grow further', () => {
  test('leaves nothing, and says what stopped it', async () => {
    // The shell ignores the signal for the process that it starts; what remains is the error. 100 blocks are 51,200 or 102,400 bytes.
    const { stderr } = await inChild(writing(join(at.folder, 'a')), { under: ['sh', '-c', 'trap "" XFSZ; ulimit -f 100; exec "$@"', 'sh'] })
    expect(stderr).toMatch(/^failed: cannot write to ".*": the file would be larger than the file system or the process may write/)
    expect(await readdir(at.folder)).toEqual([])
  })
})
