/**
 * Models are written here and loaded elsewhere: by ONNX Runtime always, by XGBoost, LightGBM and CatBoost when
 * VOLTCAST_PEERS names a Python that has them.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { TreeEnsemble } from '../../../src-main/models/boosting/ensemble.ts';
import {
  readModelFile,
  readableFormats,
  writeModelFile,
} from '../../../src-main/models/boosting/interchange/formats.ts';
import type { ReadableFormat } from '../../../src-main/models/boosting/interchange/formats.ts';
import { cases, columnsOf, folder, largestDifference, predictCase, readCase } from './cases.ts';

const names = Object.keys(cases);
const home = (ensemble: TreeEnsemble): ReadableFormat =>
  ({ xgboost: 'xgboost-json', lightgbm: 'lightgbm-text', catboost: 'catboost-json', forest: 'xgboost-json' } as const)[
    ensemble.dialect
  ];

/** null: this format cannot hold this model, and the writer has said so. */
function tryWrite(ensemble: TreeEnsemble, format: Parameters<typeof writeModelFile>[1]): Uint8Array | null {
  try {
    return writeModelFile(ensemble, format);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'model-not-exportable') return null;
    throw thrown;
  }
}

describe('own format', () => {
  test.each(names)('%s: read, written and read again is the same, and so are the bytes', (name) => {
    const ensemble = readCase(cases[name].file);
    const columns = columnsOf(ensemble, cases[name]);
    const formats = ensemble.dialect === 'xgboost' ? (['xgboost-json', 'xgboost-ubjson'] as const) : [home(ensemble)];
    for (const format of formats) {
      const written = writeModelFile(ensemble, format);
      const again = readModelFile({ bytes: written, file: name }, format);
      expect(Buffer.compare(writeModelFile(again.ensemble, format), written)).toBe(0);
      const found = predictCase(again.ensemble, columnsOf(again.ensemble, cases[name]));
      expect(largestDifference(found, predictCase(ensemble, columns))).toBeLessThan(1e-6);
    }
  });
});

describe('other formats', () => {
  test.each(names)('%s: every format that can hold it predicts the same', (name) => {
    const ensemble = readCase(cases[name].file);
    const expected = predictCase(ensemble, columnsOf(ensemble, cases[name]));
    for (const format of readableFormats) {
      const written = tryWrite(ensemble, format);
      if (written === null) continue;
      const { ensemble: again } = readModelFile({ bytes: written, file: name }, format);
      const found = predictCase(again, columnsOf(again, cases[name]));
      expect([format, largestDifference(found, expected) < 1e-5]).toEqual([format, true]);
    }
  });

  test('what can be written as what', () => {
    const elsewhere = (name: string): string =>
      [...readableFormats, 'onnx' as const]
        .filter((format) => format !== home(readCase(cases[name].file)))
        .filter((format) => tryWrite(readCase(cases[name].file), format) !== null)
        .join(' ');
    const groups = Map.groupBy(names, elsewhere);
    // target statistics are CatBoost's own; so is zero_as_missing LightGBM's
    expect(groups.get('')).toEqual([
      'lightgbm-zero',
      'catboost-statistics',
      'catboost-all-statistics',
      'catboost-logloss',
      'catboost-lossguide',
    ]);
    // trees of nodes go to CatBoost where each column's missing values go one way and no set has two categories
    expect(groups.get('xgboost-ubjson lightgbm-text catboost-json onnx')).toEqual(['xgboost-complete']);
    expect(groups.get('xgboost-json xgboost-ubjson catboost-json onnx')).toEqual(['lightgbm-complete', 'lightgbm-stump']);
    expect(groups.get('xgboost-json xgboost-ubjson lightgbm-text onnx')).toEqual([
      'catboost-onehot',
      'catboost-missing-max',
      'catboost-quantiles',
      'catboost-poisson',
    ]);
    expect([...groups.values()].flat()).toHaveLength(names.length);
    expect(groups.size).toBe(6);
  });
});

describe('ONNX Runtime', () => {
  test.each(names)('%s predicts the same', async (name) => {
    const ensemble = readCase(cases[name].file);
    const bytes = tryWrite(ensemble, 'onnx');
    if (bytes === null) return;
    const columns = columnsOf(ensemble, cases[name]);
    const expected = predictCase(
      ensemble,
      columns.map((column) => Float64Array.from(column, Math.fround)),
    );
    const rows = columns[0].length;
    const matrix = new Float32Array(rows * columns.length);
    columns.forEach((column, f) => column.forEach((value, i) => (matrix[i * columns.length + f] = value)));
    const session = await InferenceSession.create(bytes);
    const { prediction } = await session.run({ features: new Tensor('float32', matrix, [rows, columns.length]) });
    expect(prediction.dims).toEqual([rows, expected.length]);
    const data = prediction.data as Float32Array;
    const found = expected.map((_, k) => Float64Array.from({ length: rows }, (__, i) => data[i * expected.length + k]));
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
  });
});

describe('the real libraries', () => {
  const python = process.env['VOLTCAST_PEERS'];
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'voltcast-test-interchange-'));
  afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

  test.skipIf(python === undefined)('load every file and predict the same (VOLTCAST_PEERS)', { timeout: 120_000 }, () => {
    const manifest = names.flatMap((name) => {
      const ensemble = readCase(cases[name].file);
      const columns = columnsOf(ensemble, cases[name]);
      const predicted = predictCase(ensemble, columns).map((column) => [...column]);
      return readableFormats.flatMap((format) => {
        const written = tryWrite(ensemble, format);
        if (written === null) return [];
        const file = path.join(temporary, `${name}.${format}.${format === 'xgboost-ubjson' ? 'ubj' : 'json'}`);
        fs.writeFileSync(file, written);
        const categorical = ensemble.features.filter(({ kind }) => kind === 'category');
        return [
          {
            file,
            format,
            columns: cases[name].columns,
            levels: Object.fromEntries(
              categorical.map((feature) => [feature.name, feature.categories ?? cases[name].levels[feature.name]]),
            ),
            categorical: categorical.map((feature) => feature.name),
            link: ensemble.link,
            predicted,
          },
        ];
      });
    });
    const list = path.join(temporary, 'manifest.json');
    fs.writeFileSync(list, JSON.stringify(manifest));
    const answer = execFileSync(python!, [path.join(folder, 'check.py'), list], { encoding: 'utf8' });
    const results = JSON.parse(answer.trim().split('\n').at(-1)!) as { file: string; difference?: number; error?: string }[];
    expect(results).toHaveLength(manifest.length);
    const wrong = results.filter(({ difference }) => !(difference !== undefined && difference < 1e-5));
    expect(wrong.map((result) => ({ ...result, file: path.basename(result.file) }))).toEqual([]);
  });
});
