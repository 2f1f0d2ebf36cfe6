import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import path from 'node:path';
// @ts-expect-error: a script without types
import { buildKernels } from '../../../scripts/build-import-kernels.mjs';

test('the committed module is what its sources give', async () => {
  const text = await (buildKernels as () => Promise<string>)();
  expect(text).toBe(readFileSync(path.join(import.meta.dirname, 'kernels-wasm.ts'), 'utf8'));
});
