/** @file Where the run process's entry lies: beside this file in the sources, beside the bundle once built. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../src-preload/contract/index.ts';

/** Built entries are named after their path (electron.vite.config.ts); chunks lie one folder deeper than entries. */
const builtNames = ['runs-process-run-process.js', 'runs-process-run-process.mjs', 'run-process.js'];

export function findRunEntry(from: string = import.meta.url): string {
  const folder = dirname(fileURLToPath(from));
  const candidates = from.endsWith('.ts')
    ? [join(folder, 'process', 'run-process.ts')]
    : [folder, dirname(folder)].flatMap((place) => builtNames.map((name) => join(place, name)));
  const found = candidates.find((file) => existsSync(file));
  if (found) return found;
  throw new AppError({
    code: 'internal',
    message: `The run process's entry is not there; looked for ${candidates.join(', ')}.`,
    hint: 'The installation is incomplete: install the app again, or run the build again.',
  });
}
