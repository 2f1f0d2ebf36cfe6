import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeatureMatrix, FitContext } from '../estimator.ts';
import { createRandom } from '../random.ts';
import { createBooster, reviveBooster } from './booster.ts';
import type { FittedBooster } from './booster.ts';
import { treeModels } from './params/tree-models.ts';

const context: FitContext = { seed: 3, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };

function matrix(columns: readonly Float64Array[]): FeatureMatrix {
  return {
    rows: columns[0].length,
    names: columns.map((_, f) => `f${f}`),
    columns,
    categorical: columns.map(() => false),
  };
}

function problem(seed: number, rows = 400) {
  const random = createRandom(seed);
  const columns = Array.from({ length: 4 }, (_, f) =>
    Float64Array.from({ length: rows }, () => (f === 2 && random.next() < 0.2 ? Number.NaN : random.next())),
  );
  const target = Float64Array.from(
    columns[0],
    (x, i) => 10 * Math.sin(5 * x) + 5 * columns[1][i] * (columns[2][i] || 1) + random.next(),
  );
  return { columns, target };
}

const fit = async (
  columns: readonly Float64Array[],
  target: Float64Array,
  params: Record<string, unknown> = {},
  weight: Float64Array | null = null,
): Promise<FittedBooster> =>
  (await createBooster(
    treeModels.xgboost.plan({ n_estimators: 15, max_depth: 4, learning_rate: 0.2, ...params }, []),
  ).fit(matrix(columns), target, weight, context)) as FittedBooster;

const whole = { subsample: 1, colsample_bytree: 1, min_child_weight: 5 };

describe('what must change nothing', () => {
  test('a constant column', async () => {
    const { columns, target } = problem(1);
    const plain = (await fit(columns, target, whole)).predict(matrix(columns));
    const more = [columns[0], new Float64Array(400).fill(7), ...columns.slice(1)];
    expect((await fit(more, target, whole)).predict(matrix(more))).toEqual(plain);
  });

  test('the order of columns', async () => {
    const { columns, target } = problem(2);
    const turned = [columns[3], columns[1], columns[0], columns[2]];
    const plain = (await fit(columns, target, whole)).predict(matrix(columns));
    const other = (await fit(turned, target, whole)).predict(matrix(turned));
    other.forEach((value, i) => expect(value).toBeCloseTo(plain[i], 9));
  });

  test('rows of weight 0', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.constantFrom('reg:squarederror', 'reg:absoluteerror', 'reg:pseudohubererror'),
        async (seed, objective) => {
          const { columns, target } = problem(seed, 200);
          const random = createRandom(seed, 1);
          const weight = Float64Array.from(target, () => random.integer(3));
          const kept = [...weight.keys()].filter((i) => weight[i] > 0);
          const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]);
          const noisy = target.map((value, i) => (weight[i] === 0 ? 1e9 : value));
          const params = { ...whole, objective };
          const a = await fit(columns, noisy, params, weight);
          const b = await fit(columns.map(pick), pick(target), params, pick(weight));
          expect(a.predict(matrix(columns))).toEqual(b.predict(matrix(columns)));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('a second run with the same seed; another seed does change sampled trees', async () => {
    const { columns, target } = problem(4);
    const run = async (seed: number): Promise<string> =>
      JSON.stringify(
        await fit(columns, target, { subsample: 0.5, colsample_bynode: 0.5, colsample_bylevel: 0.8, seed }),
      );
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });
});

test('early stopping keeps the rounds that were best on the newest rows', async () => {
  const random = createRandom(5);
  const x = Float64Array.from({ length: 600 }, () => random.next());
  const noise = Float64Array.from({ length: 600 }, () => random.next());
  const target = x.map((value) => (value > 0.5 ? 10 : 0) + 4 * random.next());
  const messages: string[] = [];
  const booster = createBooster(
    treeModels.xgboost.plan(
      { n_estimators: 500, learning_rate: 0.3, min_child_weight: 1, early_stopping_rounds: 10 },
      [],
    ),
  );
  const features = matrix([x, noise]);
  const log: FitContext['log'] = (_level, text) => messages.push(text);
  const model = (await booster.fit(features, target, null, { ...context, log })) as FittedBooster;
  expect(model.rounds).toBeLessThan(60);
  expect(messages.join()).toContain(`${model.rounds} rounds`);
  const again = (await booster.refit!(model, features, target, null, context)) as FittedBooster;
  expect(again.toJSON()).toEqual(model.toJSON());
  const moved = (await booster.refit!(
    model,
    features,
    target.map((value) => value + 1),
    null,
    context,
  )) as FittedBooster;
  expect(moved.rounds).toBe(model.rounds);
});

test('several quantiles never cross, and cover their share', async () => {
  const { columns, target } = problem(6, 2000);
  const model = await fit(columns, target, {
    objective: 'reg:quantileerror',
    quantile_alpha: [0.9, 0.1, 0.5],
    n_estimators: 40,
  });
  expect(model.levels).toEqual([0.1, 0.5, 0.9]);
  const [low, middle, high] = model.predictQuantiles(matrix(columns));
  let inside = 0;
  target.forEach((value, i) => {
    expect(low[i] <= middle[i] && middle[i] <= high[i]).toBe(true);
    if (value >= low[i] && value <= high[i]) inside++;
  });
  expect(inside / 2000).toBeGreaterThan(0.72);
  expect(inside / 2000).toBeLessThan(0.9);
  expect(model.predict(matrix(columns))).toEqual(middle);
});

test('what is read back predicts the same, missing values and infinite ones too', async () => {
  const { columns, target } = problem(7);
  const model = await fit(columns, target);
  const odd = matrix(
    columns.map((column) =>
      column.map((value, i) => (i % 7 === 0 ? [Number.NaN, Infinity, -Infinity][i % 3] : value)),
    ),
  );
  const back = reviveBooster(JSON.parse(JSON.stringify(model)));
  expect(back.predict(odd)).toEqual(model.predict(odd));
  expect(back.importance()).toEqual(model.importance());
});

test('importance is the share of gain', async () => {
  const { columns, target } = problem(8);
  const importance = (await fit(columns, target, whole)).importance();
  expect(importance[0].name).toBe('f0');
  expect(importance.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
});
