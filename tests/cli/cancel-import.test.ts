/** Ctrl-C during an import: one sentence, and nothing of it in the workspace. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';

let folder: string;
beforeAll(() => {
  folder = temporaryFolder('cli-cancel');
});
afterAll(() => removeFolder(folder));

// Windows has no signal that a process may answer
test.skipIf(process.platform === 'win32')(
  'an import that is interrupted ends with an error and leaves no file and no object',
  async () => {
    const file = path.join(folder, 'long.csv');
    const rows = Array.from({ length: 400_000 }, (_, i) => {
      const stamp = new Date(Date.UTC(2010, 0, 1) + i * 900_000).toISOString().slice(0, 16);
      return `${stamp},${(i * 7919) % 1013}.5`;
    });
    fs.writeFileSync(file, `time,load_kW\n${rows.join('\n')}\n`);
    const workspace = path.join(folder, 'workspace');
    const entry = path.join(projectRoot, 'src-main', 'cli', 'main.ts');
    const child = spawn(process.execPath, [entry, 'import', file, '--workspace', workspace, '--json'], {
      cwd: folder,
      timeout: 60_000,
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    // made just before the file is read
    await expect
      .poll(() => fs.existsSync(path.join(workspace, 'tmp')), { interval: 2, timeout: 30_000 })
      .toBe(true);
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'import-cancelled', place: { file } } });
    const left = fs.readdirSync(workspace, { recursive: true, withFileTypes: true });
    const files = left.filter((item) => item.isFile()).map((item) => item.name);
    expect(files.filter((name) => !/^workspace\.|\.lock|sqlite|\.db/.test(name))).toEqual([]);
  },
  60_000,
);
