/**
 * Dependencies point one way:
 * shells (electron, server, cli) -> api -> services (services, runs, workspace) -> domain (data, recipes,
 * models, metrics, reports) -> core (tensor, devices). The contract in src-preload is the floor under all.
 */
const shells = '^src-main/(electron|server|cli)/';
const services = '^src-main/(services|runs|workspace)/';
const domain = '^src-main/(data|recipes|models|metrics|reports)/';
const core = '^src-main/(tensor|devices)/';
const test = '\\.test\\.tsx?$';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'electron-only-in-its-folder',
      severity: 'error',
      from: { pathNot: ['^src-main/electron/', '^src-preload/bridge/'] },
      to: { path: '^electron$|node_modules/electron/' },
    },
    {
      name: 'renderer-stands-on-the-contract',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: test },
      to: { path: ['^src-main/', '^src-preload/bridge/'] },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src-preload/' },
      to: { path: '^src-(main|renderer)/' },
    },
    {
      name: 'nobody-imports-a-shell',
      severity: 'error',
      from: { path: '^src-main/', pathNot: [shells, test] },
      to: { path: shells },
    },
    {
      name: 'services-below-api',
      severity: 'error',
      from: { path: services, pathNot: test },
      to: { path: '^src-main/api/' },
    },
    {
      name: 'domain-below-services',
      severity: 'error',
      from: { path: domain, pathNot: test },
      to: { path: ['^src-main/api/', services] },
    },
    {
      name: 'domain-takes-data-and-returns-data',
      severity: 'error',
      from: { path: '^src-main/(models|metrics)/', pathNot: test },
      to: { path: ['better-sqlite3', '^(node:)?fs$', '^(node:)?(http|https|net)$'] },
    },
    {
      name: 'core-below-domain',
      severity: 'error',
      from: { path: core, pathNot: test },
      to: { path: ['^src-main/api/', services, domain] },
    },
    {
      name: 'sql-only-in-workspace',
      severity: 'error',
      from: { path: '^src-main/', pathNot: ['^src-main/workspace/', test] },
      to: { path: 'better-sqlite3|kysely' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'src-main/tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
