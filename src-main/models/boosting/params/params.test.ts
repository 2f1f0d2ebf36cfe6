import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src-preload/contract/index.ts';
import { catboostParams, catboostPlan } from './catboost.ts';
import { extraTreesParams, extraTreesPlan, randomForestParams, randomForestPlan } from './forest.ts';
import { lightgbmParams, lightgbmPlan } from './lightgbm.ts';
import { autoLeafRows } from './plan.ts';
import type { Problem } from './plan.ts';
import { xgboostParams, xgboostPlan } from './xgboost.ts';

const problem: Problem = {
  rows: 1000,
  names: ['lag_96', 'hour', 'shift'],
  categorical: [false, false, true],
  totalWeight: 1000,
  leads: 1,
  seed: 5,
};
const levels = [0.1, 0.5, 0.9];
type Raw = Record<string, unknown>;
const xgboost = (raw: Raw) => xgboostPlan(xgboostParams.parse(raw), levels).config(problem);
const lightgbm = (raw: Raw) => lightgbmPlan(lightgbmParams.parse(raw), levels).config(problem);
const catboost = (raw: Raw) => catboostPlan(catboostParams.parse(raw), levels).config(problem);

test('aliases are folded into their names', () => {
  const params = xgboostParams.parse({ eta: 0.1, lambda: 3, min_split_loss: 2, num_boost_round: 7 });
  expect(params).toMatchObject({ learning_rate: 0.1, reg_lambda: 3, gamma: 2, n_estimators: 7 });
  expect(params).not.toHaveProperty('eta');
  expect(
    lightgbmParams.parse({ min_child_samples: 7, subsample: 0.5, reg_alpha: 2, n_estimators: 3 }),
  ).toMatchObject({
    min_data_in_leaf: 7,
    bagging_fraction: 0.5,
    lambda_l1: 2,
    num_iterations: 3,
  });
  expect(catboostParams.parse({ max_depth: 4, objective: 'MAE', od_wait: 9 })).toMatchObject({
    depth: 4,
    loss_function: 'MAE',
    early_stopping_rounds: 9,
  });
});

test('of a name and its alias the later one counts', () => {
  expect(xgboostParams.parse({ learning_rate: 0.05, eta: 0.1 }).learning_rate).toBe(0.1);
  expect(xgboostParams.parse({ eta: 0.1, learning_rate: 0.05 }).learning_rate).toBe(0.05);
  expect(lightgbmParams.parse({ num_leaves: 5, max_leaves: 9 }).num_leaves).toBe(9);
});

test('an alias takes what its name takes, and has no default', () => {
  expect(() => lightgbmParams.parse({ max_leaf: 1 })).toThrow(/max_leaf/);
  expect(lightgbmParams.parse({})).not.toHaveProperty('max_leaf');
  for (const { aliases, schema } of [xgboostParams, lightgbmParams, catboostParams, randomForestParams])
    for (const [alias, name] of Object.entries(aliases)) {
      expect(schema.shape).toHaveProperty(alias);
      expect(schema.shape).toHaveProperty(name);
    }
});

test.each([
  [xgboost, { etta: 0.1 }, /etta/],
  [xgboost, { max_depth: -1 }, /max_depth/],
  [xgboost, { max_depth: 0 }, /max_depth/],
  [xgboost, { subsample: 1.5 }, /subsample/],
  [xgboost, { objective: 'reg:gamma' }, /objective/],
  [xgboost, { n_estimators: 'many' }, /n_estimators/],
  [xgboost, { monotone_constraints: { hours: 1 } }, /hours/],
  [xgboost, { monotone_constraints: { shift: 1 } }, /shift/],
  [xgboost, { interaction_constraints: [['lag_96', 'nothing']] }, /nothing/],
  [xgboost, { eval_metric: 'rmsle' }, /rmsle/],
  [xgboost, { objective: 'count:poisson', base_score: -1 }, /base_score/],
  [lightgbm, { objective: 'quantile', alpha: [0.5, 1] }, /alpha/],
  [lightgbm, { objective: 'quantile', alpha: 2 }, /alpha/],
  [lightgbm, { boosting: 'goss', top_rate: 0.9, other_rate: 0.2 }, /other_rate/],
  [lightgbm, { objective: 'multiclass' }, /num_class/],
  [catboost, { loss_function: 'Quantil' }, /loss_function/],
  [catboost, { loss_function: 'Huber' }, /delta/],
  [catboost, { loss_function: 'RMSE:alpha=1' }, /RMSE/],
  [catboost, { loss_function: 'Quantile:alpha=1.5' }, /alpha/],
  [catboost, { simple_ctr: ['Border'] }, /simple_ctr/],
  [catboost, { simple_ctr: ['Counter:CtrBorderCount=300'] }, /CtrBorderCount/],
  [catboost, { combinations_ctr: ['Borders:Prior=1/2'] }, /prior 1\/2/],
  [catboost, { leaf_estimation_method: 'Exact' }, /leaf_estimation_method/],
  [catboost, { bootstrap_type: 'Bayesian', subsample: 0.5 }, /subsample/],
])('%# %j is refused by name', (make, raw, message) => {
  expect(() => make(raw)).toThrow(AppError);
  expect(() => make(raw)).toThrow(message);
});

