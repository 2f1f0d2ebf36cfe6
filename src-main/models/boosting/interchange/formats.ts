/** @file The formats by name: which one a file has, reading and writing. */
import { AppError } from '../../../../src-preload/contract/index.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { validateEnsemble } from '../predict/validate.ts';
import { readCatboostDocument } from './catboost-read.ts';
import { writeCatboost } from './catboost-write.ts';
import { parseJson } from './json.ts';
import { readLightgbm } from './lightgbm-read.ts';
import { writeLightgbm } from './lightgbm-write.ts';
import { badModelFile, shownName, unsupportedModel } from './model-file.ts';
import type { ModelFileInput } from './model-file.ts';
import { writeOnnx } from './onnx-write.ts';
import { parseUbjson } from './ubjson.ts';
import { readXgboostDocument } from './xgboost-read.ts';
import { writeXgboostJson, writeXgboostUbjson } from './xgboost-write.ts';

export const readableFormats = ['xgboost-json', 'xgboost-ubjson', 'lightgbm-text', 'catboost-json'] as const;
export type ReadableFormat = (typeof readableFormats)[number];
export const writableFormats = [...readableFormats, 'onnx'] as const;
export type WritableFormat = (typeof writableFormats)[number];

/** Endings of file names, the usual one first. */
export const endings: Readonly<Record<WritableFormat, readonly string[]>> = {
  'xgboost-json': ['.xgboost.json', '.json'],
  'xgboost-ubjson': ['.ubj', '.ubjson'],
  'lightgbm-text': ['.lightgbm.txt', '.txt'],
  'catboost-json': ['.catboost.json', '.json'],
  onnx: ['.onnx'],
};

/** The format that a file name asks for; null where its ending is shared or unknown. */
export function formatOfName(name: string): WritableFormat | null {
  const lower = name.toLowerCase();
  const fitting = (list: readonly WritableFormat[], first: boolean) =>
    list.filter((format) =>
      endings[format].some((ending, i) => (!first || i === 0) && lower.endsWith(ending)),
    );
  const named = fitting(writableFormats, true);
  if (named.length === 1) return named[0];
  const any = fitting(writableFormats, false);
  return any.length === 1 ? any[0] : null;
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  bytes.length >= text.length && [...text].every((char, i) => bytes[i] === char.charCodeAt(0));

/** Files that people try, and what to save instead. */
const foreign: readonly { readonly start: string; readonly is: string; readonly hint: string }[] = [
  {
    start: 'CBM1',
    is: 'a binary CatBoost model',
    hint: "Save it as JSON: model.save_model(FILE, format='json', pool=train_pool).",
  },
  {
    start: 'binf',
    is: "a binary model of XGBoost's old format",
    hint: 'Save it as JSON: booster.save_model("model.json").',
  },
  {
    start: '\x80',
    is: 'a Python pickle, which can run any program and is never opened',
    hint: 'Save the model with its own save_model.',
  },
  { start: 'PK', is: 'an archive', hint: 'Unpack it and import the model file inside.' },
  {
    start: '\x08',
    is: 'an ONNX model, which can be written but not read',
    hint: 'Import the file the ONNX model was made from.',
  },
];

/**
 * Reads a model of another library.
 * @param format null: found out from the content
 * @returns a checked ensemble: every reader may walk its trees
 * @throws AppError `model-file` (damaged), `model-unsupported` (in order, but not read here)
 */
export function readModelFile(
  input: ModelFileInput,
  format: ReadableFormat | null = null,
): { ensemble: TreeEnsemble; format: ReadableFormat } {
  const named = { bytes: input.bytes, file: shownName(input.file) };
  const found = read(named, format);
  try {
    validateEnsemble(found.ensemble, 'model');
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw badModelFile(named.file, thrown.message.replace(/\.$/, ''));
  }
  return found;
}

function read(
  input: ModelFileInput,
  wanted: ReadableFormat | null,
): { ensemble: TreeEnsemble; format: ReadableFormat } {
  const { bytes, file } = input;
  if (bytes.length === 0) throw badModelFile(file, 'it is empty');
  for (const { start, is, hint } of foreign)
    if (startsWith(bytes, start)) throw unsupportedModel(file, `this is ${is}`, hint);
  const shape = shapeOf(bytes);
  if (shape === null)
    throw badModelFile(
      file,
      'it begins like none of the formats that are read',
      {},
      `Formats: XGBoost JSON or UBJSON, LightGBM text, CatBoost JSON.`,
    );
  if (shape === 'text') {
    check(file, wanted, 'lightgbm-text');
    return { ensemble: readLightgbm(input), format: 'lightgbm-text' };
  }
  if (shape === 'binary') {
    check(file, wanted, 'xgboost-ubjson');
    return { ensemble: readXgboostDocument(parseUbjson(input), file), format: 'xgboost-ubjson' };
  }
  const document = parseJson(input);
  const has = (key: string): boolean =>
    typeof document === 'object' && document !== null && Object.hasOwn(document, key);
  if (has('learner')) {
    check(file, wanted, 'xgboost-json');
    return { ensemble: readXgboostDocument(document, file), format: 'xgboost-json' };
  }
  if (has('features_info') || has('oblivious_trees')) {
    check(file, wanted, 'catboost-json');
    return { ensemble: readCatboostDocument(document, file), format: 'catboost-json' };
  }
  if (has('tree_info') && has('feature_names'))
    throw unsupportedModel(
      file,
      "this is LightGBM's dump_model",
      'Save the model as text: booster.save_model("model.txt").',
    );
  throw badModelFile(file, 'this JSON is neither a model of XGBoost nor of CatBoost');
}

function check(file: string, wanted: ReadableFormat | null, found: ReadableFormat): void {
  if (wanted !== null && wanted !== found)
    throw badModelFile(file, `expected ${wanted}, found ${found}`, {}, `Import it with --format ${found}.`);
}

function shapeOf(bytes: Uint8Array): 'json' | 'binary' | 'text' | null {
  let at = 0;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
  const blank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);
  while (blank(bytes[at])) at++;
  if (startsWith(bytes.subarray(at), 'tree')) return 'text';
  if (bytes[at] !== 0x7b) return null;
  for (at++; blank(bytes[at]); at++);
  const next = String.fromCharCode(bytes[at] ?? 0);
  return next === '"' || next === '}' ? 'json' : /[#$LliUIN\0]/.test(next) ? 'binary' : 'json';
}

/**
 * Writes a model for another library.
 * @throws AppError `model-not-exportable`
 */
export function writeModelFile(ensemble: TreeEnsemble, format: WritableFormat): Uint8Array {
  switch (format) {
    case 'xgboost-json':
      return writeXgboostJson(ensemble);
    case 'xgboost-ubjson':
      return writeXgboostUbjson(ensemble);
    case 'lightgbm-text':
      return writeLightgbm(ensemble);
    case 'catboost-json':
      return writeCatboost(ensemble);
    case 'onnx':
      return writeOnnx(ensemble);
  }
}
