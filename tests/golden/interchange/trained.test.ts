/**
 * Models of every type and objective are trained here, on rows with missing numbers and missing categories, and leave in every
 * format that can hold them: what is read back, ONNX Runtime and (VOLTCAST_PEERS) the original libraries predict the same.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { TreeEnsemble } from '../../../src-main/models/boosting/ensemble.ts';
import { readModelFile, writableFormats, writeModelFile } from '../../../src-main/models/boosting/interchange/formats.ts';
import type { WritableFormat } from '../../../src-main/models/boosting/interchange/formats.ts';
import { treeModels } from '../../../src-main/models/boosting/params/tree-models.ts';
import type { TreeType } from '../../../src-main/models/boosting/params/tree-models.ts';
import type { TrainingSet } from '../../../src-main/models/boosting/training/config.ts';
import { problemOf } from '../../../src-main/models/boosting/training/present.ts';
import { train } from '../../../src-main/models/boosting/training/train.ts';
import { createRandom } from '../../../src-main/models/random.ts';
import { largestDifference, predictCase } from './cases.ts';
import { disagreeing, python } from './peers.ts';
import type { PeerCase } from './peers.ts';

type Kind = 'load' | 'count' | 'yes' | 'class';
const shifts = ['early', 'late', 'night'];
const machines = Array.from({ length: 14 }, (_, i) => `machine ${String.fromCharCode(65 + i)}`);
const names = ['temperature', 'hour', 'shift', 'machine', 'flow'];
const texts: readonly (readonly string[] | null)[] = [null, null, shifts, machines, null];

/** Numbers that 32 bits hold exactly; a sixth of everything but the hours is missing. */
function plant(kind: Kind, rows: number, seed: number): TrainingSet {
  const random = createRandom(seed);
  const hole = (value: number): number => (random.next() < 1 / 6 ? Number.NaN : value);
  const columns = [
    Float64Array.from({ length: rows }, () => hole(random.integer(120) / 4 - 10)),
    Float64Array.from({ length: rows }, () => random.integer(24)),
    Float64Array.from({ length: rows }, () => hole(random.integer(shifts.length))),
    Float64Array.from({ length: rows }, () => hole(random.integer(machines.length))),
    Float64Array.from({ length: rows }, () => hole(random.next() < 0.4 ? 0 : random.integer(40) / 8)),
  ];
  const target = Float64Array.from(columns[1], (hour, i) => {
    const [t, , shift, machine, flow] = columns.map((column) => column[i]);
    const load =
      4 * Math.sin(hour / 4) + (t || 3) / 5 + (shift === 2 ? 3 : 0) + ((((machine || 0) * 5) % 7) - 3) + (flow || 1) + random.next();
    if (kind === 'load') return load;
    if (kind === 'yes') return Number(load > 1.5);
    return kind === 'class' ? Number(load > 0) + Number(load > 3) : Math.round(Math.exp(load / 5));
  });
  const categorical = texts.map((list) => list !== null);
  return { rows, names, columns, categorical, categories: texts, target, weight: null };
}

type Case = readonly [type: TreeType, params: Record<string, unknown>, kind: Kind];
const few = { xgboost: { n_estimators: 12, min_child_weight: 1 }, lightgbm: { num_iterations: 12, min_data_in_leaf: 4, num_leaves: 9, min_data_per_group: 10 }, catboost: { iterations: 12, depth: 4 } };
const x = (params: Record<string, unknown>, kind: Kind = 'load'): Case => ['xgboost', { ...few.xgboost, ...params }, kind];
const l = (params: Record<string, unknown>, kind: Kind = 'load'): Case => ['lightgbm', { ...few.lightgbm, ...params }, kind];
const c = (params: Record<string, unknown>, kind: Kind = 'load'): Case => ['catboost', { ...few.catboost, ...params }, kind];
/** no target statistics: every category is asked for by itself */
const asked = { one_hot_max_size: 32 };

