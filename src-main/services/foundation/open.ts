/** @file From what a recipe names (`model.params.checkpoint`) to a model that can be run. */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../src-preload/contract/index.ts';
import { builtInFolder, modelsFolder } from './folders.ts';
import { configName, isWeights, onnxNames, weightsName } from './kind.ts';
import { findModel, listModels, readModel } from './library.ts';
import type { InstalledModel, LibraryFolders } from './library.ts';
import { officialModels, parseHubName } from './names.ts';
import { nearestHint } from '../../workspace/nearest.ts';

export type { InstalledModel } from './library.ts';

/** The library of this machine. */
export const libraryFolders = (): LibraryFolders => ({ own: modelsFolder(), builtIn: builtInFolder() });

/**
 * @param reference `voltcast-small` (came with the app), a name of the hub (`amazon/chronos-2`, with `@revision` or `@commit`
 *   that one and no other), a name of the library, or the path of a folder (absolute, or beginning with `./`, `../` or `~`)
 * @param base where relative paths start; default: the working folder
 * @throws AppError `model-not-installed` with a hint that says how to get it; `model-damaged`, `model-kind-unsupported`
 */
export function openFoundationModel(
  reference: string,
  options: { readonly folders?: LibraryFolders; readonly base?: string } = {},
): InstalledModel {
  const folders = options.folders ?? libraryFolders();
  if (isPathLike(reference))
    return openFolder(path.resolve(options.base ?? '.', reference.replace(/^~(?=[\\/]|$)/, homedir())));
  const [name = '', revision] = reference.split('@', 2);
  const found = findModel(name, folders);
  if (found === null) throw notInstalled(reference, folders);
  const { revision: own, commit } = found.manifest ?? { revision: null, commit: null };
  if (revision !== undefined && revision !== own && revision !== commit)
    throw new AppError({
      code: 'model-not-installed',
      message: `The model ${name} is here in revision ${own ?? 'unknown'} (${commit ?? 'no commit known'}), and "${reference}" asks for another.`,
      hint: `Get that one in its place: voltcast models add ${reference}`,
      details: { model: reference },
    });
  return found;
}

/**
 * Says which weights they are, whatever the folder is called: SHA-256 over the files that hold them. Known from the manifest;
 * a folder without one is read (about a second per gigabyte).
 */
export function weightsFingerprint({ manifest, folder }: InstalledModel): string {
  const listed = manifest?.files.filter(({ path: file }) => isWeights(file)) ?? [];
  if (listed.length > 0) return listed.map(({ sha256 }) => sha256).join('+');
  const hash = createHash('sha256');
  // an export alone has no other weights than those in its graphs
  const files = existsSync(path.join(folder, weightsName)) ? [weightsName] : onnxNames;
  for (const file of files) addFile(hash, path.join(folder, file));
  return hash.digest('hex');
}

function addFile(hash: Hash, file: string): void {
  const buffer = new Uint8Array(1 << 23);
  const handle = openSync(file, 'r');
  try {
    for (let n = readSync(handle, buffer); n > 0; n = readSync(handle, buffer))
      hash.update(buffer.subarray(0, n));
  } finally {
    closeSync(handle);
  }
}

/** A name has one slash at most and does not begin with a dot. */
export const isPathLike = (text: string): boolean =>
  /^(\.{1,2}([\\/]|$)|[\\/~]|[A-Za-z]:)/.test(text) || text.includes('\\') || text.split('/').length > 2;

function openFolder(folder: string): InstalledModel {
  if (statSync(path.join(folder, configName), { throwIfNoEntry: false })?.isFile() !== true)
    throw new AppError({
      code: 'model-not-installed',
      message: `There is no model in ${folder}: it has no ${configName}.`,
      hint: `Name the folder that holds ${configName} and model.safetensors.`,
      place: { file: folder },
      details: { model: folder },
    });
  return readModel(folder, false);
}

function notInstalled(reference: string, folders: LibraryFolders): AppError {
  const hub = parseHubName(reference);
  const known = [...listModels(folders), ...officialModels].map(({ name }) => name);
  const get = (name: string): string =>
    `Get it: voltcast models add ${name} (or in the window: Settings, Foundation models). Without internet: voltcast models add FOLDER_OR_ARCHIVE`;
  return new AppError({
    code: 'model-not-installed',
    message: `The model ${reference} is not on this machine.`,
    hint: hub === null ? nearestHint(reference, known, 'model') : get(reference),
    details: { model: reference },
  });
}
