import { afterEach, describe, expect, it } from 'vitest';
import { metricNames, stepIds } from '../../src-preload/contract/index.ts';
import { findColumn } from '../../src-main/data/frame.ts';
import type { Frame } from '../../src-main/data/frame.ts';
import { decodeBacktest } from '../../src-main/metrics/codec.ts';
import { pipeline } from '../../src-main/runs/pipeline/pipeline.ts';
import { seeded } from '../support/series.ts';
import { artifactJson, logOf, openPlant, plantFrame } from './plant.ts';
import type { Plant, PlantOptions } from './plant.ts';

const open: Plant[] = [];
const plantOf = (options?: PlantOptions): Plant => {
  const plant = openPlant(options);
  open.push(plant);
  return plant;
};
afterEach(() => {
  for (const plant of open.splice(0)) plant.close();
});

/** the target changed in place, on a copy */
const withTarget =
  (change: (values: Float64Array) => void) =>
  (frame: Frame): Frame => ({
    ...frame,
    columns: frame.columns.map((column) => {
      if (column.name !== 'load_kWh' || column.type !== 'number') return column;
      const values = column.values.slice();
      change(values);
      return { ...column, values };
    }),
  });
const quick = { 'model.params.n_estimators': 20, 'model.params.learning_rate': 0.3 };

