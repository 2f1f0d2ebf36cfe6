/**
 * @file Which rows train, which rows test, and from which origins the test rows are forecast.
 *
 *   rows     0 ........... trainEnd-1 | gap | testStart .................... n-1
 *   origins                trainEnd-1 ─ gap ─▶[ horizon ][ horizon ][ horizon ]
 *
 * The gap is taken out of the training rows, so that nothing after the first origin trains the model.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../../src-preload/contract/index.ts';
import type { Recipe } from '../../src-preload/contract/index.ts';
import { findColumn } from '../data/frame.ts';
import type { Frame, NumberColumn } from '../data/frame.ts';
import type { SeriesTask } from '../models/estimator.ts';
import { DAY_MS, seasonSteps, timeOfDay, wallClock } from './local-clock.ts';

export interface SplitPlan {
  /** rows `0..trainEnd - 1` train */
  readonly trainEnd: number;
  /** first row that is scored, `trainEnd + gap` */
  readonly testStart: number;
  /** ascending; each forecasts rows `origin + gap + 1 .. origin + gap + horizon` */
  readonly origins: Int32Array;
  readonly horizon: number;
  readonly gap: number;
  /** steps */
  readonly season: { readonly day: number; readonly week: number };
  /** runs with equal keys were scored on the same actuals from the same origins */
  readonly splitKey: string;
}

/** Enough test days that moving the first one to midnight costs nothing worth having. */
const ALIGN_MIN_DAYS = 4;

/**
 * Plans the backtest of a recipe.
 * @param frame on a regular grid, with the target **as measured** (before gaps are filled or peaks clipped): its test
 *   values are part of `splitKey`
 * @throws {AppError} `target-not-found`, `split-test-date`, `split-too-short`
 */
export function planSplit(frame: Frame, target: string, recipe: Recipe): SplitPlan {
  const values = numberColumn(frame, target).values;
  const rows = frame.time.length;
  const season = seasonSteps(frame.resolutionMs);
  const daily = recipe.task === 'regression' || recipe.forecast.horizon === 'day';
  const horizon = recipe.forecast.horizon === 'day' || daily ? season.day : recipe.forecast.horizon;
  const gap = recipe.task === 'regression' ? 0 : recipe.split.gap;
  const testStart = firstTestRow(frame, recipe.split.test, horizon, season.day);
  const trainEnd = testStart - gap;
  const needed = Math.max(horizon, season.day) + 1;
  if (trainEnd < needed || testStart >= rows)
    throw new AppError({
      code: 'split-too-short',
      message:
        testStart >= rows
          ? `No row is left to test on: ${rows} rows, the test would begin at row ${testStart}.`
          : `Only ${Math.max(0, trainEnd)} rows are left to train on, at least ${needed} are needed for a horizon of ${horizon} steps.`,
      hint: 'Choose another split.test, a shorter horizon or gap, or import a longer series.',
      place: { key: 'split.test' },
    });
  const stride = recipe.task === 'regression' ? horizon : (recipe.split.stride ?? horizon);
  const origins = planOrigins(trainEnd - 1, rows - gap - 2, stride, recipe.split.maxWindows);
  const splitKey = hashSplit(frame, target, values, { horizon, gap, origins, testStart });
  return { trainEnd, testStart, origins, horizon, gap, season, splitKey };
}

/**
 * The task a model is fitted on: `sliding` hides target values older than the training window, row numbers stay. Used
 * for the first fit and every refit.
 */
export function trainingTask(task: SeriesTask, trainEnd: number): SeriesTask {
  const { strategy, trainWindow } = task.recipe.split;
  const firstRow = strategy === 'sliding' && trainWindow !== null ? trainEnd - trainWindow : 0;
  if (firstRow <= 0) return task;
  const columns = task.frame.columns.map((column) => {
    if (column.name !== task.target || column.type !== 'number') return column;
    const values = column.values.slice();
    values.fill(Number.NaN, 0, firstRow);
    return { ...column, values };
  });
  return { ...task, frame: { ...task.frame, columns } };
}

