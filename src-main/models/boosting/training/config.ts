/**
 * @file What one training does, whichever library's names it was asked for by. The parameter files (params/) make it; the
 * loop (train.ts) and the engine read it.
 */
import type { TreeEnsemble } from '../ensemble.ts';
import type { StatisticsOptions } from '../categories/session.ts';
import type { BinningOptions, GrowerOptions } from '../engine/types.ts';
import type { Metric, Objective } from '../objectives/types.ts';

/** Which rows grow a tree and how much each counts. */
export type Sampling =
  | { readonly kind: 'all' }
  /** each row with probability `share`; a new draw every `every` rounds (subsample; bagging_fraction, bagging_freq) */
  | { readonly kind: 'share'; readonly share: number; readonly every: number }
  /** LightGBM's GOSS: the `top` share of largest |g h|, `other` share of the rest weighed up; from round `from` on */
  | { readonly kind: 'goss'; readonly top: number; readonly other: number; readonly from: number }
  /** CatBoost's Bayesian bootstrap: weights (-log u)^temperature */
  | { readonly kind: 'bayesian'; readonly temperature: number }
  /** CatBoost's minimal variance sampling: probability by size of gradient, weight 1 / probability */
  | { readonly kind: 'mvs'; readonly share: number }
  /**
   * Draws with replacement, heavier rows more often; how often a row was drawn is its weight. `share` of the total weight, or
   * `draws` in number
   */
  | { readonly kind: 'bootstrap'; readonly share: number }
  | { readonly kind: 'bootstrap'; readonly draws: number };

/** How leaves get their values. */
export type LeafEstimation =
  /** as the tree was grown: -G / (H + lambda) over the rows that grew it */
  | { readonly kind: 'grown' }
  /** CatBoost: over all training rows, in several steps; `gradient` divides by weights, `newton` by second derivatives */
  | {
      readonly kind: 'all-rows';
      readonly method: 'gradient' | 'newton';
      readonly iterations: number;
      readonly lambda: number;
    };

export interface TrainConfig {
  readonly dialect: TreeEnsemble['dialect'];
  readonly objective: Objective;
  readonly rounds: number;
  /** trees grown on the same gradients, each on its own sample (num_parallel_tree) */
  readonly treesPerRound: number;
  /** a forest: trees never see each other, the prediction is their mean */
  readonly averaged: boolean;
  readonly binning: BinningOptions;
  /** `learningRate` is that of one round */
  readonly grower: GrowerOptions;
  /** one symmetric tree a round whose leaves hold a value for every output, as CatBoost's do; absent: a tree for each */
  readonly sharedTrees?: boolean;
  /** first raw score of every output; null: estimated by the objective */
  readonly start: number | null;
  /** histograms add up weights instead of second derivatives (CatBoost scores splits by the first alone) */
  readonly firstOrder: boolean;
  readonly sampling: Sampling;
  readonly leaves: LeafEstimation;
  /** scikit-learn's ccp_alpha times the total weight: what a split of a finished tree must be worth; absent: 0 */
  readonly leafPrice?: number;
  /** CatBoost's target statistics of categories and ordered boosting; null without */
  readonly statistics: StatisticsOptions | null;
  /** evaluated on the validation rows; the last one decides about stopping, as in XGBoost */
  readonly metrics: readonly Metric[];
  /** rounds without improvement after which training stops; null: never */
  readonly patience: number | null;
  /** least improvement that counts */
  readonly minImprovement: number;
  readonly seed: number;
}

export interface TrainingSet {
  readonly rows: number;
  readonly names: readonly string[];
  /** shape (columns) x (rows); NaN is missing */
  readonly columns: readonly (Float64Array | Float32Array)[];
  readonly categorical: readonly boolean[];
  /** texts of codes by column, where known */
  readonly categories: readonly (readonly string[] | null)[] | null;
  /** shape (rows) */
  readonly target: Float64Array;
  /** shape (rows), 0 or more; null for 1 */
  readonly weight: Float64Array | null;
}

export interface RoundReport {
  /** counted from 1 */
  readonly round: number;
  readonly rounds: number;
  /** by metric name; empty without a validation set */
  readonly validation: Readonly<Record<string, number>>;
}

/** Called after every round; `stop` ends the training with the rounds so far. */
export type TrainCallback = (report: RoundReport) => 'stop' | undefined;
