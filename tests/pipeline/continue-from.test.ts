import { afterEach, expect, it } from 'vitest';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import { treeCount } from '../../src-main/models/boosting/ensemble.ts';
import type { TreeEnsemble } from '../../src-main/models/boosting/ensemble.ts';
import { truncateEnsemble } from '../../src-main/models/boosting/predict/trim.ts';
import { partsOf } from '../../src-main/models/explain/parts.ts';
import { artifactJson, logOf, openPlant } from './plant.ts';
import type { Plant } from './plant.ts';

const plants: Plant[] = [];
afterEach(() => {
  for (const plant of plants.splice(0)) plant.close();
});
const plantOf = (): Plant => {
  const plant = openPlant({ days: 28 });
  plants.push(plant);
  return plant;
};

const recipe = (rounds: number, more = '', model = 'xgboost', params = ''): string =>
  `name: ${rounds} rounds\nmodel: { type: ${model}, params: { n_estimators: ${rounds}${params} } }\nforecast: { horizon: 6 }\n${more}`;
const from = (run: RunDetail, more = ''): string => `training: { continueFrom: '${run.id}'${more} }\n`;
const succeeded = (run: RunDetail | undefined): RunDetail => {
  expect(run!.status, run!.error?.message).toBe('succeeded');
  return run!;
};
const trees = (json: unknown): TreeEnsemble => partsOf(json)!.parts[0]!.model.state.regressor.ensemble!;
const evaluated = (plant: Plant, run: RunDetail): TreeEnsemble =>
  trees(artifactJson(plant.workspace, run.id, 'model.json'));
const final = (plant: Plant, run: RunDetail): TreeEnsemble =>
  trees((artifactJson(plant.workspace, run.id, 'final-model.json') as { model: unknown }).model);
/** Sets of categories stay whole in an ensemble that is cut, so they are left out. */
const firstTrees = (ensemble: TreeEnsemble, rounds: number): unknown => ({
  ...truncateEnsemble(ensemble, rounds).trees,
  setStart: null,
  setBits: null,
});
const trained = (run: RunDetail): string => run.steps.find((step) => step.id === 'train')!.status;

it('keeps the trees of a finished run and adds its own', async () => {
  const plant = plantOf();
  const quantiles = ', loss_function: "MultiQuantile:alpha=0.1,0.5,0.9"';
  for (const [model, params] of [
    ['xgboost', ''],
    ['lightgbm', ''],
    ['catboost', quantiles],
  ] as const) {
    const [first] = (await plant.train([recipe(12, '', model, params)])).map(succeeded);
    const [more] = (await plant.train([recipe(5, from(first!), model, params)])).map(succeeded);
    for (const models of [evaluated, final]) {
      const [before, after] = [models(plant, first!), models(plant, more!)];
      expect(treeCount(after)).toBe(17);
      expect(firstTrees(after, 12)).toEqual(firstTrees(before, 12));
    }
    const log = logOf(plant.workspace, more!.id);
    expect(log.match(/goes on from run \w+ \(12 rounds\): its 12 rounds stay/g)).toHaveLength(2);
    // intervals come from a fit that must not know the rows it forecasts
    expect(log).toContain('its 12 rounds are grown anew');
    if (model !== 'xgboost') continue;
    const [whole] = (await plant.train([recipe(17, '', model)])).map(succeeded);
    expect(more!.metrics!.rmse!).toBeCloseTo(whole!.metrics!.rmse!, 4);
    expect(whole!.metrics!.rmse!).toBeLessThan(0.9 * first!.metrics!.rmse!);
  }
});

it('a step is found again by what the named run left, not by its name', async () => {
  const plant = plantOf();
  const [first, other] = (
    await plant.train([recipe(8), recipe(8, 'runtime: { seed: 7 }\nfeatures: { rolling: [24] }\n')])
  ).map(succeeded);
  const [same] = (await plant.train([recipe(8)])).map(succeeded);
  const [one, two] = (await plant.train([recipe(3, from(first!)), recipe(3, from(same!))])).map(succeeded);
  expect([one!, two!].map(trained)).toEqual(['succeeded', 'reused']);
  const [else_] = await plant.train([recipe(3, from(other!))]);
  expect(else_!.status).toBe('failed');
  expect(else_!.error!.message).toMatch(/features here are not in it \(.*\)/);
});

it('goes on with newer data, from all that the earlier run had', async () => {
  const plant = plantOf();
  const [first] = (await plant.train([recipe(8)])).map(succeeded);
  plant.addVersion({ days: 42 });
  const [more] = (await plant.train([recipe(4, `${from(first!)}split: { refit: 20 }\n`)])).map(succeeded);
  expect(firstTrees(evaluated(plant, more!), 8)).toEqual(firstTrees(final(plant, first!), 8));
});

it('names what does not fit', async () => {
  const plant = plantOf();
  const [first, quantiles] = (
    await plant.train([recipe(5), recipe(5, '', 'xgboost', ', objective: "reg:quantileerror"')])
  ).map(succeeded);
  const failing = async (text: string): Promise<{ code: string; message: string }> => {
    const [run] = await plant.train([text]);
    expect(run!.status).toBe('failed');
    return run!.error!;
  };
  const horizon = await failing(recipe(5, from(first!)).replace('horizon: 6', 'horizon: 12'));
  expect(horizon.code).toBe('continue-from-differs');
  expect(horizon.message).toContain('it forecasts 1 to 6 steps ahead, this one 1 to 12 steps ahead');
  const columns = await failing(recipe(5, `${from(first!)}data: { pastCovariates: [temperature_C] }\n`));
  expect(columns.message).toMatch(/features here are not in it \(.*temperature_C/);
  const objective = await failing(recipe(5, from(quantiles!)));
  expect(objective.message).toMatch(/its objective is reg:quantileerror.*here it is reg:squarederror/);
  const later = await failing(recipe(5, `${from(first!)}split: { test: 0.4 }\n`));
  expect(later).toMatchObject({ code: 'continue-from-later' });
  expect(later.message).toMatch(
    /learnt from readings up to 2024-01-2\d .* would be tested on rows that it knows/,
  );

  const refused = (text: string) => () =>
    plant.training.start({ dataset: 'plant', recipes: [text], portfolio: false, set: {} });
  expect(refused(recipe(5, from(first!), 'lightgbm'))).toThrowError(
    /model of type xgboost, this one is lightgbm/,
  );
  expect(refused(recipe(5, "training: { continueFrom: 'zzzz' }\n"))).toThrowError(/zzzz/);
  expect(refused(recipe(5, from(first!), 'extra_trees'))).toThrowError(/extra_trees cannot go on from a run/);
  const { runIds } = plant.training.start({
    dataset: 'plant',
    recipes: [recipe(4)],
    portfolio: false,
    set: {},
  });
  const unfinished = plant.workspace.getRun(runIds[0]!);
  expect(refused(recipe(5, from(unfinished)))).toThrowError(/it is queued/);
});