describe('what the engine is told', () => {
  test('constraints by name or by list', () => {
    expect(xgboost({ monotone_constraints: { hour: -1 } }).grower.monotone).toEqual(Int8Array.of(0, -1, 0));
    expect(lightgbm({ mc: [1] }).grower.monotone).toEqual(Int8Array.of(1, 0, 0));
    expect(xgboost({ monotone_constraints: { hour: 0 } }).grower.monotone).toBeNull();
    expect(xgboost({ interaction_constraints: [['hour', 'lag_96'], [2]] }).grower.interactions).toEqual([
      [0, 1],
      [2],
    ]);
  });

  test('quantiles of the recipe where the parameters name none', () => {
    expect(xgboost({ objective: 'reg:quantileerror' }).objective.levels).toEqual(levels);
    expect(lightgbm({ objective: 'quantile', alpha: 0.3 }).objective.levels).toEqual([0.3]);
    expect(catboost({ loss_function: 'MultiQuantile:alpha=0.9,0.2' }).objective.levels).toEqual([0.2, 0.9]);
    expect(catboost({ loss_function: 'MultiQuantile' }).objective.levels).toEqual(levels);
  });

  test('the metric that decides stands last: XGBoost lists it last, LightGBM first', () => {
    expect(xgboost({ eval_metric: ['mae', 'rmse'] }).metrics.at(-1)?.name).toBe('rmse');
    expect(lightgbm({ metric: ['l1', 'l2'] }).metrics.at(-1)?.name).toBe('mae');
  });

  test('target statistics as CatBoost writes them', () => {
    const given = {
      simple_ctr: ['Buckets:TargetBorderCount=3:Prior=0.25:Prior=2/1', 'Counter:CtrBorderCount=7'],
    };
    expect(catboost(given).statistics?.choice.simple).toEqual([
      { statistic: 'Buckets', targetBorders: 3, borders: 15, priors: [0.25, 2] },
      { statistic: 'Counter', targetBorders: 1, borders: 7, priors: [0] },
    ]);
    expect(catboost(given).statistics?.choice.combined).toEqual(catboost({}).statistics?.choice.simple);
  });

  test('CatBoost scales its penalty by the mean weight', () => {
    const plan = catboostPlan(catboostParams.parse({ l2_leaf_reg: 4 }), levels);
    expect(plan.config({ ...problem, totalWeight: 500 }).grower.lambda).toBe(2);
  });

  test('shares of columns and rows of a forest', () => {
    const forest = randomForestPlan(
      randomForestParams.parse({ max_features: 2, min_samples_leaf: 0.01 }),
    ).config(problem);
    expect(forest.grower.forest?.columns).toBe(2);
    expect(forest.grower.minRows).toBe(10);
    expect(forest.sampling).toEqual({ kind: 'bootstrap', draws: 1000 });
    const extra = extraTreesPlan(extraTreesParams.parse({ max_features: 'sqrt' })).config(problem);
    expect(extra.grower).toMatchObject({ extraRandom: true, forest: { columns: 1, minSplitRows: 2 } });
    expect(extra.sampling).toEqual({ kind: 'all' });
  });
});

test('the least leaf grows with the leads, never beyond an eightieth of the rows', () => {
  expect(autoLeafRows(1, 30_000)).toBe(11.5);
  expect(autoLeafRows(96, 30_000)).toBe(154);
  expect(autoLeafRows(96, 400)).toBe(5);
  expect(autoLeafRows(96, 10)).toBe(1);
});
