/** @file Is one model better than another, or was it luck? Diebold-Mariano on the errors of common origins. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { Backtest } from './backtest.ts';
import { studentTwoSided } from './student.ts';

export interface Significance {
  /** negative: the first has the smaller errors; null when it cannot be had */
  readonly statistic: number | null;
  /** two-sided, Student's t with n - 1 degrees of freedom */
  readonly pValue: number | null;
}

const NONE: Significance = { statistic: null, pValue: null };
/** With fewer origins the variance of the mean is a guess. */
const MIN_ORIGINS = 5;

/**
 * Diebold-Mariano test with the small-sample correction of Harvey, Leybourne and Newbold.
 * @param first losses per origin, shape (n); NaN pairs are left out
 * @param second losses of the other model on the same origins
 * @param lags windows that overlap their neighbours make the differences correlated up to this lag (h - 1); 0 for
 *   windows side by side
 * @see Diebold and Mariano, JBES 13 (1995); Harvey, Leybourne and Newbold, IJF 13 (1997)
 */
export function dieboldMariano(first: ArrayLike<number>, second: ArrayLike<number>, lags = 0): Significance {
  if (first.length !== second.length)
    throw new AppError({
      code: 'metric-shape',
      message: `Diebold-Mariano needs the same origins, got ${first.length} and ${second.length}.`,
    });
  const difference: number[] = [];
  for (let i = 0; i < first.length; i++) {
    const d = first[i] - second[i];
    if (Number.isFinite(d)) difference.push(d);
  }
  const n = difference.length;
  if (n < Math.max(MIN_ORIGINS, lags + 2)) return NONE;
  const mean = difference.reduce((sum, d) => sum + d, 0) / n;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (difference[i] - mean) * (difference[i - lag] - mean);
    return sum / n;
  };
  const own = covariance(0);
  // Rounding alone may differ between two equal models.
  const size = difference.reduce((sum, d) => sum + Math.abs(d), 0) / n;
  if (own <= (1e-12 * size) ** 2) return NONE;
  let rectangular = own;
  let bartlett = own;
  for (let lag = 1; lag <= lags; lag++) {
    const c = covariance(lag);
    rectangular += 2 * c;
    bartlett += 2 * (1 - lag / (lags + 1)) * c;
  }
  // The rectangular sum may come out negative; Bartlett's weights never do.
  const variance = (rectangular > 0 ? rectangular : bartlett) / n;
  if (!(variance > 0)) return NONE;
  const h = lags + 1;
  const correction = Math.sqrt(Math.max(0, (n + 1 - 2 * h + (h * (h - 1)) / n) / n));
  const statistic = (mean / Math.sqrt(variance)) * correction;
  return { statistic, pValue: studentTwoSided(statistic, n - 1) };
}

/** Mean absolute error of each window, shape (origins); NaN for a window without a scored row. */
export function lossPerOrigin(backtest: Backtest): Float64Array {
  const { horizon, origins } = backtest.plan;
  return Float64Array.from(origins, (_, window) => {
    let sum = 0;
    let rows = 0;
    for (let cell = window * horizon; cell < (window + 1) * horizon; cell++) {
      const error = Math.abs(backtest.batch.point[cell] - backtest.actual[cell]);
      if (!Number.isFinite(error)) continue;
      sum += error;
      rows++;
    }
    return rows === 0 ? Number.NaN : sum / rows;
  });
}

/** Compares two backtests of the same split; null figures when the splits differ. */
export function compareBacktests(first: Backtest, second: Backtest): Significance {
  if (first.plan.splitKey !== second.plan.splitKey) return NONE;
  const { origins, horizon, gap } = first.plan;
  if (origins.length < 2) return NONE;
  const stride = Math.max(1, Math.round((origins[origins.length - 1] - origins[0]) / (origins.length - 1)));
  const lags = Math.max(0, Math.ceil((horizon + gap) / stride) - 1);
  return dieboldMariano(lossPerOrigin(first), lossPerOrigin(second), lags);
}
