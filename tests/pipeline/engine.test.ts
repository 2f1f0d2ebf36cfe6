import { afterEach, expect, it } from 'vitest';
import type { AppEvent } from '../../src-preload/contract/index.ts';
import { createRunManager } from '../../src-main/runs/manager.ts';
import { considerChampion } from '../../src-main/services/champion.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { createTrainingService } from '../../src-main/services/training.ts';
import { createEventBus } from '../../src-main/workspace/event-bus.ts';
import { openPlant } from './plant.ts';
import type { Plant } from './plant.ts';

const plants: Plant[] = [];
const plantOf = (): Plant => {
  const plant = openPlant({ days: 28 });
  plants.push(plant);
  return plant;
};
afterEach(() => {
  for (const plant of plants.splice(0)) plant.close();
});

it(
  'runs in processes of its own and comes to the same figures as in this one',
  { timeout: 120_000 },
  async () => {
    const recipes = ['seasonal_naive', 'linear', 'task: classification\nmodel: { type: linear }\n'];
    const plant = plantOf();
    const { workspace } = plant;
    const bus = createEventBus();
    const events: AppEvent[] = [];
    bus.on((event) => events.push(event));
    const manager = createRunManager({
      workspace,
      bus,
      cpuSlots: 2,
      minFreeBytes: 1 << 20,
      onSucceeded: (run) => void considerChampion(workspace, run),
    });
    const training = createTrainingService({ workspace, manager });
    try {
      const started = training.start({ dataset: 'plant', recipes, portfolio: false, set: {}, horizon: 6 });
      const runs = await manager.waitFor(started.runIds);
      expect(runs.map((run) => run.status)).toEqual(['succeeded', 'succeeded', 'failed']);
      expect(runs[2]!.error).toMatchObject({ code: 'engine-not-available' });
      const here = await plantOf().train(recipes, { horizon: 6 });
      for (const i of [0, 1]) {
        expect(runs[i]!.metrics).toEqual(here[i]!.metrics);
        expect(runs[i]!.splitKey).toBe(here[i]!.splitKey);
      }
      const best = runs[0]!.metrics!.mae! < runs[1]!.metrics!.mae! ? runs[0]! : runs[1]!;
      expect(workspace.championOf('plant')?.id).toBe(best.id);
      expect((await createForecastService({ workspace }).create({ dataset: 'plant' })).rows).toHaveLength(6);
      const steps = events.flatMap((event) =>
        event.type === 'step' && event.runId === best.id ? [event.step] : [],
      );
      expect(steps.filter((step) => step.status === 'succeeded').at(-1)?.id).toBe('notify');

      // an edited rerun through the engine reuses what the edit does not touch
      const edited = training.rerun(
        best.id,
        `${best === runs[0] ? here[0]!.recipeText : here[1]!.recipeText}\nthresholds: { mae: { max: 100 } }\n`,
      );
      const [again] = await manager.waitFor([edited.id]);
      expect(again).toMatchObject({ status: 'succeeded', thresholdsMet: true, metrics: best.metrics });
      const trained = workspace.getRun(edited.id).steps.find((step) => step.id === 'train');
      expect(trained?.status).toBe('reused');
    } finally {
      await manager.close();
    }
  },
);
