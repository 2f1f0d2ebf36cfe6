/**
 * @file Parameters of `xgboost` under XGBoost's names and aliases
 * (https://xgboost.readthedocs.io/en/stable/parameter.html). Descriptions give XGBoost's own default where ours
 * differs: ours are chosen for load series, on rolling folds that end before any test span.
 */
import { z } from 'zod';
import { logistic, softmax } from '../objectives/classes.ts';
import { poisson, tweedie } from '../objectives/counts.ts';
import { metricByName } from '../objectives/metrics.ts';
import { xgboostQuantile } from '../objectives/order-statistics.ts';
import { quantileError } from '../objectives/quantile.ts';
import { pseudoHuber, squaredError } from '../objectives/regression.ts';
import type { Objective } from '../objectives/types.ts';
import {
  asList,
  autoOr,
  defineParams,
  interactionGroups,
  interactions,
  levelList,
  levels,
  monotone,
  monotoneByColumn,
  penalty,
  rate,
  refused,
  rounds,
  share,
  stoppingShape,
} from './define.ts';
import { autoLeafRows } from './plan.ts';
import type { Plan } from './plan.ts';

const objectives = [
  'reg:squarederror',
  'reg:absoluteerror',
  'reg:quantileerror',
  'reg:pseudohubererror',
  'reg:logistic',
  'reg:tweedie',
  'count:poisson',
  'binary:logistic',
  'multi:softprob',
] as const;

export const xgboostParams = defineParams(
  {
    n_estimators: rounds.default(200).describe('Boosting rounds (XGBoost: 100)'),
    learning_rate: rate.default(0.05).describe('Shrinkage of each tree (XGBoost: 0.3)'),
    max_depth: z
      .number()
      .int()
      .min(0)
      .max(24)
      .default(6)
      .describe('Depth of a tree, 0 = no limit (XGBoost: 6)'),
    min_child_weight: autoOr(penalty)
      .default('auto')
      .describe('Least sum of hessians in a child; auto: grows with the horizon (XGBoost: 1)'),
    reg_lambda: penalty.default(1).describe('L2 penalty of leaf weights (XGBoost: 1)'),
    reg_alpha: penalty.default(0).describe('L1 penalty of leaf weights (XGBoost: 0)'),
    gamma: penalty.default(0).describe('Least loss reduction of a split (XGBoost: 0)'),
    max_bin: z.number().int().min(2).max(65_535).default(255).describe('Bins per column (XGBoost: 256)'),
    subsample: share.default(0.6).describe('Share of rows per tree (XGBoost: 1)'),
    sampling_method: z.enum(['uniform']).default('uniform').describe('How rows are drawn (XGBoost: uniform)'),
    colsample_bytree: share.default(0.5).describe('Share of columns per tree (XGBoost: 1)'),
    colsample_bylevel: share.default(1).describe('Share of columns per level (XGBoost: 1)'),
    colsample_bynode: share.default(1).describe('Share of columns per split (XGBoost: 1)'),
    max_delta_step: penalty
      .optional()
      .describe('Largest leaf weight before shrinkage, 0 = no limit (XGBoost: 0, and 0.7 for count:poisson)'),
    grow_policy: z
      .enum(['depthwise', 'lossguide'])
      .default('depthwise')
      .describe('Level by level, or the leaf of largest gain first (XGBoost: depthwise)'),
    max_leaves: z
      .number()
      .int()
      .min(0)
      .max(65_536)
      .default(0)
      .describe('Most leaves, 0 = no limit (XGBoost: 0)'),
    num_parallel_tree: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe('Trees per round on the same gradients: a boosted forest (XGBoost: 1)'),
    tree_method: z
      .enum(['auto', 'hist'])
      .default('hist')
      .describe('Histograms are all there is (XGBoost: hist)'),
    monotone_constraints: monotone,
    interaction_constraints: interactions,
    enable_categorical: z
      .boolean()
      .default(true)
      .describe('Splits categories as sets; false: by their code as a number (XGBoost: false)'),
    max_cat_to_onehot: z
      .number()
      .int()
      .min(1)
      .default(4)
      .describe('Fewer categories than this are split one against the rest (XGBoost: 4)'),
    max_cat_threshold: z
      .number()
      .int()
      .min(1)
      .default(64)
      .describe('Most categories on one side (XGBoost: 64)'),
    objective: z.enum(objectives).default('reg:squarederror').describe('Loss (XGBoost: reg:squarederror)'),
    quantile_alpha: levels
      .optional()
      .describe("reg:quantileerror: one level or several; default: the recipe's quantiles"),
    huber_slope: z
      .number()
      .positive()
      .default(1)
      .describe('reg:pseudohubererror: where it turns linear (XGBoost: 1)'),
    tweedie_variance_power: z
      .number()
      .gt(1)
      .lt(2)
      .default(1.5)
      .describe('reg:tweedie: towards 2 a gamma, towards 1 a Poisson distribution (XGBoost: 1.5)'),
    scale_pos_weight: z
      .number()
      .positive()
      .default(1)
      .describe('binary:logistic: weight of positives (XGBoost: 1)'),
    num_class: z.number().int().min(2).max(1000).optional().describe('multi:softprob: number of classes'),
    base_score: z
      .number()
      .optional()
      .describe('First prediction, on the scale of the target; default: estimated from the target'),
    eval_metric: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('Metrics per round, the last one decides about stopping; default: that of the objective'),
    early_stopping_rounds: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Stop when the validation tail has not improved for so many rounds; then refit on all rows'),
    ...stoppingShape,
    seed: z.number().int().optional().describe('Default: runtime.seed of the recipe (XGBoost: 0)'),
  },
  {
    n_estimators: ['num_boost_round'],
    learning_rate: ['eta'],
    reg_lambda: ['lambda'],
    reg_alpha: ['alpha'],
    gamma: ['min_split_loss'],
    seed: ['random_state'],
  },
);
export type XgboostParams = ReturnType<typeof xgboostParams.parse>;

