/** @file When boosting can go on from trees that are there, and what it says when it cannot. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { BoostingStart } from '../estimator.ts';
import type { TrainConfig } from './training/config.ts';

/** @param name of the model that was to be continued @param differences clauses, in plain words */
export const continueDiffers = (name: string, differences: readonly string[]): AppError =>
  new AppError({
    code: 'continue-from-differs',
    message: `Training cannot go on from ${name}: ${differences.join('; ')}.`,
    hint: 'Use the recipe of that run with other data, dates or rounds, or leave training.continueFrom out.',
    place: { key: 'training.continueFrom' },
    details: { differences },
  });

/** @throws AppError `continue-from-differs`, naming what differs */
export function requireSameBoosting({ ensemble, name }: BoostingStart, config: TrainConfig): void {
  const { objective, treesPerRound, averaged, sharedTrees = false } = config;
  const levels = (of: readonly number[] | null): string => of?.join(', ') ?? 'none';
  const perRound = sharedTrees ? 1 : treesPerRound * objective.outputs;
  const differences: string[] = [];
  if (averaged || ensemble.scale !== 1) differences.push('the trees of a forest do not build on each other');
  if (ensemble.objective !== objective.name)
    differences.push(`its objective is ${ensemble.objective}, here it is ${objective.name}`);
  if (levels(ensemble.levels) !== levels(objective.levels))
    differences.push(`its quantiles are ${levels(ensemble.levels)}, here ${levels(objective.levels)}`);
  if (ensemble.treesPerRound !== perRound)
    differences.push(`it grows ${ensemble.treesPerRound} trees a round, here ${perRound}`);
  if (ensemble.derived.length > 0)
    differences.push('its target statistics of categories belong to the rows it was trained on');
  if (differences.length > 0) throw continueDiffers(name, differences);
}
