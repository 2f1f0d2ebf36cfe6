/**
 * @file Prediction intervals for models that give points: localised conformal prediction.
 *
 * Every past forecast whose outcome is known is a residual. A new forecast takes the weighted quantiles of the residuals
 * that were made in a like situation: like predicted level (by rank, so that a plant with an idle and a working level has
 * two populations), like time of the local day and kind of day, like lead time. Bands become narrow at night and wide in
 * shifts without a model of the spread.
 *
 * Honest by construction: for an origin, only residuals whose target time is at or before the origin's time are looked
 * at, so one call serves the backtest and a true forecast.
 *
 * @see Guan, "Localized conformal prediction", Biometrika 110 (2023); Lei et al., "Distribution-free predictive inference
 *   for regression", JASA 113 (2018)
 */
import type { ForecastBatch } from '../models/estimator.ts';
import type { Backtest } from './backtest.ts';
import { extendTime, wallClock } from './local-clock.ts';
import { levelIndex } from './probabilistic.ts';
import { ResidualPool, bound } from './residual-pool.ts';

/**
 * Past forecasts and what became of them; plain numbers, so `JSON.stringify` stores it (`calibration.json`,
 * `intervals.json`). The four arrays run in parallel, ascending in `time`.
 */
export interface CalibrationResiduals {
  readonly version: 1;
  readonly timezone: string;
  readonly resolutionMs: number;
  /** UTC ms of the forecast row (interval beginning) */
  readonly time: readonly number[];
  /** steps within the forecast window, 1 for its first row */
  readonly lead: readonly number[];
  /** target unit */
  readonly predicted: readonly number[];
  /** actual - predicted, target unit */
  readonly residual: readonly number[];
}

export interface IntervalContext {
  /** UTC ms of the frame's rows; origins index into it, forecast rows may lie beyond it */
  readonly time: Float64Array;
  /** steps between an origin and its first forecast row; 0 in production */
  readonly gap: number;
  /** quantiles below 0 become 0; see `isNonNegative` */
  readonly nonNegative: boolean;
}

/** The pool is sorted anew when it has grown by this factor, not for each origin: that would cost more than it tells. */
const POOL_GROWTH = 1.03;
/** What is stored for production: more residuals than the pool uses are of no use. */
const MAX_STORED = 20_000;

/**
 * The residuals of a backtest after those of the calibration: what `applyIntervals` needs for a production forecast.
 * @param calibration residuals from before the backtest, or null
 * @param latest how many to keep at most, the newest
 */
export function residualsFromBacktest(
  calibration: CalibrationResiduals | null,
  backtest: Pick<Backtest, 'plan' | 'timezone' | 'resolutionMs' | 'time' | 'actual' | 'batch'>,
  latest: number = MAX_STORED,
): CalibrationResiduals {
  const rows: ResidualRow[] = calibration === null ? [] : rowsOf(calibration);
  const { horizon } = backtest.plan;
  for (let cell = 0; cell < backtest.actual.length; cell++) {
    const predicted = backtest.batch.point[cell];
    const residual = backtest.actual[cell] - predicted;
    if (Number.isFinite(residual))
      rows.push([backtest.time[cell], (cell % horizon) + 1, predicted, residual]);
  }
  return residualsOf(rows, backtest.timezone, backtest.resolutionMs, latest);
}

/**
 * Puts quantiles around a batch of point forecasts.
 * @param batch a batch that has quantiles keeps them, interpolated to `levels`
 * @param residuals any time span: an origin uses those known at its time and no others
 * @param levels quantile levels in (0, 1), in any order; the result has them ascending
 * @returns the batch with `levels` and `quantiles` (origins x horizon x levels): never crossing, not negative if asked,
 *   NaN where an origin has no residuals before it. `point` is left as it is and lies within the 80 % interval; the median
 *   may differ from it where past forecasts show that shifting lowers the MAE, otherwise it is the point.
 */
export function applyIntervals(
  batch: ForecastBatch,
  residuals: CalibrationResiduals,
  levels: readonly number[],
  context: IntervalContext,
): ForecastBatch {
  const wanted = [...new Set(levels)].sort((a, b) => a - b);
  if (batch.levels !== null && batch.quantiles !== null)
    return interpolateLevels(batch, wanted, context.nonNegative);
  const { origins, horizon, point } = batch;
  const quantiles = new Float64Array(point.length * wanted.length);
  const out = new Float64Array(wanted.length);
  const lastRow = (origins.at(-1) ?? -1) + context.gap + horizon;
  const axis = extendTime(context.time, lastRow + 1, residuals.resolutionMs);
  const wall = wallClock(axis, residuals.timezone);
  let pool: ResidualPool | null = null;
  let pooled = 0;
  let shift: boolean | null = null;
  for (let window = 0; window < origins.length; window++) {
    const issued = context.time[origins[window]];
    const known = bound(residuals.time, issued, true);
    if (pool === null || known < pooled || known > pooled * POOL_GROWTH) {
      pool = new ResidualPool(residuals, 0, known, residuals.timezone);
      pooled = known;
      shift ??= shiftingHelps(residuals, known);
    }
    for (let step = 0; step < horizon; step++) {
      const cell = window * horizon + step;
      const predicted = point[cell];
      const row = origins[window] + context.gap + 1 + step;
      pool.quantiles({ predicted, wall: wall[row], lead: step + 1 }, wanted, out);
      for (let j = 0; j < wanted.length; j++) {
        const value = predicted + (shift ? around(wanted, j, out[j]) : towardsMedian(wanted[j], out[j]));
        quantiles[cell * wanted.length + j] = context.nonNegative ? Math.max(0, value) : value;
      }
    }
  }
  return { ...batch, levels: wanted, quantiles };
}

