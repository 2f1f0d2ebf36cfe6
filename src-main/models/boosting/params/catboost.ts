/**
 * @file Parameters of `catboost` under CatBoost's names and synonyms
 * (https://catboost.ai/docs/en/references/training-parameters/). Descriptions give CatBoost's own default where ours
 * differs: ours are chosen for load series, on rolling folds that end before any test span.
 *
 * Not taken: grow_policy other than SymmetricTree, and the backtracking of leaf estimation. Done otherwise: MultiQuantile under
 * constraints grows a tree for each output, CatBoost one for all; weights count where leaf values are quantiles (MAE, Quantile),
 * which CatBoost 1.2 leaves out.
 */
import { z } from 'zod';
import { defaultStatisticsOptions } from '../categories/session.ts';
import { defaultStatistics } from '../categories/target-statistics.ts';
import { metricByName } from '../objectives/metrics.ts';
import type { Sampling } from '../training/config.ts';
import { losses, lossOf, objectiveOf } from './catboost-loss.ts';
import {
  defineParams,
  monotone,
  monotoneByColumn,
  penalty,
  rate,
  refused,
  rounds,
  share,
  stoppingShape,
} from './define.ts';
import { statisticSpecs, statisticsList } from './ctr.ts';
import type { Plan } from './plan.ts';

const whole = z.number().int();

