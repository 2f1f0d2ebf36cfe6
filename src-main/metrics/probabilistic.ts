/** @file Metrics of quantile forecasts. Quantiles have shape (n, q), row-major, columns in the order of `levels`. */
import { AppError } from '../../src-preload/contract/index.ts';

type Values = ArrayLike<number>;

/** Pinball (quantile) loss of one value: level * max(a - q, 0) + (1 - level) * max(q - a, 0). Koenker and Bassett (1978). */
export const pinball = (actual: number, quantile: number, level: number): number =>
  actual >= quantile ? level * (actual - quantile) : (1 - level) * (quantile - actual);

/** Column of a level, or -1. Levels travel as text and numbers, so equality allows for rounding. */
export const levelIndex = (levels: readonly number[], level: number): number =>
  levels.findIndex((candidate) => Math.abs(candidate - level) < 1e-9);

/**
 * Weighted quantile loss, a share: 2 * sum of pinball losses / sum |actual|, averaged over the levels (GluonTS
 * `mean_weighted_sum_quantile_loss`, AutoGluon `WQL`). Rows with a missing actual or quantile are left out.
 * With level 0.5 alone it equals WAPE.
 */
export function wql(actual: Values, levels: readonly number[], quantiles: Values): number | null {
  checkShape(actual, levels, quantiles);
  let loss = 0;
  let size = 0;
  for (let i = 0; i < actual.length; i++) {
    if (!rowIsThere(actual[i], quantiles, i, levels.length)) continue;
    size += Math.abs(actual[i]);
    for (let j = 0; j < levels.length; j++)
      loss += pinball(actual[i], quantiles[i * levels.length + j], levels[j]);
  }
  return size <= 1e-12 || levels.length === 0 ? null : (2 * loss) / size / levels.length;
}

/**
 * Share of actuals inside the interval between two levels, ends included.
 * @returns null when one of the levels is not forecast or no row can be judged
 */
export function coverage(
  actual: Values,
  levels: readonly number[],
  quantiles: Values,
  lowLevel: number,
  highLevel: number,
): number | null {
  checkShape(actual, levels, quantiles);
  const low = levelIndex(levels, lowLevel);
  const high = levelIndex(levels, highLevel);
  if (low < 0 || high < 0) return null;
  let inside = 0;
  let rows = 0;
  for (let i = 0; i < actual.length; i++) {
    const from = quantiles[i * levels.length + low];
    const to = quantiles[i * levels.length + high];
    if (!Number.isFinite(actual[i]) || !Number.isFinite(from) || !Number.isFinite(to)) continue;
    rows++;
    if (actual[i] >= from && actual[i] <= to) inside++;
  }
  return rows === 0 ? null : inside / rows;
}

/** Share of actuals at or below each level's quantile; a calibrated forecast gives the levels back. */
export function calibrationShares(
  actual: Values,
  levels: readonly number[],
  quantiles: Values,
): (number | null)[] {
  checkShape(actual, levels, quantiles);
  return levels.map((_, j) => {
    let below = 0;
    let rows = 0;
    for (let i = 0; i < actual.length; i++) {
      const quantile = quantiles[i * levels.length + j];
      if (!Number.isFinite(actual[i]) || !Number.isFinite(quantile)) continue;
      rows++;
      if (actual[i] <= quantile) below++;
    }
    return rows === 0 ? null : below / rows;
  });
}

function rowIsThere(actual: number, quantiles: Values, row: number, width: number): boolean {
  if (!Number.isFinite(actual)) return false;
  for (let j = 0; j < width; j++) if (!Number.isFinite(quantiles[row * width + j])) return false;
  return true;
}

function checkShape(actual: Values, levels: readonly number[], quantiles: Values): void {
  if (quantiles.length === actual.length * levels.length) return;
  throw new AppError({
    code: 'metric-shape',
    message: `Quantiles have ${quantiles.length} values, expected ${actual.length} rows x ${levels.length} levels.`,
  });
}
