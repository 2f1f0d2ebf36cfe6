import { expect, test } from 'vitest';
import { recipeSchema } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import type { FitContext } from '../estimator.ts';
import { createRandom } from '../random.ts';
import { createEstimator } from '../registry.ts';
import { partsOf } from './parts.ts';

const context: FitContext = { seed: 7, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };
const random = createRandom(3);
const time = Float64Array.from({ length: 4 * 168 }, (_, i) => Date.UTC(2024, 0, 1) + i * 3_600_000);
const frame: Frame = {
  time,
  resolutionMs: 3_600_000,
  timezone: 'UTC',
  columns: [
    {
      name: 'load',
      type: 'number',
      unit: 'kW',
      values: Float64Array.from(time, (_, i) => 20 + 10 * Math.sin((2 * Math.PI * i) / 24) + random.next()),
    },
  ],
};

async function fitted(type: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
  const recipe = recipeSchema.parse({ model: { type, params } });
  const task = { frame, target: 'load', horizon: 2, pastCovariates: [], knownCovariates: [], recipe };
  const model = await createEstimator(recipe).fit(task, frame.time.length, context);
  return model.toJSON() as Record<string, unknown>;
}
const members = [{ type: 'linear', params: { alpha: 0.01 } }, 'decision_tree'];

test('a stack of weights is the sum of its members', async () => {
  const json = await fitted('ensemble_ridge', { base_models: members });
  const parts = partsOf(json)!;
  expect(parts.map(({ weight }) => weight)).toEqual(json['weights']);
  expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
});

test('what is added to the weights has no features of its own', async () => {
  const json = await fitted('ensemble_ridge', { base_models: members });
  expect(partsOf({ ...json, intercept: 2 })).toBeNull();
  expect(partsOf({ ...json, correction: { factor: 0.5 } })).toBeNull();
  expect(partsOf({ ...json, correction: { factor: 0 } })).toHaveLength(2);
});

test('one model is one part, and the past repeated is none', async () => {
  expect(partsOf(await fitted('decision_tree', {}))).toMatchObject([{ weight: 1 }]);
  expect(partsOf(await fitted('seasonal_naive', {}))).toBeNull();
});
