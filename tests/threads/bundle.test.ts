/** The threads of a training start from a bundle: main and its workers are built once into a folder of their own. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';
import type { UserConfig } from 'vite';
import config from '../../electron.vite.config.ts';
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';

// inside the project, so that packages are found from it, and as deep as out/main, so that resources are
const built = path.join(projectRoot, 'out', `test-${process.pid}`);
let folder = '';

beforeAll(async () => {
  folder = temporaryFolder('bundle-threads');
  const { main } = config as { main: UserConfig };
  await build({
    ...main,
    root: projectRoot,
    configFile: false,
    logLevel: 'error',
    build: { ...main.build, ssr: true, outDir: built, sourcemap: false, minify: false },
  });
}, 120_000);
afterAll(() => {
  removeFolder(folder);
  fs.rmSync(built, { recursive: true, force: true });
});

test('a run trains on two threads, says why no graphics card helps, and leaves nothing behind when cancelled', async () => {
  const entries = fs.readdirSync(built);
  expect(entries).toEqual(expect.arrayContaining(['index.js', 'run-process.js', 'gpu-worker.js']));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      path.join(import.meta.dirname, 'bundle-host.mjs'),
      path.join(built, 'index.js'),
      path.join(folder, 'workspace'),
    ],
    {
      timeout: 100_000,
      env: { ...process.env, NODE_OPTIONS: '', VK_ICD_FILENAMES: '/nowhere', VK_DRIVER_FILES: '/nowhere' },
    },
  );
  const { trained, cancelled, started, left } = JSON.parse(stdout) as {
    trained: { status: string; error: unknown; log: string[] };
    cancelled: string;
    started: number;
    left: number;
  };
  expect(trained).toMatchObject({ status: 'succeeded', error: null });
  expect(trained.log).toContain('info: 10 trees grown on the processor, 2 threads');
  // the worker of the graphics device came from the bundle and loaded its package
  expect(trained.log).toContain('warn: trees are grown on the processor: no graphics adapter was found');
  expect(cancelled).toBe('cancelled');
  expect({ started, left }).toEqual({ started: 2, left: 0 });
}, 120_000);
