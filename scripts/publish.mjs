// `pnpm publish-packages`: publishes every package whose version the registry does not have, from tarballs that pnpm packed.
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packagesOf, workspaceRoot } from './workspace.mjs'

// pnpm packs, because it writes real versions for `workspace:` and `catalog:`; npm publishes, because its exchange of the
// workflow's identity token is the documented one: https://docs.npmjs.com/trusted-publishers
const dryRun = process.argv.includes('--dry-run')
const release = join(workspaceRoot, 'release')
rmSync(release, { recursive: true, force: true })
mkdirSync(release)
writeFileSync(join(release, 'published.txt'), '')

for (const { folder, manifest } of inDependencyOrder()) {
  const tag = `${manifest.name}@${manifest.version}`
  if (isPublished(tag)) {
    console.log(`${tag} is on the registry`)
    continue
  }
  const { filename } = JSON.parse(run('pnpm', ['pack', '--json', '--pack-destination', release], folder))
  const bill = join(release, `${tag.replaceAll('/', '-')}.cdx.json`)
  run('pnpm', ['--filter', manifest.name, 'sbom', '--sbom-format', 'cyclonedx', '--prod', '--out', bill], folder)
  run('npm', ['publish', filename, '--access', 'public', ...(dryRun ? ['--dry-run'] : ['--provenance'])], folder)
  appendFileSync(join(release, 'published.txt'), `${tag} ${folder}\n`)
  console.log(`${tag} ${dryRun ? 'would be published' : 'published'}`)
}

/** A package comes after those of ours that it needs, so that nobody installs one whose dependency is not there yet. */
function inDependencyOrder() {
  const waiting = packagesOf(workspaceRoot).filter(({ manifest }) => !manifest.private)
  const ordered = []
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ manifest }) => manifest.name))
    const next = waiting.findIndex(({ manifest }) => {
      return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).every((name) => !names.has(name))
    })
    if (next < 0) throw new Error(`packages need each other: ${[...names].join(', ')}`)
    ordered.push(...waiting.splice(next, 1))
  }
  return ordered
}

/** @param {string} tag */
function isPublished(tag) {
  const seen = spawnSync('npm', ['view', tag, 'version', '--json'], { encoding: 'utf8' })
  if (seen.status === 0) return seen.stdout.trim() !== ''
  // Anything but "not found" is no answer, and publishing on no answer is a guess.
  if (seen.stdout.includes('E404') || seen.stderr.includes('E404')) return false
  throw new Error(`cannot ask the registry about ${tag}: ${seen.stderr}`)
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} folder
 */
function run(command, args, folder) {
  const done = spawnSync(command, args, { cwd: join(workspaceRoot, folder), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${folder}: ${done.error?.message ?? done.stdout}`)
  return done.stdout
}
