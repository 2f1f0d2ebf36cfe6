/** @file The three Chronos-2 templates as they come with the app, on the model in the box: nothing is set but how long they train. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import { planTuning } from '../../src-main/models/chronos/tuning-plan.ts';
import { tuningParamsSchema } from '../../src-main/models/chronos/tuning-params.ts';
import { zeroShotParamsSchema } from '../../src-main/models/chronos/zero-shot.ts';
import { readRecipe } from '../../src-main/recipes/catalogue.ts';
import { recipeOrThrow } from '../../src-main/recipes/parse.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { readBacktest } from '../../src-main/services/run-artifacts.ts';
import { artifactJson, logOf } from '../pipeline/plant.ts';
import { projectRoot } from '../support/folders.ts';
import { eachWithFoundationPlant } from '../support/foundation-plant.ts';

const library = eachWithFoundationPlant('templates');
const shipped = (name: string) => {
  const source = readRecipe(name, null);
  return recipeOrThrow(source.text, source.name);
};
const tuned = ['chronos2_finetuned', 'chronos2_covariates'] as const;
const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

test('they ask for what the schema means by default', () => {
  const zeroShot = shipped('chronos2_zeroshot');
  expect(zeroShot.model.type).toBe('chronos2_zeroshot');
  expect(zeroShot.model.params).toEqual(zeroShotParamsSchema.parse({}));
  for (const name of tuned) {
    const recipe = shipped(name);
    expect(recipe.model.type).toBe(name);
    expect(recipe.model.params).toEqual(tuningParamsSchema.parse({}));
    expect(recipe).toMatchObject({ task: 'forecast', split: { test: 0.2 }, forecast: { horizon: 'day' } });
  }
  // the nine of the mission
  const { pastCovariates, knownCovariates } = shipped('chronos2_covariates').data;
  expect([...pastCovariates, ...knownCovariates].sort()).toEqual([
    'CO2(tCO2)',
    'Day_of_week',
    'Lagging_Current_Power_Factor',
    'Lagging_Current_Reactive.Power_kVarh',
    'Leading_Current_Power_Factor',
    'Leading_Current_Reactive_Power_kVarh',
    'Load_Type',
    'NSM',
    'WeekStatus',
  ]);
});

test('auto is the past that a small model was made for, or a week and a day for the official one', () => {
  const params = tuningParamsSchema.parse(shipped('chronos2_finetuned').model.params);
  const box = JSON.parse(
    readFileSync(path.join(projectRoot, 'models', 'voltcast-small', 'config.json'), 'utf8'),
  ) as { d_model: number; d_kv: number; chronos_config: Record<string, unknown> };
  const plan = { rows: 32, steps: 300, lora: null, accumulate: 1, evaluateEvery: 20, patience: 5 };
  expect(planTuning(params, box, 24)).toEqual({
    ...plan,
    context: box.chronos_config['context_length'],
    horizon: 24,
    leastPast: 24,
    rate: 0.00023,
  });
  const official = {
    ...box,
    d_model: 768,
    d_kv: 64,
    chronos_config: {
      ...box.chronos_config,
      context_length: 8192,
      input_patch_size: 16,
      output_patch_size: 16,
      input_patch_stride: 16,
    },
  };
  expect(planTuning(params, official, 96)).toEqual({
    ...plan,
    context: 768,
    horizon: 96,
    leastPast: 96,
    rate: 0.00001,
  });
});

test('they run to a forecast', async () => {
  const { plant } = library;
  const heard: string[] = [];
  const train = async (name: string, set: Record<string, unknown> = {}): Promise<RunDetail> => {
    heard.length = 0;
    plant.training.start({ dataset: 'plant', recipes: [name], portfolio: false, set });
    const [run] = await plant.execute({
      heard: (step, message) => void (step === 'train' && heard.push(message)),
    });
    expect(run, JSON.stringify(run!.error)).toMatchObject({ status: 'succeeded', modelType: name });
    expect(readBacktest(plant.workspace, run!).batch.levels).toEqual(levels);
    expect(run!.metrics!.wql).toBeGreaterThan(0);
    return run!;
  };
  const zeroShot = await train('chronos2_zeroshot');
  expect(heard).toEqual(['load-pipeline']);
  expect(logOf(plant.workspace, zeroShot.id)).toContain('voltcast-small is used as it is');
  for (const name of tuned) {
    const run = await train(name, { 'model.params.num_steps': 2 });
    expect(heard[0]).toBe('load-pipeline');
    expect(heard.at(-1)).toMatch(/^fine-tune: step 2 of 2/);
    expect(logOf(plant.workspace, run.id)).toMatch(
      /voltcast-small is trained further: all [\d,]+ weights, rate 0\.00023, 1 x 32 series a step, \d+ steps of the past, 24 ahead/,
    );
    const curves = artifactJson(plant.workspace, run.id, 'curves.json') as { name: string; x: number[] }[];
    expect(new Map(curves.map((curve) => [curve.name, curve.x]))).toEqual(
      new Map([
        ['validation loss', [0, 2]],
        ['train loss', [1, 2]],
      ]),
    );
    // two steps may be no better than none, but spoil nothing
    expect(run.metrics!.mae).toBeLessThan(1.2 * zeroShot.metrics!.mae!);
    const { data } = plant.workspace.getRunRequest(run.id).recipe;
    expect(data.pastCovariates).toEqual(
      name === 'chronos2_covariates' ? ['temperature_C', 'co2_t', 'shift'] : [],
    );
    const forecast = await createForecastService({ workspace: plant.workspace }).create({
      dataset: 'plant',
      runId: run.id,
      quantiles: [0.1, 0.9],
    });
    expect(forecast.rows).toHaveLength(24);
    expect(forecast.rows.every(({ quantiles }) => quantiles['0.1']! <= quantiles['0.9']!)).toBe(true);
  }
}, 120_000);
