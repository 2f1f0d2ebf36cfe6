/** @file All metrics of one backtest in one call, with the rules for missing values in one place. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { Metrics } from '../../src-preload/contract/index.ts';
import { DAY_MS, dayOf, wallClock } from './local-clock.ts';
import * as point from './point.ts';
import { coverage, wql } from './probabilistic.ts';

/** More finite actuals than this without a prediction: the figures would describe the easy part only. */
const MAX_UNPREDICTED_SHARE = 0.01;

export interface MetricsInput {
  /** observed, target unit, shape (n); NaN rows are left out */
  readonly actual: Float64Array;
  /** point forecast, target unit, shape (n) */
  readonly predicted: Float64Array;
  /** UTC ms of each value (interval beginning), shape (n); need not be sorted, a time may repeat */
  readonly time: Float64Array;
  readonly timezone: string;
  /** in-sample seasonal naive MAE, see `seasonalNaiveScale`; NaN gives MASE null */
  readonly naiveScale: number;
  readonly levels: readonly number[] | null;
  /** n x levels, row-major */
  readonly quantiles: Float64Array | null;
}

/**
 * @returns null for each metric that does not apply
 * @throws {AppError} `metric-shape` when lengths differ; `predictions-missing` when more than 1 % of the finite actuals
 *   have no finite prediction
 */
export function computeMetrics(input: MetricsInput): Metrics {
  const { actual, predicted, time, levels, quantiles } = input;
  if (predicted.length !== actual.length || time.length !== actual.length)
    throw new AppError({
      code: 'metric-shape',
      message: `Metrics need equal lengths, got ${actual.length} actuals, ${predicted.length} predictions and ${time.length} times.`,
    });
  const { rows, unpredicted } = point.usableRows(actual, predicted);
  if (unpredicted > MAX_UNPREDICTED_SHARE * (rows.length + unpredicted))
    throw new AppError({
      code: 'predictions-missing',
      message: `The model gave no number for ${unpredicted} of ${rows.length + unpredicted} rows that can be scored.`,
      hint: 'Look for covariates that are missing over the test rows, or fill the gaps before training.',
      details: { unpredicted, scored: rows.length },
    });
  const a = Float64Array.from(rows, (row) => actual[row]);
  const p = Float64Array.from(rows, (row) => predicted[row]);
  const t = Float64Array.from(rows, (row) => time[row]);
  return {
    rmse: point.rmse(a, p),
    mae: point.mae(a, p),
    r2: point.r2(a, p),
    mape: point.mape(a, p),
    smape: point.smape(a, p),
    wape: point.wape(a, p),
    mase: point.mase(a, p, input.naiveScale),
    bias: point.bias(a, p),
    cvrmse: point.cvrmse(a, p),
    nmbe: point.nmbe(a, p),
    peakError: peakError(a, p, t, input.timezone),
    wql: levels && quantiles ? wql(actual, levels, quantiles) : null,
    coverage80: levels && quantiles ? coverage(actual, levels, quantiles, 0.1, 0.9) : null,
  };
}

/**
 * Mean of |largest predicted - largest actual| over complete local days, target unit. A day counts when every interval
 * from its first to its last moment is there; where a time repeats (overlapping windows) the last value given counts.
 * @returns null when there is no complete day, or with one value or less per day
 */
export function peakError(
  actual: Float64Array,
  predicted: Float64Array,
  time: Float64Array,
  timezone: string,
): number | null {
  const order = Array.from(time.keys()).sort((i, j) => time[i] - time[j] || i - j);
  const rows = order.filter((row, k) => k + 1 === order.length || time[order[k + 1]] !== time[row]);
  const step = smallestStep(rows, time);
  if (!Number.isFinite(step) || step > DAY_MS / 2) return null;
  const wall = wallClock(
    Float64Array.from(rows, (row) => time[row]),
    timezone,
  );
  let sum = 0;
  let days = 0;
  for (let from = 0; from < rows.length;) {
    const day = dayOf(wall[from]);
    let to = from;
    let peakActual = -Infinity;
    let peakPredicted = -Infinity;
    for (; to < rows.length && dayOf(wall[to]) === day; to++) {
      peakActual = Math.max(peakActual, actual[rows[to]]);
      peakPredicted = Math.max(peakPredicted, predicted[rows[to]]);
    }
    const span = time[rows[to - 1]] - time[rows[from]];
    const unbroken = Math.round(span / step) === to - from - 1;
    const startsAtMidnight = wall[from] - day * DAY_MS < step;
    const endsAtMidnight = (day + 1) * DAY_MS - wall[to - 1] <= step;
    if (unbroken && startsAtMidnight && endsAtMidnight) {
      sum += Math.abs(peakPredicted - peakActual);
      days++;
    }
    from = to;
  }
  return days === 0 ? null : sum / days;
}

function smallestStep(rows: readonly number[], time: Float64Array): number {
  let step = Infinity;
  for (let k = 1; k < rows.length; k++) step = Math.min(step, time[rows[k]] - time[rows[k - 1]]);
  return step;
}
