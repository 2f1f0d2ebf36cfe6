import { describe, expect, test } from 'vitest';
import { AppError, recipeSchema } from '../../src-preload/contract/index.ts';
import type { Recipe } from '../../src-preload/contract/index.ts';
import type { Frame } from '../data/frame.ts';
import type { FitContext, SeriesTask } from './estimator.ts';
import { createRandom } from './random.ts';
import { createEstimator, modelParamsSchema, reviveModel } from './registry.ts';

const context: FitContext = { seed: 7, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };
const hourMs = 3_600_000;

/** Weeks of hours with a daily and weekly shape, a temperature and a shift plan. */
function plant(rows = 24 * 7 * 8, seed = 1): Frame {
  const random = createRandom(seed);
  const time = Float64Array.from({ length: rows }, (_, i) => Date.UTC(2024, 0, 1) + i * hourMs);
  const temperature = Float64Array.from(time, (_, i) => 10 + 8 * Math.sin(i / 50) + random.next());
  const load = Float64Array.from(time, (_, i) => {
    const hour = i % 24;
    const day = Math.floor(i / 24) % 7;
    const busy = day < 5 && hour >= 7 && hour < 18;
    return (busy ? 80 : 10) + 0.5 * temperature[i] + 4 * random.next();
  });
  return {
    time,
    resolutionMs: hourMs,
    timezone: 'UTC',
    columns: [
      { name: 'load', type: 'number', unit: 'kW', values: load },
      { name: 'temperature', type: 'number', unit: null, values: temperature },
      {
        name: 'shift',
        type: 'category',
        levels: ['off', 'on'],
        codes: Int32Array.from(time, (_, i) => (i % 24 >= 7 && i % 24 < 18 ? 1 : 0)),
      },
    ],
  };
}

const recipeFor = (
  type: string,
  more: Record<string, unknown> = {},
  params: Record<string, unknown> = {},
): Recipe => recipeSchema.parse({ ...more, model: { type, params } });

const quick: Record<string, Record<string, unknown>> = {
  seasonal_naive: {},
  linear: {},
  xgboost: { n_estimators: 20 },
  lightgbm: { num_iterations: 20, learning_rate: 0.1 },
  catboost: { iterations: 40, learning_rate: 0.1 },
  random_forest: { n_estimators: 20 },
  extra_trees: { n_estimators: 20 },
  decision_tree: {},
  blend: { members: ['linear', { type: 'xgboost', params: { n_estimators: 20 } }], weights: 'fitted' },
};

const taskOf = (frame: Frame, recipe: Recipe, horizon: number): SeriesTask => ({
  frame,
  target: 'load',
  horizon,
  pastCovariates: ['temperature'],
  knownCovariates: ['shift'],
  recipe,
});

/** Every reading from row `from` on is replaced, the known covariate is kept. */
function perturbed(frame: Frame, from: number): Frame {
  const columns = frame.columns.map((column) =>
    column.type === 'number'
      ? { ...column, values: column.values.map((value, i) => (i < from ? value : 1e4 * (1 + Math.sin(i)))) }
      : column,
  );
  return { ...frame, columns };
}

const trees = ['xgboost', 'lightgbm', 'catboost', 'random_forest', 'extra_trees', 'decision_tree'];

describe.each(['seasonal_naive', 'linear', ...trees, 'blend'])('%s', (type) => {
  const frame = plant(24 * 7 * 7);
  const trainEnd = 24 * 7 * 5;
  const origins = Int32Array.of(trainEnd - 1, trainEnd + 30, trainEnd + 71);

  test.each(['direct', 'recursive'])('%s: nothing after the origin changes a forecast', async (strategy) => {
    const recipe = recipeFor(type, { forecast: { strategy } }, quick[type]);
    const model = await createEstimator(recipe).fit(taskOf(frame, recipe, 8), trainEnd, context);
    const plain = await model.forecast(frame, origins, 8, 0);
    for (const [o, origin] of origins.entries()) {
      const other = await model.forecast(perturbed(frame, origin + 1), Int32Array.of(origin), 8, 0);
      expect(other.point).toEqual(plain.point.slice(o * 8, (o + 1) * 8));
    }
    // and the test can fail: changing the origin's own past does change it
    const before = await model.forecast(perturbed(frame, origins[0] - 200), origins.slice(0, 1), 8, 0);
    expect(before.point).not.toEqual(plain.point.slice(0, 8));
  });

  test('training never reads readings at or after trainEnd', async () => {
    const recipe = recipeFor(type, {}, quick[type]);
    const fit = (data: Frame) => createEstimator(recipe).fit(taskOf(data, recipe, 8), trainEnd, context);
    const a = await fit(frame);
    const b = await fit(perturbed(frame, trainEnd));
    expect(JSON.stringify(b.toJSON())).toBe(JSON.stringify(a.toJSON()));
  });

  test('JSON brings the same predictions back', async () => {
    const recipe = recipeFor(type, {}, quick[type]);
    const model = await createEstimator(recipe).fit(taskOf(frame, recipe, 8), trainEnd, context);
    const back = reviveModel(JSON.parse(JSON.stringify(model.toJSON())));
    expect(back.type).toBe(type);
    expect(await back.forecast(frame, origins, 24, 2)).toEqual(await model.forecast(frame, origins, 24, 2));
    expect(back.importance()).toEqual(model.importance());
  });

  test('forecasts beyond the last row, longer than trained, and over missing readings', async () => {
    const recipe = recipeFor(type, {}, quick[type]);
    const values = (frame.columns[0] as { values: Float64Array }).values.slice();
    values.fill(Number.NaN, 300, 340);
    const holed: Frame = {
      ...frame,
      columns: [{ ...frame.columns[0], type: 'number', unit: null, values }, ...frame.columns.slice(1)],
    };
    const model = await createEstimator(recipe).fit(taskOf(holed, recipe, 8), trainEnd, context);
    const { point } = await model.forecast(holed, Int32Array.of(holed.time.length - 1), 60, 0);
    expect(point).toHaveLength(60);
    expect(point.every((value) => Number.isFinite(value) && value >= 0 && value < 200)).toBe(true);
  });

  test('beats the mean by far', async () => {
    const recipe = recipeFor(type, {}, quick[type]);
    const model = await createEstimator(recipe).fit(taskOf(frame, recipe, 8), trainEnd, context);
    const starts = Int32Array.from({ length: 40 }, (_, d) => trainEnd - 1 + 8 * d);
    const { point } = await model.forecast(frame, starts, 8, 0);
    const load = (frame.columns[0] as { values: Float64Array }).values;
    let sum = 0;
    point.forEach((value, i) => {
      sum += (value - load[starts[Math.floor(i / 8)] + 1 + (i % 8)]) ** 2;
    });
    expect(Math.sqrt(sum / point.length)).toBeLessThan(trees.includes(type) ? 20 : 10);
  });
});

