/** @file A library of foundation models in a folder of its own, and a plant to forecast with them: both anew for each test. */
import path from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import { modelsVariable } from '../../src-main/services/foundation/folders.ts';
import { readBacktest } from '../../src-main/services/run-artifacts.ts';
import { readRunFrame } from '../../src-main/services/run-model.ts';
import { openPlant } from '../pipeline/plant.ts';
import type { Plant } from '../pipeline/plant.ts';
import { removeFolder, temporaryFolder } from './folders.ts';
import { writeFiles } from './foundation-model.ts';
import type { ModelFiles } from './foundation-model.ts';

export interface FoundationPlant {
  readonly plant: Plant;
  /** folder of the library */
  readonly models: string;
  /** @returns folder of the model, which may be there already */
  install(files: ModelFiles, name?: string): string;
}

/** To be called once in a file: makes both before each of its tests, and removes them after it. */
export function eachWithFoundationPlant(name: string): FoundationPlant {
  let models: string;
  let plant: Plant;
  beforeEach(() => {
    models = temporaryFolder(name);
    vi.stubEnv(modelsVariable, models);
    plant = openPlant();
  });
  afterEach(() => {
    plant.close();
    removeFolder(models);
    vi.unstubAllEnvs();
  });
  return {
    get plant() {
      return plant;
    },
    get models() {
      return models;
    },
    install: (files, name = 'tiny') => writeFiles(path.join(models, name), files),
  };
}

/** The backtest of a run, and the last `steps` readings before its first origin. */
export function firstForecast({ workspace }: Plant, run: RunDetail, steps: number) {
  const { batch, plan } = readBacktest(workspace, run);
  const { columns } = readRunFrame(workspace, run, 'clean.parquet');
  const load = columns.find(({ name }) => name === 'load_kWh');
  if (load?.type !== 'number') throw new Error('another plant');
  const end = plan.origins[0]! + 1;
  return { batch, plan, context: load.values.subarray(Math.max(0, end - steps), end) };
}

/**
 * Three levels of a network as the app gives them, step by step: weights of a formula go astray, a forecast ends three ranges
 * beyond its context, and the plant's load is never negative.
 */
export function boundedSteps(own: Float32Array, context: Float64Array, horizon: number): number[][] {
  const [low, high] = [Math.min(...context), Math.max(...context)];
  const bounded = (value: number): number => Math.min(high + 3 * (high - low), Math.max(0, value));
  return Array.from({ length: horizon }, (_, step) =>
    [0, 1, 2].map((q) => bounded(own[q * horizon + step]!)).sort((a, b) => a - b),
  );
}
