/** Trees whose leaves hold a value for every output (their equality with CatBoost's: tests/golden/catboost.test.ts). */
import { expect, test } from 'vitest';
import { truncateEnsemble } from '../predict/trim.ts';
import { createPredictor } from '../predict/predictor.ts';
import { catboostParams, catboostPlan } from '../params/catboost.ts';
import { createRandom } from '../../random.ts';
import type { TrainConfig, TrainingSet } from './config.ts';
import type { TrainHooks } from './hooks.ts';
import { problemOf } from './present.ts';
import { train } from './train.ts';

/** Four numbers and a category of twelve codes, which `one_hot_max_size: 2` turns into target statistics. */
function problem(seed: number, rows = 900): TrainingSet {
  const random = createRandom(seed);
  const columns = Array.from({ length: 5 }, (_, f) =>
    Float64Array.from({ length: rows }, () =>
      f === 4 ? random.integer(12) : f === 2 && random.next() < 0.2 ? Number.NaN : random.integer(40) / 8,
    ),
  );
  const load = Float64Array.from(
    columns[0],
    (x, i) => 3 * x + columns[1][i] ** 2 + (columns[4][i] % 3) + 4 * random.next(),
  );
  return {
    rows,
    names: columns.map((_, f) => `c${f}`),
    columns,
    categorical: columns.map((_, f) => f === 4),
    categories: null,
    target: load,
    weight: Float64Array.from({ length: rows }, () => 1 + random.integer(3)),
  };
}
const classes = (set: TrainingSet): TrainingSet => ({
  ...set,
  target: set.target.map((y) => (y < 9 ? 0 : y < 18 ? 1 : 2)),
});

type Case = readonly [set: TrainingSet, params: Record<string, unknown>];
const cases: readonly Case[] = [
  [problem(1), { loss_function: 'MultiQuantile:alpha=0.1,0.5,0.9', bootstrap_type: 'MVS' }],
  [
    problem(2),
    {
      loss_function: 'MultiQuantile:alpha=0.2,0.8',
      bootstrap_type: 'Bayesian',
      boosting_type: 'Ordered',
      one_hot_max_size: 2,
    },
  ],
  [
    classes(problem(3)),
    {
      loss_function: 'MultiClass',
      classes_count: 3,
      bootstrap_type: 'MVS',
      score_function: 'L2',
      one_hot_max_size: 2,
    },
  ],
  [
    classes(problem(4)),
    {
      loss_function: 'MultiClass',
      classes_count: 3,
      leaf_estimation_method: 'Gradient',
      one_hot_max_size: 20,
    },
  ],
];
const configOf = ([set, params]: Case): TrainConfig =>
  catboostPlan(catboostParams.parse({ iterations: 12, depth: 4, learning_rate: 0.2, ...params }), []).config(
    problemOf(set, 1, 1),
  );
const fit = (one: Case, hooks: Partial<TrainHooks> = {}, more: Partial<TrainConfig> = {}) =>
  train(one[0], { ...configOf(one), ...more }, { threads: 1, ...hooks });

test.each(cases)('%#: one tree a round, the same whatever the threads', async (set, params) => {
  const one: Case = [set, params];
  const { ensemble } = await fit(one);
  expect(ensemble.trees.start).toHaveLength(13);
  expect(ensemble).toMatchObject({ leafWidth: ensemble.outputs, treesPerRound: 1 });
  expect((await fit(one, { threads: 2 })).ensemble).toEqual(ensemble);
});

test.each(cases)(
  '%#: the training curve is that of the finished model, and of its first rounds',
  async (set, params) => {
    const one: Case = [set, params];
    const [metric] = configOf(one).metrics;
    const validation = params['loss_function'] === 'MultiClass' ? classes(problem(9, 300)) : problem(9, 300);
    const { ensemble, history } = await fit(one, { validation });
    const curve = history.find(({ set: rows }) => rows === 'validation')!;
    for (const [round, value] of curve.rounds.map((at, i) => [at, curve.values[i]] as const)) {
      const predicted = createPredictor(truncateEnsemble(ensemble, round)).raw(
        validation.columns,
        validation.rows,
      );
      expect(
        metric.evaluate({ target: validation.target, weight: validation.weight, predicted }),
      ).toBeCloseTo(value, 8);
    }
    expect(curve.values.at(-1)).toBeLessThan(curve.values[0]);
  },
);

test('going on from trees with several values is growing more of them', async () => {
  const one: Case = [cases[3][0], { ...cases[3][1], bootstrap_type: 'No', random_strength: 0, rsm: 1 }];
  const [first, whole] = [await fit(one, {}, { rounds: 5 }), await fit(one, {}, { rounds: 8 })];
  const { ensemble } = await fit(one, { init: first.ensemble }, { rounds: 3 });
  expect(ensemble.trees.start).toEqual(whole.ensemble.trees.start);
  const { columns, rows } = one[0];
  const raw = (of: typeof ensemble): number[] =>
    createPredictor(of)
      .raw(columns, rows)
      .flatMap((scores) => [...scores]);
  const expected = raw(whole.ensemble);
  raw(ensemble).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
});
