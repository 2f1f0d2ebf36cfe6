/**
 * @file Set-up shared by every command. Runs on the host's Node (20, 22 or 24) before anything is installed, so it
 * uses Node's own modules only. What it says goes to stderr: stdout belongs to the command that was asked for.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const windows = process.platform === 'win32';
/** The runtime of the sources: Node 24, brought in as a package, the version Electron embeds. */
export const node24 = path.join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

export const say = (text) => process.stderr.write(`${text}\n`);

export function fail(text) {
  say(text);
  process.exit(1);
}

/** Hash over files and, recursively, folders; tests do not count, they never reach a build. */
export function hashOf(entries) {
  const hash = createHash('sha256');
  const walk = (relative) => {
    const full = path.join(root, relative);
    const stat = fs.statSync(full, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of fs.readdirSync(full).sort()) walk(path.join(relative, name));
    } else if (!/\.test\.tsx?$/.test(relative)) {
      hash.update(relative.replaceAll('\\', '/')).update('\0').update(fs.readFileSync(full)).update('\0');
    }
  };
  entries.forEach(walk);
  return hash.digest('hex');
}

/** Runs a command to its end. Its stdout is sent to our stderr unless `inherit` is asked for. */
export function run(command, args, { stdout = 'stderr', env = {}, cwd = root } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['inherit', stdout === 'inherit' ? 'inherit' : 2, 'inherit'],
    shell: windows && !path.isAbsolute(command),
  });
  if (result.error) say(`${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Runs a long-lived command, forwards signals, and resolves with its exit code. */
export function runForeground(command, args, { env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    // stripped types and compiled code are kept, so that the second start takes half the time
    const cache = { NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'voltcast-compile') };
    const child = spawn(command, args, { cwd, env: { ...cache, ...process.env, ...env }, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', () => forward('SIGINT'));
    process.on('SIGTERM', () => forward('SIGTERM'));
    child.on('error', (error) => {
      say(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

function upToDate(stamp, wanted) {
  try {
    return fs.readFileSync(stamp, 'utf8') === wanted;
  } catch {
    return false;
  }
}

/** True where what lies in node_modules is what package-lock.json names, e.g. after `npm install` of a new dependency. */
function installedMatches() {
  try {
    const read = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;
    const installed = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).every(
      ([place, entry]) => place === '' || entry.optional || installed[place]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** One set-up at a time: two `npm ci` on one folder destroy each other's work. A lock of a dead process is taken over. */
function withSetupLock(body) {
  const lock = path.join(
    os.tmpdir(),
    `voltcast-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`,
  );
  for (let told = false; ; pause(500)) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = Number(fs.readFileSync(lock, 'utf8'));
      if (owner > 0 && isAlive(owner)) {
        if (!told) say('Another Voltcast command is setting up: waiting for it …');
        told = true;
      } else fs.rmSync(lock, { force: true });
    }
  }
  const release = () => fs.rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    body();
  } finally {
    release();
    process.off('exit', release);
  }
}

/** Installs the packages of package-lock.json, under Node 24 so that npm picks every platform package; nothing when nothing changed. */
export function ensurePackages() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) fail(`Voltcast needs Node 20 or newer to set itself up; this is ${process.version}.`);
  if (!needsPackages()) return;
  withSetupLock(() => {
    if (needsPackages()) installPackages();
  });
}

const setupStamp = path.join(root, 'node_modules', '.voltcast-setup');
const setupWanted = () =>
  `${hashOf(['package.json', 'package-lock.json'])} ${process.platform}-${process.arch}`;

function needsPackages() {
  const wanted = setupWanted();
  if (!fs.existsSync(node24)) return true;
  if (upToDate(setupStamp, wanted)) return false;
  if (!installedMatches()) return true;
  fs.writeFileSync(setupStamp, wanted);
  return false;
}

function installPackages() {
  say('Setting up: installing packages (a few minutes the first time) …');
  // npm 11 understands `allowScripts`; the npm that comes with older Nodes does not pick all platform packages
  const npm = ['--yes', '--package', 'node@24', '--package', 'npm@11', '--', 'npm'];
  const status = run('npx', [...npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0)
    fail(
      'Set-up failed: the packages could not be installed. Check the connection to the package registry and run the command again.',
    );
  if (!fs.existsSync(node24))
    fail(
      'Set-up failed: the package "node" (the Node 24 runtime) did not install. Delete node_modules and run the command again.',
    );
  fs.writeFileSync(setupStamp, setupWanted());
}

const rendererSources = [
  'src-renderer',
  'src-preload',
  'resources/translations',
  'electron.vite.config.ts',
  'package-lock.json',
];
const shellSources = [...rendererSources, 'src-main', 'resources'];

/**
 * Builds what is stale. `renderer` is enough for browser mode, where the main side runs from its sources;
 * `all` also bundles main and preload for Electron.
 */
export function ensureBuilt(what) {
  const stamp = path.join(root, 'out', `.built-${what}`);
  const wanted = hashOf(what === 'all' ? shellSources : rendererSources);
  if (upToDate(stamp, wanted)) return;
  say(what === 'all' ? 'Building the app …' : 'Building the pages …');
  const [bin, args] =
    what === 'all'
      ? [
          path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
          ['build', '--logLevel', 'warn'],
        ]
      : [
          path.join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
          ['build', 'src-renderer', '--logLevel', 'warn'],
        ];
  const status = run(node24, [bin, ...args]);
  if (status !== 0) fail('The build failed; the messages above name the file.');
  fs.mkdirSync(path.dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, wanted);
  if (what === 'all') fs.writeFileSync(path.join(root, 'out', '.built-renderer'), hashOf(rendererSources));
}

export const cliEntry = path.join(root, 'src-main', 'cli', 'main.ts');
/** Node's flags for running the TypeScript sources. */
export const nodeFlags = ['--disable-warning=ExperimentalWarning', '--enable-source-maps'];
