// The lint rules of the whole workspace: typed rules for our code, recommended rules for its config files.
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', '**/node_modules/**'] },
  js.configs.recommended,
  {
    files: ['{packages,plugins}/*/{src,test}/**/*.ts', 'test-infra/*/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ['./{packages,plugins}/*/tsconfig.test.json', './test-infra/tsconfig.test.json', './bench/tsconfig.test.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Hot loops index typed arrays whose bounds were checked before the loop.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  { files: ['**/*.config.ts'], extends: [tseslint.configs.recommended] },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly', module: 'writable' } } },
)
