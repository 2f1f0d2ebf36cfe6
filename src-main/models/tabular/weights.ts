/** @file How much each training reading counts: a column of the data, and less with age. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import { findColumn } from '../../data/frame.ts';
import type { Frame } from '../../data/frame.ts';

const dayMs = 86_400_000;

/**
 * Weights of the rows `0 .. trainEnd - 1` as `training` of the recipe asks for them; null where all count alike.
 *
 *   weight(row) = column(row) x 2^(-age / halfLifeDays),   age in days, counted from row trainEnd - 1
 *
 * A row whose weight is missing counts 0.
 * @returns shape (trainEnd), not scaled
 * @throws AppError `weight-column` for a column that is not there or holds no weights
 */
export function rowWeights(
  frame: Frame,
  training: Recipe['training'],
  trainEnd: number,
): Float64Array | null {
  const { weight, halfLifeDays } = training;
  if (weight === null && halfLifeDays === null) return null;
  const column = weight === null ? null : weightColumn(frame, weight);
  const perRow = halfLifeDays === null ? 0 : frame.resolutionMs / dayMs / halfLifeDays;
  return Float64Array.from({ length: trainEnd }, (_, row) => {
    const own = column === null ? 1 : column[row];
    return own > 0 ? own * 2 ** (-(trainEnd - 1 - row) * perRow) : 0;
  });
}

function weightColumn(frame: Frame, name: string): Float64Array {
  const column = findColumn(frame, name);
  if (column?.type === 'number' && !column.values.some((value) => value < 0)) return column.values;
  throw new AppError({
    code: 'weight-column',
    message:
      column === undefined
        ? `training.weight: there is no column "${name}".`
        : column.type === 'number'
          ? `training.weight: column "${name}" holds numbers below 0, and a reading cannot count less than nothing.`
          : `training.weight: column "${name}" holds categories; weights are numbers from 0.`,
    hint: 'Name a column of numbers, 0 for readings to leave out.',
    place: { key: 'training.weight' },
  });
}

/** The target with nothing where a reading does not count, so that no training example is made of it. */
export function countedTarget(target: Float64Array, weights: Float64Array | null): Float64Array {
  if (weights === null) return target;
  return target.map((value, row) => (row < weights.length && weights[row] === 0 ? Number.NaN : value));
}

/**
 * Weights of training examples, scaled to a mean of 1: only their ratios say something, and penalties and least sums of
 * weights in a leaf keep the meaning they have without weights.
 * @param rows target row of each example
 * @throws AppError `weight-column` when no example counts
 */
export function exampleWeights(weights: Float64Array | null, rows: Int32Array): Float64Array | null {
  if (weights === null) return null;
  const own = Float64Array.from(rows, (row) => weights[row]);
  const mean = own.reduce((sum, weight) => sum + weight, 0) / Math.max(1, own.length);
  if (mean > 0) return own.map((weight) => weight / mean);
  throw new AppError({
    code: 'weight-column',
    message: 'No training row with a reading of the target has a weight above 0.',
    hint: 'Look at the column that training.weight names.',
    place: { key: 'training.weight' },
  });
}
