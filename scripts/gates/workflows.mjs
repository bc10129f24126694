// Gate `workflows`: every action is pinned by a full commit hash with its version beside it, and no long-lived token publishes.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder } from '../workspace.mjs'

/**
 * @param {string} root
 * @returns {string[]}
 */
export function findWorkflows(root) {
  const folder = join(root, '.github/workflows')
  if (!existsSync(folder)) return ['.github/workflows is missing']
  return filesUnder(folder, /\.ya?ml$/).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    return [...unpinned(text), ...tokens(text), ...permissions(text)].map((sentence) => `.github/workflows/${name}: ${sentence}`)
  })
}

/** @param {string} text */
function unpinned(text) {
  return [...text.matchAll(/^\s*(?:- )?uses:\s*(.+)$/gm)]
    .map((match) => (match[1] ?? '').trim())
    .filter((action) => !action.startsWith('./') && !/^[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$/.test(action))
    .map((action) => `${action} is not pinned by a full commit hash with its version in a comment`)
}

/** @param {string} text */
function tokens(text) {
  return /NPM_TOKEN|NODE_AUTH_TOKEN/.test(text) ? ['publishes with a long-lived token: use the identity token'] : []
}

/** @param {string} text */
function permissions(text) {
  return /^permissions:/m.test(text) ? [] : ['says no top-level permissions, so it gets the default ones']
}
