/**
 * @file Our depth-wise trees against the real XGBoost: the same data, the same parameters, the same predictions.
 * The expected numbers come from make_xgboost.py beside this file.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createBooster } from '../../src-main/models/boosting/booster.ts';
import type { FittedBooster } from '../../src-main/models/boosting/booster.ts';
import { parseXgboostParams } from '../../src-main/models/boosting/params.ts';
import type { FeatureMatrix, FitContext } from '../../src-main/models/estimator.ts';

interface Golden {
  readonly library: string;
  readonly params: Record<string, unknown>;
  readonly rounds: number;
  readonly x: readonly (readonly (number | null)[])[];
  readonly y: readonly number[];
  readonly weight: readonly number[] | null;
  readonly test: readonly (readonly (number | null)[])[];
  readonly predicted: readonly number[] | readonly (readonly number[])[];
  readonly gain: Readonly<Record<string, number>>;
}

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder).filter((name) => /^xgboost-.*\.json$/.test(name));
const context: FitContext = { seed: 1, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };
/** XGBoost's own defaults, where ours differ. */
const originalDefaults = {
  learning_rate: 0.3,
  max_depth: 6,
  min_child_weight: 1,
  subsample: 1,
  colsample_bytree: 1,
  max_bin: 256,
};

function matrix(rows: readonly (readonly (number | null)[])[]): FeatureMatrix {
  const width = rows[0].length;
  return {
    rows: rows.length,
    names: Array.from({ length: width }, (_, f) => `f${f}`),
    columns: Array.from({ length: width }, (_, f) => Float64Array.from(rows, (row) => row[f] ?? Number.NaN)),
    categorical: new Array<boolean>(width).fill(false),
  };
}

describe.each(names)('%s', (name) => {
  const golden = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Golden;

  test('predictions and gains equal the library', async () => {
    const { eta, ...given } = golden.params;
    const params = parseXgboostParams({
      ...originalDefaults,
      n_estimators: golden.rounds,
      ...given,
      ...(eta === undefined ? {} : { learning_rate: eta }),
    });
    const weight = golden.weight === null ? null : Float64Array.from(golden.weight);
    const model = (await createBooster(params).fit(
      matrix(golden.x),
      Float64Array.from(golden.y),
      weight,
      context,
    )) as FittedBooster;
    const predicted = model.predictQuantiles(matrix(golden.test));
    golden.predicted.forEach((row, i) => {
      // the library does not sort crossing quantiles
      const expected = Array.isArray(row) ? row.toSorted((a: number, b: number) => a - b) : [row as number];
      expected.forEach((value, k) => expect(predicted[k][i], `row ${i}`).toBeCloseTo(value, 4));
    });
    const total = Object.values(golden.gain).reduce((sum, value) => sum + value, 0);
    for (const { name: column, share } of model.importance())
      expect(share, column).toBeCloseTo((golden.gain[column] ?? 0) / total, 3);
  });
});
