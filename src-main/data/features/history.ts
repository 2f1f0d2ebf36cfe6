/**
 * @file The target as features see it: values, prefix sums and running seasonal levels, each row computed from the
 * rows before it alone. So row r holds nothing from after r, and a recursive forecast can write its own predictions
 * with `set` and later put the readings back.
 */
import type { Calendar } from './calendar.ts';

/** Weight of the newest value in the seasonal levels: a memory of about five weeks (or days of a type). */
const weekWeight = 0.3;
const typeWeight = 0.2;
/** A memory of about three months, for levels that are smoothed over neighbouring slots as well. */
const slowWeight = 0.15;

export class History {
  readonly calendar: Calendar;
  /** target, NaN where missing or not yet known; shape (calendar.rows) */
  readonly value: Float64Array;
  /** prefix over valid values: sum[r + 1] includes row r; shape (rows + 1) */
  readonly sum: Float64Array;
  readonly count: Int32Array;
  /** latest valid value up to the row */
  readonly filled: Float64Array;
  /** exponentially weighted level of the same weekday and time, this row included */
  readonly weekLevel: Float64Array;
  /** the same over days of one type */
  readonly typeLevel: Float64Array;
  /** a slower week level */
  readonly weekSlowLevel: Float64Array;
  /** mean over all weeks so far of the same weekday and time, this row included; NaN before the first reading */
  readonly weekMean: Float64Array;
  readonly weekCount: Int32Array;
  /** prefix sums of value minus the week level that was known before it */
  readonly surpriseSum: Float64Array;
  readonly surpriseCount: Int32Array;

  constructor(calendar: Calendar, target: Float64Array, knownRows: number) {
    const rows = calendar.rows;
    this.calendar = calendar;
    this.value = new Float64Array(rows).fill(Number.NaN);
    this.sum = new Float64Array(rows + 1);
    this.count = new Int32Array(rows + 1);
    this.filled = new Float64Array(rows).fill(Number.NaN);
    this.weekLevel = new Float64Array(rows).fill(Number.NaN);
    this.typeLevel = new Float64Array(rows).fill(Number.NaN);
    this.weekSlowLevel = new Float64Array(rows).fill(Number.NaN);
    this.weekMean = new Float64Array(rows).fill(Number.NaN);
    this.weekCount = new Int32Array(rows);
    this.surpriseSum = new Float64Array(rows + 1);
    this.surpriseCount = new Int32Array(rows + 1);
    for (let r = 0; r < knownRows; r++) this.set(r, target[r]);
  }

  /** Writes row r from rows before it. Rows must be written in ascending order to be consistent. */
  set(r: number, value: number): void {
    const { previousWeek, previousSameType } = this.calendar;
    const valid = Number.isFinite(value);
    this.value[r] = valid ? value : Number.NaN;
    this.sum[r + 1] = this.sum[r] + (valid ? value : 0);
    this.count[r + 1] = this.count[r] + (valid ? 1 : 0);
    this.filled[r] = valid ? value : r > 0 ? this.filled[r - 1] : Number.NaN;
    const week = previousWeek[r];
    const expected = week < 0 ? Number.NaN : this.weekLevel[week];
    this.weekLevel[r] = blend(expected, value, valid, weekWeight);
    this.weekSlowLevel[r] = blend(week < 0 ? Number.NaN : this.weekSlowLevel[week], value, valid, slowWeight);
    this.weekCount[r] = (week < 0 ? 0 : this.weekCount[week]) + (valid ? 1 : 0);
    this.weekMean[r] = blend(
      week < 0 ? Number.NaN : this.weekMean[week],
      value,
      valid,
      1 / this.weekCount[r],
    );
    const same = previousSameType[r];
    this.typeLevel[r] = blend(same < 0 ? Number.NaN : this.typeLevel[same], value, valid, typeWeight);
    const surprise = valid && !Number.isNaN(expected) ? value - expected : Number.NaN;
    const counts = !Number.isNaN(surprise);
    this.surpriseSum[r + 1] = this.surpriseSum[r] + (counts ? surprise : 0);
    this.surpriseCount[r + 1] = this.surpriseCount[r] + (counts ? 1 : 0);
  }

  /** Mean of the `window` rows ending at `row`, missing left out; NaN when all are missing. */
  mean(row: number, window: number): number {
    if (row < 0) return Number.NaN;
    const from = Math.max(0, row + 1 - window);
    const n = this.count[row + 1] - this.count[from];
    return n > 0 ? (this.sum[row + 1] - this.sum[from]) / n : Number.NaN;
  }

  /** Mean of how far the `window` rows ending at `row` lay above their week level. */
  surprise(row: number, window: number): number {
    if (row < 0) return Number.NaN;
    const from = Math.max(0, row + 1 - window);
    const n = this.surpriseCount[row + 1] - this.surpriseCount[from];
    return n > 0 ? (this.surpriseSum[row + 1] - this.surpriseSum[from]) / n : Number.NaN;
  }
}

function blend(level: number, value: number, valid: boolean, weight: number): number {
  if (!valid) return level;
  return Number.isNaN(level) ? value : level + weight * (value - level);
}
