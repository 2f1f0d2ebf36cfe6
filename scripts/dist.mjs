/** @file `npm run dist`: an installer for this system, in dist/. */
import path from 'node:path';
import { ensureBuilt, ensurePackages, node24, root, run } from './lib/project.mjs';

ensurePackages();
ensureBuilt('all');
const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
process.exit(
  run(
    node24,
    [builder, '--config', 'build/electron-builder.yml', '--publish', 'never', ...process.argv.slice(2)],
    { stdout: 'inherit' },
  ),
);
