import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireSpace } from './staging.ts';

let own: string;
beforeAll(() => {
  own = mkdtempSync(path.join(tmpdir(), 'voltcast-space-'));
});
afterAll(() => rmSync(own, { recursive: true, force: true }));

test('what does not fit on the disk is refused before anything is fetched, with what is missing', async () => {
  const { bavail, bsize } = statfsSync(own);
  const free = bavail * bsize;
  const folders = { own, builtIn: own };
  await requireSpace(folders, Math.floor(free / 2), 'a/model');
  await expect(requireSpace(folders, free + 1e9, 'a/model')).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(/^a\/model needs [\d,]+ MB of free space, and there are [\d,]+ MB in /),
    hint: expect.stringContaining('--models FOLDER'),
  });
});
