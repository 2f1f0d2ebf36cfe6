import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernel } from '../../../../scripts/build-kernels.mjs';

test('the kernel that is kept is the one its source compiles to', async () => {
  const kept = readFileSync(new URL('kernel-bytes.ts', import.meta.url), 'utf8');
  expect(await compileKernel('kernels')).toBe(kept);
}, 180_000);
