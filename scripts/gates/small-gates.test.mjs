// Tests of the gates that read one file each: vulnerability-ignores, workflows, lockfile.
import { expect, test } from 'vitest'
import { tree } from './fixture.mjs'
import { findLockfile } from './lockfile.mjs'
import { findVulnerabilityIgnores } from './vulnerability-ignores.mjs'
import { findWorkflows } from './workflows.mjs'

const today = new Date('2026-11-22T00:00:00Z')
const hash = '0123456789abcdef0123456789abcdef01234567'

test('lets a vulnerability be ignored with a reason until a day to come', () => {
  expect(ignores('[[IgnoredVulns]]\nid = "GHSA-1"\nignoreUntil = 2026-12-01\nreason = "not reachable"\n')).toEqual([])
  expect(ignores('# nothing is ignored\n')).toEqual([])
})

test('finds an ignored vulnerability without an end, past its end, or without a reason', () => {
  expect(ignores('[[IgnoredVulns]]\nid = "GHSA-1"\nreason = "x"\n')).toEqual(['osv-scanner.toml: GHSA-1 has no ignoreUntil'])
  expect(ignores('[[IgnoredVulns]]\nid = "GHSA-1"\nignoreUntil = 2026-11-22T00:00:00Z\nreason = "x"\n')[0]).toMatch(/decide again/)
  expect(ignores('[[IgnoredVulns]]\nid = "GHSA-1"\nignoreUntil = 2026-12-01\n')).toEqual(['osv-scanner.toml: GHSA-1 has no reason'])
})

test('finds ways to ignore that have no end, and a missing file', () => {
  expect(ignores('[[PackageOverrides]]\nname = "pg"\nignore = true\n')[0]).toMatch(/only \[\[IgnoredVulns\]\]/)
  expect(ignores('[[IgnoredVulns]]\nid = "G"\nignoreUntil = 2026-12-01\nreason = "x"\n[[PackageOverrides]]\nignore = true\n')[0]).toMatch(/only \[\[IgnoredVulns\]\]/)
  expect(findVulnerabilityIgnores(tree({}), today)).toEqual(['osv-scanner.toml is missing'])
})

test('finds an action that is not pinned by a full hash with its version', () => {
  expect(workflow(`uses: actions/checkout@${hash} # v4.2.2`)).toEqual([])
  for (const action of ['actions/checkout@v4', `actions/checkout@${hash}`, 'actions/checkout@0123456 # v4']) {
    expect(workflow(`uses: ${action}`)[0]).toMatch(/not pinned/)
  }
})

test('finds a long-lived token and missing permissions', () => {
  expect(workflow('env: { NODE_AUTH_TOKEN: x }')[0]).toMatch(/long-lived token/)
  expect(findWorkflows(tree({ '.github/workflows/ci.yml': 'jobs: {}\n' }))[0]).toMatch(/permissions/)
})

test('finds a registry host and a foreign source in the lockfile', () => {
  expect(findLockfile(tree({ 'pnpm-lock.yaml': 'a:\n  resolution: {integrity: sha512-x}\n  read-yaml-file: 1.1.0\n  plugins/file:\n' }))).toEqual([])
  expect(findLockfile(tree({ 'pnpm-lock.yaml': 'a:\n  resolution: {tarball: https://registry.example/a.tgz}\n' }))).toHaveLength(1)
  expect(findLockfile(tree({ 'pnpm-lock.yaml': 'a: git+ssh://git@github.com/a/b\n' }))).toHaveLength(1)
})

/** @param {string} text */
function ignores(text) {
  return findVulnerabilityIgnores(tree({ 'osv-scanner.toml': text }), today)
}

/** @param {string} step */
function workflow(step) {
  return findWorkflows(tree({ '.github/workflows/ci.yml': `permissions: {}\njobs:\n  a:\n    steps:\n      - ${step}\n` }))
}
