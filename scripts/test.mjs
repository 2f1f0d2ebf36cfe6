/**
 * @file `npm test`: sets up, then types, lint, format, unit, integration and end-to-end tests. Ends with one line,
 * `N passed, N failed, N skipped`, in which each static check counts as one.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, ensurePackages, node24, root, run, say } from './lib/project.mjs';

ensurePackages();
ensureBuilt('all');

const bin = (name, file) => path.join(root, 'node_modules', name, file);
const started = Date.now();
let passed = 0;
let failed = 0;
let skipped = 0;

function check(title, script, args) {
  say(`\n> ${title}`);
  if (run(node24, [script, ...args]) === 0) passed += 1;
  else {
    failed += 1;
    say(`FAILED: ${title}`);
  }
}

const only = process.argv.slice(2);
if (only.length === 0) {
  for (const project of ['src-preload', 'src-main', 'src-renderer', 'tests'])
    check(`types of ${project}`, bin('typescript', 'bin/tsc'), ['--noEmit', '-p', project]);
  check('lint', bin('eslint', 'bin/eslint.js'), ['.', '--max-warnings', '0']);
  check('dependency direction', bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'), [
    '--config',
    '.dependency-cruiser.cjs',
    'src-main',
    'src-preload',
    'src-renderer',
  ]);
  check('format', bin('prettier', 'bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']);
}

say('\n> tests');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'voltcast-test-'));
const report = path.join(folder, 'report.json');
const status = run(node24, [
  bin('vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
]);
try {
  const result = JSON.parse(fs.readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  for (const file of result.testResults)
    for (const test of file.assertionResults)
      if (test.status === 'pending' || test.status === 'skipped') say(`skipped: ${test.fullName}`);
} catch {
  failed += 1;
}
// a file that cannot be loaded fails the run without failing a test
if (status !== 0 && failed === 0) failed += 1;
fs.rmSync(folder, { recursive: true, force: true });
say(`took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
