import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';

const entry = path.join(projectRoot, 'out', 'main', 'index.js');

describe.skipIf(!fs.existsSync(entry))('the bundled app', () => {
  test('imports in its worker and trains in its run process, from the bundle alone', async () => {
    const folder = temporaryFolder('bundle');
    try {
      const host = path.join(import.meta.dirname, 'bundled-app.mjs');
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [host, entry, path.join(folder, 'workspace')],
        { timeout: 100_000 },
      );
      expect(JSON.parse(stdout)).toMatchObject({
        refused: 'sender-not-allowed',
        rows: 35_040,
        status: 'succeeded',
        error: null,
        mae: expect.any(Number) as number,
      });
    } finally {
      removeFolder(folder);
    }
  }, 120_000);

  test('its preload script may be sandboxed: one file that requires electron and nothing else', () => {
    const preload = fs.readFileSync(path.join(projectRoot, 'out', 'preload', 'index.cjs'), 'utf8');
    expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(['electron']);
  });
});
