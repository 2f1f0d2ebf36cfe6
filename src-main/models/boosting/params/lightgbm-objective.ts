/** @file LightGBM's objectives, by every name it takes. */
import { logistic, softmax } from '../objectives/classes.ts';
import { poisson, tweedie } from '../objectives/counts.ts';
import { lightgbmQuantile } from '../objectives/order-statistics.ts';
import { quantileError } from '../objectives/quantile.ts';
import { huber, squaredError } from '../objectives/regression.ts';
import type { Objective } from '../objectives/types.ts';
import { levelList, refused } from './define.ts';

/** LightGBM's objectives by every name it takes. */
export const objectives = {
  regression: 'regression',
  regression_l2: 'regression',
  l2: 'regression',
  mean_squared_error: 'regression',
  mse: 'regression',
  l2_root: 'regression',
  root_mean_squared_error: 'regression',
  rmse: 'regression',
  regression_l1: 'regression_l1',
  l1: 'regression_l1',
  mean_absolute_error: 'regression_l1',
  mae: 'regression_l1',
  huber: 'huber',
  quantile: 'quantile',
  poisson: 'poisson',
  tweedie: 'tweedie',
  binary: 'binary',
  multiclass: 'multiclass',
  softmax: 'multiclass',
} as const;
export type ObjectiveName = keyof typeof objectives;

/** What an objective is made of; of the parameters of `lightgbm`. */
export interface ObjectiveParams {
  readonly objective: ObjectiveName;
  readonly alpha?: number | readonly number[] | undefined;
  readonly poisson_max_delta_step: number;
  readonly tweedie_variance_power: number;
  readonly scale_pos_weight: number;
  readonly num_class?: number | undefined;
}

/** LightGBM's own metric of each objective. */
export const defaultMetric: Record<(typeof objectives)[ObjectiveName], string> = {
  regression: 'rmse',
  regression_l1: 'l1',
  huber: 'huber',
  quantile: 'quantile',
  poisson: 'poisson',
  tweedie: 'tweedie',
  binary: 'binary_logloss',
  multiclass: 'multi_logloss',
};

const originalAlpha = 0.9;

/**
 * Names are those of LightGBM's model text, options included.
 * @param quantiles levels of the objective quantile without levels of its own
 * @throws AppError `model-params`
 */
export function objectiveOf(params: ObjectiveParams, quantiles: readonly number[]): Objective {
  const name = objectives[params.objective];
  switch (name) {
    case 'regression':
      return squaredError(name);
    case 'regression_l1':
      return quantileError({
        name,
        levels: [0.5],
        rule: lightgbmQuantile,
        leafRows: 'drawn',
        absolute: true,
      });
    case 'huber':
      return huber(name, deltaOf(params), { flat: true, from: 'mean' });
    case 'quantile': {
      const levels = levelList(params.alpha ?? quantiles);
      if (levels.some((level) => level >= 1))
        throw refused(
          'alpha',
          'a quantile level lies between 0 and 1',
          'For example 0.9, or [0.1, 0.5, 0.9].',
        );
      return quantileError({
        name: `quantile alpha:${levels.join(',')}`,
        levels,
        rule: lightgbmQuantile,
        leafRows: 'drawn',
      });
    }
    case 'poisson':
      return poisson(name, params.poisson_max_delta_step);
    case 'tweedie':
      return tweedie(
        `tweedie tweedie_variance_power:${params.tweedie_variance_power}`,
        params.tweedie_variance_power,
      );
    case 'binary':
      return logistic('binary sigmoid:1', params.scale_pos_weight);
    case 'multiclass': {
      const classes = params.num_class;
      if (classes === undefined)
        throw refused('num_class', 'multiclass needs the number of classes', 'Set num_class.');
      return softmax(`multiclass num_class:${classes}`, classes, {
        factor: classes / (classes - 1),
        centred: false,
      });
    }
  }
}

/** huber's delta. @throws AppError `model-params` */
export function deltaOf({ alpha = originalAlpha }: Pick<ObjectiveParams, 'alpha'>): number {
  if (typeof alpha === 'number') return alpha;
  throw refused('alpha', 'huber takes one number', 'A list of levels belongs to the objective quantile.');
}
