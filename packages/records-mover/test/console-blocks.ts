// The examples of a page: which commands it shows, and what it says that they print.
import { spawnSync } from 'node:child_process'

export interface Example {
  readonly command: string
  /** Both outputs, as the page shows them. */
  readonly output: string
}

const BLOCK = /^```console\n([^]*?)^```$/gm

/** The examples of the fenced blocks of kind `console`, in order: a line with `$ ` is a command, the lines below its output. */
export function readExamples(page: string): Example[] {
  return [...page.matchAll(BLOCK)].flatMap(([, block]) => examplesOf(block!))
}

/** The page with what its examples print now. */
export function withOutputs(page: string, run: (example: Example) => string): string {
  return page.replace(BLOCK, (_whole, block: string) => {
    const examples = examplesOf(block).map((example) => {
      const output = run(example)
      return `$ ${example.command}\n${steady(output) === steady(example.output) ? example.output : output}`
    })
    return `\`\`\`console\n${examples.join('')}\`\`\``
  })
}

/** Runs a command as a shell does, with `mvrec` in its path, and gives both outputs in the order they were written. */
export function runExample({ command }: Example, directory: string, mvrec: string): string {
  const environment: NodeJS.ProcessEnv = { ...process.env, MVREC: mvrec, NODE: process.execPath }
  for (const name of ['COLUMNS', 'FORCE_COLOR']) Reflect.deleteProperty(environment, name)
  return spawnSync('sh', ['-c', `mvrec() { "$NODE" "$MVREC" "$@"; }\nexec 2>&1\n${command}`], { cwd: directory, encoding: 'utf8', env: environment }).stdout
}

/** What differs from run to run and from place to place: times, ids, and the folders of files. */
export function steady(output: string): string {
  return output
    .replace(/in \d+(\.\d)? s/g, 'in N s')
    .replace(/rm-\d{8}-[0-9a-f]+/g, 'rm-ID')
    .replace(/ {2}\d+\.\d+\.\d+\S* +(?=contract )/g, '  VERSION  ')
    .replace(/"elapsedMs":\d+/g, '"elapsedMs":N')
    .replace(/(?<=["\\])\/[^\s",:]*\//g, '/')
}

function examplesOf(block: string): Example[] {
  return block.split(/^(?=\$ )/m).map((text) => ({ command: text.slice(2, text.indexOf('\n')), output: text.slice(text.indexOf('\n') + 1) }))
}
