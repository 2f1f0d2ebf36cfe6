/**
 * @file Categories as LightGBM, XGBoost and CatBoost treat them: sets of categories, gains, leaf values, hashes, statistic
 * tables and predictions of the originals (categories.json, written by make_categories.py).
 */
import { describe, expect, test } from 'vitest';
import { categoryHash } from '../../src-main/models/boosting/categories/combination-hash.ts';
import { findCategorySplit } from '../../src-main/models/boosting/categories/category-split.ts';
import type { CategorySplit, CategorySplitRules } from '../../src-main/models/boosting/categories/category-split.ts';
import { derivedValues } from '../../src-main/models/boosting/categories/derived-values.ts';
import { leafOutput } from '../../src-main/models/boosting/categories/leaf-gain.ts';
import { createBucketStore } from '../../src-main/models/boosting/categories/buckets.ts';
import { targetBorders, targetClasses } from '../../src-main/models/boosting/categories/target-classes.ts';
import { finalTable } from '../../src-main/models/boosting/categories/target-statistics.ts';
import { findCategories } from '../../src-main/models/boosting/engine/category-bins.ts';
import { catboostEnsemble, golden, predictGolden } from '../support/catboost-golden.ts';
import type { GoldenSplit } from '../support/catboost-golden.ts';

const number = (params: Readonly<Record<string, number>>, key: string, otherwise: number): number => params[key] ?? otherwise;

const lightgbmRules = (params: Readonly<Record<string, number>>): CategorySplitRules => ({
  dialect: 'lightgbm',
  oneHotUpTo: number(params, 'max_cat_to_onehot', 4),
  maxThreshold: number(params, 'max_cat_threshold', 32),
  smooth: number(params, 'cat_smooth', 10),
  l2: number(params, 'cat_l2', 10),
  minDataPerGroup: number(params, 'min_data_per_group', 100),
  lambda: number(params, 'lambda_l2', 0),
  alpha: number(params, 'lambda_l1', 0),
  maxDeltaStep: number(params, 'max_delta_step', 0),
  pathSmooth: number(params, 'path_smooth', 0),
  minHessian: 1e-3,
  minRows: 5,
});

const xgboostRules = (params: Readonly<Record<string, number>>): CategorySplitRules => ({
  dialect: 'xgboost',
  oneHotUpTo: number(params, 'max_cat_to_onehot', 4),
  maxThreshold: number(params, 'max_cat_threshold', 64),
  smooth: 0,
  l2: 0,
  minDataPerGroup: 0,
  lambda: number(params, 'lambda', 1),
  alpha: number(params, 'alpha', 0),
  maxDeltaStep: number(params, 'max_delta_step', 0),
  pathSmooth: 0,
  minHessian: number(params, 'min_child_weight', 1),
  minRows: 0,
});

/** Histogram of the column over `bins` (categories by bin) from derivatives at `score`. */
function histogramOf(data: GoldenSplit, bins: readonly number[], score: number) {
  const gradient = new Float64Array(bins.length);
  const hessian = new Float64Array(bins.length);
  const node = { gradient: 0, hessian: 0, count: data.target.length, output: 0 };
  data.target.forEach((target, i) => {
    const chance = 1 / (1 + Math.exp(-score));
    const g = Math.fround(data.binary === true ? chance - target : score - target);
    const h = data.binary === true ? Math.fround(chance * (1 - chance)) : 1;
    const bin = bins.indexOf(data.code[i] ?? -1);
    node.gradient += g;
    node.hessian += h;
    if (bin < 0) return;
    gradient[bin] += g;
    hessian[bin] += h;
  });
  return { histogram: { gradient, hessian, count: null, begin: 0, bins: bins.length }, node };
}

const outputs = ({ inside, outside, lambda }: CategorySplit, rules: CategorySplitRules): [number, number] => [
  leafOutput(inside.gradient, inside.hessian, inside.count, lambda, rules, 0),
  leafOutput(outside.gradient, outside.hessian, outside.count, lambda, rules, 0),
];

