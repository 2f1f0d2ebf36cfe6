import { afterEach, expect, it } from 'vitest';
import { calls } from '../../src-preload/contract/index.ts';
import type { Input, RunDetail } from '../../src-preload/contract/index.ts';
import { createEnsemblingService } from '../../src-main/services/ensembling.ts';
import { logOf, openPlant } from './plant.ts';
import type { Plant } from './plant.ts';

const plants: Plant[] = [];
afterEach(() => {
  for (const plant of plants.splice(0)) plant.close();
});
const plantOf = (): Plant => {
  const plant = openPlant({ days: 35 });
  plants.push(plant);
  return plant;
};
const ensemblingOf = ({ workspace, training }: Plant) => {
  const service = createEnsemblingService({ workspace, training });
  return {
    choose: (input: Input<'runs.combinable'>) => service.choose(calls['runs.combinable'].input.parse(input)),
    start: (input: Input<'runs.combine'>) => service.start(calls['runs.combine'].input.parse(input)),
  };
};
const boosted = (depth: number): string =>
  `name: depth ${depth}\nmodel: { type: xgboost, params: { n_estimators: 15, max_depth: ${depth} } }\nforecast: { horizon: 6 }\n`;
const linear = 'name: line\nmodel: { type: linear }\nforecast: { horizon: 6 }\n';

/** Five runs that can be ranked, a baseline, an ensemble, a run of other test days and a rerun. */
async function trained(plant: Plant): Promise<RunDetail[]> {
  const runs = await plant.train([linear, boosted(2), boosted(4), boosted(5), 'seasonal_naive'], {
    horizon: 6,
  });
  return [...runs, ...(await plant.train([linear], { horizon: 6 }))];
}

it(
  'takes the best runs of one split, each model once, and trains what they say',
  { timeout: 60_000 },
  async () => {
    const plant = plantOf();
    const runs = await trained(plant);
    const [elsewhere] = await plant.train([boosted(3)], { horizon: 6, test: 0.3 });
    const { choose, start } = ensemblingOf(plant);

    const models = runs.slice(0, 4);
    const best = models.toSorted((a, b) => a.metrics!.rmse! - b.metrics!.rmse!).slice(0, 3);
    const chosen = choose({ experiment: 'plant', metric: 'rmse' });
    expect(chosen.members.map((member) => member.id)).toEqual(best.map((run) => run.id));
    expect(chosen.members[0]!.value).toBe(best[0]!.metrics!.rmse);
    const reasonOf = (run: RunDetail): string | undefined =>
      chosen.leftOut.find(({ id }) => id === run.id)?.reason;
    expect(reasonOf(runs[4]!)).toBe('baseline');
    expect(reasonOf(runs[5]!)).toBe(best.some((run) => run.recipe === 'line') ? 'duplicate' : 'not-best');
    expect(reasonOf(elsewhere!)).toBe('other-split');
    expect(chosen.warnings).toEqual([]);

    const started = start({ experiment: 'plant', metric: 'rmse', name: 'Three together' });
    const [made] = await plant.execute();
    expect(made).toMatchObject({
      id: started.runId,
      status: 'succeeded',
      recipe: 'Three together',
      modelType: 'ensemble_ridge',
      experiment: 'plant',
      splitKey: best[0]!.splitKey,
    });
    expect(made!.tags['ensembleOf']!.split(' ')).toEqual(best.map((run) => run.id.slice(0, 12)));
    expect(made!.recipeText).toContain(`# - ${best[0]!.recipe}, run ${best[0]!.id.slice(0, 12)}: rmse`);
    const { recipe } = plant.workspace.getRunRequest(made!.id);
    expect(recipe.model.params['base_models']).toEqual(
      best.map(({ id }) => {
        const { type, params } = plant.workspace.getRunRequest(id).recipe.model;
        return Object.keys(params).length === 0 ? { type } : { type, params };
      }),
    );
    expect(logOf(plant.workspace, made!.id)).toMatch(/out-of-fold RMSE over \d+ forecasts in 3 folds/);
    expect(made!.metrics!.rmse).toBeLessThan(Math.max(...best.map((run) => run.metrics!.rmse!)));

    // the ensemble itself is no member of the next
    expect(choose({ experiment: 'plant' }).leftOut).toContainEqual({
      id: made!.id,
      recipe: 'Three together',
      reason: 'ensemble',
    });
  },
);

it('joins the runs that are named, with trees where asked for, and says what they lose', async () => {
  const plant = plantOf();
  const [first, second] = await plant.train([linear, `${boosted(3)}features: { calendar: false }\n`], {
    horizon: 6,
  });
  const { start } = ensemblingOf(plant);
  const ids = [first!.id, second!.id];
  const started = start({ ids, combiner: 'lightgbm' });
  expect(started.members).toHaveLength(2);
  expect(started.warnings.map(({ code }) => code)).toEqual(['settings-differ']);
  expect(started.warnings[0]!.message).toContain('features');
  expect(plant.workspace.getRun(started.runId).modelType).toBe('ensemble_lightgbm');
});

it('says why there is nothing to join', async () => {
  const plant = plantOf();
  await plant.train([linear, 'seasonal_naive'], { horizon: 6 });
  const { choose, start } = ensemblingOf(plant);
  expect(choose({ experiment: 'plant' }).members).toHaveLength(1);
  expect(() => start({ experiment: 'plant' })).toThrowError(/at least two different models.*there is one/);
  expect(() => start({ experiment: 'nowhere' })).toThrowError(/there are none/);
  expect(() => start({ ids: ['000000'] })).toThrowError(/000000/);
});
