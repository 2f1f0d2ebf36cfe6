/**
 * @file The reference every model must beat: the value of the same slot of the local clock in the last known day, or in
 * the last known week, from the same origins. Skill is measured against the better of the two.
 */
import type { Baseline, Metrics } from '../../src-preload/contract/index.ts';
import type { Frame } from '../data/frame.ts';
import type { Backtest } from './backtest.ts';
import { computeMetrics } from './compute.ts';
import { DAY_MS, extendTime, wallClock } from './local-clock.ts';
import { seasonalNaiveScale } from './point.ts';
import { eachCell, numberColumn } from './split.ts';
import type { SplitPlan } from './split.ts';

/** How many seasons further back a missing reading is looked for. */
const MAX_SEASONS_BACK = 8;

/**
 * Seasonal naive forecasts for every origin of a plan.
 * @param target observed values, target unit, shape (rows); nothing after an origin is read for its window
 * @param season steps of the local clock, `plan.season.day` or `.week`
 * @returns origins x horizon, row-major; NaN where no like reading is known
 */
export function seasonalNaive(
  frame: Frame,
  target: Float64Array,
  plan: Pick<SplitPlan, 'origins' | 'horizon' | 'gap'>,
  season: number,
): Float64Array {
  const forecast = new Float64Array(plan.origins.length * plan.horizon).fill(Number.NaN);
  const lastRow = (plan.origins.at(-1) ?? -1) + plan.gap + plan.horizon;
  const wall = wallClock(extendTime(frame.time, lastRow + 1, frame.resolutionMs), frame.timezone);
  const rowOf = wallIndex(wall.subarray(0, frame.time.length), frame.resolutionMs);
  const seasonMs = Math.max(season * frame.resolutionMs, frame.resolutionMs);
  const local = seasonMs % DAY_MS === 0;
  eachCell(plan, (cell, row, window) => {
    const origin = plan.origins[window];
    const ahead = row - origin;
    const skip = Math.ceil(ahead / season);
    for (let back = Math.max(1, skip - 1); back <= skip + MAX_SEASONS_BACK; back++) {
      // By the local clock; where that moment did not exist (clock set forward), by counting steps.
      const found = local ? rowOf(wall[row] - back * seasonMs) : -1;
      const candidate = found >= 0 ? found : row - back * season;
      if (candidate > origin || candidate < 0 || !Number.isFinite(target[candidate])) continue;
      forecast[cell] = target[candidate];
      break;
    }
  });
  return forecast;
}

/** Row of a wall-clock time, -1 for none; of an hour that came twice the second pass, which is the newer reading. */
function wallIndex(wall: Float64Array, resolutionMs: number): (value: number) => number {
  const rows = new Map<number, number>();
  for (let row = 0; row < wall.length; row++) rows.set(Math.round(wall[row] / resolutionMs), row);
  return (value) => rows.get(Math.round(value / resolutionMs)) ?? -1;
}

export interface BacktestScore {
  readonly metrics: Metrics;
  readonly baseline: Baseline;
  /** 1 - MAE / MAE of the baseline; null when either is missing or the baseline is perfect */
  readonly skill: number | null;
}

/**
 * All metrics of a backtest, and of the daily and weekly seasonal naive from the same origins on the same rows.
 * @param frame the frame the plan was made from, with the target as measured
 */
export function scoreBacktest(backtest: Backtest, frame: Frame): BacktestScore {
  const target = numberColumn(frame, backtest.target).values;
  const { plan } = backtest;
  const naiveScale = seasonalNaiveScale(target, plan.trainEnd, plan.season.day);
  const metrics = metricsOf(backtest, naiveScale);
  const score = (season: number): Metrics | null =>
    scoreNaive(backtest, seasonalNaive(frame, target, plan, season), naiveScale);
  const daily = score(plan.season.day);
  const weekly = plan.season.week > plan.season.day ? score(plan.season.week) : null;
  const weeklyWins =
    weekly?.mae !== null &&
    weekly !== null &&
    (daily?.mae === null || daily === null || weekly.mae! < daily.mae);
  const best = weeklyWins ? weekly : daily;
  const baseline: Baseline = {
    name: weeklyWins ? 'seasonal-naive-weekly' : 'seasonal-naive-daily',
    mae: best?.mae ?? null,
    rmse: best?.rmse ?? null,
    daily,
    weekly,
  };
  return { metrics, baseline, skill: skillScore(metrics.mae, baseline.mae) };
}

/** A model that repeats the baseline sees gaps filled where the baseline looks further back: no difference worth a figure. */
const SAME = 1e-4;

export function skillScore(mae: number | null, baselineMae: number | null): number | null {
  if (mae === null || baselineMae === null || !(baselineMae > 0)) return null;
  const skill = 1 - mae / baselineMae;
  return Math.abs(skill) < SAME ? 0 : skill;
}

/** Metrics of a stored backtest. @param naiveScale in-sample seasonal naive MAE, for MASE */
export function metricsOf(backtest: Backtest, naiveScale: number): Metrics {
  return computeMetrics({
    actual: backtest.actual,
    predicted: backtest.batch.point,
    time: backtest.time,
    timezone: backtest.timezone,
    naiveScale,
    levels: backtest.batch.levels,
    quantiles: backtest.batch.quantiles,
  });
}

/** Rows the naive forecast has no value for are not held against it, if it has any at all. */
function scoreNaive(backtest: Backtest, predicted: Float64Array, naiveScale: number): Metrics | null {
  if (!predicted.some(Number.isFinite)) return null;
  const actual = backtest.actual.map((value, i) => (Number.isFinite(predicted[i]) ? value : Number.NaN));
  const { time, timezone } = backtest;
  return computeMetrics({ actual, predicted, time, timezone, naiveScale, levels: null, quantiles: null });
}
