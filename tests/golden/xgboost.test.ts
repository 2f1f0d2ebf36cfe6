/**
 * @file Our depth-wise and loss-guided trees against the real XGBoost: the same data, the same parameters, the same
 * predictions. The expected numbers come from make_xgboost.py beside this file.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { splitImportances } from '../../src-main/models/boosting/explain/importances.ts';
import { xgboostParams, xgboostPlan } from '../../src-main/models/boosting/params/xgboost.ts';
import type { GoldenData } from './support/trees.ts';
import { predictWith, trainOn } from './support/trees.ts';

interface Golden extends GoldenData {
  readonly library: string;
  readonly params: Record<string, unknown>;
  readonly rounds: number;
  readonly predicted: readonly number[] | readonly (readonly number[])[];
  readonly gain: Readonly<Record<string, number>>;
}

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder).filter((name) => /^xgboost-.*\.json$/.test(name));
/** XGBoost's own defaults, where ours differ. */
const originalDefaults = {
  learning_rate: 0.3,
  max_depth: 6,
  min_child_weight: 1,
  subsample: 1,
  colsample_bytree: 1,
  max_bin: 256,
};

describe.each(names)('%s', (name) => {
  const golden = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Golden;

  test('predictions and gains equal the library', async () => {
    const params = xgboostParams.parse({ ...originalDefaults, n_estimators: golden.rounds, ...golden.params });
    const ensemble = await trainOn(xgboostPlan(params, []), golden);
    const predicted = predictWith(ensemble, golden.test);
    golden.predicted.forEach((row, i) => {
      [row].flat().forEach((value, k) => expect(predicted[k][i], `row ${i}`).toBeCloseTo(value, 4));
    });
    const total = Object.values(golden.gain).reduce((sum, value) => sum + value, 0);
    const { totalGain } = splitImportances(ensemble);
    const own = totalGain.reduce((sum, value) => sum + value, 0);
    totalGain.forEach((value, f) => {
      expect(value / own, `gain of f${f}`).toBeCloseTo((golden.gain[`f${f}`] ?? 0) / total, 3);
    });
  });
});