describe('pipeline', () => {
  it('has the steps of the contract in its order', () => {
    expect(pipeline.map((step) => step.id)).toEqual([...stepIds]);
  });

  it('goes from a recipe to figures, a model and intervals', async () => {
    const plant = plantOf();
    const [run] = await plant.train(['linear']);
    expect(run).toMatchObject({ status: 'succeeded', error: null, horizon: 24, thresholdsMet: null });
    expect(Object.keys(run!.metrics!).sort()).toEqual([...metricNames].sort());
    expect(run!.skill!).toBeCloseTo(1 - run!.metrics!.mae! / run!.baseline!.mae!, 10);
    expect(run!.baseline!.mae).toBe(Math.min(run!.baseline!.daily!.mae!, run!.baseline!.weekly!.mae!));
    // shifts of 20, 60 and 90 kWh with a noise of ±4: a mean absolute error of 2 is what the noise leaves
    expect(run!.metrics!.mae!).toBeLessThan(3.5);
    expect(run!.metrics!.coverage80!).toBeGreaterThan(0.6);
    const names = run!.steps.flatMap((step) => step.outputs.map((output) => output.name));
    expect(names).toEqual([
      'recipe.json',
      'frame.parquet',
      'frame.json',
      'validation.json',
      'clean.parquet',
      'split.json',
      'model.json',
      'curves.json',
      'devices.json',
      'calibration.json',
      'backtest.bin',
      'metrics.json',
      'importance.json',
      'evaluation-devices.json',
      'thresholds.json',
      'final-model.json',
      'intervals.json',
    ]);
    expect(artifactJson(plant.workspace, run!.id, 'recipe.json')).toMatchObject({
      data: { target: 'load_kWh', series: null },
      forecast: { horizon: 24 },
      tracking: { experiment: 'plant' },
    });
    const log = logOf(plant.workspace, run!.id);
    expect(log).toMatch(/1,008 rows, PT1H, 2024-01-01T00:00:00Z/);
    expect(log).toMatch(/train on 816 rows, test on 192 \(19 %\) from 2024-02-04/);
    expect(log).toMatch(/MAE [\d.]+ kWh, \d+ % (better|worse) than seasonal naive/);
  });

  it('gives the same result whatever the number of threads', async () => {
    const metrics: unknown[] = [];
    const models: unknown[] = [];
    for (const threads of [1, 3]) {
      const plant = plantOf({ days: 28 });
      plant.training.start({ dataset: 'plant', recipes: ['xgboost'], portfolio: false, set: quick });
      const [run] = await plant.execute({ threads });
      metrics.push(run!.metrics);
      models.push(artifactJson(plant.workspace, run!.id, 'final-model.json'));
    }
    expect(metrics[0]).toEqual(metrics[1]);
    expect(models[0]).toEqual(models[1]);
  });

  it('repeats what an edit touches and nothing else', async () => {
    const plant = plantOf({ days: 28 });
    const [first] = await plant.train(['seasonal_naive']);
    const statusOf = (run: typeof first): string[] =>
      run!.steps.map((step) => `${step.id} ${step.status}`).filter((line) => !line.endsWith('reused'));
    const rerun = async (text?: string): Promise<typeof first> => {
      plant.training.rerun(first!.id, text);
      return (await plant.execute())[0];
    };
    expect(statusOf(await rerun())).toEqual(['record succeeded', 'notify succeeded']);
    const limits = await rerun(
      `${first!.recipeText}\nthresholds:\n  mae: { max: 0.001 }\n  skill: { min: -5 }\n`,
    );
    expect(statusOf(limits)).toEqual([
      'load-config succeeded',
      'check-thresholds succeeded',
      'record succeeded',
      'notify succeeded',
    ]);
    expect(limits).toMatchObject({ status: 'succeeded', thresholdsMet: false, metrics: first!.metrics });
    expect(limits!.thresholds).toEqual([
      { metric: 'mae', value: first!.metrics!.mae, min: null, max: 0.001, met: false },
      { metric: 'skill', value: first!.skill, min: -5, max: null, met: true },
    ]);
    const weekly = await rerun(first!.recipeText.replace('season: day', 'season: week'));
    expect(statusOf(weekly)).toEqual([
      'load-config succeeded',
      'train succeeded',
      'evaluate succeeded',
      'check-thresholds succeeded',
      'save-model succeeded',
      'record succeeded',
      'notify succeeded',
    ]);
    expect(weekly!.splitKey).toBe(first!.splitKey);
    expect(weekly!.metrics!.mae).not.toBe(first!.metrics!.mae);
  });

  it('fails at load-config when the engine is not here, and trains nothing in its place', async () => {
    const plant = plantOf();
    const [run] = await plant.train(['task: classification\nmodel: { type: linear }\n']);
    expect(run).toMatchObject({ status: 'failed', metrics: null, error: { code: 'engine-not-available' } });
    expect(run!.error!.message).toMatch(/classification/);
    expect(run!.steps.filter((step) => step.status === 'succeeded')).toEqual([]);
  });

  it('uses the range of the recipe, a local day at both ends', async () => {
    const plant = plantOf({ timezone: 'Europe/Madrid' });
    const set = { 'data.from': '2024-01-08', 'data.to': '2024-02-04' };
    const [run] = await plant.train(['seasonal_naive'], { set });
    // Madrid is an hour ahead, so local midnight is 23:00 UTC of the day before
    expect(artifactJson(plant.workspace, run!.id, 'frame.json')).toMatchObject({
      start: Date.UTC(2024, 0, 7, 23),
      end: Date.UTC(2024, 1, 4, 22),
      rows: 28 * 24,
    });
    const [empty] = await plant.train(['seasonal_naive'], { set: { 'data.from': '2030-01-01' } });
    expect(empty!.error).toMatchObject({ code: 'range-empty', place: { key: 'data.from' } });
  });

  it('tests from the day the recipe names, in strides of the horizon', async () => {
    const plant = plantOf();
    const [run] = await plant.train(['seasonal_naive'], { test: '2024-02-01', horizon: 12 });
    const { workspace } = plant;
    const backtest = decodeBacktest(
      workspace.objects.get(workspace.findArtifact(run!.id, 'backtest.bin')!.hash),
    );
    expect(backtest.time[0]).toBe(Date.UTC(2024, 1, 1));
    expect(backtest.plan.horizon).toBe(12);
    expect(backtest.batch.origins).toHaveLength((11 * 24) / 12);
    expect(run!.horizon).toBe(12);
    expect(run!.recipeText).toMatch(/^ {2}horizon: 12 # steps ahead/m);
    expect(run!.recipeText).toMatch(/^ {2}test: 2024-02-01 # share/m);
  });

  it('does not score what was filled', async () => {
    const missing = withTarget((values) => values.fill(Number.NaN, 900, 905));
    const plant = plantOf({ change: missing });
    const [run] = await plant.train(['seasonal_naive']);
    const { workspace } = plant;
    const backtest = decodeBacktest(
      workspace.objects.get(workspace.findArtifact(run!.id, 'backtest.bin')!.hash),
    );
    const holes = [...backtest.actual].filter((value) => Number.isNaN(value)).length;
    expect(holes).toBe(5);
    expect(logOf(workspace, run!.id)).toMatch(/5 missing readings filled \(seasonal\)/);
  });

  it('does not look at the future: other readings after the test leave the forecasts before them alone', async () => {
    const points: Float64Array[] = [];
    for (const factor of [1, 7]) {
      const plant = plantOf({
        days: 28,
        change: withTarget((values) =>
          values.forEach((value, i) => (values[i] = i >= 650 ? value * factor : value)),
        ),
      });
      const [run] = await plant.train(['xgboost'], { set: quick });
      const { workspace } = plant;
      const { batch } = decodeBacktest(
        workspace.objects.get(workspace.findArtifact(run!.id, 'backtest.bin')!.hash),
      );
      const known = batch.origins.filter((origin) => origin < 650).length;
      points.push(batch.point.slice(0, known * batch.horizon));
      points.push(batch.quantiles!.slice(0, known * batch.horizon * batch.levels!.length));
    }
    expect(points[0]!.length).toBeGreaterThan(48);
    expect(points[2]).toEqual(points[0]);
    expect(points[3]).toEqual(points[1]);
  });
});

describe('regression', () => {
  it('leaves out what gives the answer away, unless told not to', async () => {
    const plant = plantOf();
    const [honest] = await plant.train(['soft_sensor'], { set: quick });
    expect(artifactJson(plant.workspace, honest!.id, 'validation.json')).toMatchObject({
      features: ['temperature_C', 'shift'],
      leaking: ['co2_t'],
    });
    expect(logOf(plant.workspace, honest!.id)).toMatch(
      /warn validate: "co2_t" gives the target away .*left out/,
    );
    const [leaky] = await plant.train(['soft_sensor'], { set: { ...quick, 'data.allowLeakage': true } });
    expect(artifactJson(plant.workspace, leaky!.id, 'validation.json')).toMatchObject({
      features: ['temperature_C', 'co2_t', 'shift'],
    });
    expect(honest!.horizon).toBeNull();
    expect(honest!.skill).not.toBeNull();
    expect(leaky!.metrics!.mae!).toBeLessThan(honest!.metrics!.mae!);
  });

  it('measures leakage itself when the recipe has another target', async () => {
    const plant = plantOf();
    const [run] = await plant.train(['soft_sensor'], { set: { ...quick, 'data.target': 'co2_t' } });
    expect(artifactJson(plant.workspace, run!.id, 'validation.json')).toMatchObject({
      leaking: expect.arrayContaining(['load_kWh']) as string[],
    });
  });
});

describe('validate', () => {
  it.each<[string, PlantOptions, Record<string, unknown>, string, RegExp]>([
    [
      'a target that is not there',
      {},
      { 'data.target': 'laod_kWh' },
      'target-not-found',
      /Did you mean "load_kWh"/,
    ],
    ['a target of words', {}, { 'data.target': 'shift' }, 'target-not-numeric', /holds categories/],
    [
      'a target that never changes',
      { change: withTarget((values) => values.fill(5)) },
      {},
      'target-constant',
      /is 5 in every reading/,
    ],
    [
      'a target that is mostly missing',
      { change: withTarget((values) => values.fill(Number.NaN, 100)) },
      {},
      'target-incomplete',
      /100 of 1,008 .* at least 50 %/,
    ],
    [
      'a horizon the data cannot carry',
      {},
      { 'forecast.horizon': 600 },
      'too-few-rows',
      /1,008 rows are too few/,
    ],
    [
      'a covariate that is not there',
      {},
      { 'data.pastCovariates': ['temprature_C'] },
      'covariate-not-found',
      /Did you mean "temperature_C"/,
    ],
    [
      'a known covariate that gives the answer away',
      {},
      { 'data.knownCovariates': ['co2_t'] },
      'leakage',
      /cannot be known ahead.*pastCovariates/,
    ],
  ])('refuses %s', async (_what, options, set, code, message) => {
    const plant = plantOf(options);
    const [run] = await plant.train(['linear'], { set });
    expect(run!.error).toMatchObject({ code });
    expect(run!.error!.message).toMatch(message);
    expect(run!.steps.find((step) => step.status === 'failed')?.id).toBe('validate');
  });

  it('says what is odd and goes on', async () => {
    const plant = plantOf({
      change: withTarget((values) => {
        values.fill(33, 960);
        values.fill(Number.NaN, 0, 150);
      }),
    });
    const [run] = await plant.train(['seasonal_naive'], { set: { 'data.knownCovariates': ['shift'] } });
    expect(run!.status).toBe('succeeded');
    const log = logOf(plant.workspace, run!.id);
    expect(log).toMatch(/warn validate: 858 of 1,008 target readings are there \(85 %\)/);
    expect(log).toMatch(/warn validate: The last 48 readings of "load_kWh" are all 33/);
    expect(log).toMatch(/warn validate: "shift" is taken as known over the horizon/);
  });

  it('lets a leaking plan in when it is told to', async () => {
    const plant = plantOf();
    const set = { 'data.knownCovariates': ['co2_t'], 'data.allowLeakage': true };
    const [run] = await plant.train(['seasonal_naive'], { set });
    expect(run!.status).toBe('succeeded');
    expect(logOf(plant.workspace, run!.id)).toMatch(
      /warn validate: "co2_t" gives the target away .*allowLeakage is set/,
    );
  });

  it('uses a plan that is known ahead', async () => {
    // a stop on a fifth of the days, at random: without the plan nobody can know
    const random = seeded(9);
    const stops = Array.from({ length: 60 }, () => random() < 0.2);
    const change = (frame: Frame): Frame => {
      const load = findColumn(frame, 'load_kWh');
      const shift = findColumn(frame, 'shift');
      if (load?.type !== 'number' || shift?.type !== 'category') return frame;
      for (let i = 0; i < load.values.length; i += 1)
        if (stops[Math.floor(i / 24)]) {
          load.values[i] = 20;
          shift.codes[i] = 2;
        }
      return frame;
    };
    const plant = plantOf({ change });
    const [blind] = await plant.train(['xgboost'], { set: quick });
    const [told] = await plant.train(['xgboost'], { set: { ...quick, 'data.knownCovariates': ['shift'] } });
    expect(told!.metrics!.mae!).toBeLessThan(0.7 * blind!.metrics!.mae!);
    expect(told!.splitKey).toBe(blind!.splitKey);
  });
});

it('the made-up plant is the same each time', () => {
  expect(plantFrame()).toEqual(plantFrame());
});
