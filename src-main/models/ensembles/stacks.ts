/** @file The two stacks by name: what each makes of its parameters. */
import type { Recipe } from '../../../src-preload/contract/index.ts';
import type { Estimator, Regressor } from '../estimator.ts';
import { parseParams } from '../params.ts';
import { readMembers } from './members.ts';
import { createStack } from './stack.ts';
import type { StackTools } from './stack.ts';
import {
  ensembleLightgbmParamsSchema,
  ensembleRidgeParamsSchema,
  ridgeCombinerSchema,
} from './stack-params.ts';
import type { TreeCombinerParams } from './stack-params.ts';
import { fitCombination } from './weigh.ts';

/** @param ridge the linear regressor that `passthrough` needs */
export function createRidgeStack(recipe: Recipe, tools: StackTools, ridge: () => Regressor): Estimator {
  const params = parseParams(ensembleRidgeParamsSchema, recipe.model.params);
  return createStack(
    recipe,
    {
      type: 'ensemble_ridge',
      members: readMembers(params.base_models, 'base_models', recipe, tools.create),
      weigh: (cells, context) => fitCombination(cells, params.final_estimator, context),
      correction:
        params.passthrough === false ? null : { basis: 'linear', shrinkage: 'auto', regressor: ridge },
    },
    params,
    tools,
  );
}

/** The combiner's parameters with everything decided that depends on the data. */
export type TreeCorrectorParams = Omit<TreeCombinerParams, 'shrinkage' | 'min_child_samples'> & {
  readonly min_child_samples: number;
};

const weightedMean = ridgeCombinerSchema.parse({});

/** @param trees the leaf-wise booster of these parameters */
export function createLightgbmStack(
  recipe: Recipe,
  tools: StackTools,
  trees: (params: TreeCorrectorParams) => Regressor,
): Estimator {
  const params = parseParams(ensembleLightgbmParamsSchema, recipe.model.params);
  const { shrinkage, min_child_samples, ...rest } = params.final_estimator;
  return createStack(
    recipe,
    {
      type: 'ensemble_lightgbm',
      members: readMembers(params.base_models, 'base_models', recipe, tools.create),
      // trees on top of a poor mean would have to undo it first, so the mean is a weighted one
      weigh: (cells, context) => fitCombination(cells, weightedMean, context),
      correction: {
        basis: 'tree',
        shrinkage,
        regressor: (cells) =>
          trees({
            ...rest,
            min_child_samples:
              min_child_samples === 'auto' ? Math.max(20, Math.floor(cells / 40)) : min_child_samples,
          }),
      },
    },
    params,
    tools,
  );
}
