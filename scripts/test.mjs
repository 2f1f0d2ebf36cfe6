/**
 * @file `npm test`: sets up, then types, lint, format, unit, integration and end-to-end tests. Ends with one line,
 * `N passed, N failed, N skipped`, in which each static check counts as one.
 */
import { spawn } from 'node:child_process';
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

/** One static check; what it says is shown when it is done, so that two at a time do not mix. */
function check([title, script, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(node24, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    child.stdout.on('data', (chunk) => said.push(chunk));
    child.stderr.on('data', (chunk) => said.push(chunk));
    const settle = (code) => {
      say(`\n> ${title}`);
      process.stdout.write(Buffer.concat(said));
      if (code === 0) passed += 1;
      else {
        failed += 1;
        say(`FAILED: ${title}`);
      }
      resolve();
    };
    child.on('error', (error) => {
      said.push(Buffer.from(`${error.message}\n`));
      settle(1);
    });
    child.on('close', settle);
  });
}

const only = process.argv.slice(2);
if (only.length === 0) {
  const depcruise = bin('dependency-cruiser', 'bin/dependency-cruiser.mjs');
  const sources = ['src-main', 'src-preload', 'src-renderer'];
  // the longest first
  const checks = [
    ['lint', bin('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'],
    ...['tests', 'src-main', 'src-renderer', 'src-preload'].map((project) => [
      `types of ${project}`,
      bin('typescript', 'bin/tsc'),
      '--noEmit',
      '-p',
      project,
    ]),
    ['format', bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
    ['dependency direction', depcruise, '--config', '.dependency-cruiser.cjs', ...sources],
  ];
  const lane = async () => {
    for (let next = checks.shift(); next !== undefined; next = checks.shift()) await check(next);
  };
  await Promise.all(os.availableParallelism() > 1 && os.totalmem() > 6e9 ? [lane(), lane()] : [lane()]);
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
