/**
 * @file Quantises columns. Cut points follow XGBoost's `hist`: ascending values of the data, a row lies in the first
 * bin whose cut is greater than its value, the last cut lies beyond the largest value. With no more distinct values
 * than bins every value gets its own bin, and splits equal XGBoost's exactly.
 */
import type { BinArray } from './types.ts';

export interface Bins {
  readonly rows: number;
  /** per column, ascending; bin b holds cuts[b - 1] <= value < cuts[b] */
  readonly cuts: readonly Float64Array[];
  /** column-major, shape (columns x rows) */
  readonly codes: BinArray;
  /** first bin of a column in a histogram, shape (columns + 1); a column with missing values has one bin more, its last */
  readonly offset: Int32Array;
  /** 1 where the column has missing values */
  readonly hasMissing: Uint8Array;
}

/** Distinct values are counted in a sample of this size at most; quantiles of a larger column come from it. */
const sketchRows = 200_000;

/**
 * @param values NaN is missing
 * @param weight rows of weight 0 have no say; null for 1
 * @returns ascending cut points, at most `maxBins`; one for a column without values
 */
export function findCuts(values: Float64Array, weight: Float64Array | null, maxBins: number): Float64Array {
  const step = Math.max(1, Math.ceil(values.length / sketchRows));
  const picked = new Float64Array(Math.ceil(values.length / step));
  let n = 0;
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value) || (weight !== null && weight[i] === 0)) continue;
    if (value > largest) largest = value;
    if (i % step === 0) picked[n++] = value;
  }
  if (n === 0) return Float64Array.of(0);
  const sorted = picked.subarray(0, n).sort();
  const beyond = largest + Math.abs(largest) + 1e-5;
  const distinct: number[] = [sorted[0]];
  const upTo: number[] = []; // rows up to and with distinct[k]
  for (let i = 1; i < n; i++)
    if (sorted[i] !== sorted[i - 1]) {
      upTo.push(i);
      distinct.push(sorted[i]);
    }
  upTo.push(n);
  if (distinct.length <= maxBins) return Float64Array.from([...distinct.slice(1), beyond]);
  // equal shares of rows; a value heavier than a share takes a bin of its own and the rest is shared anew
  const cuts: number[] = [];
  let closedAt = 0;
  for (let k = 0; k < distinct.length - 1; k++) {
    const binsLeft = maxBins - cuts.length;
    if (binsLeft <= 1) break;
    const share = (n - closedAt) / binsLeft;
    if (upTo[k] - closedAt >= share || upTo[k + 1] - upTo[k] > 2 * share) {
      cuts.push(distinct[k + 1]);
      closedAt = upTo[k];
    }
  }
  cuts.push(beyond);
  return Float64Array.from(cuts);
}

/** First bin whose cut is greater than the value; values beyond the last cut stay in the last bin. */
export function binOf(value: number, cuts: Float64Array): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < cuts[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function binColumns(
  columns: readonly Float64Array[],
  rows: number,
  weight: Float64Array | null,
  maxBins: number,
): Bins {
  const hasMissing = new Uint8Array(columns.length);
  const cuts = columns.map((column, f) => {
    hasMissing[f] = column.some(Number.isNaN) ? 1 : 0;
    // the bin of the missing values must fit a byte too
    const limit = maxBins <= 256 && maxBins + hasMissing[f] > 256 ? maxBins - 1 : maxBins;
    return findCuts(column, weight, limit);
  });
  const offset = new Int32Array(columns.length + 1);
  let widest = 0;
  cuts.forEach((points, f) => {
    const bins = points.length + hasMissing[f];
    widest = Math.max(widest, bins);
    offset[f + 1] = offset[f] + bins;
  });
  const size = rows * columns.length;
  const codes: BinArray = widest <= 256 ? new Uint8Array(size) : new Uint16Array(size);
  columns.forEach((column, f) => {
    const base = f * rows;
    const points = cuts[f];
    const missing = points.length;
    for (let i = 0; i < rows; i++) {
      const value = column[i];
      codes[base + i] = Number.isNaN(value) ? missing : binOf(value, points);
    }
  });
  return { rows, cuts, codes, offset, hasMissing };
}
