import { afterEach, expect, it } from 'vitest';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import type { Frame } from '../../src-main/data/frame.ts';
import { artifactJson, openPlant } from './plant.ts';
import type { Plant, PlantOptions } from './plant.ts';

const plants: Plant[] = [];
afterEach(() => {
  for (const plant of plants.splice(0)) plant.close();
});
const plantOf = (options: PlantOptions = {}): Plant => {
  const plant = openPlant({ days: 28, ...options });
  plants.push(plant);
  return plant;
};
const rmse = (run: RunDetail): number => run.metrics!.rmse!;

/** From day 14 the plant takes half as much again; `trust` says so. */
const rebuilt = (frame: Frame): Frame => ({
  ...frame,
  columns: [
    ...frame.columns
      .filter(({ name }) => name !== 'co2_t')
      .map((column) =>
        column.name === 'load_kWh' && column.type === 'number'
          ? { ...column, values: column.values.map((value, i) => (i < 14 * 24 ? value : 1.5 * value)) }
          : column,
      ),
    {
      name: 'trust',
      type: 'number',
      unit: null,
      values: Float64Array.from(frame.time, (_, i) => (i < 14 * 24 ? 0 : 1)),
    },
  ],
});
const sensor = (model: string, training = ''): string =>
  `name: sensor\ntask: regression\nfeatures: { calendar: false }\nmodel: ${model}\n${training}`;
const trees = '{ type: xgboost, params: { n_estimators: 30, learning_rate: 0.3, colsample_bytree: 1 } }';
const models = [
  '{ type: linear }',
  trees,
  `{ type: ensemble_ridge, params: { base_models: [linear, ${trees}] } }`,
];

it('readings of a plant that was rebuilt since count less by age, or not at all by a column', async () => {
  const plant = plantOf({ change: rebuilt });
  const named = { features: '[temperature_C, shift]' };
  for (const model of models) {
    const recipe = (training: string): string =>
      `${sensor(model, training)}data: { features: ${named.features} }\n`;
    const [plain, aged, trusted] = await plant.train([
      recipe(''),
      recipe('training: { halfLifeDays: 1 }\n'),
      recipe('training: { weight: trust }\n'),
    ]);
    for (const run of [plain, aged, trusted]) expect(run!.status, run!.error?.message).toBe('succeeded');
    expect(rmse(aged!), model).toBeLessThan(0.8 * rmse(plain!));
    expect(rmse(trusted!), model).toBeLessThan(0.5 * rmse(plain!));
  }
});

it('a forecast takes them too, and the column is no feature', async () => {
  const plant = plantOf({ change: rebuilt });
  const recipe = (training: string): string =>
    `name: ahead\nmodel: { type: lightgbm, params: { n_estimators: 20 } }\nforecast: { horizon: 6 }\n${training}`;
  const [plain, weighed] = await plant.train([
    recipe(''),
    recipe('training: { weight: trust, halfLifeDays: 7 }\n'),
  ]);
  expect(weighed!.status, weighed!.error?.message).toBe('succeeded');
  expect(weighed!.metrics).not.toEqual(plain!.metrics);
  const [auto] = await plant.train([sensor('{ type: linear }', 'training: { weight: trust }\n')]);
  const named = (run: RunDetail): string[] =>
    (artifactJson(plant.workspace, run.id, 'importance.json') as { name: string }[]).map(({ name }) => name);
  for (const run of [weighed!, auto!]) expect(named(run)).not.toContain('trust');
  expect(named(auto!)).toContain('temperature_C');
  // the weights are part of what a step was told
  const again = await plant.train([
    recipe('training: { weight: trust, halfLifeDays: 7 }\n'),
    recipe('training: { halfLifeDays: 7 }\n'),
  ]);
  const trained = (run: RunDetail): string => run.steps.find((step) => step.id === 'train')!.status;
  expect(again.map(trained)).toEqual(['reused', 'succeeded']);
});

it('says what is wrong with a column of weights', async () => {
  const plant = plantOf();
  const said = async (weight: string): Promise<string> => {
    const [run] = await plant.train([`model: { type: linear }\ntraining: { weight: ${weight} }\n`]);
    expect(run!.status).toBe('failed');
    return run!.error!.message;
  };
  expect(await said('temprature_C')).toMatch(/no column "temprature_C".*Did you mean "temperature_C"/);
  expect(await said('shift')).toContain('holds categories');
});
