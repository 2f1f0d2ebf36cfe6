/**
 * @file Parameters of `lightgbm` under LightGBM's names and aliases
 * (https://lightgbm.readthedocs.io/en/stable/Parameters.html). Descriptions give LightGBM's own default where ours
 * differs: ours are chosen for load series, on rolling folds that end before any test span.
 *
 * Not taken: `enable_bundle` (bundling exclusive columns pays on sparse one-hot columns; the columns of a load series are
 * dense and categories are split natively) and `linear_tree`.
 */
import { z } from 'zod';
import { metricByName } from '../objectives/metrics.ts';
import type { Sampling } from '../training/config.ts';
import {
  asList,
  autoOr,
  defineParams,
  interactionGroups,
  interactions,
  monotone,
  monotoneByColumn,
  penalty,
  rate,
  refused,
  rounds,
  share,
  stoppingShape,
} from './define.ts';
import { defaultMetric, deltaOf, objectiveOf, objectives } from './lightgbm-objective.ts';
import type { ObjectiveName } from './lightgbm-objective.ts';
import { autoLeafRows } from './plan.ts';
import type { Plan } from './plan.ts';

const whole = z.number().int();

export const lightgbmParams = defineParams(
  {
    num_iterations: rounds.default(200).describe('Boosting rounds (LightGBM: 100)'),
    learning_rate: rate.default(0.05).describe('Shrinkage of each tree (LightGBM: 0.1)'),
    num_leaves: whole.min(2).max(131_072).default(31).describe('Most leaves of a tree (LightGBM: 31)'),
    max_depth: whole.min(-1).max(64).default(-1).describe('Depth of a tree, -1 = no limit (LightGBM: -1)'),
    min_data_in_leaf: autoOr(whole.nonnegative())
      .default('auto')
      .describe('Least rows in a leaf; auto: grows with the horizon (LightGBM: 20)'),
    min_sum_hessian_in_leaf: penalty
      .default(1e-3)
      .describe('Least sum of hessians in a leaf (LightGBM: 0.001)'),
    lambda_l1: penalty.default(0).describe('L1 penalty of leaf values (LightGBM: 0)'),
    lambda_l2: penalty.default(0).describe('L2 penalty of leaf values (LightGBM: 0)'),
    min_gain_to_split: penalty.default(0).describe('Least gain of a split (LightGBM: 0)'),
    max_delta_step: penalty
      .default(0)
      .describe('Largest leaf value before shrinkage, 0 = no limit (LightGBM: 0)'),
    feature_fraction: share.default(0.5).describe('Share of columns per tree (LightGBM: 1)'),
    feature_fraction_bynode: share.default(1).describe('Share of columns per split (LightGBM: 1)'),
    bagging_fraction: share.default(0.6).describe('Share of rows per draw (LightGBM: 1)'),
    bagging_freq: whole
      .nonnegative()
      .default(1)
      .describe('Rounds between draws of rows, 0 = no bagging (LightGBM: 0)'),
    data_sample_strategy: z
      .enum(['bagging', 'goss'])
      .default('bagging')
      .describe('goss: the rows of largest gradient and a share of the others (LightGBM: bagging)'),
    top_rate: share.default(0.2).describe('goss: share of rows kept for their gradient (LightGBM: 0.2)'),
    other_rate: share.default(0.1).describe('goss: share drawn of the rest (LightGBM: 0.1)'),
    boosting: z
      .enum(['gbdt', 'gbrt', 'goss'])
      .default('gbdt')
      .describe('gbdt, or goss for data_sample_strategy goss (LightGBM: gbdt)'),
    max_bin: whole.min(2).max(65_535).default(255).describe('Bins per column (LightGBM: 255)'),
    min_data_in_bin: whole.min(1).default(3).describe('Least rows per bin (LightGBM: 3)'),
    max_cat_to_onehot: whole
      .min(1)
      .default(4)
      .describe('Up to so many categories are split one against the rest (LightGBM: 4)'),
    max_cat_threshold: whole
      .min(1)
      .default(32)
      .describe('Most categories on the smaller side (LightGBM: 32)'),
    cat_smooth: penalty
      .default(10)
      .describe('Smooths the statistics categories are sorted by (LightGBM: 10)'),
    cat_l2: penalty.default(10).describe('L2 penalty more in splits of categories (LightGBM: 10)'),
    min_data_per_group: whole
      .min(1)
      .default(100)
      .describe('Least rows per group of categories (LightGBM: 100)'),
    path_smooth: penalty.default(0).describe('Pulls a leaf towards its parent (LightGBM: 0)'),
    extra_trees: z
      .boolean()
      .default(false)
      .describe('One random threshold per column and node (LightGBM: false)'),
    monotone_constraints: monotone,
    monotone_constraints_method: z
      .enum(['basic'])
      .default('basic')
      .describe('How constraints are kept (LightGBM: basic)'),
    interaction_constraints: interactions,
    boost_from_average: z
      .boolean()
      .default(true)
      .describe('Starts from the average of the target, else from 0 (LightGBM: true)'),
    objective: z
      .enum(Object.keys(objectives) as [ObjectiveName, ...ObjectiveName[]])
      .default('regression')
      .describe('Loss (LightGBM: regression)'),
    alpha: z
      .union([z.number().positive(), z.array(z.number().gt(0).lt(1)).min(1).max(99)])
      .optional()
      .describe(
        "huber: where it turns linear; quantile: the level, or several in one model (LightGBM: 0.9; ours for quantile: the recipe's quantiles)",
      ),
    poisson_max_delta_step: z
      .number()
      .positive()
      .default(0.7)
      .describe('poisson: enlarges the curvature (LightGBM: 0.7)'),
    tweedie_variance_power: z
      .number()
      .gt(1)
      .lt(2)
      .default(1.5)
      .describe('tweedie: towards 2 a gamma, towards 1 a Poisson distribution (LightGBM: 1.5)'),
    scale_pos_weight: z.number().positive().default(1).describe('binary: weight of positives (LightGBM: 1)'),
    num_class: whole.min(2).max(1000).optional().describe('multiclass: number of classes'),
    metric: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('Metrics per round, the first one decides about stopping; default: that of the objective'),
    early_stopping_round: whole
      .min(1)
      .optional()
      .describe('Stop when the validation tail has not improved for so many rounds; then refit on all rows'),
    early_stopping_min_delta: penalty.default(0).describe('Least improvement that counts (LightGBM: 0)'),
    ...stoppingShape,
    seed: whole.optional().describe('Default: runtime.seed of the recipe'),
  },
  {
    num_iterations: [
      'num_iteration',
      'n_iter',
      'num_tree',
      'num_trees',
      'num_round',
      'num_rounds',
      'nrounds',
      'num_boost_round',
      'n_estimators',
      'max_iter',
    ],
    learning_rate: ['shrinkage_rate', 'eta'],
    num_leaves: ['num_leaf', 'max_leaves', 'max_leaf', 'max_leaf_nodes'],
    min_data_in_leaf: ['min_data_per_leaf', 'min_data', 'min_child_samples', 'min_samples_leaf'],
    min_sum_hessian_in_leaf: [
      'min_sum_hessian_per_leaf',
      'min_sum_hessian',
      'min_hessian',
      'min_child_weight',
    ],
    lambda_l1: ['reg_alpha', 'l1_regularization'],
    lambda_l2: ['reg_lambda', 'lambda', 'l2_regularization'],
    min_gain_to_split: ['min_split_gain'],
    max_delta_step: ['max_tree_output', 'max_leaf_output'],
    feature_fraction: ['sub_feature', 'colsample_bytree'],
    feature_fraction_bynode: ['sub_feature_bynode', 'colsample_bynode'],
    bagging_fraction: ['sub_row', 'subsample', 'bagging'],
    bagging_freq: ['subsample_freq'],
    boosting: ['boosting_type', 'boost'],
    max_bin: ['max_bins'],
    extra_trees: ['extra_tree'],
    monotone_constraints: ['mc', 'monotone_constraint', 'monotonic_cst'],
    monotone_constraints_method: ['monotone_constraining_method', 'mc_method'],
    objective: ['objective_type', 'app', 'application', 'loss'],
    num_class: ['num_classes'],
    metric: ['metrics', 'metric_types'],
    early_stopping_round: ['early_stopping_rounds', 'early_stopping', 'n_iter_no_change'],
    seed: ['random_seed', 'random_state'],
  },
);
export type LightgbmParams = ReturnType<typeof lightgbmParams.parse>;