/** Levels from which on, outwards, an interval contains the point forecast: those of the 80 % interval. */
const OUTER_LEVELS = [0.1, 0.9] as const;

/**
 * Where errors lean to one side, the quantiles may all lie beside the point: a plant at rest draws its 3 kW night after
 * night, and a model that spreads its error forecasts 5. The middle follows the errors; the interval that is drawn, that
 * of 80 %, and wider ones reach to the point, because a forecast outside of its own interval cannot be read. On the steel
 * plant a day ahead that widened 14 to 36 % of the intervals: coverage 0.5 to 1.6 points up, weighted quantile loss the same.
 */
function around(levels: readonly number[], j: number, residual: number): number {
  if (Number.isNaN(residual)) return residual;
  const level = levels[j];
  if (level < 0.5 && (level < OUTER_LEVELS[0] + 1e-9 || j === 0)) return Math.min(0, residual);
  if (level > 0.5 && (level > OUTER_LEVELS[1] - 1e-9 || j === levels.length - 1))
    return Math.max(0, residual);
  return residual;
}

/** Without shifting, lower levels stay at or below the point, upper ones at or above, and the median is the point. */
function towardsMedian(level: number, residual: number): number {
  if (Number.isNaN(residual) || Math.abs(level - 0.5) < 1e-9) return Number.isNaN(residual) ? residual : 0;
  return level < 0.5 ? Math.min(0, residual) : Math.max(0, residual);
}

/** Fewer residuals than this do not decide whether the median should move. */
const MIN_TO_JUDGE = 400;
const JUDGED_FORECASTS = 1500;

/**
 * Would the conditional median have been nearer than the point? Judged on the newer half of the known residuals with the
 * older half as the pool, so the answer uses nothing it would not have had.
 */
function shiftingHelps(residuals: CalibrationResiduals, known: number): boolean {
  if (known < MIN_TO_JUDGE) return false;
  const half = known >> 1;
  const pool = new ResidualPool(residuals, 0, half, residuals.timezone);
  const wall = wallClock(Float64Array.from(residuals.time.slice(half, known)), residuals.timezone);
  const stride = Math.max(1, Math.floor((known - half) / JUDGED_FORECASTS));
  const median = new Float64Array(1);
  let plain = 0;
  let shifted = 0;
  for (let i = half; i < known; i += stride) {
    const situation = { predicted: residuals.predicted[i], wall: wall[i - half], lead: residuals.lead[i] };
    pool.quantiles(situation, [0.5], median);
    plain += Math.abs(residuals.residual[i]);
    shifted += Math.abs(residuals.residual[i] - median[0]);
  }
  return shifted < plain;
}

/** Quantiles of another set of levels, linear between the model's own, flat beyond its outermost. */
function interpolateLevels(
  batch: ForecastBatch,
  wanted: readonly number[],
  nonNegative: boolean,
): ForecastBatch {
  const own = batch.levels ?? [];
  const source = batch.quantiles ?? new Float64Array();
  const quantiles = new Float64Array(batch.point.length * wanted.length);
  const sorted = new Float64Array(own.length);
  for (let cell = 0; cell < batch.point.length; cell++) {
    for (let j = 0; j < own.length; j++) sorted[j] = source[cell * own.length + j];
    if (sorted.every(Number.isFinite)) sorted.sort();
    for (let j = 0; j < wanted.length; j++) {
      const exact = levelIndex(own, wanted[j]);
      const value = exact >= 0 ? sorted[exact] : between(own, sorted, wanted[j]);
      quantiles[cell * wanted.length + j] = nonNegative ? Math.max(0, value) : value;
    }
  }
  return { ...batch, levels: wanted, quantiles };
}

function between(levels: readonly number[], values: Float64Array, level: number): number {
  const above = bound(levels, level, false);
  if (above === 0) return values[0];
  if (above === levels.length) return values[levels.length - 1];
  const share = (level - levels[above - 1]) / (levels[above] - levels[above - 1]);
  return values[above - 1] + share * (values[above] - values[above - 1]);
}

/** time, lead, predicted, residual */
export type ResidualRow = readonly [number, number, number, number];

const rowsOf = (residuals: CalibrationResiduals): ResidualRow[] =>
  residuals.time.map((time, i) => [time, residuals.lead[i], residuals.predicted[i], residuals.residual[i]]);

/** Sorted by time, the newest `latest`; seven significant digits, which halves the file. */
export function residualsOf(
  rows: ResidualRow[],
  timezone: string,
  resolutionMs: number,
  latest: number,
): CalibrationResiduals {
  const sorted = rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(-Math.min(latest, rows.length));
  return {
    version: 1,
    timezone,
    resolutionMs,
    time: sorted.map((row) => row[0]),
    lead: sorted.map((row) => row[1]),
    predicted: sorted.map((row) => Number(row[2].toPrecision(7))),
    residual: sorted.map((row) => Number(row[3].toPrecision(7))),
  };
}
