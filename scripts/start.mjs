/** @file `npm start`: the Electron window where Electron's binary is there or can be fetched, else browser mode. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  cliEntry,
  ensureBuilt,
  ensurePackages,
  node24,
  nodeFlags,
  root,
  runForeground,
  say,
} from './lib/project.mjs';

const args = process.argv.slice(2);

/** Path of Electron's executable, fetched on first use; null with one line of explanation where that fails. */
function electronBinary() {
  const folder = path.join(root, 'node_modules', 'electron');
  const executable = () => {
    try {
      const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
      const name = fs.readFileSync(path.join(folder, 'path.txt'), 'utf8').trim();
      const file = path.join(override ?? path.join(folder, 'dist'), name);
      return fs.existsSync(file) ? file : null;
    } catch {
      return null;
    }
  };
  const found = executable();
  if (found !== null) return found;
  const fetched = spawnSync(node24, [path.join(folder, 'install.js')], {
    cwd: root,
    stdio: 'ignore',
    timeout: 300_000,
  });
  const now = fetched.status === 0 ? executable() : null;
  if (now === null)
    say(
      'Electron could not be fetched (no connection to its download site?): opening in the browser instead.',
    );
  return now;
}

ensurePackages();
const headless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
const wantsBrowser = args.includes('--browser') || args.includes('--no-open') || args.includes('--port');
if (headless && !wantsBrowser) say('No display: opening in browser mode.');
const binary = wantsBrowser || headless ? null : electronBinary();
if (binary !== null) {
  ensureBuilt('all');
  process.exit(await runForeground(binary, [root, ...args]));
}
ensureBuilt('renderer');
const passed = args.filter((argument) => argument !== '--browser');
process.exit(await runForeground(node24, [...nodeFlags, cliEntry, 'serve', '--open', ...passed]));
