/** @file What the library knows about a model: a file beside the model's own. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError, foundationManifestSchema } from '../../../src-preload/contract/index.ts';
import type { FoundationManifest } from '../../../src-preload/contract/index.ts';
import { isInside } from './kind.ts';

export const manifestName = 'voltcast-model.json';

/** null: there is none. @throws AppError `model-damaged` */
export function readManifest(folder: string): FoundationManifest | null {
  const file = path.join(folder, manifestName);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw damaged(path.basename(folder), `${manifestName} cannot be read`, file, cause);
  }
  const manifest = manifestOf(text);
  if (manifest !== null) return manifest;
  throw damaged(path.basename(folder), `${manifestName} does not have the form it should`, file);
}

/** null: not of the form of a manifest, or it names files outside of its folder. */
export function manifestOf(text: string): FoundationManifest | null {
  try {
    const manifest = foundationManifestSchema.parse(JSON.parse(text));
    return manifest.files.every((entry) => isInside(entry.path)) ? manifest : null;
  } catch {
    return null;
  }
}

export function writeManifest(folder: string, manifest: FoundationManifest): void {
  writeFileAtomic.sync(path.join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Every file is there with its size. Contents were compared when the model was added, and are not again: that would
 * read half a gigabyte at each use.
 * @throws AppError `model-damaged`
 */
export function checkFiles(folder: string, manifest: FoundationManifest): void {
  for (const { path: name, bytes } of manifest.files) {
    const file = path.join(folder, ...name.split('/'));
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) throw damaged(manifest.name, `${name} is missing`, file);
    if (size !== bytes) throw damaged(manifest.name, `${name} has ${size} bytes and not ${bytes}`, file);
  }
}

export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 }))
    digest.update(chunk as Uint8Array);
  return digest.digest('hex');
}

export const damaged = (name: string, what: string, file: string, cause?: unknown): AppError =>
  new AppError(
    {
      code: 'model-damaged',
      message: `The model ${name} is damaged: ${what}.`,
      hint: `Remove it and add it again: voltcast models remove ${name}`,
      place: { file },
    },
    { cause },
  );
