// What a package looks like once packed: publint, attw, and the files that belong in a tarball and those that do not.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/**
 * Packs the package in `folder` as it would be published and says what is wrong with the tarball.
 *
 * @param {string} folder absolute
 * @returns {Promise<string[]>}
 */
export async function findPacked(folder) {
  const scratch = mkdtempSync(join(tmpdir(), 'records-mover-pack-'))
  try {
    const { filename, files } = pack(folder, scratch)
    return [...fileFindings(files.map(({ path }) => path)), ...(await publintFindings(filename)), ...attwFindings(filename)]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * pnpm, not npm, because only pnpm writes real versions for `workspace:` and `catalog:`.
 *
 * @param {string} folder
 * @param {string} scratch
 * @returns {{ filename: string, files: { path: string }[] }}
 */
function pack(folder, scratch) {
  const packed = spawnSync('pnpm', ['pack', '--json', '--pack-destination', scratch], { cwd: folder, encoding: 'utf8' })
  if (packed.status !== 0) throw new Error(`pnpm pack failed: ${packed.error?.message ?? packed.stdout + packed.stderr}`)
  return JSON.parse(packed.stdout)
}

/** @param {string[]} files */
function fileFindings(files) {
  const missing = ['LICENSE', 'README.md'].filter((name) => !files.includes(name))
  const strangers = files.filter((name) => /\.test\.|\.tsbuildinfo$|^test\/|\.test-report/.test(name))
  return [...missing.map((name) => `the tarball holds no ${name}`), ...strangers.map((name) => `the tarball holds ${name}`)]
}

/** @param {string} tarball */
async function publintFindings(tarball) {
  const bytes = new Uint8Array(readFileSync(tarball))
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true })
  return messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`)
}

/** @param {string} tarball */
function attwFindings(tarball) {
  const command = join(dirname(createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')
  const judged = spawnSync(
    process.execPath,
    [command, tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--no-color', '--format', 'ascii'],
    { encoding: 'utf8' },
  )
  return judged.status === 0 ? [] : [`attw ended with ${judged.status}:\n${judged.stdout}${judged.stderr}`]
}