const cases: readonly Case[] = [
  x({ objective: 'reg:squarederror' }),
  x({ objective: 'reg:absoluteerror' }),
  x({ objective: 'reg:quantileerror', quantile_alpha: 0.8 }),
  x({ objective: 'reg:quantileerror', quantile_alpha: [0.1, 0.5, 0.9] }),
  x({ objective: 'reg:pseudohubererror' }),
  x({ objective: 'reg:tweedie' }, 'count'),
  x({ objective: 'count:poisson' }, 'count'),
  x({ objective: 'reg:logistic' }, 'yes'),
  x({ objective: 'binary:logistic' }, 'yes'),
  x({ objective: 'multi:softprob', num_class: 3 }, 'class'),
  x({ grow_policy: 'lossguide', max_depth: 0, max_leaves: 11, max_cat_to_onehot: 20 }),
  x({ num_parallel_tree: 3, subsample: 0.7, enable_categorical: false }),
  l({ objective: 'regression' }),
  l({ objective: 'regression_l1' }),
  l({ objective: 'huber', alpha: 2 }),
  l({ objective: 'quantile', alpha: 0.3 }),
  l({ objective: 'quantile', alpha: [0.1, 0.5, 0.9] }),
  l({ objective: 'poisson' }, 'count'),
  l({ objective: 'tweedie', tweedie_variance_power: 1.3 }, 'count'),
  l({ objective: 'binary' }, 'yes'),
  l({ objective: 'multiclass', num_class: 3 }, 'class'),
  l({ data_sample_strategy: 'goss', learning_rate: 0.5, extra_trees: true }),
  l({ max_cat_to_onehot: 20, path_smooth: 3, boost_from_average: false }),
  c({ ...asked }),
  c({ ...asked, loss_function: 'MAE' }),
  c({ ...asked, loss_function: 'Quantile:alpha=0.8' }),
  c({ ...asked, loss_function: 'MultiQuantile:alpha=0.1,0.5,0.9' }),
  c({ ...asked, loss_function: 'Huber:delta=2' }),
  c({ ...asked, loss_function: 'Poisson' }, 'count'),
  c({ ...asked, loss_function: 'Tweedie:variance_power=1.5' }, 'count'),
  c({ ...asked, loss_function: 'Logloss' }, 'yes'),
  c({ ...asked, loss_function: 'CrossEntropy' }, 'yes'),
  c({ ...asked, loss_function: 'MultiClass', classes_count: 3 }, 'class'),
  c({ one_hot_max_size: 4 }),
  c({ one_hot_max_size: 2, max_ctr_complexity: 2, boosting_type: 'Ordered' }),
  c({ one_hot_max_size: 2, loss_function: 'Logloss', max_ctr_complexity: 3 }, 'yes'),
  c({
    one_hot_max_size: 2,
    max_ctr_complexity: 2,
    simple_ctr: ['Buckets:TargetBorderCount=3:Prior=0.25', 'BinarizedTargetMeanValue:Prior=0.5'],
    combinations_ctr: ['Counter:CtrBorderCount=7', 'Borders:TargetBorderCount=2:Prior=2/1'],
  }),
  ['random_forest', { n_estimators: 8, min_samples_leaf: 3 }, 'load'],
  ['random_forest', { n_estimators: 8, min_samples_leaf: 3, max_leaf_nodes: 12, categorical_features: 'none' }, 'load'],
  ['extra_trees', { n_estimators: 8, min_samples_leaf: 3 }, 'load'],
  ['decision_tree', { min_samples_leaf: 3, ccp_alpha: 0.01 }, 'load'],
];
const title = ([type, params]: Case): string => `${type} ${JSON.stringify(params)}`;

const unseen: Record<Kind, TrainingSet> = {
  load: plant('load', 80, 2),
  count: plant('count', 80, 3),
  yes: plant('yes', 80, 4),
  class: plant('class', 80, 5),
};
const trained = new Map<Case, TreeEnsemble>();
beforeAll(async () => {
  for (const one of cases) {
    const [type, params, kind] = one;
    const set = plant(kind, 400, 1);
    const config = treeModels[type].plan(params, [0.1, 0.5, 0.9]).config(problemOf(set, 1, 1));
    trained.set(one, (await train(set, config, { threads: 1 })).ensemble);
  }
}, 60_000);

/** null: the format cannot hold the model, and says so. */
function write(ensemble: TreeEnsemble, format: WritableFormat): Uint8Array | null {
  try {
    return writeModelFile(ensemble, format);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'model-not-exportable') return null;
    throw thrown;
  }
}

