/** @file What a folder or an archive holds of a model, and the way of its files out of it. */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationManifest } from '../../../src-preload/contract/index.ts';
import { readEntry, unpackEntry, walkArchive } from './archive.ts';
import { configName, mayBeNeeded, weightsName } from './kind.ts';
import { readConfig } from './library.ts';
import { manifestName, manifestOf } from './manifest.ts';

/** What a folder or an archive holds, before anything is copied. */
export interface FoundFiles {
  readonly from: 'folder' | 'archive';
  /** path inside the model's folder → bytes */
  readonly files: ReadonlyMap<string, number>;
  readonly config: unknown;
  readonly manifest: FoundationManifest | null;
  /** copies these into the staging folder */
  copy(wanted: ReadonlySet<string>, staging: string, moved: (bytes: number) => void): Promise<void>;
}

export const maxTextBytes = 4 << 20;

/** @throws AppError `checkpoint-incomplete`, `model-damaged` */
export function lookIntoFolder(folder: string, signal: AbortSignal): FoundFiles {
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
  const manifest = manifestOf(Buffer.from(bytes).toString('utf8'));
  if (manifest !== null) return manifest;
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

/** @throws AppError `archive-unsafe`, `archive-broken`, `checkpoint-incomplete`, `model-damaged`, `download-cancelled` */
export async function lookIntoArchive(file: string, signal: AbortSignal): Promise<FoundFiles> {
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
