/**
 * @file Where `resources/` lies: beside the sources, beside a bundle, or where the shell says (a packaged app keeps it
 * outside its archive). No environment variable, so that nothing outside the app can point it elsewhere.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../src-preload/contract/index.ts';

let override: string | null = null;
let found: string | null = null;

/** For shells that keep resources elsewhere, e.g. Electron's `process.resourcesPath`. `null` goes back to searching. */
export function setResourcesFolder(folder: string | null): void {
  override = folder;
}

/**
 * Absolute path of the folder that holds `recipes/`.
 * @throws AppError `resources-missing` when the installation is incomplete
 */
export function resourcesFolder(): string {
  if (override !== null) return override;
  found ??= search(path.dirname(fileURLToPath(import.meta.url)));
  return found;
}

export function templatesFolder(): string {
  return path.join(resourcesFolder(), 'recipes');
}

/** Upwards from this file: `src-main/recipes/` needs two steps, `out/main/` and `out/main/chunks/` two and three. */
function search(from: string): string {
  let folder = from;
  for (let level = 0; level < 6; level += 1) {
    const candidate = path.join(folder, 'resources');
    if (existsSync(path.join(candidate, 'recipes'))) return candidate;
    folder = path.dirname(folder);
  }
  throw new AppError({
    code: 'resources-missing',
    message: `The folder resources/recipes was not found above ${from}.`,
    hint: 'The installation is incomplete; install Voltcast again.',
  });
}
