/**
 * @file What the code of the steps is, as one hash: part of every step's key, so that a finished step is never reused
 * after the code that made it has changed. Nobody has to remember to raise a number.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders whose code decides what a step makes; shells, API and services do not. */
const decidingFolders = ['data', 'metrics', 'models', 'recipes', 'runs'];

/** Files with this ending below a folder, relative to `root`. readdir works inside Electron's archive, glob does not. */
function below(root: string, folder: string, ending: string): string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  const names = readdirSync(full, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

/** Files of the sources, or of the bundle this file is part of. */
function codeFiles(from: string): { root: string; files: string[] } {
  const folder = dirname(fileURLToPath(from));
  if (!from.endsWith('.ts')) return { root: folder, files: below(folder, '.', '.js') };
  const root = dirname(folder);
  const files = decidingFolders.flatMap((name) => below(root, name, '.ts'));
  return { root, files: files.filter((file) => !file.endsWith('.test.ts')) };
}

let known: string | undefined;

/** @returns sha256 hex; computed once per process, some milliseconds */
export function codeFingerprint(from: string = import.meta.url): string {
  if (known !== undefined && from === import.meta.url) return known;
  const { root, files } = codeFiles(from);
  const hash = createHash('sha256');
  for (const file of files.map((name) => name.replaceAll('\\', '/')).sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  const fingerprint = hash.digest('hex');
  if (from === import.meta.url) known = fingerprint;
  return fingerprint;
}