export const catboostParams = defineParams(
  {
    iterations: rounds.default(200).describe('Boosting rounds (CatBoost: 1000)'),
    learning_rate: rate
      .default(0.05)
      .describe('Shrinkage of each tree (CatBoost: chosen from the data, else 0.03)'),
    depth: whole
      .min(1)
      .max(16)
      .default(6)
      .describe('Questions per tree, all leaves at this depth (CatBoost: 6)'),
    l2_leaf_reg: penalty.default(3).describe('L2 penalty of leaf values (CatBoost: 3)'),
    random_strength: penalty
      .default(1)
      .describe('Noise on the scores of splits, fading as the model grows (CatBoost: 1)'),
    bootstrap_type: z
      .enum(['Bayesian', 'Bernoulli', 'MVS', 'No'])
      .default('MVS')
      .describe('How rows are weighed or drawn for the shape of a tree (CatBoost: MVS)'),
    bagging_temperature: penalty.default(1).describe('Bayesian: 0 = no bootstrap (CatBoost: 1)'),
    subsample: share.optional().describe('Bernoulli, MVS: share of rows per tree (CatBoost: 0.8)'),
    rsm: share.default(0.5).describe('Share of columns per question (CatBoost: 1)'),
    border_count: whole.min(1).max(65_535).default(254).describe('Borders per column (CatBoost: 254)'),
    feature_border_type: z
      .enum(['GreedyLogSum'])
      .default('GreedyLogSum')
      .describe('Where borders lie (CatBoost: GreedyLogSum)'),
    grow_policy: z.enum(['SymmetricTree']).default('SymmetricTree').describe('CatBoost: SymmetricTree'),
    nan_mode: z
      .enum(['Min'])
      .default('Min')
      .describe('Missing numbers are less than all others (CatBoost: Min)'),
    score_function: z
      .enum(['Cosine', 'L2'])
      .default('Cosine')
      .describe('How the answers of a question are scored (CatBoost: Cosine)'),
    leaf_estimation_method: z
      .enum(['Newton', 'Gradient', 'Exact'])
      .optional()
      .describe('Newton, Gradient, or Exact for MAE and quantiles; default: that of the loss'),
    leaf_estimation_iterations: whole
      .min(1)
      .max(100)
      .default(1)
      .describe('Steps per leaf value (CatBoost: 1 for most losses)'),
    boosting_type: z
      .enum(['Plain', 'Ordered'])
      .default('Plain')
      .describe(
        'Ordered: trees see residuals of models that have not seen the row (CatBoost: by size, mostly Plain)',
      ),
    one_hot_max_size: whole
      .min(0)
      .max(255)
      .default(12)
      .describe(
        'Up to so many categories are compared one by one, more get target statistics: weekdays need none (CatBoost: 2)',
      ),
    max_ctr_complexity: whole
      .min(1)
      .max(8)
      .optional()
      .describe('Most categories combined in a statistic (CatBoost: 1 below 200 iterations, else 4)'),
    simple_ctr: statisticsList
      .optional()
      .describe(
        'Target statistics of single categories, e.g. Borders:TargetBorderCount=2:Prior=0.5 (CatBoost: Borders with priors 0, 0.5, 1, and Counter with prior 0)',
      ),
    combinations_ctr: statisticsList
      .optional()
      .describe('The same for combinations of categories (CatBoost: as simple_ctr)'),
    permutation_count: whole
      .min(2)
      .max(16)
      .default(4)
      .describe('Orders of the rows that target statistics are made in (CatBoost: 4)'),
    has_time: z
      .boolean()
      .default(false)
      .describe('The order of time replaces random orders of the rows (CatBoost: false)'),
    model_size_reg: penalty
      .default(0.5)
      .describe('Keeps combinations of many categories out unless they pay (CatBoost: 0.5)'),
    fold_len_multiplier: z
      .number()
      .gt(1)
      .default(2)
      .describe('Ordered: how fast segments grow (CatBoost: 2)'),
    boost_from_average: z
      .boolean()
      .default(true)
      .describe(
        'Starts from the best constant, else from 0 (CatBoost: true for RMSE, MAE and quantiles only)',
      ),
    monotone_constraints: monotone.describe(
      '1: rises with the feature, -1: falls; by feature name, or a list over all features (CatBoost then also shrinks earlier trees, its model_shrink_rate; ours do not shrink)',
    ),
    model_shrink_rate: z.literal(0).default(0).describe('CatBoost: 0, and 0.01 with monotone constraints'),
    loss_function: z
      .string()
      .regex(
        new RegExp(`^(${losses.join('|')})(:[a-z_]+=[0-9., ]+)?$`),
        `one of ${losses.join(', ')}, with options as in Quantile:alpha=0.9`,
      )
      .default('RMSE')
      .describe('Loss with its options, e.g. Quantile:alpha=0.9, Huber:delta=5 (CatBoost: RMSE)'),
    classes_count: whole.min(2).max(1000).optional().describe('MultiClass: number of classes'),
    scale_pos_weight: z.number().positive().default(1).describe('Logloss: weight of positives (CatBoost: 1)'),
    eval_metric: z.string().optional().describe('Metric per round; default: the loss'),
    early_stopping_rounds: whole
      .min(1)
      .optional()
      .describe('Stop when the validation tail has not improved for so many rounds; then refit on all rows'),
    ...stoppingShape,
    random_seed: whole.optional().describe('Default: runtime.seed of the recipe (CatBoost: 0)'),
  },
  {
    iterations: ['num_boost_round', 'n_estimators', 'num_trees'],
    learning_rate: ['eta'],
    depth: ['max_depth'],
    l2_leaf_reg: ['reg_lambda'],
    rsm: ['colsample_bylevel'],
    border_count: ['max_bin'],
    loss_function: ['objective'],
    early_stopping_rounds: ['od_wait'],
    random_seed: ['random_state'],
  },
);
export type CatboostParams = ReturnType<typeof catboostParams.parse>;

function samplingOf(params: CatboostParams): Sampling {
  const { bootstrap_type: type, subsample = 0.8 } = params;
  switch (type) {
    case 'No':
      return { kind: 'all' };
    case 'Bayesian':
      if (params.subsample !== undefined)
        throw refused(
          'subsample',
          'the Bayesian bootstrap weighs rows and draws none',
          'Take bootstrap_type Bernoulli or MVS.',
        );
      return { kind: 'bayesian', temperature: params.bagging_temperature };
    case 'Bernoulli':
      return subsample < 1 ? { kind: 'share', share: subsample, every: 1 } : { kind: 'all' };
    case 'MVS':
      return subsample < 1 ? { kind: 'mvs', share: subsample } : { kind: 'all' };
  }
}

