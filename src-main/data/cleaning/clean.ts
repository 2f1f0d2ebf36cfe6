/**
 * @file The target made fit for features: short gaps filled, training outliers limited. Whatever is filled is marked in
 * `__observed`, and evaluation scores original readings only.
 *
 * Filling must not tell the future: a filled reading may become a lag of a forecast whose origin lies right behind it.
 * So from `trainEnd` on every value comes from rows before it. Among the training rows a leading gap may borrow
 * from later ones, and `interpolate` may reach over a gap that closes before `trainEnd`.
 */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import { findColumn } from '../frame.ts';
import type { Frame, NumberColumn } from '../frame.ts';
import { utcToWall } from '../time/zone.ts';
import { limitOutliers } from './outliers.ts';

/** 1 where the target was read, 0 where it was missing. */
export const OBSERVED = '__observed';
const DAY = 86_400_000;
const WEEKS_BACK = 4;
const DAYS_BACK = 7;

export interface Cleaned {
  /** `target` filled and limited, and the column {@link OBSERVED} added (replaced when there) */
  readonly frame: Frame;
  /** readings filled */
  readonly filled: number;
  /** training readings limited */
  readonly clipped: number;
}

/**
 * @param frame regular grid
 * @param trainEnd rows `0 .. trainEnd - 1` train; later ones see only what lies before them
 * @throws AppError `unknown-target` when the frame has no number column of that name
 */
export function cleanTarget(
  frame: Frame,
  target: string,
  cleaning: Recipe['cleaning'],
  trainEnd: number,
): Cleaned {
  const column = findColumn(frame, target);
  if (column?.type !== 'number')
    throw new AppError({
      code: 'unknown-target',
      message: `The data has no number column '${target}'.`,
      hint: `It has ${frame.columns.map(({ name }) => name).join(', ')}.`,
      place: { column: target },
    });
  const observed = column.values.map((value) => (value === value ? 1 : 0));
  const values = column.values.slice();
  const wall = frame.timezone === 'UTC' ? frame.time : utcToWall(frame.time, frame.timezone);
  const clipped =
    cleaning.outliers === 'clip'
      ? limitOutliers(values, wall, frame.resolutionMs, trainEnd, cleaning.outlierSigma)
      : 0;
  const filled = cleaning.gaps === 'none' ? 0 : fillGaps(values, wall, frame, cleaning, trainEnd);
  const mark: NumberColumn = { name: OBSERVED, type: 'number', unit: null, values: observed };
  const columns = frame.columns
    .filter(({ name }) => name !== OBSERVED)
    .map((other) => (other === column ? { ...column, values } : other));
  return { frame: { ...frame, columns: [...columns, mark] }, filled, clipped };
}

function fillGaps(
  values: Float64Array,
  wall: Float64Array,
  frame: Frame,
  cleaning: Recipe['cleaning'],
  trainEnd: number,
): number {
  let filled = 0;
  for (let from = 0; from < values.length; from++) {
    if (values[from] === values[from]) continue;
    let end = from;
    while (end < values.length && values[end] !== values[end]) end++;
    if (end - from <= cleaning.maxGapSteps)
      filled +=
        cleaning.gaps === 'interpolate'
          ? interpolate(values, from, end, trainEnd)
          : fillSeasonal(values, wall, frame, from, end, trainEnd);
    from = end;
  }
  return filled;
}

/** A straight line where both ends are training rows; else the last reading is held. */
function interpolate(values: Float64Array, from: number, end: number, trainEnd: number): number {
  if (from === 0) return 0;
  const before = values[from - 1];
  const closed = end < trainEnd;
  for (let row = from; row < end; row++)
    values[row] = closed ? before + ((values[end] - before) * (row - from + 1)) / (end - from + 1) : before;
  return end - from;
}

/**
 * The mean of the same slot in the four weeks before, else in the seven days before, else (training rows) in the weeks
 * after, else the last reading. Slots follow the clock on the wall.
 */
function fillSeasonal(
  values: Float64Array,
  wall: Float64Array,
  frame: Frame,
  from: number,
  end: number,
  trainEnd: number,
): number {
  let filled = 0;
  const slot = (row: number, days: number): number => sameSlot(frame, wall, row, days);
  const mean = (row: number, days: number, count: number, limit: number): number => {
    let sum = 0;
    let n = 0;
    for (let k = 1; k <= count; k++) {
      const other = slot(row, k * days);
      if (other < 0 || other >= limit || (other >= from && other < end)) continue;
      const value = values[other];
      if (value === value) [sum, n] = [sum + value, n + 1];
    }
    return n > 0 ? sum / n : NaN;
  };
  const whole = frame.resolutionMs <= DAY;
  for (let row = from; row < end; row++) {
    let value = whole ? mean(row, -7, WEEKS_BACK, from) : NaN;
    if (value !== value && frame.resolutionMs < DAY) value = mean(row, -1, DAYS_BACK, from);
    if (value !== value && whole && row < trainEnd) value = mean(row, 7, WEEKS_BACK, trainEnd);
    if (value !== value && from > 0) value = values[from - 1];
    if (value !== value) continue;
    values[row] = value;
    filled++;
  }
  return filled;
}

/** Row of the same time on the wall `days` later, or -1 outside the frame. */
function sameSlot(frame: Frame, wall: Float64Array, row: number, days: number): number {
  const { time, resolutionMs } = frame;
  const far = row + Math.round((days * DAY) / resolutionMs);
  if (far < 0 || far >= time.length) return -1;
  // Between the two the clock may have changed: move by the difference of the offsets.
  const drift = wall[row] - time[row] - (wall[far] - time[far]);
  const moved = far + Math.round(drift / resolutionMs);
  return moved < 0 || moved >= time.length ? -1 : moved;
}
