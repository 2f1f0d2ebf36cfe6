/**
 * @file Our symmetric trees against the real CatBoost: the same data, the same parameters, the same predictions.
 * The expected numbers come from make_catboost.py beside this file.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catboostParams, catboostPlan } from '../../src-main/models/boosting/params/catboost.ts';
import type { GoldenData } from './support/trees.ts';
import { predictWith, trainOn } from './support/trees.ts';

interface Golden {
  readonly data: Readonly<Record<string, GoldenData>>;
  readonly cases: readonly {
    readonly name: string;
    readonly params: Record<string, unknown>;
    readonly data: string;
    /** by output */
    readonly predicted: readonly (readonly number[])[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL('catboost.json', import.meta.url), 'utf8')) as Golden;

test.each(golden.cases.map((one) => [one.name, one] as const))('%s equals the library', async (_name, one) => {
  const data = golden.data[one.data];
  const ensemble = await trainOn(catboostPlan(catboostParams.parse(one.params), []), data);
  const predicted = predictWith(ensemble, data.test);
  expect(ensemble.leafWidth).toBe(one.predicted.length);
  one.predicted.forEach((values, k) =>
    values.forEach((value, i) => expect(predicted[k][i], `output ${k}, row ${i}`).toBeCloseTo(value, 4)),
  );
});
