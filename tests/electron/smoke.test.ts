import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { _electron } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';

function electronBinary(): string | null {
  const folder = path.join(projectRoot, 'node_modules', 'electron');
  try {
    const file = path.join(folder, 'dist', fs.readFileSync(path.join(folder, 'path.txt'), 'utf8').trim());
    return fs.existsSync(file) ? file : null;
  } catch {
    return null;
  }
}
const binary = electronBinary();
const display =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

describe.skipIf(binary === null || !display)('Electron itself', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder('electron');
    const bin = path.join(projectRoot, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const built = spawnSync(process.execPath, [bin, 'build', '--logLevel', 'warn'], {
      cwd: projectRoot,
      stdio: 'inherit',
    });
    expect(built.status).toBe(0);
  }, 180_000);
  afterAll(() => removeFolder(folder));

  test('opens its window and answers a call', async () => {
    const app = await _electron.launch({
      executablePath: binary!,
      args: [projectRoot, '--no-sandbox', '--workspace', path.join(folder, 'workspace')],
    });
    try {
      const page = await app.firstWindow();
      await page.getByRole('navigation').first().waitFor();
      const info = await page.evaluate(() =>
        (window as unknown as { voltcast: { call(n: string, i: unknown): Promise<unknown> } }).voltcast.call(
          'system.info',
          {},
        ),
      );
      expect(info).toMatchObject({ result: { mode: 'electron' } });
    } finally {
      await app.close();
    }
  }, 120_000);
});
