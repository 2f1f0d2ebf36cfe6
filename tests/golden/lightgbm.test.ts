/**
 * @file Our leaf-wise trees against the real LightGBM: the same data, the same parameters, the same predictions.
 * The expected numbers come from make_lightgbm.py beside this file.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lightgbmParams, lightgbmPlan } from '../../src-main/models/boosting/params/lightgbm.ts';
import { splitImportances } from '../../src-main/models/boosting/explain/importances.ts';
import type { GoldenData } from './support/trees.ts';
import { predictWith, trainOn } from './support/trees.ts';

interface Golden {
  readonly data: Readonly<Record<string, GoldenData>>;
  readonly cases: readonly {
    readonly name: string;
    readonly params: Record<string, unknown>;
    readonly categorical: readonly number[];
    readonly data: string;
    readonly predicted: readonly number[] | readonly (readonly number[])[];
    readonly gain: readonly number[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL('lightgbm.json', import.meta.url), 'utf8')) as Golden;

/** LightGBM's own defaults, where ours differ. */
const originalDefaults = { learning_rate: 0.1, min_data_in_leaf: 20, feature_fraction: 1, bagging_freq: 0 };

test.each(golden.cases.map((one) => [one.name, one] as const))('%s equals the library', async (_name, one) => {
  const params = lightgbmParams.parse({ ...originalDefaults, ...one.params });
  const data = golden.data[one.data];
  const ensemble = await trainOn(lightgbmPlan(params, []), data, one.categorical);
  const predicted = predictWith(ensemble, data.test);
  one.predicted.forEach((row, i) => {
    [row].flat().forEach((value, k) => expect(predicted[k][i], `row ${i}`).toBeCloseTo(value, 4));
  });
  const { totalGain } = splitImportances(ensemble);
  const total = one.gain.reduce((sum, value) => sum + value, 0);
  one.gain.forEach((value, f) => {
    expect(totalGain[f] / total, `gain of f${f}`).toBeCloseTo(value / total, 2);
  });
});