const defaultMetric: Record<(typeof objectives)[number], string> = {
  'reg:squarederror': 'rmse',
  'reg:absoluteerror': 'mae',
  'reg:quantileerror': 'quantile',
  'reg:pseudohubererror': 'mphe',
  'reg:logistic': 'rmse',
  'reg:tweedie': 'tweedie-nloglik',
  'count:poisson': 'poisson-nloglik',
  'binary:logistic': 'logloss',
  'multi:softprob': 'mlogloss',
};

/** What XGBoost enlarges the curvature of Poisson by, and limits its leaves to, unless told otherwise. */
const poissonStep = 0.7;

function objectiveOf(params: XgboostParams, quantiles: readonly number[]): Objective {
  const name = params.objective;
  switch (name) {
    case 'reg:squarederror':
      return squaredError(name);
    case 'reg:absoluteerror':
      return quantileError({ name, levels: [0.5], rule: xgboostQuantile, leafRows: 'drawn', absolute: true });
    case 'reg:quantileerror':
      return quantileError({
        name,
        levels: levelList(params.quantile_alpha ?? quantiles),
        rule: xgboostQuantile,
        leafRows: 'drawn',
      });
    case 'reg:pseudohubererror':
      return pseudoHuber(name, params.huber_slope);
    case 'reg:tweedie':
      return tweedie(name, params.tweedie_variance_power);
    case 'count:poisson':
      return poisson(name, params.max_delta_step ?? poissonStep);
    case 'reg:logistic':
    case 'binary:logistic':
      return logistic(name, params.scale_pos_weight, true);
    case 'multi:softprob':
      if (params.num_class === undefined)
        throw refused('num_class', 'multi:softprob needs the number of classes', 'Set num_class.');
      return softmax(name, params.num_class, { factor: 2, centred: true });
  }
}

/** A prediction as a raw score. */
function rawOf(score: number, link: Objective['link']): number {
  if (link === 'exp') {
    if (score <= 0)
      throw refused('base_score', `${score} is not above 0`, 'Poisson and Tweedie predict values above 0.');
    return Math.log(score);
  }
  if (link !== 'logistic') return score;
  if (score <= 0 || score >= 1)
    throw refused(
      'base_score',
      `${score} is not between 0 and 1`,
      'A logistic objective predicts probabilities.',
    );
  return Math.log(score / (1 - score));
}

/** @param quantiles the recipe's levels, for reg:quantileerror without levels of its own */
export function xgboostPlan(params: XgboostParams, quantiles: readonly number[]): Plan {
  const objective = objectiveOf(params, quantiles);
  const wanted =
    params.eval_metric === undefined ? [defaultMetric[params.objective]] : asList(params.eval_metric);
  const metrics = wanted.map((name) =>
    metricByName(
      name,
      objective,
      {
        link: objective.link,
        levels: [],
        delta: params.huber_slope,
        power: params.tweedie_variance_power,
        leastTarget: Number.MIN_VALUE,
      },
      'model.params.eval_metric',
    ),
  );
  if (params.grow_policy === 'depthwise' && params.max_depth === 0 && params.max_leaves === 0)
    throw refused('max_depth', '0 needs a limit of leaves', 'Set max_leaves, or a depth.');
  const start = params.base_score === undefined ? null : rawOf(params.base_score, objective.link);
  return {
    patience: params.early_stopping_rounds ?? null,
    validationFraction: params.validation_fraction,
    seed: params.seed ?? null,
    classes: objective.link === 'softmax' ? objective.outputs : null,
    config: ({ rows, names, categorical, leads, seed }) => ({
      dialect: 'xgboost',
      objective,
      rounds: params.n_estimators,
      treesPerRound: params.num_parallel_tree,
      averaged: false,
      binning: { maxBin: params.max_bin, minDataInBin: 1, borders: 'xgboost', seed },
      grower: {
        policy: params.grow_policy,
        maxDepth: params.max_depth,
        maxLeaves: params.max_leaves,
        lambda: params.reg_lambda,
        alpha: params.reg_alpha,
        minGain: params.gamma,
        minHessian: params.min_child_weight === 'auto' ? autoLeafRows(leads, rows) : params.min_child_weight,
        minRows: 1,
        maxDeltaStep: params.max_delta_step ?? (params.objective === 'count:poisson' ? poissonStep : 0),
        learningRate: params.learning_rate,
        columnShare: {
          tree: params.colsample_bytree,
          level: params.colsample_bylevel,
          node: params.colsample_bynode,
        },
        monotone: monotoneByColumn(params.monotone_constraints, names, categorical),
        interactions: interactionGroups(params.interaction_constraints, names),
        pathSmooth: 0,
        extraRandom: false,
        score: 'gain',
        randomStrength: 0,
        categories: params.enable_categorical
          ? {
              dialect: 'xgboost',
              oneHotUpTo: params.max_cat_to_onehot,
              maxThreshold: params.max_cat_threshold,
              smooth: 0,
              l2: 0,
              minDataPerGroup: 0,
            }
          : null,
        seed,
      },
      start,
      firstOrder: false,
      sampling: params.subsample < 1 ? { kind: 'share', share: params.subsample, every: 1 } : { kind: 'all' },
      leaves: { kind: 'grown' },
      statistics: null,
      metrics,
      patience: params.early_stopping_rounds ?? null,
      minImprovement: 0,
      seed,
    }),
  };
}
