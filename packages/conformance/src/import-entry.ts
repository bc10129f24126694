// What a package's entry loads, seen from a process of its own.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface Imported {
  /** URLs of every module that was loaded, in order. */
  readonly loaded: readonly string[]
  readonly descriptor: { readonly name?: string }
}

// The hooks run in a thread of their own and cannot share memory with us: https://nodejs.org/docs/latest-v20.x/api/module.html#hooks
const HOOKS = `
import { appendFileSync } from 'node:fs'
let list
export function initialize(data) { list = data.list }
export async function load(url, context, next) {
  appendFileSync(list, url + '\\n')
  return next(url, context)
}
`

/** Imports a module in a fresh process, which must end by itself. `name` is the export that holds the descriptor. */
export async function importEntry(entry: URL, name: string | undefined): Promise<Imported> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const list = join(folder, 'loaded')
    await writeFile(list, '')
    await writeFile(join(folder, 'hooks.mjs'), HOOKS)
    const hooks = JSON.stringify(pathToFileURL(join(folder, 'hooks.mjs')))
    await writeFile(join(folder, 'main.mjs'), `
import { register } from 'node:module'
register(${hooks}, { data: { list: ${JSON.stringify(list)} } })
const module = await import(${JSON.stringify(entry.href)})
const descriptor = module[${JSON.stringify(name ?? '')}]
process.stdout.write(JSON.stringify({ name: descriptor?.name }))
`)
    const printed = await output(process.execPath, [join(folder, 'main.mjs')])
    const loaded = (await readFile(list, 'utf8')).split('\n').filter((url) => url !== '')
    assert.ok(loaded.includes(entry.href), 'the entry is loaded')
    return { loaded, descriptor: JSON.parse(printed) as Imported['descriptor'] }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(error.killed === true ? 'the process that imports the entry does not end by itself' : `importing the entry failed: ${stderr}`))
    })
  })
}