/** @param quantiles the recipe's levels, for MultiQuantile without levels of its own */
export function catboostPlan(params: CatboostParams, quantiles: readonly number[]): Plan {
  const objective = objectiveOf(params, quantiles);
  const { values } = lossOf(params);
  const metric = metricByName(
    params.eval_metric ?? params.loss_function,
    objective,
    { link: objective.link, levels: [], delta: values[0] ?? 1, power: values[0] ?? 1.5 },
    params.eval_metric === undefined ? 'model.params.loss_function' : 'model.params.eval_metric',
  );
  const exact = params.leaf_estimation_method === 'Exact';
  if (exact !== (objective.leaf !== null) && params.leaf_estimation_method !== undefined)
    throw refused(
      'leaf_estimation_method',
      `${params.leaf_estimation_method} does not fit the loss ${objective.name}`,
      'Exact belongs to MAE and quantiles, Newton and Gradient to the others.',
    );
  if (
    objective.link === 'softmax' &&
    (params.boosting_type === 'Ordered' || params.leaf_estimation_iterations > 1)
  )
    throw refused(
      params.boosting_type === 'Ordered' ? 'boosting_type' : 'leaf_estimation_iterations',
      'MultiClass takes plain boosting with one step per leaf',
      'Set boosting_type Plain and leaf_estimation_iterations 1.',
    );
  if (objective.link === 'softmax' && params.monotone_constraints !== undefined)
    throw refused(
      'monotone_constraints',
      'MultiClass takes none',
      'A class may be likelier only where another is less so.',
    );
  const sampling = samplingOf(params);
  const specs = (texts: readonly string[] | undefined, key: string) =>
    texts === undefined ? defaultStatistics : statisticSpecs(texts, key);
  const choice = {
    simple: specs(params.simple_ctr, 'simple_ctr'),
    combined: specs(params.combinations_ctr, 'combinations_ctr'),
  };
  return {
    patience: params.early_stopping_rounds ?? null,
    validationFraction: params.validation_fraction,
    seed: params.random_seed ?? null,
    classes: objective.link === 'softmax' ? objective.outputs : null,
    config: ({ rows, names, categorical, totalWeight, seed }) => {
      // CatBoost scales the penalty by the mean weight, so that weights of 2 throughout change nothing
      const lambda = params.l2_leaf_reg * (totalWeight / rows);
      return {
        dialect: 'catboost',
        objective,
        rounds: params.iterations,
        treesPerRound: 1,
        averaged: false,
        // a question that several outputs share cannot be checked against constraints by the engine
        sharedTrees: objective.outputs > 1 && params.monotone_constraints === undefined,
        binning: { maxBin: params.border_count + 1, minDataInBin: 1, borders: 'catboost', seed },
        grower: {
          policy: 'symmetric',
          maxDepth: params.depth,
          maxLeaves: 0,
          lambda,
          alpha: 0,
          minGain: 0,
          minHessian: 0,
          minRows: 1,
          maxDeltaStep: 0,
          learningRate: params.learning_rate,
          columnShare: { tree: 1, level: params.rsm, node: 1 },
          monotone: monotoneByColumn(params.monotone_constraints, names, categorical),
          interactions: null,
          pathSmooth: 0,
          extraRandom: false,
          score: params.score_function === 'Cosine' ? 'cosine' : 'l2',
          randomStrength: params.random_strength,
          categories: null,
          seed,
        },
        start: params.boost_from_average ? null : 0,
        firstOrder: true,
        sampling,
        leaves: {
          kind: 'all-rows',
          method: params.leaf_estimation_method === 'Gradient' ? 'gradient' : 'newton',
          iterations: params.leaf_estimation_iterations,
          lambda,
        },
        statistics: {
          ...defaultStatisticsOptions(params.iterations, seed),
          choice,
          oneHotMaxSize: params.one_hot_max_size,
          ...(params.max_ctr_complexity === undefined ? {} : { maxComplexity: params.max_ctr_complexity }),
          permutations: params.permutation_count,
          hasTime: params.has_time,
          modelSizeReg: params.model_size_reg,
          boosting: params.boosting_type,
          foldLenMultiplier: params.fold_len_multiplier,
        },
        metrics: [metric],
        patience: params.early_stopping_rounds ?? null,
        minImprovement: 0,
        seed,
      };
    },
  };
}
