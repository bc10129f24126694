#!/usr/bin/env node
// The command `mvrec`: answers --version by itself, and loads the rest for everything else.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('..', import.meta.url))
const [, startedAs = '', ...words] = process.argv

if (words.length === 1 && /^(--version|-V)$/.test(words[0]!)) {
  const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as { version: string }
  process.stdout.write(`mvrec ${version}\n`)
} else {
  const { main } = await import('@records-mover/cli')
  process.exitCode = await main({ words, folder, startedAs, directory: process.cwd() })
}
