/** @file A training whose process is killed goes on from the last state it put down, to the very same weights. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRunManager } from '../../src-main/runs/manager.ts';
import { modelsVariable } from '../../src-main/services/foundation/folders.ts';
import { createTrainingService } from '../../src-main/services/training.ts';
import { createEventBus } from '../../src-main/workspace/event-bus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { chronos2Files, writeFiles } from '../support/foundation-model.ts';
import { artifactJson, logOf, openPlant } from '../pipeline/plant.ts';
import type { Plant } from '../pipeline/plant.ts';

let models: string;
const plants: Plant[] = [];
beforeEach(() => {
  models = temporaryFolder('resume');
  vi.stubEnv(modelsVariable, models);
  writeFiles(path.join(models, 'tiny'), chronos2Files({ seed: 1 }));
});
afterEach(() => {
  for (const plant of plants.splice(0)) plant.close();
  removeFolder(models);
  vi.unstubAllEnvs();
});
const plantOf = (): Plant => {
  const plant = openPlant({ days: 28 });
  plants.push(plant);
  return plant;
};
const recipes = ['chronos2_finetuned'];
const set = {
  'model.params.checkpoint': 'tiny',
  // seconds on a fast machine: states are put down once a second at most
  'model.params.num_steps': 1000,
  'model.params.eval_steps': 250,
  'model.params.early_stopping_patience': null,
  'model.params.learning_rate': 0.003,
  'model.params.batch_size': 8,
  'model.params.refit': false,
  'runtime.threads': 1,
};

test('killed in the middle', { timeout: 240_000 }, async () => {
  const plant = plantOf();
  const { workspace } = plant;
  const manager = createRunManager({ workspace, bus: createEventBus(), cpuSlots: 1, minFreeBytes: 1 << 20 });
  const training = createTrainingService({ workspace, manager });
  const states = path.join(workspace.path, 'training');
  const stored = (): string[] =>
    existsSync(states) ? readdirSync(states).filter((name) => name.endsWith('.safetensors')) : [];
  try {
    const { runIds } = training.start({ dataset: 'plant', recipes, portfolio: false, set });
    const [id] = runIds as [string];
    while (stored().length === 0) {
      expect(workspace.getRun(id).status, 'no state was put down before the end').not.toBe('succeeded');
      await sleep(20);
    }
    process.kill(workspace.getRun(id).owner.pid!, 'SIGKILL');
    expect((await manager.waitFor([id]))[0]).toMatchObject({ status: 'failed' });
    expect(logOf(workspace, id)).not.toContain('goes on after step');
    manager.resume(id);
    const [run] = await manager.waitFor([id]);
    expect(run, JSON.stringify(run!.error)).toMatchObject({ status: 'succeeded', attempt: 2 });
    const [, step] = /goes on after step (\d+), where it was interrupted/.exec(logOf(workspace, id))!;
    expect(Number(step)).toBeGreaterThan(0);
    expect(stored()).toEqual([]);

    const undisturbed = plantOf();
    const [whole] = await undisturbed.train(recipes, { set });
    expect(run!.metrics).toEqual(whole!.metrics);
    for (const name of ['model.json', 'curves.json'])
      expect(artifactJson(workspace, id, name)).toEqual(artifactJson(undisturbed.workspace, whole!.id, name));
  } finally {
    await manager.close();
  }
});
