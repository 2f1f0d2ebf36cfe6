/** @file Two processes on one workspace: one writes; the lock ends with its process, however it ends. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openWorkspace } from '../../src-main/workspace/open.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';

const root = temporaryFolder('two');
afterAll(() => removeFolder(root));

const holder = `
import { openWorkspace } from ${JSON.stringify(join(import.meta.dirname, '..', '..', 'src-main', 'workspace', 'open.ts'))};
const workspace = openWorkspace(process.argv[1]);
process.send('open');
process.on('message', () => { workspace.close(); process.disconnect(); });
`;

async function otherInstance(folder: string): Promise<ReturnType<typeof spawn>> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await new Promise((resolve) => child.once('message', resolve));
  return child;
}
const gone = (child: ReturnType<typeof spawn>): Promise<void> =>
  new Promise((resolve) => void child.once('exit', () => resolve()));

test('the second instance is told who writes, may read, and writes once the first has closed', async () => {
  const folder = join(root, 'closed');
  const other = await otherInstance(folder);
  expect(() => openWorkspace(folder)).toThrow(
    expect.objectContaining({
      code: 'workspace-locked',
      details: expect.objectContaining({ ownerPid: other.pid }) as object,
    }),
  );
  const reader = openWorkspace(folder, { readOnly: true });
  expect(reader.ownerPid).toBe(other.pid);
  expect(reader.listDatasets()).toEqual([]);
  other.send('close');
  await gone(other);
  expect(reader.ownerPid).toBeNull();
  reader.close();
  openWorkspace(folder).close();
});

test('kill -9 of the owner leaves no lock behind', async () => {
  const folder = join(root, 'killed');
  for (let round = 0; round < 3; round++) {
    const other = await otherInstance(folder);
    expect(() => openWorkspace(folder)).toThrow(expect.objectContaining({ code: 'workspace-locked' }));
    const ended = gone(other);
    other.kill('SIGKILL');
    await ended;
    const workspace = openWorkspace(folder);
    expect(workspace.checkHealth().ok).toBe(true);
    workspace.close();
  }
});

test('of many that start at once exactly one writes', async () => {
  const folder = join(root, 'race');
  openWorkspace(folder).close();
  const contender = holder
    .replace(`process.send('open');`, '')
    .replace('const workspace =', 'let workspace; try { workspace =')
    .replace(
      ';\n\n',
      `; process.send('won'); } catch (error) { process.send(error.code); process.disconnect(); }\n`,
    );
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', contender, folder], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  const answers = await Promise.all(
    children.map((child) => new Promise<unknown>((resolve) => void child.once('message', resolve))),
  );
  expect(answers.sort()).toEqual(['won', 'workspace-locked', 'workspace-locked', 'workspace-locked']);
  for (const child of children) child.kill('SIGKILL');
});
