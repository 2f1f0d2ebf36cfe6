/**
 * @file Round by round against the originals (rounds.json, written by make_rounds.py): metrics on rows that were not trained on,
 * where training stops early, an objective of one's own, and going on from a model of the library.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { treeCount } from '../../src-main/models/boosting/ensemble.ts';
import { readModelFile } from '../../src-main/models/boosting/interchange/formats.ts';
import type { Objective } from '../../src-main/models/boosting/objectives/types.ts';
import { treeModels } from '../../src-main/models/boosting/params/tree-models.ts';
import type { TrainingSet } from '../../src-main/models/boosting/training/config.ts';
import { problemOf } from '../../src-main/models/boosting/training/present.ts';
import { train } from '../../src-main/models/boosting/training/train.ts';
import type { TrainHooks } from '../../src-main/models/boosting/training/train.ts';
import type { Plan } from '../../src-main/models/boosting/params/plan.ts';
import { matrixOf, predictWith } from './support/trees.ts';

interface Rows {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly weight: readonly number[];
}
interface Golden {
  readonly data: Readonly<Record<string, { readonly train: Rows; readonly valid: Rows }>>;
  readonly cases: readonly {
    readonly name: string;
    readonly type: 'xgboost' | 'lightgbm' | 'catboost';
    readonly data: string;
    readonly params: Record<string, unknown>;
    /** absent: yes */
    readonly weighted?: boolean;
    /** by the library's name of the metric, in the order they were asked for */
    readonly curves: Readonly<Record<string, readonly number[]>>;
    /** rounds of the best model, or all of them */
    readonly best: number;
  }[];
  readonly custom: { readonly data: string; readonly params: Record<string, unknown>; readonly predicted: readonly number[] };
  readonly continued: {
    readonly data: string;
    readonly first: Record<string, unknown>;
    readonly second: Record<string, unknown>;
    readonly model: unknown;
    readonly predicted: readonly number[];
  };
}
const golden = JSON.parse(readFileSync(new URL('rounds.json', import.meta.url), 'utf8')) as Golden;

const setOf = ({ x, y, weight }: Rows, weighted = true): TrainingSet => ({
  ...matrixOf(x),
  categories: null,
  target: Float64Array.from(y),
  weight: weighted ? Float64Array.from(weight) : null,
});
const fit = (plan: Plan, data: string, hooks: Partial<TrainHooks> = {}, weighted = true) => {
  const set = setOf(golden.data[data].train, weighted);
  return train(set, plan.config(problemOf(set, 1, 1)), { threads: 1, ...hooks });
};
/** XGBoost's own, where ours differ. */
const theirs = { xgboost: { min_child_weight: 1, subsample: 1, colsample_bytree: 1 }, lightgbm: { bagging_freq: 0, feature_fraction: 1 }, catboost: {} };

describe('metrics of each round, and the best one', () => {
  test.each(golden.cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const plan = treeModels[one.type].plan({ learning_rate: one.type === 'xgboost' ? 0.3 : 0.1, ...theirs[one.type], ...one.params }, []);
    const validation = setOf(golden.data[one.data].valid, one.weighted);
    const { ensemble, bestRound, history } = await fit(plan, one.data, { validation }, one.weighted);
    expect(bestRound).toBe(one.best);
    expect(treeCount(ensemble) / ensemble.treesPerRound).toBe(one.best);
    // of several metrics XGBoost's last one decides and LightGBM's first one; here the deciding one stands last
    const wanted = Object.values(one.curves);
    if (one.type === 'lightgbm') wanted.reverse();
    const found = history.filter(({ set }) => set === 'validation');
    expect(found).toHaveLength(wanted.length);
    wanted.forEach((curve, k) => {
      // CatBoost's trees are scored when all are grown: rounds after the stop are known, too
      expect(found[k].values.length).toBeGreaterThanOrEqual(curve.length);
      if (one.type !== 'catboost') expect(found[k].values).toHaveLength(curve.length);
      curve.forEach((value, round) => expect(found[k].values[round], `${found[k].metric}, round ${round + 1}`).toBeCloseTo(value, 4));
    });
  });
});

/** Squared error of logarithms, written as anybody would write an objective of their own. */
const logError: Objective = {
  name: 'squared log error',
  outputs: 1,
  link: 'identity',
  levels: null,
  constantHessian: false,
  refuse: (target) => (target.every((y) => y > -1) ? null : 'it needs targets above -1'),
  start: () => 1.5,
  gradients({ target, weight, predicted: [score] }, _k, gradient, hessian, from, to) {
    for (let i = from; i < to; i++) {
      const p = Math.max(score[i], -0.5);
      const w = weight === null ? 1 : weight[i];
      const distance = Math.log1p(p) - Math.log1p(target[i]);
      gradient[i] = (w * distance) / (p + 1);
      if (hessian !== null) hessian[i] = w * Math.max((1 - distance) / (p + 1) ** 2, 0.01);
    }
  },
  leaf: null,
};

test("an objective of one's own gives the trees that XGBoost grows with it", async () => {
  const { data, params, predicted } = golden.custom;
  const plan = treeModels.xgboost.plan({ ...theirs.xgboost, ...params }, []);
  const own: Plan = { ...plan, config: (problem) => ({ ...plan.config(problem), objective: logError }) };
  const { ensemble } = await fit(own, data);
  const [found] = predictWith(ensemble, golden.data[data].valid.x);
  predicted.forEach((value, i) => expect(found[i], `row ${i}`).toBeCloseTo(value, 4));
});

test('training goes on from a model that XGBoost saved as XGBoost goes on from it', async () => {
  const { data, first, second, model, predicted } = golden.continued;
  const bytes = new TextEncoder().encode(JSON.stringify(model));
  const init = readModelFile({ bytes, file: 'first.json' }).ensemble;
  const named = { ...init, features: init.features.map((feature, f) => ({ ...feature, name: `f${f}` })) };
  const plan = treeModels.xgboost.plan({ ...theirs.xgboost, ...second }, []);
  const { ensemble } = await fit(plan, data, { init: named });
  expect(treeCount(ensemble)).toBe((first['n_estimators'] as number) + (second['n_estimators'] as number));
  const [found] = predictWith(ensemble, golden.data[data].valid.x);
  predicted.forEach((value, i) => expect(found[i], `row ${i}`).toBeCloseTo(value, 3));
});
