// Packs the package it is started in as it would be published and lets publint and attw judge the tarball.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { readManifest } from './workspace.mjs'

const folder = process.cwd()
const scratch = mkdtempSync(join(tmpdir(), 'records-mover-pack-'))
try {
  const tarball = pack()
  const found = [...(await publintFindings(tarball)), ...attwFindings(tarball)]
  for (const sentence of found) console.error(`${readManifest(folder).name}: ${sentence}`)
  if (found.length > 0) process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** pnpm, not npm, because only pnpm writes real versions for `workspace:` and `catalog:`. */
function pack() {
  const packed = spawnSync('pnpm', ['pack', '--pack-destination', scratch], { cwd: folder, encoding: 'utf8' })
  if (packed.status !== 0) throw new Error(`pnpm pack failed: ${packed.error?.message ?? packed.stdout + packed.stderr}`)
  const name = readdirSync(scratch).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new Error('pnpm pack wrote no tarball')
  return join(scratch, name)
}

/** @param {string} tarball */
async function publintFindings(tarball) {
  const bytes = new Uint8Array(readFileSync(tarball))
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true })
  return messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`)
}

/** @param {string} tarball */
function attwFindings(tarball) {
  const require = createRequire(import.meta.url)
  const command = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')
  const judged = spawnSync(
    process.execPath,
    [command, tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--no-color', '--format', 'ascii'],
    { encoding: 'utf8' },
  )
  return judged.status === 0 ? [] : [`attw ended with ${judged.status}:\n${judged.stdout}${judged.stderr}`]
}