/** `visit(index into origins x horizon, frame row)`; rows may lie beyond the frame. */
export function eachCell(
  plan: Pick<SplitPlan, 'origins' | 'horizon' | 'gap'>,
  visit: (cell: number, row: number, window: number, step: number) => void,
): void {
  for (let window = 0; window < plan.origins.length; window++)
    for (let step = 0; step < plan.horizon; step++)
      visit(window * plan.horizon + step, plan.origins[window] + plan.gap + 1 + step, window, step);
}

/** @throws {AppError} `target-not-found` */
export function numberColumn(frame: Frame, name: string): NumberColumn {
  const column = findColumn(frame, name);
  if (column?.type === 'number') return column;
  const numeric = frame.columns.filter((candidate) => candidate.type === 'number');
  throw new AppError({
    code: 'target-not-found',
    message: column
      ? `Column "${name}" holds categories, a target needs numbers.`
      : `There is no column "${name}" to forecast.`,
    hint: `Columns with numbers: ${numeric.map((candidate) => candidate.name).join(', ') || 'none'}.`,
    place: { column: name, key: 'data.target' },
  });
}

function firstTestRow(frame: Frame, test: number | string, horizon: number, day: number): number {
  const rows = frame.time.length;
  if (typeof test === 'number') {
    const row = rows - Math.max(1, Math.round(rows * test));
    // Day-ahead windows begin at midnight, so that lead time and time of day tell the same story.
    const wholeDays = day > 1 && horizon % day === 0 && rows - row >= ALIGN_MIN_DAYS * day;
    return wholeDays ? nextMidnight(frame, row) : row;
  }
  const wall = wallClock(frame.time, frame.timezone);
  const row = /^\d{4}-\d{2}-\d{2}$/.test(test)
    ? wall.findIndex((value) => value >= Date.parse(`${test}T00:00:00Z`))
    : frame.time.findIndex((value) => value >= Date.parse(test));
  if (row <= 0)
    throw new AppError({
      code: 'split-test-date',
      message: `split.test "${test}" is not a day inside the data, ${isoDay(wall[0])} to ${isoDay(wall[rows - 1])}.`,
      hint: 'Give a share such as 0.2, or a local day as YYYY-MM-DD.',
      place: { key: 'split.test' },
    });
  return row;
}

function nextMidnight(frame: Frame, row: number): number {
  const wall = wallClock(frame.time.subarray(row), frame.timezone);
  for (let i = 0; i < wall.length; i++)
    if (timeOfDay(wall[i]) < Math.min(frame.resolutionMs, DAY_MS)) return row + i;
  return row;
}

const isoDay = (wall: number): string =>
  Number.isFinite(wall) ? new Date(wall).toISOString().slice(0, 10) : 'no rows';

function planOrigins(first: number, last: number, stride: number, maxWindows: number | null): Int32Array {
  const all: number[] = [];
  for (let origin = first; origin <= last; origin += stride) all.push(origin);
  if (maxWindows === null || all.length <= maxWindows) return Int32Array.from(all);
  if (maxWindows === 1) return Int32Array.of(all[0]);
  return Int32Array.from(
    { length: maxWindows },
    (_, i) => all[Math.round((i * (all.length - 1)) / (maxWindows - 1))],
  );
}

function hashSplit(
  frame: Frame,
  target: string,
  values: Float64Array,
  plan: { horizon: number; gap: number; origins: Int32Array; testStart: number },
): string {
  const tested = values.slice(plan.testStart);
  return createHash('sha256')
    .update(JSON.stringify([target, frame.resolutionMs, frame.timezone, plan.horizon, plan.gap]))
    .update(new Float64Array([frame.time.length, frame.time[0], frame.time[plan.testStart]]))
    .update(plan.origins)
    .update(tested)
    .digest('hex');
}
