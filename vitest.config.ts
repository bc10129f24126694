// How every package runs its tests: vitest looks for the nearest config upwards, so this one serves each package as its own root.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.{ts,mjs}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['vitest.hermetic.ts', 'vitest.skips.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url))),
    // scripts/test.mjs counts from this file; a package whose test files are not all in it fails the count.
    // The lane of other Node versions (scripts/node-versions.mjs) names a file of its own.
    reporters: ['default', ['json', { outputFile: process.env['RECORDS_MOVER_REPORT'] ?? '.test-report/tests.json' }]],
    // A package that has no test file yet is no failure here; gate `packages` asks for tests where they belong.
    passWithNoTests: true,
    allowOnly: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
