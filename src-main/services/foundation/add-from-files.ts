/** @file A model of a folder or an archive becomes a model of the library: for machines without internet. */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, foundationManifestSchema } from '../../../src-preload/contract/index.ts';
import type { FoundationKind, FoundationManifest } from '../../../src-preload/contract/index.ts';
import type { Report } from './add-from-hub.ts';
import { isArchiveName, readEntry, unpackEntry, walkArchive, withoutEnding } from './archive.ts';
import { maxModelBytes } from './hub.ts';
import { configName, filesNeeded, isInside, isWeights, kindOf, mayBeNeeded, weightsName } from './kind.ts';
import { findModel, licenceIn, readConfig } from './library.ts';
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

/** What a folder or an archive holds, before anything is copied. */
interface Found {
  readonly from: 'folder' | 'archive';
  /** path inside the model's folder → bytes */
  readonly files: ReadonlyMap<string, number>;
  readonly config: unknown;
  readonly manifest: FoundationManifest | null;
  /** copies these into the staging folder */
  copy(wanted: ReadonlySet<string>, staging: string, moved: (bytes: number) => void): Promise<void>;
}

const maxTextBytes = 4 << 20;

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
  { from, manifest }: Found,
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

function lookIntoFolder(folder: string, signal: AbortSignal): Found {
  const root = modelFolderIn(folder);
  const files = new Map<string, number>();
  for (const sub of ['', 'onnx'])
    for (const name of existsSync(path.join(root, sub)) ? readdirSync(path.join(root, sub)) : []) {
      const inside = sub === '' ? name : `${sub}/${name}`;
      if (!mayBeNeeded(inside)) continue;
      // links are followed: it is the user's own folder, and the hub's tools keep their files behind links
      const stats = statSync(path.join(root, inside), { throwIfNoEntry: false });
      if (stats?.isFile() === true) files.set(inside, stats.size);
    }
  return {
    from: 'folder',
    files,
    config: readConfig(root, path.basename(folder)),
    manifest: manifestIn(root, folder),
    copy: async (wanted, staging, moved) => {
      for (const name of wanted) {
        const target = path.join(staging, ...name.split('/'));
        mkdirSync(path.dirname(target), { recursive: true });
        const source = createReadStream(path.join(root, name), { highWaterMark: 1 << 20 });
        source.on('data', (chunk) => moved(chunk.length));
        await pipeline(source, createWriteStream(target), { signal });
      }
    },
  };
}

const manifestIn = (root: string, folder: string): FoundationManifest | null => {
  const file = path.join(root, manifestName);
  if (!existsSync(file)) return null;
  return parseManifest(readFileSync(file), folder);
};

/** @throws AppError `model-damaged` */
function parseManifest(bytes: Uint8Array, file: string): FoundationManifest {
  try {
    const manifest = foundationManifestSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    if (manifest.files.every((entry) => isInside(entry.path))) return manifest;
  } catch {
    // said below
  }
  throw new AppError({
    code: 'model-damaged',
    message: `${manifestName} of ${path.basename(file)} does not have the form it should.`,
    hint: 'Copy the model again, or remove that file from it.',
    place: { file },
  });
}

/** The folder itself, or the one below it that has a config.json; the hub's tools nest two deep. */
function modelFolderIn(folder: string): string {
  let level = [folder];
  for (let depth = 0; depth < 3; depth += 1) {
    const found = level.filter((one) => existsSync(path.join(one, configName)));
    if (found.length === 1) return found[0];
    if (found.length > 1) throw noModel(folder, `more than one ${configName} in it`);
    level = level
      .flatMap((one) =>
        readdirSync(one, { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? path.join(one, entry.name) : [],
        ),
      )
      .slice(0, 1000);
  }
  throw noModel(folder, `no ${configName} in it`);
}

const noModel = (file: string, what: string): AppError =>
  new AppError({
    code: 'checkpoint-incomplete',
    message: `${file} is not a model: there is ${what}.`,
    hint: `A model is a folder with ${configName} and ${weightsName}.`,
    place: { file },
  });

async function lookIntoArchive(file: string, signal: AbortSignal): Promise<Found> {
  const sizes = new Map<string, number>();
  const texts = new Map<string, Uint8Array>();
  await walkArchive(
    file,
    async (entry) => {
      sizes.set(entry.path, entry.bytes);
      const base = path.posix.basename(entry.path);
      if ((base === configName || base === manifestName) && texts.size < 100)
        texts.set(entry.path, await readEntry(entry, maxTextBytes));
    },
    signal,
  );
  const depth = (name: string): number => name.split('/').length;
  const configs = [...sizes.keys()].filter((name) => path.posix.basename(name) === configName);
  const least = Math.min(...configs.map(depth));
  const [config, second] = configs.filter((name) => depth(name) === least);
  if (config === undefined) throw noModel(file, `no ${configName} in it`);
  if (second !== undefined) throw noModel(file, `more than one ${configName} in it`);
  const prefix = config.slice(0, -configName.length);
  const inside = (name: string): string | null =>
    name.startsWith(prefix) ? name.slice(prefix.length) : null;
  const files = new Map<string, number>();
  for (const [name, bytes] of sizes) {
    const own = inside(name);
    if (own !== null && mayBeNeeded(own)) files.set(own, bytes);
  }
  const manifest = texts.get(prefix + manifestName);
  return {
    from: 'archive',
    files,
    config: parseConfig(texts.get(config)!, file),
    manifest: manifest === undefined ? null : parseManifest(manifest, file),
    copy: async (wanted, staging, moved) => {
      const missing = new Set(wanted);
      await walkArchive(
        file,
        async (entry) => {
          const own = inside(entry.path);
          if (own === null || !missing.delete(own)) return;
          const target = path.join(staging, ...own.split('/'));
          mkdirSync(path.dirname(target), { recursive: true });
          await unpackEntry(entry, target, moved, signal);
        },
        signal,
      );
      if (missing.size > 0) throw noModel(file, `no ${[...missing][0]} in it any more`);
    },
  };
}

function parseConfig(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    throw noModel(file, `a ${configName} that is not JSON`);
  }
}
