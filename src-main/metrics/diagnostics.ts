/** @file Where a model is good and where it fails: the backtest cut by lead time, hour of week, day and level. */
import type { Diagnostics } from '../../src-preload/contract/index.ts';
import type { Backtest } from './backtest.ts';
import { dayName, dayOf, hourOfWeek, wallClock } from './local-clock.ts';
import { calibrationShares, levelIndex } from './probabilistic.ts';
import { histogram } from './histogram.ts';

export interface DiagnosticsOptions {
  readonly runId: string;
  /** at most so many points in `series` */
  readonly points: number;
  readonly featureImportance?: Diagnostics['featureImportance'];
  readonly curves?: Diagnostics['curves'];
  readonly worstDays?: number;
}

const HOURS_IN_WEEK = 168;
const WORST_DAYS = 10;

export function diagnose(backtest: Backtest, options: DiagnosticsOptions): Diagnostics {
  const { plan, batch, actual, timezone } = backtest;
  const wall = wallClock(backtest.time, timezone);
  const error = batch.point.map((value, i) => value - actual[i]);
  const latest = latestCells(backtest);
  return {
    runId: options.runId,
    unit: backtest.unit,
    byLead: groupErrors(error, plan.horizon, (cell) => cell % plan.horizon),
    byHourOfWeek: groupErrors(error, HOURS_IN_WEEK, (cell) => hourOfWeek(wall[cell])),
    worstDays: worstDays(backtest, wall, latest, options.worstDays ?? WORST_DAYS),
    series: seriesOf(backtest, latest, options.points),
    residualHistogram: histogram(error.filter(Number.isFinite)),
    calibration:
      batch.levels && batch.quantiles
        ? { level: [...batch.levels], share: calibrationShares(actual, batch.levels, batch.quantiles) }
        : { level: [], share: [] },
    featureImportance: options.featureImportance ?? [],
    curves: options.curves ?? [],
  };
}

/** MAE and bias per group; null for a group nothing fell into. */
function groupErrors(
  error: Float64Array,
  groups: number,
  groupOf: (cell: number) => number,
): { mae: (number | null)[]; bias: (number | null)[] } {
  const absolute = new Float64Array(groups);
  const signed = new Float64Array(groups);
  const rows = new Uint32Array(groups);
  for (let cell = 0; cell < error.length; cell++) {
    if (!Number.isFinite(error[cell])) continue;
    const group = groupOf(cell);
    absolute[group] += Math.abs(error[cell]);
    signed[group] += error[cell];
    rows[group]++;
  }
  const mean = (sums: Float64Array): (number | null)[] =>
    Array.from(sums, (sum, i) => (rows[i] ? sum / rows[i] : null));
  return { mae: mean(absolute), bias: mean(signed) };
}

/** One cell per time, ascending: where windows overlap, the forecast issued last. */
function latestCells(backtest: Backtest): Int32Array {
  const byTime = new Map<number, number>();
  for (let cell = 0; cell < backtest.time.length; cell++) byTime.set(backtest.time[cell], cell);
  return Int32Array.from(byTime.values()).sort((a, b) => backtest.time[a] - backtest.time[b]);
}

/** Days by MAE, worst first; a day counts with at least half of the rows of the fullest one. */
function worstDays(
  backtest: Backtest,
  wall: Float64Array,
  cells: Int32Array,
  limit: number,
): Diagnostics['worstDays'] {
  const days = new Map<number, { rows: number; error: number; actual: number; predicted: number }>();
  for (const cell of cells) {
    const actual = backtest.actual[cell];
    const predicted = backtest.batch.point[cell];
    if (!Number.isFinite(actual) || !Number.isFinite(predicted)) continue;
    const key = dayOf(wall[cell]);
    const day = days.get(key) ?? { rows: 0, error: 0, actual: 0, predicted: 0 };
    day.rows++;
    day.error += Math.abs(predicted - actual);
    day.actual += actual;
    day.predicted += predicted;
    days.set(key, day);
  }
  const fullest = Math.max(0, ...[...days.values()].map((day) => day.rows));
  return [...days]
    .filter(([, day]) => day.rows * 2 >= fullest)
    .map(([key, day]) => ({
      day: dayName(key),
      mae: day.error / day.rows,
      actualMean: day.actual / day.rows,
      predictedMean: day.predicted / day.rows,
    }))
    .sort((a, b) => b.mae - a.mae || a.day.localeCompare(b.day))
    .slice(0, limit);
}

/**
 * Actual against predicted over time. Long backtests are thinned by buckets of rows that keep the rows with the smallest
 * and the largest actual, so that no peak is lost.
 */
function seriesOf(backtest: Backtest, cells: Int32Array, points: number): Diagnostics['series'] {
  const { actual, batch, time } = backtest;
  const observed = trimUnobserved(cells, actual);
  const kept = observed.length <= points ? observed : thin(observed, actual, points);
  const levels = batch.levels ?? [];
  const column = (level: number): (number | null)[] => {
    const j = levelIndex(levels, level);
    return Array.from(kept, (cell) =>
      j < 0 || batch.quantiles === null ? null : finite(batch.quantiles[cell * levels.length + j]),
    );
  };
  return {
    t: Array.from(kept, (cell) => time[cell]),
    actual: Array.from(kept, (cell) => finite(actual[cell])),
    predicted: Array.from(kept, (cell) => finite(batch.point[cell])),
    low: column(0.1),
    high: column(0.9),
  };
}

/** The last window may reach beyond the data: nothing to compare there. */
function trimUnobserved(cells: Int32Array, actual: Float64Array): Int32Array {
  let end = cells.length;
  while (end > 0 && !Number.isFinite(actual[cells[end - 1]])) end--;
  return cells.subarray(0, end);
}

function thin(cells: Int32Array, values: Float64Array, points: number): Int32Array {
  const buckets = Math.max(1, Math.floor(points / 2));
  const kept: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * cells.length) / buckets);
    const to = Math.floor(((bucket + 1) * cells.length) / buckets);
    if (from === to) continue;
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (values[cells[i]] < values[cells[low]]) low = i;
      if (values[cells[i]] > values[cells[high]]) high = i;
    }
    kept.push(cells[Math.min(low, high)]);
    if (low !== high) kept.push(cells[Math.max(low, high)]);
  }
  return Int32Array.from(kept);
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
