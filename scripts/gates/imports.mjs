// Gate `imports`: cruises the sources with dependency-cruiser.cjs, and follows what importing a package's entry would load.
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise } from 'dependency-cruiser'

/**
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function findImports(root) {
  const { forbidden, options } = createRequire(import.meta.url)('../../dependency-cruiser.cjs')
  const folders = ['packages', 'plugins', 'test-infra', 'bench'].filter((folder) => existsSync(join(root, folder)))
  const { output } = await cruise(folders, { ...options, baseDir: root, validate: true, ruleSet: { forbidden } })
  if (typeof output === 'string') throw new Error('dependency-cruiser gave text where a result was asked for')
  if (output.modules.length === 0) return ['nothing was cruised: there is no source file']
  const violations = output.summary.violations.map(({ rule, from, to, cycle }) =>
    `${rule.name}: ${from} -> ${cycle ? cycle.map(({ name }) => name).join(' -> ') : to}`,
  )
  return [...new Set([...violations, ...eagerEntries(output.modules)])]
}

/**
 * The entries of plugins and codecs from which a package of npm is reached without a dynamic import on the way.
 *
 * @param {import('dependency-cruiser').IModule[]} modules
 */
function eagerEntries(modules) {
  const bySource = new Map(modules.map((module) => [module.source, module]))
  return modules.flatMap(({ source }) => {
    if (!/^(plugins\/[^/]+|packages\/delimited)\/src\/index\.ts$/.test(source)) return []
    const path = staticPathToPackage(source, bySource)
    return path === undefined ? [] : [`entry-loads-nothing: ${path.join(' -> ')}: import it lazily, behind a door of the plugin`]
  })
}

/**
 * @param {string} entry
 * @param {Map<string, import('dependency-cruiser').IModule>} bySource
 * @returns {string[] | undefined}
 */
function staticPathToPackage(entry, bySource) {
  const paths = [[entry]]
  const seen = new Set([entry])
  for (const path of paths) {
    const last = /** @type {string} */ (path.at(-1))
    if (last.includes('node_modules/')) return path
    for (const dependency of bySource.get(last)?.dependencies ?? []) {
      if (dependency.dynamic || dependency.dependencyTypes.includes('type-only') || seen.has(dependency.resolved)) continue
      seen.add(dependency.resolved)
      paths.push([...path, dependency.resolved])
    }
  }
  return undefined
}
