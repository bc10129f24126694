// `pnpm gate:changeset <base>`: says which published packages changed since a revision without a changeset that names them.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packagesOf, workspaceRoot } from './workspace.mjs'

/** What reaches a user of the package: its sources and its package.json, tests left out. */
const published = /^(src\/(?!.*\.test(-d)?\.ts$)|package\.json$)/

/**
 * The packages that changed and that nothing covers: no changeset of the change names them, and the change is not their release.
 *
 * @param {{ folder: string, name: string }[]} packages the published ones
 * @param {string[]} changed paths from the root
 * @param {string[]} changesets the texts of the changesets that the change adds or edits
 * @returns {string[]}
 */
export function packagesWithoutChangeset(packages, changed, changesets) {
  const covered = new Set(changesets.flatMap(namesIn))
  return packages
    .filter(({ folder, name }) => {
      const paths = changed.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1))
      return paths.some((path) => published.test(path)) && !paths.includes('CHANGELOG.md') && !covered.has(name)
    })
    .map(({ name }) => name)
}

/**
 * The packages a changeset releases, and those it says need no release.
 *
 * @param {string} text
 */
function namesIn(text) {
  const header = /^---\n([\s\S]*?)^---$/m.exec(text)?.[1] ?? ''
  const released = [...header.matchAll(/^["']?([^"'\s:]+)["']?:\s*(?:major|minor|patch)\s*$/gm)].map((match) => match[1] ?? '')
  const unreleased = [...text.matchAll(/^no release:\s*(.+)$/gm)].flatMap((match) => (match[1] ?? '').split(/[\s,]+/))
  return [...released, ...unreleased]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const base = process.argv[2] ?? 'origin/main'
  const changed = execFileSync('git', ['diff', '--name-only', `${base}...HEAD`], { cwd: workspaceRoot, encoding: 'utf8' }).split('\n').filter(Boolean)
  const changesets = changed
    .filter((path) => /^\.changeset\/(?!README)[^/]+\.md$/.test(path))
    .map((path) => join(workspaceRoot, path))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'))
  const packages = packagesOf(workspaceRoot).filter(({ manifest }) => !manifest.private)
  const missing = packagesWithoutChangeset(packages.map(({ folder, manifest }) => ({ folder, name: manifest.name })), changed, changesets)
  for (const name of missing) console.error(`${name} changed since ${base} and no changeset names it: run pnpm changeset`)
  if (missing.length === 0) console.log(`every package that changed since ${base} has a changeset`)
  process.exitCode = missing.length > 0 ? 1 : 0
}
