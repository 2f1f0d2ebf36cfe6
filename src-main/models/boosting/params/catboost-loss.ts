/** @file CatBoost's losses by the text that names them, `Quantile:alpha=0.9`, as objectives. */
import { logistic, softmax } from '../objectives/classes.ts';
import { poisson, tweedie } from '../objectives/counts.ts';
import { catboostQuantile, catboostTolerance } from '../objectives/order-statistics.ts';
import { quantileError } from '../objectives/quantile.ts';
import { huber, squaredError } from '../objectives/regression.ts';
import type { Objective } from '../objectives/types.ts';
import { levelList, refused } from './define.ts';

export const losses = [
  'RMSE',
  'MAE',
  'Quantile',
  'MultiQuantile',
  'Huber',
  'Poisson',
  'Tweedie',
  'Logloss',
  'CrossEntropy',
  'MultiClass',
] as const;
type LossName = (typeof losses)[number];

/** What a loss is made of; of the parameters of `catboost`. */
export interface LossParams {
  readonly loss_function: string;
  readonly scale_pos_weight: number;
  readonly classes_count?: number | undefined;
}

interface Loss {
  readonly name: LossName;
  readonly option: string | null;
  readonly values: readonly number[];
}

/** @throws AppError `model-params` */
export function lossOf({ loss_function: text }: LossParams): Loss {
  const [name, rest] = text.split(':') as [LossName, string?];
  if (rest === undefined) return { name, option: null, values: [] };
  const [option, list] = rest.split('=') as [string, string];
  const values = list.split(',').map(Number);
  if (values.some((value) => !Number.isFinite(value)))
    throw refused(
      'loss_function',
      `"${list}" is not a list of numbers`,
      'For example MultiQuantile:alpha=0.1,0.5,0.9.',
    );
  return { name, option, values };
}

/** The one number an option of the loss gives. */
function numberOf(
  { name, option, values }: Loss,
  wanted: string,
  fallback: number | null,
  low: number,
  high: number,
): number {
  if (option !== null && option !== wanted)
    throw refused(
      'loss_function',
      `${name} has no option ${option}`,
      `It takes ${wanted}, as in ${name}:${wanted}=1.5.`,
    );
  const value = values[0] ?? fallback;
  if (value === null || values.length > 1 || !(value > low && value < high))
    throw refused(
      'loss_function',
      `${name} needs ${wanted} between ${low} and ${high}`,
      `Write it as ${name}:${wanted}=${fallback ?? 1}.`,
    );
  return value;
}

function noOption({ name, option }: Loss): void {
  if (option !== null)
    throw refused('loss_function', `${name} has no option ${option}`, `Write ${name} alone.`);
}

/**
 * @param quantiles levels of MultiQuantile without levels of its own
 * @throws AppError `model-params`
 */
export function objectiveOf(params: LossParams, quantiles: readonly number[]): Objective {
  const loss = lossOf(params);
  switch (loss.name) {
    case 'RMSE':
      noOption(loss);
      return squaredError('RMSE');
    case 'MAE':
      noOption(loss);
      return quantileError({
        name: 'MAE',
        levels: [0.5],
        rule: catboostQuantile,
        leafRows: 'all',
        absolute: true,
        tolerance: catboostTolerance,
      });
    case 'Quantile': {
      const level = numberOf(loss, 'alpha', 0.5, 0, 1);
      return quantileError({
        name: `Quantile:alpha=${level}`,
        levels: [level],
        rule: catboostQuantile,
        leafRows: 'all',
        tolerance: catboostTolerance,
      });
    }
    case 'MultiQuantile': {
      const given = loss.values.length > 0 ? loss.values : quantiles;
      if (loss.option !== null && loss.option !== 'alpha') numberOf(loss, 'alpha', null, 0, 1);
      const levels = levelList(given);
      if (levels.some((level) => !(level > 0 && level < 1)))
        throw refused(
          'loss_function',
          'a quantile level lies between 0 and 1',
          'As in MultiQuantile:alpha=0.1,0.5,0.9.',
        );
      return quantileError({
        name: `MultiQuantile:alpha=${levels.join(',')}`,
        levels,
        rule: catboostQuantile,
        leafRows: 'all',
        tolerance: catboostTolerance,
      });
    }
    case 'Huber': {
      const delta = numberOf(loss, 'delta', null, 0, Number.POSITIVE_INFINITY);
      return huber(`Huber:delta=${delta}`, delta, { flat: false, from: 'median' });
    }
    case 'Poisson':
      noOption(loss);
      return poisson('Poisson', 0);
    case 'Tweedie': {
      const power = numberOf(loss, 'variance_power', null, 1, 2);
      return tweedie(`Tweedie:variance_power=${power}`, power);
    }
    case 'Logloss':
    case 'CrossEntropy':
      noOption(loss);
      return logistic(loss.name, params.scale_pos_weight);
    case 'MultiClass':
      noOption(loss);
      if (params.classes_count === undefined)
        throw refused('classes_count', 'MultiClass needs the number of classes', 'Set classes_count.');
      return softmax('MultiClass', params.classes_count, { factor: 1, centred: false });
  }
}