test('quantile forecasts ascend and hold the median as their point', async () => {
  const frame = plant();
  const recipe = recipeFor(
    'xgboost',
    { forecast: { quantiles: [0.1, 0.5, 0.9] } },
    { n_estimators: 15, objective: 'reg:quantileerror' },
  );
  const model = await createEstimator(recipe).fit(taskOf(frame, recipe, 8), 24 * 42, context);
  const batch = await model.forecast(frame, Int32Array.of(1100), 24, 0);
  expect(batch.levels).toEqual([0.1, 0.5, 0.9]);
  const q = batch.quantiles ?? new Float64Array();
  expect(q).toHaveLength(72);
  for (let i = 0; i < 24; i++) {
    expect(q[3 * i]).toBeLessThanOrEqual(q[3 * i + 1]);
    expect(q[3 * i + 1]).toBeLessThanOrEqual(q[3 * i + 2]);
    expect(batch.point[i]).toBe(q[3 * i + 1]);
  }
});

test('regression predicts each row from its own instant', async () => {
  const frame = plant();
  for (const type of ['linear', ...trees, 'blend']) {
    const recipe = recipeFor(type, { task: 'regression', data: { features: ['temperature', 'shift'] } }, {});
    const model = await createEstimator(recipe).fit(taskOf(frame, recipe, 8), 24 * 42, context);
    const predicted = model.predictRows?.(frame) ?? new Float64Array();
    expect(predicted).toHaveLength(frame.time.length);
    const load = (frame.columns[0] as { values: Float64Array }).values;
    const error = Math.sqrt(
      predicted.reduce((sum, value, i) => sum + (value - load[i]) ** 2, 0) / predicted.length,
    );
    expect(error, type).toBeLessThan(8);
    expect(reviveModel(JSON.parse(JSON.stringify(model.toJSON()))).predictRows?.(frame)).toEqual(predicted);
  }
});

test('parameters are strict and aliases count', () => {
  expect(modelParamsSchema('xgboost').safeParse({ eta: 0.1 }).success).toBe(true);
  expect(modelParamsSchema('xgboost').safeParse({ etta: 0.1 }).success).toBe(false);
  expect(() => createEstimator(recipeFor('xgboost', {}, { etta: 0.1 }))).toThrow(/etta/);
  expect(() => createEstimator(recipeFor('linear', {}, { alpha: -1 }))).toThrow(/alpha/);
});

describe('hostile model files', () => {
  test.each([
    null,
    3,
    'x',
    [],
    {},
    { format: 'voltcast-model' },
    { format: 'voltcast-model', version: 9, type: 'linear' },
  ])('%j is refused', (json) => {
    expect(() => reviveModel(json)).toThrow(AppError);
  });

  test('any single damage is refused or harmless', async () => {
    const frame = plant(24 * 28);
    for (const type of ['linear', 'xgboost', 'catboost', 'blend', 'seasonal_naive']) {
      const recipe = recipeFor(
        type,
        {},
        { ...quick[type], ...(type === 'blend' ? { weights: 'equal' } : {}) },
      );
      const model = await createEstimator(recipe).fit(taskOf(frame, recipe, 8), 24 * 21, context);
      const text = JSON.stringify(model.toJSON());
      const random = createRandom(3);
      for (let k = 0; k < 150; k++) {
        const at = random.integer(text.length);
        const damaged = text.slice(0, at) + String.fromCharCode(33 + random.integer(90)) + text.slice(at + 1);
        let json: unknown;
        try {
          json = JSON.parse(damaged);
        } catch {
          continue;
        }
        try {
          await reviveModel(json).forecast(frame, Int32Array.of(24 * 21), 24, 0);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }
    }
  });
});
