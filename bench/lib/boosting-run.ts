/**
 * @file One training of ours, in a process of its own, for bench/boosting.ts: `node boosting-run.ts FOLDER POLICY ROUNDS THREADS`
 * prints one line of JSON. The settings are those of bench/peers/boosting.py.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createPredictor } from '../../src-main/models/boosting/predict/predictor.ts';
import { catboostParams, catboostPlan } from '../../src-main/models/boosting/params/catboost.ts';
import { lightgbmParams, lightgbmPlan } from '../../src-main/models/boosting/params/lightgbm.ts';
import type { Plan } from '../../src-main/models/boosting/params/plan.ts';
import { xgboostParams, xgboostPlan } from '../../src-main/models/boosting/params/xgboost.ts';
import { train } from '../../src-main/models/boosting/training/train.ts';

const [folder, policy, rounds, threads] = process.argv.slice(2);

const plans: Readonly<Record<string, (rounds: number) => Plan>> = {
  xgboost: (n_estimators) =>
    xgboostPlan(
      xgboostParams.parse({
        n_estimators,
        max_depth: 6,
        max_bin: 256,
        learning_rate: 0.1,
        reg_lambda: 1,
        min_child_weight: 1,
        subsample: 1,
        colsample_bytree: 1,
      }),
      [],
    ),
  lightgbm: (n_estimators) =>
    lightgbmPlan(
      lightgbmParams.parse({
        n_estimators,
        num_leaves: 31,
        learning_rate: 0.1,
        min_data_in_leaf: 20,
        max_bin: 255,
        bagging_fraction: 1,
        bagging_freq: 0,
        feature_fraction: 1,
        lambda_l2: 0,
      }),
      [],
    ),
  catboost: (iterations) =>
    catboostPlan(
      catboostParams.parse({
        iterations,
        depth: 6,
        learning_rate: 0.1,
        l2_leaf_reg: 3,
        border_count: 254,
        bootstrap_type: 'No',
        random_strength: 1,
        boosting_type: 'Plain',
        rsm: 1,
      }),
      [],
    ),
};

const floats = (name: string): Float32Array => {
  const bytes = readFileSync(path.join(folder, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
};

/** Columns of a table that lies row by row. */
function columnsOf(name: string, width: number): Float32Array[] {
  const all = floats(name);
  const rows = all.length / width;
  return Array.from({ length: width }, (_, c) => {
    const column = new Float32Array(rows);
    for (let i = 0; i < rows; i++) column[i] = all[i * width + c];
    return column;
  });
}

const { columns: width } = JSON.parse(readFileSync(path.join(folder, 'shape.json'), 'utf8')) as {
  columns: number;
};
const columns = columnsOf('train.f32', width);
const target = Float64Array.from(floats('train-y.f32'));
const names = columns.map((_, c) => `f${c}`);
const categorical = names.map(() => false);
const rows = target.length;

const beginCpu = process.cpuUsage();
const begin = performance.now();
const config = plans[policy](Number(rounds)).config({
  rows,
  names,
  categorical,
  totalWeight: rows,
  leads: 1,
  seed: 1,
});
const { ensemble } = await train(
  { rows, names, columns, categorical, categories: null, target, weight: null },
  config,
  { threads: Number(threads) },
);
const seconds = (performance.now() - begin) / 1000;
const cpu = process.cpuUsage(beginCpu);
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
const mib = process.resourceUsage().maxRSS / 1024;

const test = columnsOf('test.f32', width);
const actual = floats('test-y.f32');
const predictor = createPredictor(ensemble);
const beginPredict = performance.now();
const [predicted] = predictor.predict(test, actual.length);
const predictSeconds = (performance.now() - beginPredict) / 1000;
let squares = 0;
for (let i = 0; i < actual.length; i++) squares += (predicted[i] - actual[i]) ** 2;

const row = new Float64Array(width);
const out = new Float64Array(ensemble.outputs);
const single = Math.min(2000, actual.length);
const beginRows = performance.now();
for (let i = 0; i < single; i++) {
  for (let c = 0; c < width; c++) row[c] = test[c][i];
  predictor.row(row, out);
}
const rowMicroseconds = ((performance.now() - beginRows) * 1000) / single;
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds,
    predictSeconds,
    rowMicroseconds,
    error: Math.sqrt(squares / actual.length),
    mib,
  }),
);
