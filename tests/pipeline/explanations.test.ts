/** Runs of the real pipeline explained by the real service in its thread. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError, Explanation, RunDetail } from '../../src-preload/contract/index.ts';
import { decodeBacktest } from '../../src-main/metrics/codec.ts';
import { createExplanationService } from '../../src-main/services/explanations.ts';
import type { ExplanationService } from '../../src-main/services/explanations.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { openPlant } from './plant.ts';
import type { Plant } from './plant.ts';

let plant: Plant;
let service: ExplanationService;
let runs: Record<string, RunDetail>;

beforeAll(async () => {
  plant = openPlant();
  const start = (recipe: string, set: Record<string, unknown>) =>
    plant.training.start({ dataset: 'plant', recipes: [recipe], portfolio: false, set, horizon: 12 });
  start('seasonal_naive', {});
  start('linear', { 'data.knownCovariates': ['shift'] });
  start('xgboost', {
    'model.params.n_estimators': 30,
    'model.params.max_depth': 4,
    'data.knownCovariates': ['shift'],
  });
  start('blend', { 'model.params.weights': 'equal' });
  const done = await plant.execute();
  runs = Object.fromEntries(done.map((run) => [run.modelType, run]));
  service = createExplanationService({ workspace: plant.workspace });
}, 120_000);
afterAll(() => {
  service.close();
  plant.close();
});

async function thrownBy(work: () => Promise<unknown>): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was thrown');
}
const valueAt = (explanation: Explanation, key: string): number =>
  explanation.importance.shap[explanation.features.findIndex((feature) => feature.key === key)] ?? 0;

describe.each(['linear', 'xgboost', 'blend'])('%s', (type) => {
  it('is explained: sorted, complete, and kept', async () => {
    const { id } = runs[type];
    const made = await service.explain(id);
    expect(made).toMatchObject({ none: null, unit: 'kWh', modelType: type, link: 'identity' });
    expect(made.sample.rows).toBeGreaterThan(100);
    const { shap, permutation, gain } = made.importance;
    expect(shap).toEqual(shap.toSorted((a, b) => b - a));
    expect(permutation).toHaveLength(shap.length);
    expect(gain === null).toBe(type !== 'xgboost');
    // pieces of splines and circles are gathered
    expect(made.features.filter(({ key }) => /^clock_|^fade_|above/.test(key))).toEqual([]);
    for (const { feature, mean, low, high } of made.dependence) {
      expect(made.features[feature].key).toBeDefined();
      mean.forEach((value, i) => {
        if (!(low[i] <= value + 1e-9 && value <= high[i] + 1e-9)) expect(high[i] - low[i]).toBeLessThan(40);
      });
    }
    expect(plant.workspace.findArtifact(id, 'explanation.json')).not.toBeNull();
    expect(service.stored(id)).toEqual(made);
    expect(await service.explain(id)).toEqual(made);
  }, 60_000);

  it('tells why a prediction is what it is, to the last digit', async () => {
    const { id } = runs[type];
    const artifact = plant.workspace.findArtifact(id, 'backtest.bin')!;
    const backtest = decodeBacktest(plant.workspace.objects.get(artifact.hash));
    for (const cell of [3, backtest.actual.findLastIndex(Number.isFinite)]) {
      const step = await service.explainStep({ id, t: backtest.time[cell] });
      expect(step.predicted).toBeCloseTo(backtest.batch.point[cell], 6);
      expect(step.actual).toBeCloseTo(backtest.actual[cell], 9);
      const sum = step.contributions.reduce((total, { contribution }) => total + contribution, step.expected);
      expect(sum).toBeCloseTo(step.predicted, 6);
    }
  }, 60_000);
});

it('the shift of the plan drives the model that knows it', async () => {
  const explanation = await service.explain(runs['xgboost'].id);
  const shift = explanation.features.find((feature) => feature.key === 'shift');
  expect(shift?.categories?.toSorted()).toEqual(['early', 'late', 'rest']);
  expect(valueAt(explanation, 'shift')).toBeGreaterThan(0.1);
  const curve = explanation.dependence.find((entry) => explanation.features[entry.feature].key === 'shift')!;
  const of = (level: string): number => curve.mean[curve.value.indexOf(shift!.categories!.indexOf(level))];
  expect(of('late')).toBeGreaterThan(of('rest'));
}, 60_000);

it('a stored forecast is explained by the model that made it', async () => {
  const { id } = runs['blend'];
  const forecast = await createForecastService({ workspace: plant.workspace }).create({
    dataset: 'plant',
    runId: id,
    horizon: 20,
  });
  // the last step lies beyond the trained horizon: the model goes on from its own forecasts
  for (const row of [forecast.rows[4], forecast.rows[19]]) {
    const step = await service.explainStep({ id, t: row.t, forecastId: forecast.id });
    const sum = step.contributions.reduce((total, { contribution }) => total + contribution, step.expected);
    expect(sum).toBeCloseTo(step.predicted, 6);
    expect(step.origin).toBe(forecast.origin);
    expect(step.actual).toBeNull();
  }
}, 60_000);

it('a model without inputs says so', async () => {
  const { id } = runs['seasonal_naive'];
  expect((await service.explain(id)).none).toBe('no-features');
  const { moments } = await service.explain(id);
  expect((await thrownBy(() => service.explainStep({ id, t: moments.to }))).code).toBe('explain-no-features');
}, 60_000);

it('an unknown moment and a cancelled computation are errors with a code', async () => {
  const { id } = runs['linear'];
  expect((await thrownBy(() => service.explainStep({ id, t: 7 }))).code).toBe('explain-no-moment');
  const other = createExplanationService({ workspace: plant.workspace });
  const waiting = thrownBy(() => other.explainStep({ id, t: 7 }));
  other.close();
  expect((await waiting).code).toBe('explain-cancelled');
}, 60_000);