function samplingOf(params: LightgbmParams): Sampling {
  const { bagging_fraction: part, bagging_freq: every } = params;
  if (params.boosting === 'goss' || params.data_sample_strategy === 'goss') {
    if (params.top_rate + params.other_rate > 1)
      throw refused(
        'other_rate',
        'top_rate and other_rate are more than all rows together',
        'Their sum is at most 1.',
      );
    // LightGBM sees every row while trees still take large steps
    return {
      kind: 'goss',
      top: params.top_rate,
      other: params.other_rate,
      from: Math.floor(1 / params.learning_rate),
    };
  }
  return part < 1 && every > 0 ? { kind: 'share', share: part, every } : { kind: 'all' };
}

/** @param quantiles the recipe's levels, for the objective quantile without levels of its own */
export function lightgbmPlan(params: LightgbmParams, quantiles: readonly number[]): Plan {
  const objective = objectiveOf(params, quantiles);
  const wanted =
    params.metric === undefined ? [defaultMetric[objectives[params.objective]]] : asList(params.metric);
  const delta = objectives[params.objective] === 'huber' ? deltaOf(params) : 1;
  const metrics = wanted
    .map((name) =>
      metricByName(
        name,
        objective,
        { link: objective.link, levels: [], delta, power: params.tweedie_variance_power },
        'model.params.metric',
      ),
    )
    .reverse();
  const sampling = samplingOf(params);
  return {
    patience: params.early_stopping_round ?? null,
    validationFraction: params.validation_fraction,
    seed: params.seed ?? null,
    classes: objective.link === 'softmax' ? objective.outputs : null,
    config: ({ rows, names, categorical, leads, seed }) => ({
      dialect: 'lightgbm',
      objective,
      rounds: params.num_iterations,
      treesPerRound: 1,
      averaged: false,
      binning: { maxBin: params.max_bin, minDataInBin: params.min_data_in_bin, borders: 'lightgbm', seed },
      grower: {
        policy: 'leafwise',
        maxDepth: Math.max(0, params.max_depth),
        maxLeaves: params.num_leaves,
        lambda: params.lambda_l2,
        alpha: params.lambda_l1,
        minGain: params.min_gain_to_split,
        minHessian: params.min_sum_hessian_in_leaf,
        minRows:
          params.min_data_in_leaf === 'auto'
            ? Math.round(autoLeafRows(leads, rows))
            : params.min_data_in_leaf,
        maxDeltaStep: params.max_delta_step,
        learningRate: params.learning_rate,
        columnShare: { tree: params.feature_fraction, level: 1, node: params.feature_fraction_bynode },
        monotone: monotoneByColumn(params.monotone_constraints, names, categorical),
        interactions: interactionGroups(params.interaction_constraints, names),
        pathSmooth: params.path_smooth,
        extraRandom: params.extra_trees,
        score: 'gain',
        randomStrength: 0,
        categories: {
          dialect: 'lightgbm',
          oneHotUpTo: params.max_cat_to_onehot,
          maxThreshold: params.max_cat_threshold,
          smooth: params.cat_smooth,
          l2: params.cat_l2,
          minDataPerGroup: params.min_data_per_group,
        },
        seed,
      },
      start: params.boost_from_average ? null : 0,
      firstOrder: false,
      sampling,
      leaves: { kind: 'grown' },
      statistics: null,
      metrics,
      patience: params.early_stopping_round ?? null,
      minImprovement: params.early_stopping_min_delta,
      seed,
    }),
  };
}
