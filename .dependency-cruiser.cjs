// Who may import whom: ARCHITECTURE.md, "The house". Run by `npm run check`.
const { builtinModules } = require('node:module')

const FOUNDATION = '^src/(types|ports|errors)\\.ts$|^src/wire/'
const FEATURE = '^src/(dht|presence|relay|store|identity)/'
const CORE = '(^|/|\\.)core\\.ts$'
const PURE_PACKAGES = '^node_modules/(uint8arrays|uint8-varint|multiformats|@noble/hashes)/'
const BUILTINS = `^(node:)?(${builtinModules.map((name) => name.replace('node:', '')).join('|')})$`

const forbidden = [
  {
    name: 'foundation-imports-only-itself',
    comment: 'Rule 1: types, ports, errors and wire import nothing of ours but each other.',
    severity: 'error',
    from: { path: FOUNDATION },
    to: { path: '^(src|test|bench|simulations|soak|bin)/', pathNot: FOUNDATION }
  },
  {
    name: 'ports-are-types-only',
    comment: 'Rule 1: ports.ts holds types; whatever it imports is a type too.',
    severity: 'error',
    from: { path: '^src/ports\\.ts$' },
    to: { dependencyTypesNot: ['type-only'] }
  },
  {
    name: 'core-is-pure-inside',
    comment: 'Rule 1: of ours, a core imports the foundation, its folder\'s defaults and other cores.',
    severity: 'error',
    from: { path: '^(src/.+/)[^/]*\\bcore\\.ts$' },
    to: { path: '^(src|test|bench|simulations|soak)/', pathNot: [FOUNDATION, CORE, '^$1defaults\\.ts$'] }
  },
  {
    name: 'core-is-pure-outside',
    comment: 'Rule 1: from outside, a core imports pure helpers only: no clock, no random, no I/O, no libp2p.',
    severity: 'error',
    from: { path: `^src/.*${CORE}` },
    to: { pathNot: ['^(src|test|bench|simulations|soak)/', PURE_PACKAGES] }
  },
  {
    name: 'features-meet-through-ports',
    comment: 'Rule 2: a feature never imports another feature\'s inside; what others may use is its index.ts.',
    severity: 'error',
    from: { path: FEATURE },
    to: { path: FEATURE, pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] }
  },
  {
    name: 'only-node-and-client-compose',
    comment: 'Rule 3: a feature knows neither what composes it nor the package\'s entry.',
    severity: 'error',
    from: { path: FEATURE },
    to: { path: '^src/(node|client)/|^src/index\\.ts$' }
  },
  {
    name: 'nothing-imports-the-edges',
    comment: 'Rule 3: cli, bin, test, simulations, soak and bench may import anything; nothing else in src imports them.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/cli/' },
    to: { path: '^src/cli/|^(bin|test|simulations|soak|bench)/' }
  },
  {
    name: 'client-reaches-no-builtin',
    comment: 'The client runs in browsers: nothing it reaches may import a builtin of Node.',
    severity: 'error',
    from: { path: '^src/client/' },
    to: { path: BUILTINS, reachable: true }
  },
  {
    name: 'client-reaches-no-node',
    comment: 'The client runs in browsers: it never reaches the node\'s composition root.',
    severity: 'error',
    from: { path: '^src/client/' },
    to: { path: '^src/node/', reachable: true }
  },
  {
    name: 'the-world-knows-nobody',
    comment: 'Simulations: clock, chance, network and disk know neither the actors nor what is watched.',
    severity: 'error',
    from: { path: '^simulations/world/' },
    to: { path: '^simulations/', pathNot: '^simulations/world/' }
  },
  {
    name: 'checks-look-from-outside',
    comment: 'Simulations: a check sees what a user sees; it knows no actor and no run, and of the models their numbers only.',
    severity: 'error',
    from: { path: '^simulations/checks/' },
    to: { path: '^simulations/', pathNot: '^simulations/((checks|world)/|[^/]+/defaults\\.ts$)' }
  },
  {
    name: 'no-cycles',
    severity: 'error',
    from: {},
    to: { circular: true }
  },
  {
    name: 'no-orphans',
    comment: 'A file that imports nothing and that nothing imports is not part of the house.',
    severity: 'error',
    from: { orphan: true, path: '^src/' },
    to: {}
  },
  {
    name: 'resolvable',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true }
  },
  {
    name: 'no-dev-dependencies',
    comment: 'What src and bin import must be there after an install without development packages.',
    severity: 'error',
    from: { path: '^(src|bin)/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }
  }
]

module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.d.ts']
    }
  }
}
