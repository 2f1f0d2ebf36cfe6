/** @file The models that are here: one folder each, in the user's folder and in the one that came with the app. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError, toErrorData } from '../../../src-preload/contract/index.ts';
import type {
  FoundationKind,
  FoundationManifest,
  FoundationModel,
} from '../../../src-preload/contract/index.ts';
import { configName, kindOf, readmeName, weightsName } from './kind.ts';
import { licenceOfReadme } from './licence.ts';
import { checkFiles, damaged, manifestName, readManifest } from './manifest.ts';
import { folderNameOf, isModelName, nameOfFolder } from './names.ts';

export interface LibraryFolders {
  /** the user's; made when the first model comes in */
  readonly own: string;
  /** of the app; need not be there */
  readonly builtIn: string;
}

/** A model that can be run. */
export interface InstalledModel {
  readonly name: string;
  readonly kind: FoundationKind;
  /** absolute path */
  readonly folder: string;
  readonly builtIn: boolean;
  /** null: a folder that the library did not make */
  readonly manifest: FoundationManifest | null;
}

/** What is on its way, beside the models: a rename brings it in. */
export const incomingName = '.incoming';

/** All models, built-in ones first; one that is damaged is listed with its problem. */
export function listModels(folders: LibraryFolders): FoundationModel[] {
  const own = modelFolders(folders.own, isModelFolder).map((folder) => describe(folder, false));
  const names = new Set(own.map(({ name }) => name));
  // the user's own one of that name stands in front of the built-in one
  const builtIn = modelFolders(folders.builtIn, isBuiltInModel)
    .map((folder) => describe(folder, true))
    .filter(({ name }) => !names.has(name));
  const byName = (a: FoundationModel, b: FoundationModel): number => (a.name < b.name ? -1 : 1);
  return [...builtIn.sort(byName), ...own.sort(byName)];
}

/** null: no model of that name. @throws AppError `model-damaged`, `model-kind-unsupported` */
export function findModel(name: string, folders: LibraryFolders): InstalledModel | null {
  if (!isModelName(name)) return null;
  for (const [root, builtIn] of [
    [folders.own, false],
    [folders.builtIn, true],
  ] as const) {
    const folder = path.join(root, folderNameOf(name));
    if ((builtIn ? isBuiltInModel : isModelFolder)(folder)) return readModel(folder, builtIn);
  }
  return null;
}

/**
 * A model in a folder, as it is.
 * @throws AppError `model-damaged`, `model-kind-unsupported`
 */
export function readModel(folder: string, builtIn: boolean): InstalledModel {
  const manifest = readManifest(folder);
  const name = manifest?.name ?? nameOfFolder(path.basename(folder));
  if (manifest !== null) checkFiles(folder, manifest);
  return { name, kind: kindOf(readConfig(folder, name), name), folder, builtIn, manifest };
}

export function readConfig(folder: string, name: string): unknown {
  const file = path.join(folder, configName);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw damaged(name, missing ? `${configName} is missing` : `${configName} is not JSON`, file, cause);
  }
}

/** @throws AppError `model-not-found`, `model-built-in` */
export function removeModel(name: string, folders: LibraryFolders): void {
  const folder = path.join(folders.own, folderNameOf(name));
  if (!isModelName(name) || !existsSync(folder)) {
    if (isModelName(name) && isBuiltInModel(path.join(folders.builtIn, folderNameOf(name))))
      throw new AppError({
        code: 'model-built-in',
        message: `${name} came with Voltcast and cannot be removed.`,
      });
    throw new AppError({
      code: 'model-not-found',
      message: `There is no model "${name}" in the library.`,
      hint: 'See which there are: voltcast models library',
    });
  }
  discard(folder, folders.own);
}

/** Puts a whole folder in the place of a model, so that at no time half of one is there. */
export function placeModel(from: string, name: string, own: string): string {
  const folder = path.join(own, folderNameOf(name));
  if (existsSync(folder)) discard(folder, own);
  renameSync(from, folder);
  return folder;
}

/** Out of sight at once, then removed: a process that is killed meanwhile leaves no half model. */
function discard(folder: string, own: string): void {
  const incoming = path.join(own, incomingName);
  mkdirSync(incoming, { recursive: true });
  const away = path.join(incoming, `removed-${path.basename(folder)}-${process.pid}-${Date.now()}`);
  renameSync(folder, away);
  rmSync(away, { recursive: true, force: true });
}

const has = (folder: string, name: string): boolean => existsSync(path.join(folder, name));
const isModelFolder = (folder: string): boolean => has(folder, configName) || has(folder, manifestName);
/** The app's folder has more in it than models: what they are made with. */
const isBuiltInModel = (folder: string): boolean => has(folder, configName) && has(folder, weightsName);

function modelFolders(root: string, isModel: (folder: string) => boolean): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => path.join(root, entry.name))
    .filter(isModel);
}

function describe(folder: string, builtIn: boolean): FoundationModel {
  const base = { folder, builtIn, bytes: bytesIn(folder), revision: null, commit: null, licence: null };
  const unknown = { ...base, kind: null, source: null, addedAt: null };
  try {
    const { name, kind, manifest } = readModel(folder, builtIn);
    if (manifest === null) {
      const source = builtIn ? ({ from: 'built-in', name: 'Voltcast' } as const) : null;
      return { ...unknown, name, kind, source, licence: licenceIn(folder), problem: null };
    }
    const { revision, commit, licence, source, addedAt } = manifest;
    return { ...base, name, kind, revision, commit, licence, source, addedAt, problem: null };
  } catch (thrown) {
    return { ...unknown, name: nameOfFolder(path.basename(folder)), problem: toErrorData(thrown) };
  }
}

export const licenceIn = (folder: string): FoundationManifest['licence'] => {
  const file = path.join(folder, readmeName);
  return licenceOfReadme(existsSync(file) ? readFileSync(file, 'utf8') : '');
};

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      bytes += statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