describe('LightGBM', () => {
  test.each(golden.lightgbm.map((data, i) => [i, data.params, data] as const))('split %i %j', (_i, params, data) => {
    const rules = lightgbmRules(params);
    const mean = data.target.reduce((sum, y) => sum + y, 0) / data.target.length;
    const start = data.binary === true ? Math.log(mean / (1 - mean)) : mean;
    const { histogram, node } = histogramOf(data, data.bins, start);
    const split = findCategorySplit(histogram, node, rules);
    if (data.found === null) {
      expect(split).toBeNull();
      return;
    }
    if (split === null) throw new Error('no split was found');
    expect([...split.set].map((bin) => data.bins[bin]).sort((a, b) => a - b)).toEqual(data.found.set);
    expect(split.gain / data.found.gain).toBeCloseTo(1, 5);
    const [inside, outside] = outputs(split, rules);
    expect(inside + start).toBeCloseTo(data.found.inside, 5);
    expect(outside + start).toBeCloseTo(data.found.outside, 5);
    expect(split.missingInside).toBe(false);
  });
});

describe('XGBoost', () => {
  test.each(golden.xgboost.map((data, i) => [i, data.params, data] as const))('split %i %j', (_i, params, data) => {
    const rules = xgboostRules(params);
    const { histogram, node } = histogramOf(data, [...new Array(data.categories ?? 0).keys()], 0.5);
    const split = findCategorySplit(histogram, node, rules);
    if (data.found === null || split === null) throw new Error('no split was found');
    // its set goes right
    expect([...split.set]).toEqual(data.found.set);
    expect(split.gain / data.found.gain).toBeCloseTo(1, 5);
    const [inside, outside] = outputs(split, rules);
    expect(inside).toBeCloseTo(data.found.right, 5);
    expect(outside).toBeCloseTo(data.found.left, 5);
    if (data.code.includes(null)) expect(split.missingInside).toBe(!data.found.missingLeft);
  });
});

describe('CatBoost', () => {
  const { catboost } = golden;
  const { ensemble, columns, unseen } = catboostEnsemble();

  test('texts of categories have its hashes', () => {
    for (const { hash, value } of catboost.model.features_info.cat_features_hash)
      expect([value, categoryHash(value)]).toEqual([value, hash]);
  });

  test('its model predicts the same from its tables, for known and unknown categories', () => {
    const found = predictGolden(derivedValues(ensemble, columns, catboost.y.length), columns);
    expect(Math.max(...found.map((p, i) => Math.abs(p - catboost.predicted[i])))).toBeLessThan(1e-12);
    const other = predictGolden(derivedValues(ensemble, unseen, 3), unseen);
    expect(Math.max(...other.map((p, i) => Math.abs(p - catboost.unseenPredicted[i])))).toBeLessThan(1e-12);
  });

  test('the tables made of the training rows are its tables', () => {
    const target = Float64Array.from(catboost.y);
    const borders = targetBorders(target, 1);
    const classes = { of: targetClasses(target, borders), count: borders.length + 1 };
    const store = createBucketStore(columns, target.length, null, 2 ** 24);
    for (const column of ensemble.derived) {
      const theirs = ensemble.tables[column.table];
      const buckets = store.of(column);
      const made = finalTable(column.statistic, buckets, classes, new BigUint64Array(buckets.count));
      const rows = (counts: Float64Array, width: number): string[] =>
        Array.from({ length: counts.length / width }, (_, i) => counts.slice(i * width, (i + 1) * width).join(' ')).sort();
      expect(rows(made.counts, made.classes)).toEqual(rows(theirs.counts, theirs.classes));
      if (column.statistic === 'Counter') expect(made.total).toBe(theirs.total);
    }
  });
});

test('LightGBM gives bins to the same categories', () => {
  for (const { code, bins } of golden.lightgbm) {
    const values = Float64Array.from(code, (value) => value ?? Number.NaN);
    const found = findCategories(values, { maxBin: 255, minDataInBin: 3, borders: 'lightgbm', seed: 0 });
    expect([...found]).toEqual(bins);
  }
});
