/**
 * @file Everything at once against the originals (mixed.json, written by make_mixed.py): numbers and categories with missing
 * values, uneven weights, several objectives, ways to grow and constraints.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { treeModels } from '../../src-main/models/boosting/params/tree-models.ts';
import type { GoldenData } from './support/trees.ts';
import { predictWith, trainOn } from './support/trees.ts';

interface Golden {
  readonly categorical: readonly number[];
  readonly data: Readonly<Record<string, Omit<GoldenData, 'test'>>>;
  readonly cases: readonly {
    readonly name: string;
    readonly type: 'xgboost' | 'lightgbm' | 'catboost';
    readonly data: string;
    readonly params: Record<string, unknown>;
    /** missing categories were read as category 0 */
    readonly complete: boolean;
    readonly predicted: readonly number[];
  }[];
}
const golden = JSON.parse(readFileSync(new URL('mixed.json', import.meta.url), 'utf8')) as Golden;

/** The libraries' own, where ours differ. */
const theirs = {
  xgboost: { learning_rate: 0.3, max_depth: 6, min_child_weight: 1, subsample: 1, colsample_bytree: 1 },
  lightgbm: { learning_rate: 0.1, feature_fraction: 1, bagging_freq: 0 },
  catboost: {},
};

test.each(golden.cases.map((one) => [one.name, one] as const))('%s equals the library', async (_name, one) => {
  const given = golden.data[one.data];
  const filled = (row: readonly (number | null)[]) => row.map((value, f) => (golden.categorical.includes(f) ? (value ?? 0) : value));
  const data = one.complete ? { ...given, x: given.x.map(filled) } : given;
  const plan = treeModels[one.type].plan({ ...theirs[one.type], ...one.params }, []);
  const ensemble = await trainOn(plan, data, golden.categorical);
  const [predicted] = predictWith(ensemble, data.x.slice(0, one.predicted.length));
  one.predicted.forEach((value, i) => expect(predicted[i], `row ${i}`).toBeCloseTo(value, 4));
});
