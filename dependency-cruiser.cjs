// Which file may import which: the floors of docs/architecture.md as rules; scripts/gates/imports.mjs runs and tests them.

const tests = String.raw`\.(test|test-d)\.ts$`
const pluginOrCodec = '^(plugins/[^/]+|packages/delimited)/src/'
const core = '^packages/core/src/'
/** The files of core above floor 0: they resolve addresses, plan and run. */
const upperCore = String.raw`^packages/core/src/(registry|plan|route|run|move|store|derive|discover|index)[^/]*(/|\.ts$)`
const drivers = String.raw`(^|/)node_modules/(pg|pg-copy-streams|@duckdb/[^/]+)/`
/** The files that may import a driver. DuckDB's vectors are read and written through its bindings, a file a direction and kind. */
const driverFiles = [
  String.raw`^plugins/[^/]+/src/connect\.ts$`,
  String.raw`^plugins/postgres/src/session\.ts$`,
  String.raw`^plugins/duckdb/src/(databases|session|feed|read-text|read-vector|write-text|write-vector)\.ts$`,
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'a cycle has no lower floor',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'every import leads somewhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-alone',
      comment: "core imports Node's own modules and itself, nothing else",
      severity: 'error',
      from: { path: core, pathNot: tests },
      to: { pathNot: core, dependencyTypesNot: ['core'] },
    },
    {
      name: 'contract-is-floor-0',
      comment: 'the contract imports only the contract',
      severity: 'error',
      from: { path: `${core}contract/`, pathNot: tests },
      to: { pathNot: `${core}contract/` },
    },
    {
      name: 'plan-is-pure',
      comment: 'the planner does no I/O: it reaches no module of Node and nothing above itself',
      severity: 'error',
      from: { path: `${core}(plan|route)`, pathNot: tests },
      to: {
        path: [
          String.raw`^packages/core/src/(registry|run|move|store|derive|discover|index)[^/]*(/|\.ts$)`,
          '^(node:)?(fs|net|http|https|http2|tls|dns|child_process|worker_threads|stream|zlib)(/|$)',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'plugin-door-is-floor-0',
      comment: 'what plugin authors import brings no planner, registry or run with it',
      severity: 'error',
      from: { path: String.raw`^packages/core/src/plugin\.ts$` },
      to: { path: upperCore, reachable: true },
    },
    {
      name: 'plugins-see-the-plugin-door',
      comment: "plugins and codecs import from our packages only '@records-mover/core/plugin'",
      severity: 'error',
      from: { path: pluginOrCodec, pathNot: tests },
      to: {
        path: ['^(packages|plugins|test-infra|bench|scripts)/', '^@records-mover/', '^records-mover$'],
        pathNot: [String.raw`^packages/core/dist/plugin\.(d\.ts|js)$`, '^$1/src/'],
      },
    },
    {
      name: 'drivers-in-few-files',
      comment: 'only the files named above import a driver; others may name its types',
      severity: 'error',
      from: { path: '^(packages|plugins)/[^/]+/src/', pathNot: [tests, ...driverFiles] },
      to: { path: drivers, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-published-needs-a-dev-dependency',
      comment: 'a published file runs with what its package declares',
      severity: 'error',
      from: { path: '^(packages|plugins)/[^/]+/src/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm', 'npm-peer', 'npm-optional'] },
    },
    {
      name: 'nothing-imports-the-tests-servers',
      comment: 'test-infra and bench are for tests and benches',
      severity: 'error',
      from: { path: '^(packages|plugins)/[^/]+/src/', pathNot: tests },
      to: { path: '^(test-infra|bench)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/fixtures/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'node'] },
  },
}
