/** @file Where a model is put together, out of sight of everybody who looks for models, until it is whole. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationKind, FoundationManifest } from '../../../src-preload/contract/index.ts';
import { checkCheckpoint, joinShards } from './check.ts';
import { incomingName, placeModel } from './library.ts';
import type { LibraryFolders } from './library.ts';
import { sha256Of, writeManifest } from './manifest.ts';
import { folderNameOf } from './names.ts';

/** What stays free beside a model. */
const spareBytes = 64 << 20;
/** Left there by a download that nobody goes on with. */
const forgottenMs = 30 * 86_400_000;

/**
 * Runs `work` in the staging folder of a model; one process at a time has it.
 * @param mark tells two downloads of one name apart, so that a rest is never mixed with another revision
 * @throws AppError `model-busy`
 */
export async function withStaging<T>(
  folders: LibraryFolders,
  name: string,
  mark: string,
  work: (staging: string) => Promise<T>,
): Promise<T> {
  const incoming = path.join(folders.own, incomingName);
  const staging = path.join(incoming, `${folderNameOf(name)}@${mark}`);
  mkdirSync(staging, { recursive: true });
  let release: () => Promise<void>;
  try {
    release = await lockfile.lock(staging, {
      lockfilePath: `${staging}.lock`,
      stale: 20_000,
      // a machine that slept: whoever took the lock meanwhile writes the same bytes, and all of them are compared at the end
      onCompromised: () => undefined,
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ELOCKED') throw cause;
    throw new AppError({
      code: 'model-busy',
      message: `Another Voltcast is adding ${name} right now.`,
      hint: 'Wait until it is there, or cancel it there.',
    });
  }
  try {
    removeForgotten(incoming);
    return await work(staging);
  } finally {
    await release().catch(() => undefined);
  }
}

function removeForgotten(incoming: string): void {
  for (const entry of readdirSync(incoming)) {
    const full = path.join(incoming, entry);
    const age = Date.now() - (statSync(full, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (entry.startsWith('removed-') || age > forgottenMs) rmSync(full, { recursive: true, force: true });
  }
}

/** The rests of downloads of this model. */
export function removeRests(folders: LibraryFolders, name: string): boolean {
  const incoming = path.join(folders.own, incomingName);
  if (!existsSync(incoming)) return false;
  const rests = readdirSync(incoming).filter(
    (entry) => entry.startsWith(`${folderNameOf(name)}@`) && !entry.endsWith('.lock'),
  );
  const free = rests.filter((entry) => !existsSync(path.join(incoming, `${entry}.lock`)));
  for (const entry of free) rmSync(path.join(incoming, entry), { recursive: true, force: true });
  return free.length > 0;
}

/** @throws AppError `disk-full` */
export async function requireSpace(folders: LibraryFolders, needed: number, name: string): Promise<void> {
  mkdirSync(folders.own, { recursive: true });
  const { bavail, bsize } = await statfs(folders.own);
  const free = bavail * bsize;
  if (free >= needed + spareBytes) return;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;
  throw new AppError({
    code: 'disk-full',
    message: `${name} needs ${megabytes(needed + spareBytes)} of free space, and there are ${megabytes(free)} in ${folders.own}.`,
    hint: 'Free some space, or choose another place: --models FOLDER, or VOLTCAST_MODELS.',
    place: { file: folders.own },
    details: { freeBytes: free, neededBytes: needed + spareBytes },
  });
}

/**
 * The last steps of every addition: the checkpoint is read, the manifest written, and the folder moved among the models.
 * @param known SHA-256 of files that were compared already
 * @throws AppError `chronos-config`, `tensor-file`, `checkpoint-incomplete`
 */
export async function finish(
  staging: string,
  folders: LibraryFolders,
  about: Omit<FoundationManifest, 'format' | 'version' | 'files' | 'addedAt' | 'kind'> & {
    readonly kind: FoundationKind;
  },
  known: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<FoundationManifest> {
  await joinShards(staging, signal);
  checkCheckpoint(staging, about.kind);
  const files: FoundationManifest['files'] = [];
  for (const entry of readdirSync(staging, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(staging, full).split(path.sep).join('/');
    files.push({
      path: name,
      bytes: statSync(full).size,
      sha256: known.get(name) ?? (await sha256Of(full, signal)),
    });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: FoundationManifest = {
    format: 'voltcast-foundation-model',
    version: 1,
    ...about,
    files,
    addedAt: Date.now(),
  };
  writeManifest(staging, manifest);
  placeModel(staging, about.name, folders.own);
  return manifest;
}
