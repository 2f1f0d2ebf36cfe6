/**
 * @file Models of other libraries that were imported: one file each in the workspace's folder `models`, with where they
 * came from and their trees in Voltcast's form. See docs/decisions/0009-model-interchange.md.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { AppError, importedModelSchema } from '../../src-preload/contract/index.ts';
import type { ImportFormat, ImportedModel } from '../../src-preload/contract/index.ts';
import { treeCount } from '../models/boosting/ensemble.ts';
import type { TreeEnsemble } from '../models/boosting/ensemble.ts';
import { formatOfName, readModelFile, writeModelFile } from '../models/boosting/interchange/formats.ts';
import type { WritableFormat } from '../models/boosting/interchange/formats.ts';
import { maxBytes } from '../models/boosting/interchange/model-file.ts';
import { ensembleFromJson, ensembleToJson } from '../models/boosting/predict/codec.ts';

const storedSchema = z.object({
  format: z.literal('voltcast-imported-model'),
  version: z.literal(1),
  model: importedModelSchema,
  ensemble: z.unknown(),
});

export interface ImportedModels {
  /** @throws AppError `model-file`, `model-unsupported`, `model-exists`, `file-not-found`, `invalid-option` */
  import(file: string, options: { readonly format?: ImportFormat; readonly name?: string }): ImportedModel;
  /** newest first; files that cannot be read are left out */
  list(): ImportedModel[];
  /** null: no model of that name. @throws AppError `model-invalid` when its file is damaged */
  find(name: string): { readonly model: ImportedModel; readonly ensemble: TreeEnsemble } | null;
  /** @throws AppError `model-not-found` */
  get(name: string): { readonly model: ImportedModel; readonly ensemble: TreeEnsemble };
  has(name: string): boolean;
  /** @throws AppError `model-not-found` */
  remove(name: string): void;
  /** From file to file. @throws AppError of reading, `model-not-exportable`, `invalid-option` when the format is not clear */
  convert(
    file: string,
    out: string,
    options: { readonly from?: ImportFormat; readonly to?: WritableFormat },
  ): { file: string; bytes: number; from: ImportFormat; to: WritableFormat };
}

/** @param folder made when the first model comes in */
export function createImportedModels(folder: string): ImportedModels {
  const fileOf = (name: string): string => path.join(folder, `${name}.json`);
  const read = (name: string): z.infer<typeof storedSchema> | null => {
    if (!isName(name) || !fs.existsSync(fileOf(name))) return null;
    try {
      return storedSchema.parse(JSON.parse(fs.readFileSync(fileOf(name), 'utf8')));
    } catch (cause) {
      throw new AppError(
        {
          code: 'model-invalid',
          message: `The imported model "${name}" cannot be read: its file in the workspace is damaged.`,
          hint: 'Import it again from its own file.',
          place: { file: fileOf(name) },
        },
        { cause },
      );
    }
  };
  const find: ImportedModels['find'] = (name) => {
    const stored = read(name);
    return stored === null
      ? null
      : { model: stored.model, ensemble: ensembleFromJson(stored.ensemble, name) };
  };
  const missing = (name: string): AppError =>
    new AppError({
      code: 'model-not-found',
      message: `There is no imported model "${name}".`,
      hint: 'See which there are: voltcast models imported',
    });
  return {
    find,
    import(file, { format, name }) {
      const bytes = readBytes(file);
      const found = readModelFile({ bytes, file: path.basename(file) }, format ?? null);
      const chosen = name ?? nameOf(file);
      if (!isName(chosen))
        throw new AppError({
          code: 'invalid-option',
          message: `"${chosen}" cannot be the name of a model.`,
          hint: 'Use letters, digits, blanks, ".", "_" and "-", and begin with a letter or digit.',
        });
      if (fs.existsSync(fileOf(chosen)))
        throw new AppError({
          code: 'model-exists',
          message: `There is an imported model "${chosen}" already.`,
          hint: `Choose another name, or remove the old one: voltcast models remove "${chosen}"`,
        });
      const { ensemble } = found;
      const model: ImportedModel = {
        name: chosen,
        importedAt: Date.now(),
        source: {
          file: path.basename(file),
          format: found.format,
          bytes: bytes.byteLength,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
        library: ensemble.dialect,
        objective: ensemble.objective,
        levels: ensemble.levels === null ? null : [...ensemble.levels],
        outputs: ensemble.outputs,
        trees: treeCount(ensemble),
        features: ensemble.features.map(({ name: feature, kind, categories }) => ({
          name: feature,
          kind,
          categories: categories?.length ?? null,
        })),
      };
      fs.mkdirSync(folder, { recursive: true });
      const stored = {
        format: 'voltcast-imported-model',
        version: 1,
        model,
        ensemble: ensembleToJson(ensemble),
      };
      writeFileAtomic.sync(fileOf(chosen), JSON.stringify(stored));
      return model;
    },
    list() {
      if (!fs.existsSync(folder)) return [];
      const names = fs
        .readdirSync(folder)
        .flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
      return names
        .flatMap((name) => {
          try {
            return read(name)?.model ?? [];
          } catch {
            return [];
          }
        })
        .sort((a, b) => b.importedAt - a.importedAt);
    },
    get(name) {
      const found = find(name);
      if (found === null) throw missing(name);
      return found;
    },
    has: (name) => isName(name) && fs.existsSync(fileOf(name)),
    remove(name) {
      if (!isName(name) || !fs.existsSync(fileOf(name))) throw missing(name);
      fs.rmSync(fileOf(name));
    },
    convert(file, out, { from, to }) {
      const target = to ?? formatOfName(out);
      if (target === null)
        throw new AppError({
          code: 'invalid-option',
          message: `The name "${path.basename(out)}" does not say which format is meant.`,
          hint: 'Say it with --to, e.g. --to xgboost-json.',
        });
      const { ensemble, format } = readModelFile(
        { bytes: readBytes(file), file: path.basename(file) },
        from ?? null,
      );
      const content = writeModelFile(ensemble, target);
      fs.mkdirSync(path.dirname(out), { recursive: true });
      writeFileAtomic.sync(out, Buffer.from(content.buffer, content.byteOffset, content.byteLength));
      return { file: out, bytes: content.byteLength, from: format, to: target };
    },
  };
}

/** A name is a file name on every system. */
const isName = (name: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u.test(name) && !name.endsWith('.');

/** The file's name without its endings and what no name may hold. */
const nameOf = (file: string): string =>
  path
    .basename(file)
    .replace(/(\.(xgboost|lightgbm|catboost))?\.[^.]*$/i, '')
    .replace(/[^\p{L}\p{N} ._-]/gu, '_')
    .replace(/^[^\p{L}\p{N}]+|\.+$/gu, '')
    .slice(0, 100) || 'model';

function readBytes(file: string): Uint8Array {
  const { size } = fs.statSync(file);
  if (size > maxBytes)
    throw new AppError({
      code: 'model-file',
      message: `${path.basename(file)} is not a usable model file: it has ${size} bytes, at most ${maxBytes} are read.`,
      hint: 'Train a smaller model.',
      place: { file: path.basename(file) },
    });
  return fs.readFileSync(file);
}
