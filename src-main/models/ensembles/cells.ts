/** @file What a combiner learns from: out-of-fold forecasts of the members beside what was observed. */
import type { ForecastBatch, SeriesTask } from '../estimator.ts';
import type { Fold } from './folds.ts';

/** Rows that every member forecast and that were observed, in the order of the folds, hence of time. */
export interface Cells {
  /** members x (cells), target unit */
  readonly base: readonly Float64Array[];
  /** (cells), target unit */
  readonly actual: Float64Array;
  /** (cells): last row whose readings the forecast used, and the row it is for */
  readonly origin: Int32Array;
  readonly target: Int32Array;
  /** where each fold's cells begin, and at the end their number: (folds + 1) */
  readonly starts: readonly number[];
}

/**
 * @param predicted folds x members x (cells of the fold), as the folds' models gave them
 * @param values target, shape (rows)
 */
export function gatherCells(
  folds: readonly Fold[],
  predicted: readonly (readonly Float64Array[])[],
  values: Float64Array,
  task: SeriesTask,
): Cells {
  const members = predicted[0]?.length ?? 0;
  const base = Array.from({ length: members }, () => [] as number[]);
  const actual: number[] = [];
  const origin: number[] = [];
  const target: number[] = [];
  const starts = [0];
  folds.forEach((fold, f) => {
    const cells = cellsOf(fold, task);
    for (let i = 0; i < cells.target.length; i++) {
      const value = values[cells.target[i]];
      if (!Number.isFinite(value) || !predicted[f].every((part) => Number.isFinite(part[i]))) continue;
      predicted[f].forEach((part, m) => base[m].push(part[i]));
      actual.push(value);
      origin.push(cells.origin[i]);
      target.push(cells.target[i]);
    }
    starts.push(actual.length);
  });
  return {
    base: base.map((part) => Float64Array.from(part)),
    actual: Float64Array.from(actual),
    origin: Int32Array.from(origin),
    target: Int32Array.from(target),
    starts,
  };
}

function cellsOf(fold: Fold, task: SeriesTask): { origin: Int32Array; target: Int32Array } {
  if (task.recipe.task === 'regression') {
    const target = Int32Array.from({ length: fold.to - fold.from }, (_, i) => fold.from + i);
    return { origin: target.map((row) => row - 1), target };
  }
  return windowCells(fold.origins, task.horizon, task.recipe.split.gap);
}

/**
 * Forecasts of cells as a batch of the folds' origins.
 * @param point (cells), target unit; rows without a cell are NaN in the batch
 */
export function batchOf(
  folds: readonly Fold[],
  cells: Cells,
  point: Float64Array,
  task: SeriesTask,
): ForecastBatch {
  const { horizon } = task;
  const origins = Int32Array.from(folds.flatMap((fold) => [...fold.origins]));
  const places = new Map([...origins].map((origin, i) => [origin, i * horizon]));
  const placed = new Float64Array(origins.length * horizon).fill(Number.NaN);
  point.forEach((value, i) => {
    const lead = cells.target[i] - cells.origin[i] - task.recipe.split.gap;
    placed[places.get(cells.origin[i])! + lead - 1] = value;
  });
  return { origins, horizon, point: placed, levels: null, quantiles: null };
}

/** Same-instant predictions of rows as a batch of windows one after the other, ending with the last row. */
export function rowBatch(cells: Cells, point: Float64Array, task: SeriesTask): ForecastBatch {
  const { horizon } = task;
  const { gap } = task.recipe.split;
  const [first, end] = [cells.target[0], cells.target[cells.target.length - 1] + 1];
  const windows = Math.floor((end - first) / horizon);
  const start = end - windows * horizon;
  const placed = new Float64Array(windows * horizon).fill(Number.NaN);
  cells.target.forEach((row, i) => {
    if (row >= start) placed[row - start] = point[i];
  });
  const origins = Int32Array.from({ length: windows }, (_, w) => start + w * horizon - gap - 1);
  return { origins, horizon, point: placed, levels: null, quantiles: null };
}

/** Origin and target row of every forecast, origins x horizon, row-major. */
export function windowCells(
  origins: Int32Array,
  horizon: number,
  gap: number,
): { origin: Int32Array; target: Int32Array } {
  const origin = new Int32Array(origins.length * horizon);
  const target = new Int32Array(origin.length);
  for (let i = 0; i < origin.length; i++) {
    origin[i] = origins[Math.floor(i / horizon)];
    target[i] = origin[i] + gap + 1 + (i % horizon);
  }
  return { origin, target };
}

/** Cells `0 .. to - 1`, as views. */
export function headOf(cells: Cells, to: number): Pick<Cells, 'base' | 'actual'> {
  return { base: cells.base.map((part) => part.subarray(0, to)), actual: cells.actual.subarray(0, to) };
}
