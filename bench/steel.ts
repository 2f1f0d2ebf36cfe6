/**
 * @file The tree models with the parameters of their templates against the libraries they are modelled on: the feature
 * matrix that Voltcast trains on for day-ahead forecasts of the UCI steel data, the same rows, the same split (test
 * 2018-10-20 to 12-31), the same parameters. Both draw rows and columns at random, so figures are means over seeds.
 *
 *   npm run bench -- steel [--json] [--seeds 3] [--threads 2] [--models xgboost,lightgbm] [--python PATH]
 *
 * `mae`, `rmse`: errors on the test span; `ratio` = ours / theirs of the MAE; `spread`: between the lowest and the highest seed,
 * as a share of the mean, ours and theirs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isTreeType, treeModels, treeTypes } from '../src-main/models/boosting/params/tree-models.ts';
import type { TreeType } from '../src-main/models/boosting/params/tree-models.ts';
import { createPredictor } from '../src-main/models/boosting/predict/predictor.ts';
import { problemOf } from '../src-main/models/boosting/training/present.ts';
import { train } from '../src-main/models/boosting/training/train.ts';
import { recipeOrThrow } from '../src-main/recipes/parse.ts';
import { readSteel } from './lib/steel-frame.ts';
import { steelMatrices } from './lib/steel-matrix.ts';
import type { Matrices } from './lib/steel-matrix.ts';

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    models: { type: 'string', default: treeTypes.join(',') },
    python: { type: 'string', default: process.env['VOLTCAST_PEERS'] ?? 'python3' },
    file: { type: 'string', default: at('../../shared/data/steel_industry.csv') },
  },
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

interface Errors {
  readonly mae: number;
  readonly rmse: number;
  readonly seconds: number;
}

function errorsOf(predicted: ArrayLike<number>, actual: Float64Array, seconds: number): Errors {
  let absolute = 0;
  let square = 0;
  let n = 0;
  actual.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    // a load is never negative, in the app either
    const error = Math.max(0, predicted[i]) - value;
    absolute += Math.abs(error);
    square += error * error;
    n++;
  });
  return { mae: absolute / n, rmse: Math.sqrt(square / n), seconds };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const round = (value: number, digits = 3): number => Number(value.toFixed(digits));
const spread = (list: readonly Errors[]): number => {
  const maes = list.map(({ mae }) => mae);
  return (Math.max(...maes) - Math.min(...maes)) / mean(maes);
};

/** Parameters of the type's template, and what `auto` comes to. */
function paramsOf(type: TreeType, matrices: Matrices): Record<string, unknown> {
  const file = `${type}_config.yaml`;
  const text = readFileSync(at(`../resources/recipes/${file}`), 'utf8');
  const raw = recipeOrThrow(text, file).model.params;
  const params: Record<string, unknown> = treeModels[type].params.schema.parse(raw);
  const set = { ...matrices.train, categories: null, target: matrices.target, weight: null };
  const { grower } = treeModels[type].plan(raw, []).config(problemOf(set, matrices.leads, 1));
  for (const [key, value] of Object.entries(params))
    if (value === 'auto') params[key] = key === 'min_child_weight' ? grower.minHessian : grower.minRows;
  return params;
}

async function ours(
  type: TreeType,
  params: Record<string, unknown>,
  matrices: Matrices,
  seed: number,
): Promise<Errors> {
  const { train: features, target, test, actual, leads } = matrices;
  const set = { ...features, categories: null, target, weight: null };
  const config = treeModels[type].plan(params, []).config(problemOf(set, leads, seed));
  const began = performance.now();
  const { ensemble } = await train(set, config, { threads: Number(options.threads) });
  const seconds = (performance.now() - began) / 1000;
  return errorsOf(createPredictor(ensemble).predict(test.columns, test.rows)[0], actual, seconds);
}

function writeMatrices(folder: string, { train: features, target, test, actual }: Matrices): void {
  for (const [name, matrix] of [
    ['train', features],
    ['test', test],
  ] as const) {
    const out = new Float64Array(matrix.rows * matrix.columns.length);
    matrix.columns.forEach((column, f) => out.set(column, f * matrix.rows));
    writeFileSync(path.join(folder, `${name}.f64`), out);
  }
  writeFileSync(path.join(folder, 'train-y.f64'), target);
  writeFileSync(path.join(folder, 'test-y.f64'), actual);
}

function theirs(
  folder: string,
  type: TreeType,
  params: Record<string, unknown>,
  { train: features }: Matrices,
): Errors[] {
  const request = {
    type,
    params,
    seeds,
    threads: Number(options.threads),
    names: features.names,
    categorical: features.categorical,
  };
  writeFileSync(path.join(folder, 'request.json'), JSON.stringify(request));
  const answer = execFileSync(options.python, [at('peers/steel.py'), folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(answer.trim().split('\n').at(-1) ?? '') as Errors[];
}

if (!existsSync(options.file)) {
  console.error(
    `The steel data are not at ${options.file}; give their place with --file (UCI data set 851).`,
  );
  process.exit(2);
}
const frame = readSteel(options.file);
const testFrom = Math.round((Date.UTC(2018, 9, 20) - frame.time[0]) / frame.resolutionMs);
const matrices = await steelMatrices(frame, 'Usage_kWh', 96, testFrom, frame.time.length - testFrom);
const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-steel-'));
try {
  writeMatrices(folder, matrices);
  const rows: Record<string, string | number>[] = [];
  for (const type of options.models.split(',')) {
    if (!isTreeType(type)) throw new Error(`${type} is no tree model`);
    const params = paramsOf(type, matrices);
    const peer = theirs(folder, type, params, matrices);
    const own: Errors[] = [];
    for (const seed of seeds) own.push(await ours(type, params, matrices, seed));
    const of = (list: readonly Errors[], key: keyof Errors): number => mean(list.map((one) => one[key]));
    rows.push({
      model: type,
      peerMae: round(of(peer, 'mae')),
      mae: round(of(own, 'mae')),
      ratio: round(of(own, 'mae') / of(peer, 'mae'), 4),
      peerRmse: round(of(peer, 'rmse')),
      rmse: round(of(own, 'rmse')),
      peerSpread: round(spread(peer), 4),
      spread: round(spread(own), 4),
      peerSeconds: round(of(peer, 'seconds'), 2),
      seconds: round(of(own, 'seconds'), 2),
    });
  }
  if (options.json)
    console.log(
      JSON.stringify({ rows: rows, trainRows: matrices.train.rows, columns: matrices.train.columns.length }),
    );
  else console.table(rows);
} finally {
  rmSync(folder, { recursive: true });
}
