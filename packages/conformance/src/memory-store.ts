// Files in memory, by URL.
import type { Address, FileEntry, Open, Part, Run, Store } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import { checkSignal } from './memory-table.js'

// As large as a file system's usual reads, so that what reads in chunks meets more than one.
const CHUNK_BYTES = 2 ** 18

/** The door of a store over some files. */
export function openStore(files: Map<string, Uint8Array>): Open<Store> {
  return async (address: Address) => {
    const wrong = (why: string): MoveError => new MoveError('bad-address', `the memory address ${why}: write memstore:///folder/`)
    const option = address.options[0]
    if (option !== undefined) throw wrong(`has an option "${option}", and memory has none`)
    for (const name of ['user', 'password']) if (address.setting(name) !== undefined) throw wrong(`names a ${name}, and memory knows no users`)
    if (address.fragment !== undefined) throw wrong('names a table, and a store has files')
    if (!address.path.startsWith('/')) throw wrong('names no path')
    return await Promise.resolve(storeAt(files, new URL(`memstore://${address.path.split('/').map(encodeURIComponent).join('/')}`)))
  }
}

function storeAt(files: Map<string, Uint8Array>, at: URL): Store {
  const under = (url: URL): string[] => [...files.keys()].filter((href) => url.href.endsWith('/') ? href.startsWith(url.href) : href === url.href)
  return {
    at,
    async *list(url: URL, run: Run): AsyncGenerator<FileEntry> {
      const found = under(url).sort((a, b) => decodeURIComponent(a) < decodeURIComponent(b) ? -1 : 1)
      if (found.length === 0) throw absent(url)
      for (const href of found) {
        checkSignal(run)
        yield await Promise.resolve({ url: new URL(href), byteLength: files.get(href)!.byteLength })
      }
    },
    part: (file) => partOf(files, file),
    exists: (url) => Promise.resolve(under(url).length > 0),
    async write(url, body, run) {
      const whole = await collect(body, run)
      files.set(url.href, whole)
      return { url, byteLength: whole.byteLength }
    },
    remove(urls) {
      // Folders are only names here: a file's URL is all that is ever kept.
      for (const url of urls) files.delete(url.href)
      return Promise.resolve()
    },
    async rename(from, to) {
      const whole = files.get(from.href)
      if (whole === undefined) throw absent(from)
      files.set(to.href, whole)
      files.delete(from.href)
      await Promise.resolve()
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function partOf(files: ReadonlyMap<string, Uint8Array>, file: FileEntry): Part {
  const byteLength = file.byteLength ?? files.get(file.url.href)?.byteLength
  return {
    name: file.url.href,
    again: true,
    ...(byteLength !== undefined && { byteLength }),
    async *read(start = 0, end = byteLength) {
      const whole = files.get(file.url.href)
      if (whole === undefined) throw absent(file.url)
      const stop = end ?? whole.byteLength
      for (let from = start; from < stop; from += CHUNK_BYTES) {
        // A copy, because a chunk belongs to whoever receives it.
        yield await Promise.resolve(whole.slice(from, Math.min(stop, from + CHUNK_BYTES)))
      }
    },
  }
}

/** The whole body; the signal ends it even while it waits. */
async function collect(body: AsyncIterable<Uint8Array>, run: Run): Promise<Uint8Array> {
  checkSignal(run)
  const chunks: Uint8Array[] = []
  const reading = (async () => {
    for await (const chunk of body) {
      checkSignal(run)
      chunks.push(chunk)
    }
    checkSignal(run)
  })()
  reading.catch(() => undefined)
  let stop: () => void = () => undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => { reject(new MoveError('aborted', 'the move was stopped before it finished', { cause: run.signal.reason })) }
  })
  run.signal.addEventListener('abort', stop)
  try {
    await Promise.race([reading, stopped])
  } finally {
    run.signal.removeEventListener('abort', stop)
  }
  return Buffer.concat(chunks)
}

function absent(url: URL): MoveError {
  return new MoveError('not-found', `there is no file at ${url.href}: check the path`, { context: { file: url.href } })
}
