/** @file A disk that really is full: a small tmpfs where this machine allows to mount one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src-main/workspace/open.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { exampleRun, host } from './support/workspace.ts';

const root = temporaryFolder('full');
const disk = join(root, 'disk');
mkdirSync(disk);

function mounted(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not root, or not Linux
  }
}
const isMounted = mounted();
afterAll(() => {
  if (isMounted) execFileSync('umount', [disk]);
  removeFolder(root);
});

describe.skipIf(!isMounted)('a full disk (needs root to mount a tmpfs)', () => {
  /** Leaves about `free` bytes. */
  function fill(free: number): string {
    const ballast = join(disk, 'ballast');
    const workspace = openWorkspace(join(disk, 'probe'), {});
    const left = workspace.freeBytes()!;
    workspace.close();
    writeFileSync(ballast, new Uint8Array(Math.max(0, left - free)));
    return ballast;
  }

  test('a step that runs out of space fails the run; with space again it resumes, and nothing is damaged', async () => {
    const folder = join(disk, 'workspace');
    const app = host(folder, { minFreeBytes: 0 });
    const knobs = { bytes: 2_000_000 };
    const ballast = fill(1_200_000);
    const run = await app.over(app.manager.enqueue(exampleRun(knobs)));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'disk-full' } });
    expect(run.error!.hint).toMatch(/space/);
    expect(readdirSync(join(folder, 'objects', 'tmp'))).toEqual([]);
    expect(app.workspace.checkHealth().ok).toBe(true);
    rmSync(ballast);
    const resumed = await app.over(app.manager.resume(run.id));
    expect(resumed).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(app.workspace.getRun(run.id).steps[0]).toMatchObject({ id: 'load-config', status: 'reused' });
    await app.close();
  });

  test('when not even the status can be written, the run ends all the same', async () => {
    const folder = join(disk, 'last-byte');
    const app = host(folder, { minFreeBytes: 0, timings: { heartbeatMs: 50 } });
    const run = app.manager.enqueue(exampleRun({ pace: 300, bytes: 3_000_000 }));
    while (app.workspace.getRun(run.id).status !== 'running')
      await new Promise((resolve) => setTimeout(resolve, 5));
    fill(0);
    const over = await app.over(run);
    expect(over).toMatchObject({ status: 'failed', error: { code: 'disk-full' } });
    expect(() => app.workspace.objects.put(new Uint8Array(500_000))).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    );
    rmSync(join(disk, 'ballast'));
    await app.close();

    const again = host(folder, { minFreeBytes: 0 });
    expect(again.workspace.checkHealth().ok).toBe(true);
    again.manager.recoverOrphans();
    expect(again.workspace.getRun(run.id).status).toMatch(/interrupted|failed/);
    expect(await again.over(again.manager.resume(run.id))).toMatchObject({ status: 'succeeded' });
    await again.close();
  });
});
