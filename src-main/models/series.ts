/** @file What every forecaster needs of a frame: its target, and the rows a set of origins reaches. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { Frame } from '../data/frame.ts';
import { findColumn } from '../data/frame.ts';

/** @throws AppError `unknown-column`, `target-not-number` */
export function targetValues(frame: Frame, target: string): Float64Array {
  const column = findColumn(frame, target);
  if (column === undefined)
    throw new AppError({
      code: 'unknown-column',
      message: `There is no column "${target}" to forecast.`,
      hint: `Columns: ${frame.columns.map((entry) => entry.name).join(', ')}.`,
    });
  if (column.type !== 'number')
    throw new AppError({
      code: 'target-not-number',
      message: `Column "${target}" holds categories; a forecast needs a number.`,
      hint: 'Choose a numeric target, or use task: classification.',
    });
  return column.values;
}

/** Rows beyond the end of the frame that forecasts from these origins reach. */
export function rowsBeyond(frame: Frame, origins: Int32Array, reach: number): number {
  let last = -1;
  for (const origin of origins) {
    if (!(origin >= 0 && origin < frame.time.length))
      throw new AppError({
        code: 'origin-out-of-range',
        message: `Origin row ${origin} is not one of the ${frame.time.length} rows of the series.`,
      });
    if (origin > last) last = origin;
  }
  return Math.max(0, last + reach + 1 - frame.time.length);
}

/** True when the training target never is negative; `setting` of the recipe decides when it is not `auto`. */
export function clipsAtZero(setting: 'auto' | boolean, values: Float64Array, trainEnd: number): boolean {
  if (setting !== 'auto') return setting;
  for (let i = 0; i < trainEnd; i++) if (values[i] < 0) return false;
  return true;
}

/** @throws AppError `no-training-rows` */
export function requireTrainingRows(values: Float64Array, trainEnd: number): void {
  for (let i = 0; i < trainEnd; i++) if (Number.isFinite(values[i])) return;
  throw new AppError({
    code: 'no-training-rows',
    message: `None of the ${trainEnd} training rows has a reading of the target.`,
    hint: 'Choose an earlier start or a smaller test span.',
  });
}

/**
 * Lags are counted in steps, so a model only fits data of the spacing it was trained on.
 * @throws AppError `resolution-mismatch`
 */
export function requireResolution(frame: Frame, resolutionMs: number): void {
  if (frame.resolutionMs === resolutionMs) return;
  throw new AppError({
    code: 'resolution-mismatch',
    message: `This model was trained on steps of ${resolutionMs / 60_000} minutes; the data have ${frame.resolutionMs / 60_000}.`,
    hint: 'Train a model on data of this resolution.',
  });
}
