/** @file Trains tree ensembles: the engine is made for the data, and the boosting loop runs in it. */
import { AppError } from '../../../../src-preload/contract/index.ts';
import { createStatistics } from '../categories/session.ts';
import type { Statistics } from '../categories/session.ts';
import { createEngine } from '../engine/engine.ts';
import { chooseGpu } from '../gpu/choose.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { TrainConfig, TrainingSet } from './config.ts';
import type { TrainHooks, Trained } from './hooks.ts';
import { BoostingLoop } from './loop.ts';
import { withoutAbsent } from './present.ts';

export type { TrainHooks, Trained } from './hooks.ts';

/**
 * Trains a tree ensemble.
 * @param set rows of weight 0 are as good as absent
 * @throws AppError `no-training-rows`, `target-not-suited`, `ensembles-differ`
 */
export async function train(set: TrainingSet, config: TrainConfig, hooks: TrainHooks): Promise<Trained> {
  const present = withoutAbsent(set);
  if (present.rows === 0)
    throw new AppError({
      code: 'no-training-rows',
      message: 'There is no complete row to train on.',
      hint: 'Use a longer history or a shorter horizon.',
    });
  const refused = config.objective.refuse(present.target);
  if (refused !== null)
    throw new AppError({
      code: 'target-not-suited',
      message: `The target does not suit the objective ${config.objective.name}: ${refused}.`,
      hint: 'Choose another objective, or clean the target.',
      place: { key: 'model.params.objective' },
    });
  const gpu = await chooseGpu(
    config.sharedTrees ? null : (hooks.device ?? null),
    {
      policy: config.grower.policy,
      rows: present.rows,
      columns: present.columns.length,
      trees: config.rounds * config.treesPerRound * config.objective.outputs,
      threads: hooks.threads,
    },
    (level, message) => hooks.log?.(level, message),
  );
  try {
    return await trainOn(gpu, present, config, hooks);
  } finally {
    await gpu?.close();
  }
}

async function trainOn(
  gpu: Gpu | null,
  set: TrainingSet,
  config: TrainConfig,
  hooks: TrainHooks,
): Promise<Trained> {
  const statistics = statisticsOf(set, config);
  const engine = await createEngine(
    {
      rows: set.rows,
      columns: statistics?.engineColumns ?? set.columns,
      categorical: set.categorical,
      weight: set.weight,
      ...(statistics === null ? {} : { slots: statistics.slots }),
    },
    config.binning,
    {
      ...config.grower,
      learningRate: config.grower.learningRate / config.treesPerRound,
      outputs: config.sharedTrees ? config.objective.outputs : 1,
    },
    { threads: hooks.threads, makeDevice: gpu?.make ?? null },
  );
  try {
    const trained = await new BoostingLoop(set, config, hooks, engine, statistics).run();
    return { ...trained, device: gpu?.used() ?? 'cpu' };
  } finally {
    await engine.close();
  }
}

function statisticsOf(set: TrainingSet, { statistics, grower }: TrainConfig): Statistics | null {
  if (statistics === null || grower.policy !== 'symmetric') return null;
  const { rows, columns, categorical, target, weight } = set;
  const categories = set.categories ?? columns.map(() => null);
  return createStatistics(
    { rows, columns, categorical, categories, target, weight, missingAs: null },
    statistics,
  );
}
