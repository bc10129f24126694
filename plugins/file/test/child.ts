// A move of bytes in a process of its own, for what hangs on the process: its standard streams, its user, its limits, its disk.
import { spawn } from 'node:child_process'

export interface ChildOptions {
  /** What it finds on its standard input; absent: nothing. */
  readonly input?: string | Uint8Array
  readonly uid?: number
  /** A command that runs the process it is given, such as `unshare --user ...`. */
  readonly under?: readonly string[]
  /** Closes its standard output after this many bytes. */
  readonly closeAfter?: number
}

export interface ChildResult {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

// What every script begins with: a run, and a function that opens paths.
const PRELUDE = `
import { file } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
const controller = new AbortController()
const run = { id: 'rm-child', signal: controller.signal, emit() {} }
const open = async (path) => (await file.store())({ text: path, scheme: 'file', path, options: [], setting: () => undefined }, run)
const say = (what) => process.stderr.write(what + '\\n')
const told = (error) => { say(error.code + ': ' + error.message) }
`

/** Runs a script after the prelude: `open(path)`, `run`, `controller`, `say(text)`, `told(error)`. */
export function inChild(script: string, options: ChildOptions = {}): Promise<ChildResult> {
  const node = [process.execPath, '--input-type=module', '-e', PRELUDE + script]
  const [command, ...args] = [...options.under ?? [], ...node] as [string, ...string[]]
  const child = spawn(command, args, { ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }), stdio: 'pipe' })
  const out: Buffer[] = []
  let seen = 0
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk)
    seen += chunk.length
    if (options.closeAfter !== undefined && seen >= options.closeAfter) child.stdout.destroy()
  })
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString() })
  // A process that never reads leaves its input broken, which is no matter here.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => { resolve({ code, stdout: Buffer.concat(out), stderr: errors }) })
  })
}
