// Gate `lockfile`: pnpm-lock.yaml names no registry host and no tarball address, so it installs from whichever registry is configured.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const foreign = /https?:\/\/|\btarball:|git\+|git@[a-z]|(^|[\s'"@])file:/

/**
 * @param {string} root
 * @returns {string[]}
 */
export function findLockfile(root) {
  return readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
    .split('\n')
    .flatMap((line, index) => (foreign.test(line) && !/^\s*deprecated:/.test(line) ? [`pnpm-lock.yaml:${index + 1}: ${line.trim()}`] : []))
}
