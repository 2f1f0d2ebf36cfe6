/** @file A recipe of Chronos-2 as it is, from the checkpoint in the library to a stored forecast, by the real pipeline and ONNX Runtime. */
import { expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/index.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import { readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { chronos2Files } from '../support/foundation-model.ts';
import { boundedSteps, eachWithFoundationPlant, firstForecast } from '../support/foundation-plant.ts';
import { artifactJson, logOf } from '../pipeline/plant.ts';

const library = eachWithFoundationPlant('zero-shot');
const install = (seed: number): string => library.install(chronos2Files({ seed }));
const train = (set: Record<string, unknown> = {}) =>
  library.plant.train(['chronos2_zeroshot'], {
    set: { 'model.params.checkpoint': 'tiny', 'forecast.quantiles': '[0.1, 0.5, 0.9]', ...set },
  });

test('a run forecasts what the checkpoint says, with quantiles of its own', async () => {
  const folder = install(1);
  const [run] = await train();
  expect(run).toMatchObject({ status: 'succeeded', modelType: 'chronos2_zeroshot' });
  expect(run!.metrics!.wql).toBeGreaterThan(0);
  expect(logOf(library.plant.workspace, run!.id)).toContain('tiny is used as it is: nothing is fitted');
  expect(logOf(library.plant.workspace, run!.id)).toMatch(/Using device: cpu, \d+ threads?, fp32 \(tiny\)/);
  expect(run!.params['runtime.deviceUsed']).toBe('cpu');
  expect(artifactJson(library.plant.workspace, run!.id, 'calibration.json')).toBeNull();

  const { batch, plan, context } = firstForecast(library.plant, run!, 64);
  expect(batch.levels).toEqual([0.1, 0.5, 0.9]);
  const runner = new Chronos2Runner(readCheckpoint(folder));
  const items = [{ targets: [context], past: [], known: [] }];
  const [[own]] = (await predictItems(runner, items, { horizon: plan.horizon })) as [[Float32Array]];
  await runner.close();
  const steps = boundedSteps(own, context, plan.horizon);
  expect([...batch.quantiles!.slice(0, 3 * plan.horizon)]).toEqual(steps.flat());
  expect([...batch.point.slice(0, plan.horizon)]).toEqual(steps.map(([, middle]) => middle));

  const forecast = await createForecastService({ workspace: library.plant.workspace }).create({
    dataset: 'plant',
    runId: run!.id,
    horizon: 30,
    quantiles: [0.1, 0.9],
  });
  expect(forecast.rows).toHaveLength(30);
  expect(forecast.rows.every(({ quantiles }) => quantiles['0.1']! <= quantiles['0.9']!)).toBe(true);
});

test('other weights are other steps, and a model is not used with weights it was not made with', async () => {
  install(1);
  const [first] = await train();
  const [same] = await train();
  const stepOf = (run: typeof first, id: string) => run!.steps.find((step) => step.id === id)!.status;
  expect(stepOf(same, 'train')).toBe('reused');
  install(2);
  await expect(
    createForecastService({ workspace: library.plant.workspace }).create({
      dataset: 'plant',
      runId: first!.id,
    }),
  ).rejects.toMatchObject({ code: 'model-changed' });
  const [other] = await train();
  expect(stepOf(other, 'train')).toBe('succeeded');
  expect(other!.metrics!.mae).not.toBe(first!.metrics!.mae);
});

test('covariates that the recipe names are read; weights that are missing are said at once', async () => {
  install(1);
  const [alone] = await train();
  const [told] = await train({ 'data.knownCovariates': '[shift]', 'data.pastCovariates': '[temperature_C]' });
  expect(told!.status).toBe('succeeded');
  expect(told!.metrics!.mae).not.toBe(alone!.metrics!.mae);
  await expect(train({ 'model.params.checkpoint': 'amazon/chronos-2' })).rejects.toSatisfy(
    (error) =>
      error instanceof AppError &&
      error.code === 'model-not-installed' &&
      error.hint!.includes('voltcast models add'),
  );
  const members = '[linear, {type: chronos2_zeroshot, params: {checkpoint: amazon/chronos-2}}]';
  await expect(
    library.plant.train(['ensemble_ridge'], { set: { 'model.params.base_models': members } }),
  ).rejects.toMatchObject({ code: 'model-not-installed' });
  await expect(
    library.plant.train(['ensemble_ridge'], {
      set: { 'model.params.base_models': '[linear, chronos2_finetuned]' },
    }),
  ).rejects.toMatchObject({ code: 'recipe-invalid' });
});

test('an ensemble weighs it among its members', async () => {
  install(1);
  const members = '[seasonal_naive, linear, {type: chronos2_zeroshot, params: {checkpoint: tiny}}]';
  const [run] = await library.plant.train(['ensemble_ridge'], {
    set: { 'model.params.base_models': members, 'model.params.n_jobs': '2' },
  });
  expect(run).toMatchObject({ status: 'succeeded', modelType: 'ensemble_ridge' });
  expect(logOf(library.plant.workspace, run!.id)).toMatch(/out-of-fold RMSE .*chronos2_zeroshot \d/);
  const forecast = await createForecastService({ workspace: library.plant.workspace }).create({
    dataset: 'plant',
    runId: run!.id,
  });
  expect(forecast.rows.every(({ quantiles }) => Number.isFinite(quantiles['0.5']))).toBe(true);
}, 60_000);
