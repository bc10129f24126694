// Tests of this project's own lint rules, and of the rules for our sources in eslint.config.js.
import { join } from 'node:path'
import { ESLint, Linter } from 'eslint'
import { expect, test } from 'vitest'
import { houseRules } from './lint-rules.mjs'
import { workspaceRoot } from './workspace.mjs'

test('asks for a comment in the first line, after a hash-bang', () => {
  expect(messages('const a = 1')).toEqual(['house/first-line-comment'])
  expect(messages('\n// late')).toEqual(['house/first-line-comment'])
  expect(messages('//')).toEqual(['house/first-line-comment'])
  expect(messages('// what this file knows\nconst a = 1')).toEqual([])
  expect(messages('/**\n * What this file knows.\n */')).toEqual([])
  expect(messages('#!/usr/bin/env node\n// what this file knows\n')).toEqual([])
})

test('refuses file names that say nothing, and inner entries', () => {
  expect(messages('// x', 'packages/core/src/utils.ts')).toEqual(['house/file-name'])
  expect(messages('// x', 'plugins/one/src/helper.js')).toEqual(['house/file-name'])
  expect(messages('// x', 'packages/core/src/plan/index.ts')).toEqual(['house/file-name'])
  expect(messages('// x', 'packages/core/src/index.ts')).toEqual([])
})

test.each([
  ['a default export', '// x\nexport default 1\n', 'no-restricted-syntax'],
  ['an enum', '// x\nexport enum A { b }\n', 'no-restricted-syntax'],
  ['a namespace', '// x\nexport namespace A { export const b = 1 }\n', 'no-restricted-syntax'],
  ['a parameter property', '// x\nexport class A { constructor(readonly b: number) {} }\n', 'no-restricted-syntax'],
  ['a type imported as a value', "// x\nimport { MoveError } from './contract/errors.js'\nexport type A = MoveError\n", '@typescript-eslint/consistent-type-imports'],
  ['a promise left alone', '// x\nexport function a(): void {\n  Promise.resolve(1)\n}\n', '@typescript-eslint/no-floating-promises'],
  ['"should" in a test name', "// x\nimport { test } from 'vitest'\ntest('should move', () => undefined)\n", 'no-restricted-syntax'],
])('finds %s in a source of ours', async (_, text, rule) => {
  // Typed rules need a file of the program: the text stands in for that file's, which only a program for editors allows.
  const parserOptions = { disallowAutomaticSingleRunInference: true }
  const eslint = new ESLint({ cwd: workspaceRoot, overrideConfig: { languageOptions: { parserOptions } } })
  const [result] = await eslint.lintText(text, { filePath: join(workspaceRoot, 'packages/core/src/plugin.ts') })
  expect(result?.messages.map(({ ruleId }) => ruleId)).toContain(rule)
})

/**
 * @param {string} text
 * @param {string} [filename]
 */
function messages(text, filename = 'packages/core/src/a.js') {
  const config = { files: ['**'], plugins: { house: houseRules }, rules: { 'house/first-line-comment': 2, 'house/file-name': 2 } }
  return new Linter().verify(text, /** @type {any} */ (config), filename).map(({ ruleId }) => ruleId)
}
