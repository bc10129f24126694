// The lint rules that are this project's own: how a file begins and what it may be called.

/** @type {import('eslint').Rule.RuleModule} */
const firstLineComment = {
  meta: { type: 'suggestion', schema: [], messages: { missing: 'begin the file with one comment line: what it knows that no other file knows' } },
  create: (context) => ({
    Program(node) {
      const first = context.sourceCode.lines.find((line) => !line.startsWith('#!')) ?? ''
      if (!/^(\/\/ \S|\/\*\*?( \S|$))/.test(first)) context.report({ node, loc: { line: 1, column: 0 }, messageId: 'missing' })
    },
  }),
}

/** Names that say nothing about what a file knows. */
const emptyNames = /(^|[\\/])(utils?|helpers?|common|misc)\.[cm]?[jt]s$/

/** A folder's entry belongs to the package's door only: `src/index.ts`, or one folder deep where a package has several doors. */
const innerIndex = /[\\/]src[\\/].+[\\/]index\.ts$/

/** @type {import('eslint').Rule.RuleModule} */
const fileName = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { empty: 'name the file after what it knows', inner: 'no index.ts in inner folders: import the file that knows' },
  },
  create: (context) => ({
    Program(node) {
      if (emptyNames.test(context.filename)) context.report({ node, messageId: 'empty' })
      if (innerIndex.test(context.filename)) context.report({ node, messageId: 'inner' })
    },
  }),
}

/** @type {import('eslint').ESLint.Plugin} */
export const houseRules = { rules: { 'first-line-comment': firstLineComment, 'file-name': fileName } }
