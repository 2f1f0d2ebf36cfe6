import { beforeAll, describe, expect, test } from 'vitest';
import { recipeSchema } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import type { FitContext } from '../estimator.ts';
import { createRandom } from '../random.ts';
import { createEstimator, reviveModel } from '../registry.ts';
import { seeCells } from './cells.ts';
import { keyFeatures } from './keyed.ts';
import { partsOf } from './parts.ts';
import type { ModelParts } from './parts.ts';
import { predictorOf } from './prediction.ts';
import { explainStep } from './step.ts';
import { contributionsOf, explainSample } from './summary.ts';

const context: FitContext = { seed: 7, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };
const random = createRandom(3);
const time = Float64Array.from({ length: 4 * 168 }, (_, i) => Date.UTC(2024, 0, 1) + i * 3_600_000);
/** A daily wave, an hour of peak and noise. */
const load = Float64Array.from(
  time,
  (_, i) => 20 + 10 * Math.sin((2 * Math.PI * i) / 24) + (i % 24 === 12 ? 15 : 0) + random.next(),
);
const frame: Frame = {
  time,
  resolutionMs: 3_600_000,
  timezone: 'UTC',
  columns: [
    {
      name: 'load',
      type: 'number',
      unit: 'kW',
      values: load,
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
  const { parts, intercept } = partsOf(json)!;
  expect(parts.map(({ weight }) => weight)).toEqual(json['weights']);
  expect(parts.reduce((sum, { weight }) => sum + weight, intercept)).toBeCloseTo(1, 9);
});

test('one model is one part, and the past repeated is none', async () => {
  expect(partsOf(await fitted('decision_tree', {}))!.parts).toMatchObject([{ weight: 1 }]);
  expect(partsOf(await fitted('seasonal_naive', {}))).toBeNull();
});

const units = { target: 'kW', ofColumn: {} };
const origin = Int32Array.from({ length: 60 }, (_, i) => 500 + i);

describe.each([
  // the members are made too stiff to see the noon peak, so that there is something to correct
  ['ensemble_lightgbm', { final_estimator: { shrinkage: 0.8, min_child_samples: 5 } }],
  ['ensemble_lightgbm', { passthrough: false, final_estimator: { shrinkage: 0.5 } }],
  ['ensemble_ridge', { passthrough: true, final_estimator: { fit_intercept: true, sum_to_one: false } }],
] as const)('a corrected %s, %o', (type, params) => {
  const stiff = [
    { type: 'linear', params: { alpha: 1 } },
    { type: 'decision_tree', params: { max_depth: 2 } },
  ];
  let json: Record<string, unknown>;
  let model: ModelParts;
  beforeAll(async () => {
    json = await fitted(type, { base_models: stiff, ...params });
    model = partsOf(json)!;
  });
  const forecast = async (): Promise<Float64Array> => {
    const { point } = await reviveModel(json).forecast(frame, origin, 2, 0);
    return Float64Array.from(origin, (_, i) => point[2 * i + 1]);
  };
  const cells = { origin, target: origin.map((row) => row + 2) };

  test('its parts say what it says', async () => {
    expect(json['correction']).not.toBeNull();
    expect(model.parts).toHaveLength(3);
    const parts = seeCells(model.parts, frame, cells);
    const said = predictorOf(parts, model)(parts.map(({ features }) => features));
    (await forecast()).forEach((value, i) => expect(said[i]).toBeCloseTo(value, 9));
  });

  test('contributions add up to the forecast, those of the correction among them', async () => {
    const parts = seeCells(model.parts, frame, cells);
    const keyed = keyFeatures(parts, units);
    const { expected, contributions } = contributionsOf(parts, keyed, parts, model.intercept);
    (await forecast()).forEach((value, i) =>
      expect(contributions.reduce((sum, list) => sum + list[i], expected)).toBeCloseTo(value, 8),
    );
    const ofMembers = keyed.flatMap(({ info }, k) => (info.label.kind.startsWith('member') ? [k] : []));
    expect(ofMembers.map((k) => keyed[k].info.key)).toEqual([
      "members' forecast",
      "members' forecast, linear apart",
      "members' forecast, decision_tree apart",
    ]);
    expect(ofMembers.some((k) => contributions[k].some((value) => value !== 0))).toBe(true);
    expect(keyed[ofMembers[0]].info).toMatchObject({ unit: 'kW', categories: null });
  });

  test('one step, and the whole sample with a feature of the members moved through the correction', async () => {
    const step = explainStep({ model, frame, origin: 510, target: 512, cells, units, seed: 1 });
    expect(step.predicted).toBeCloseTo((await forecast())[10], 9);
    expect(
      step.contributions.reduce((sum, { contribution }) => sum + contribution, step.expected),
    ).toBeCloseTo(step.predicted, 8);
    const actual = Float64Array.from(cells.target, (row) => load[row]);
    const { features, importance, dependence, mae } = explainSample({
      model,
      frame,
      cells,
      actual,
      units,
      seed: 1,
    });
    const error = (await forecast()).reduce((sum, value, i) => sum + Math.abs(value - actual[i]), 0) / 60;
    expect(mae).toBeCloseTo(error, 8);
    expect(importance.permutation).toHaveLength(features.length);
    expect(dependence.map(({ feature }) => features[feature].label.kind)).not.toContain('members');
    expect(dependence.length).toBeGreaterThan(2);
  });
});

test('members that work on a logarithmic scale are added as what they predict', async () => {
  const counting = {
    type: 'xgboost',
    params: { objective: 'count:poisson', n_estimators: 10, learning_rate: 0.3 },
  };
  const json = await fitted('blend', { members: [counting, members[0]], weights: [0.5, 0.5] });
  const model = partsOf(json)!;
  const cells = { origin, target: origin.map((row) => row + 1) };
  const parts = seeCells(model.parts, frame, cells);
  const { expected, contributions, link } = contributionsOf(
    parts,
    keyFeatures(parts, units),
    parts,
    model.intercept,
  );
  expect(link).toBe('identity');
  const { point } = await reviveModel(json).forecast(frame, origin, 1, 0);
  point.forEach((value, i) =>
    expect(contributions.reduce((sum, list) => sum + list[i], expected)).toBeCloseTo(value, 8),
  );
});
