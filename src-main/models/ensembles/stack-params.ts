/**
 * @file Parameters of the two stacks, named as in scikit-learn's StackingRegressor
 * (https://scikit-learn.org/stable/modules/generated/sklearn.ensemble.StackingRegressor.html) where it has the like.
 */
import { z } from 'zod';
import { memberSchema } from './members.ts';

const share = z.number().gt(0).max(1);
const penalty = z.number().nonnegative().max(1e12);

const common = {
  // three that err in different ways: the least error on rolling folds of six series
  base_models: z
    .array(memberSchema)
    .min(1)
    .max(20)
    .default(['lightgbm', { type: 'extra_trees', params: { n_estimators: 50 } }, 'linear'])
    .describe('Model types, or {type, params} (scikit-learn: estimators)'),
  folds: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(3)
    .describe('Time-ordered folds that the combiner learns from (scikit-learn: cv)'),
  first_train_fraction: z
    .number()
    .min(0.1)
    .max(0.95)
    .default(0.5)
    .describe('Share of the training rows before the first fold'),
  n_jobs: z
    .union([z.literal('auto'), z.number().int().min(1).max(64)])
    .default('auto')
    .describe(
      'Members fitted side by side; auto: as many as the run has cores, where it pays (scikit-learn: None, 1)',
    ),
};

const passthrough = z
  .union([z.boolean(), z.literal('calendar')])
  .describe(
    'The combiner also sees the original features; calendar: only clock, calendar and lead (scikit-learn: false)',
  );

export const ridgeCombinerSchema = z.strictObject({
  alpha: z
    .union([z.literal('auto'), penalty])
    .default('auto')
    .describe(
      'Pull towards shrink_to, relative to the mean squared error of the base models; auto: chosen on later folds',
    ),
  positive: z.boolean().default(true).describe('No weight below 0 (scikit-learn: false)'),
  sum_to_one: z.boolean().default(true).describe('Weights add up to 1'),
  fit_intercept: z.boolean().default(false).describe('Add a constant term (scikit-learn: true)'),
  shrink_to: z
    .enum(['equal', 'zero'])
    .default('equal')
    .describe('What alpha pulls weights to: equal weights, or 0 (scikit-learn: zero)'),
});

/** Own defaults are those of a correction: a few hundred shallow, slow trees with many rows per leaf. */
export const treeCombinerSchema = z.strictObject({
  n_estimators: z.number().int().min(1).max(10_000).default(100).describe('Trees (LightGBM: 100)'),
  learning_rate: z.number().gt(0).max(1).default(0.05).describe('Shrinkage of each tree (LightGBM: 0.1)'),
  num_leaves: z.number().int().min(2).max(1024).default(8).describe('Leaves of a tree (LightGBM: 31)'),
  min_child_samples: z
    .union([z.literal('auto'), z.number().int().min(1)])
    .default('auto')
    .describe('Least rows in a leaf; auto: a fortieth of the rows, at least 20 (LightGBM: 20)'),
  reg_lambda: penalty.default(10).describe('L2 penalty of leaf values (LightGBM: 0)'),
  colsample_bytree: share.default(0.8).describe('Share of columns per tree (LightGBM: 1)'),
  shrinkage: z
    .union([z.literal('auto'), z.number().min(0).max(1)])
    .default('auto')
    .describe(
      'Factor on what the trees add to the mean of the base forecasts; auto: what helped on later folds, 0 to 1',
    ),
});

export const ensembleRidgeParamsSchema = z.strictObject({
  ...common,
  passthrough: passthrough.default(false),
  final_estimator: ridgeCombinerSchema
    .prefault({})
    .describe('The combiner: ridge regression on the base forecasts'),
});

export const ensembleLightgbmParamsSchema = z.strictObject({
  ...common,
  passthrough: passthrough.default('calendar'),
  final_estimator: treeCombinerSchema
    .prefault({})
    .describe('The combiner: leaf-wise boosted trees that correct the weighted mean of the base forecasts'),
});

export type RidgeCombinerParams = z.infer<typeof ridgeCombinerSchema>;
export type TreeCombinerParams = z.infer<typeof treeCombinerSchema>;
export type StackParams =
  z.infer<typeof ensembleRidgeParamsSchema> | z.infer<typeof ensembleLightgbmParamsSchema>;
