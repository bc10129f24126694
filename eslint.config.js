// The lint rules of the whole workspace: typed rules for our code, recommended rules for scripts and config files.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { houseRules } from './scripts/lint-rules.mjs'
import { packagesOf } from './scripts/workspace.mjs'

const root = import.meta.dirname
const typed = packagesOf(root).filter(({ folder }) => existsSync(join(root, folder, 'tsconfig.test.json')))
const configs = ['**/*.config.{ts,js}', 'vitest.*.ts']

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', '**/node_modules/**', '**/.test-report/**', '**/fixtures/**'] },
  js.configs.recommended,
  {
    plugins: { house: houseRules },
    rules: { 'house/first-line-comment': 'error', 'house/file-name': 'error', eqeqeq: 'error' },
  },
  ...typed.map(({ folder }) => ({
    files: [`${folder}/**/*.ts`],
    ignores: configs,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      // One program a package: a list of all of them would build every earlier program for the last package's files.
      parserOptions: { project: `./${folder}/tsconfig.test.json`, tsconfigRootDir: root },
    },
    rules: {
      // Hot loops index typed arrays whose bounds were checked before the loop.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // `readonly [name: string]: T` says what the key is; `Record` cannot.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'export by name: a default export has a different name in every file' },
        { selector: 'TSEnumDeclaration', message: 'use a union of strings or a const object: enums are not erasable' },
        { selector: "TSModuleDeclaration[kind='namespace']", message: 'use a module: namespaces are not erasable' },
        { selector: 'TSParameterProperty', message: 'declare the property: parameter properties are not erasable' },
        {
          selector: "CallExpression[callee.name=/^(test|it|describe)$/] > .arguments:first-child[value=/\\bshould\\b/]",
          message: 'name a test as a sentence in the present tense, without "should"',
        },
      ],
    },
  })),
  { files: configs, extends: [tseslint.configs.recommended] },
  {
    files: ['**/*.{js,mjs,cjs}'],
    // Names that do not exist are found by `tsc` (scripts/tsconfig.json), which knows Node's own.
    rules: { 'no-undef': 'off' },
  },
)