test('each type goes to its own format, and a forest to all but CatBoost', () => {
  const formatsOf = (wanted: TreeType, without: string): Set<string> => {
    const own = cases.filter(([type, params]) => type === wanted && !JSON.stringify(params).includes(without));
    return new Set(own.map((one) => writableFormats.filter((format) => write(trained.get(one)!, format) !== null).join(' ')));
  };
  const nodes = 'xgboost-json xgboost-ubjson lightgbm-text onnx';
  expect(formatsOf('xgboost', 'enable_categorical')).toEqual(new Set([nodes]));
  expect(formatsOf('lightgbm', '-')).toEqual(new Set([nodes]));
  expect(formatsOf('random_forest', '-')).toEqual(new Set([nodes]));
  expect(formatsOf('extra_trees', '-')).toEqual(new Set([nodes]));
  expect(formatsOf('decision_tree', '-')).toEqual(new Set([nodes]));
  // trees without target statistics go everywhere, the others nowhere else
  for (const one of cases.filter(([type]) => type === 'catboost')) {
    const elsewhere = writableFormats.filter((format) => write(trained.get(one)!, format) !== null);
    const all = trained.get(one)!.derived.length === 0;
    expect(elsewhere).toEqual(all ? [...writableFormats] : ['catboost-json']);
  }
});

describe.each(cases.map((one) => [title(one), one] as const))('%s', (_title, one) => {
  const rows = unseen[one[2]];

  test('is read back the same from every format', () => {
    const ensemble = trained.get(one)!;
    const expected = predictCase(ensemble, rows.columns as Float64Array[]);
    let written = 0;
    for (const format of writableFormats) {
      const bytes = format === 'onnx' ? null : write(ensemble, format);
      if (bytes === null || format === 'onnx') continue;
      written++;
      const again = readModelFile({ bytes, file: 'trained' }, format).ensemble;
      const columns = again.features.map((feature, f) => {
        const given = texts[f];
        if (given === null || feature.kind !== 'category' || feature.categories === null) return rows.columns[f] as Float64Array;
        return Float64Array.from(rows.columns[f], (code) => (Number.isNaN(code) ? code : feature.categories!.indexOf(given[code])));
      });
      const found = predictCase(again, columns);
      expect([format, largestDifference(found, expected) < 1e-5]).toEqual([format, true]);
    }
    expect(written).toBeGreaterThan(0);
  });

  test('predicts the same in ONNX Runtime', async () => {
    const ensemble = trained.get(one)!;
    const bytes = write(ensemble, 'onnx');
    if (bytes === null) {
      expect(ensemble.derived.length).toBeGreaterThan(0);
      return;
    }
    const expected = predictCase(ensemble, rows.columns as Float64Array[]);
    const matrix = new Float32Array(rows.rows * names.length);
    rows.columns.forEach((column, f) => column.forEach((value, i) => (matrix[i * names.length + f] = value)));
    const session = await InferenceSession.create(bytes);
    const { prediction } = await session.run({ features: new Tensor('float32', matrix, [rows.rows, names.length]) });
    const data = prediction.data as Float32Array;
    const found = expected.map((_, k) => Float64Array.from({ length: rows.rows }, (__, i) => data[i * expected.length + k]));
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
  });
});

describe('the real libraries', () => {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'voltcast-test-trained-'));
  afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

  test.skipIf(python === undefined)('load every file and predict the same (VOLTCAST_PEERS)', { timeout: 240_000 }, () => {
    const manifest = cases.flatMap((one, n) => {
      const ensemble = trained.get(one)!;
      const rows = unseen[one[2]];
      const predicted = predictCase(ensemble, rows.columns as Float64Array[]).map((column) => [...column]);
      return writableFormats.flatMap((format): PeerCase[] => {
        const bytes = format === 'onnx' ? null : write(ensemble, format);
        if (bytes === null) return [];
        const file = path.join(temporary, `${n}-${one[0]}.${format}.${format === 'xgboost-ubjson' ? 'ubj' : 'json'}`);
        fs.writeFileSync(file, bytes);
        const columns = Object.fromEntries(
          names.map((name, f) => [
            name,
            Array.from(rows.columns[f], (value) =>
              Number.isNaN(value) ? null : texts[f] !== null ? texts[f][value] : value,
            ),
          ]),
        );
        const categorical = names.filter((_, f) => texts[f] !== null);
        const levels = { shift: shifts, machine: machines };
        return [{ file, format, columns, levels, categorical, link: ensemble.link, predicted }];
      });
    });
    expect(disagreeing(manifest, temporary)).toEqual([]);
  });
});
