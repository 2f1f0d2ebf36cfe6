/** @file A model of a folder or an archive becomes a model of the library: for machines without internet. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationKind, FoundationManifest } from '../../../src-preload/contract/index.ts';
import type { Report } from './add-from-hub.ts';
import { isArchiveName, withoutEnding } from './archive.ts';
import { lookIntoArchive, lookIntoFolder, maxTextBytes } from './found-files.ts';
import type { FoundFiles } from './found-files.ts';
import { maxModelBytes } from './hub.ts';
import { filesNeeded, isWeights, kindOf } from './kind.ts';
import { findModel, licenceIn } from './library.ts';
import type { InstalledModel, LibraryFolders } from './library.ts';
import { manifestName, sha256Of } from './manifest.ts';
import { isModelName, officialModels, toModelName } from './names.ts';
import { finish, requireSpace, withStaging } from './staging.ts';

export interface FileAddition {
  /** absolute path of a folder or an archive */
  readonly file: string;
  /** default: of the manifest, of the official model of that name, else the file's own name */
  readonly name: string | undefined;
  readonly folders: LibraryFolders;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/**
 * @returns the model's name, and whether anything was added
 * @throws AppError `file-not-found`, `archive-unsafe`, `archive-broken`, `checkpoint-incomplete`, `model-kind-unsupported`,
 *   `model-exists`, `model-damaged`, `disk-full`, `invalid-option`, and those of the checkpoint
 */
export async function addFromFiles(options: FileAddition): Promise<{ name: string; added: boolean }> {
  const { file, folders, signal, report } = options;
  report('reading', 0, null);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new AppError({
      code: 'file-not-found',
      message: `There is no file or folder ${file}.`,
      hint: 'Name a folder with config.json and model.safetensors, or a .zip, .tar or .tar.gz of one.',
      place: { file },
    });
  if (!stats.isDirectory() && !isArchiveName(file))
    throw new AppError({
      code: 'archive-broken',
      message: `${file} is neither a folder nor a .zip, .tar or .tar.gz file.`,
      hint: 'Name a folder with config.json and model.safetensors, or an archive of one.',
      place: { file },
    });
  const found = stats.isDirectory() ? lookIntoFolder(file, signal) : await lookIntoArchive(file, signal);
  const kind = kindOf(found.config, path.basename(file));
  const wanted = filesNeeded(kind, [...found.files.keys()], path.basename(file)).filter(
    (name) => isWeights(name) || found.files.get(name)! <= maxTextBytes,
  );
  const bytes = wanted.reduce((sum, name) => sum + found.files.get(name)!, 0);
  if (bytes > maxModelBytes)
    throw new AppError({
      code: 'model-kind-unsupported',
      message: `${file} holds ${Math.round(bytes / 1e9)} GB, far more than any model that runs here.`,
      place: { file },
    });
  const name = nameFor(options, found.manifest, kind);
  await requireSpace(folders, bytes, name);
  // the process id: a copy is not gone on with, and two of them must not meet
  return await withStaging(folders, name, `files-${process.pid}`, async (staging) => {
    try {
      let moved = 0;
      report('reading', 0, bytes);
      await found.copy(new Set(wanted), staging, (more) => report('reading', (moved += more), bytes));
      report('checking', bytes, bytes);
      return await accept(staging, name, kind, found, options);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  });
}

async function accept(
  staging: string,
  name: string,
  kind: FoundationKind,
  { from, manifest }: FoundFiles,
  { file, folders, signal }: FileAddition,
): Promise<{ name: string; added: boolean }> {
  const sums = new Map<string, string>();
  for (const entry of readdirSync(staging, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = path.join(entry.parentPath, entry.name);
    sums.set(path.relative(staging, full).split(path.sep).join('/'), await sha256Of(full, signal));
  }
  for (const listed of manifest?.files ?? [])
    if (sums.has(listed.path) && sums.get(listed.path) !== listed.sha256)
      throw new AppError({
        code: 'model-damaged',
        message: `${listed.path} of ${path.basename(file)} is not the file that its ${manifestName} describes.`,
        hint: 'Copy the model again from where it was added first.',
        place: { file },
      });
  if (isSame(name, sums, folders)) return { name, added: false };
  const { revision, commit, licence } = manifest ?? {
    revision: null,
    commit: null,
    licence: licenceIn(staging),
  };
  const about = { name, kind, revision, commit, licence, source: { from, name: path.basename(file) } };
  await finish(staging, folders, about, sums, signal);
  return { name, added: true };
}

/** @returns the same weights are here already. @throws AppError `model-exists` when others are */
function isSame(name: string, sums: ReadonlyMap<string, string>, folders: LibraryFolders): boolean {
  let here: InstalledModel | null;
  try {
    here = findModel(name, folders);
  } catch {
    return false; // a damaged one gives way
  }
  if (here === null || here.builtIn) return false;
  const weights = here.manifest?.files.filter((entry) => isWeights(entry.path)) ?? [];
  if (weights.length > 0 && weights.every((entry) => sums.get(entry.path) === entry.sha256)) return true;
  throw new AppError({
    code: 'model-exists',
    message: `There is another model "${name}" in the library already.`,
    hint: `Give this one a name of its own (--name NAME), or remove the other first: voltcast models remove ${name}`,
  });
}

/** @throws AppError `invalid-option` */
function nameFor(
  { file, name }: FileAddition,
  manifest: FoundationManifest | null,
  kind: FoundationKind,
): string {
  const chosen = name ?? manifest?.name ?? ownName(file, kind);
  if (isModelName(chosen)) return chosen;
  throw new AppError({
    code: 'invalid-option',
    message: `"${chosen}" cannot be the name of a model.`,
    hint: 'Use letters, digits, ".", "_" and "-", with one "/" at most.',
    place: { key: 'name' },
  });
}

/** `…/chronos-2.zip` → `amazon/chronos-2`, so that recipes that name the official model find it; else the file's own name. */
function ownName(file: string, kind: FoundationKind): string {
  const base = withoutEnding(path.basename(file));
  // the cache of the hub's own tools: models--amazon--chronos-2/snapshots/COMMIT
  const cached = /models--([^/\\]+)--([^/\\]+)(?:[/\\]|$)/.exec(file);
  if (cached !== null && isModelName(`${cached[1]}/${cached[2]}`)) return `${cached[1]}/${cached[2]}`;
  const spelt = base.replace('--', '/').toLowerCase();
  const official = officialModels.find(
    (model) => model.kind === kind && (model.name === spelt || model.name.split('/')[1] === spelt),
  );
  return official?.name ?? toModelName(base);
}
