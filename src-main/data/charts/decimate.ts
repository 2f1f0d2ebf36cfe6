/** @file A long series thinned for a chart: least and greatest reading per bucket of time, so that no peak is lost. */
import type { SeriesChart } from '../../../src-preload/contract/index.ts';

export type ChartPoints = Pick<SeriesChart, 't' | 'min' | 'max' | 'perBucket' | 'rows'>;

/**
 * Buckets are whole steps wide and begin on the grid of the series; a bucket without readings is null, which breaks
 * the line. With few rows every bucket is one reading and min = max.
 * @param time UTC ms, ascending, shape (n)
 * @param values NaN is missing, shape (n)
 * @param from first instant shown, UTC ms
 * @param to last instant shown, UTC ms, included
 * @param points most buckets
 */
export function decimate(
  time: Float64Array,
  values: Float64Array,
  resolutionMs: number,
  from: number,
  to: number,
  points: number,
): ChartPoints {
  const first = lowerBound(time, from);
  const end = upperBound(time, to);
  if (first >= end) return { t: [], min: [], max: [], perBucket: 1, rows: 0 };
  const start = time[first];
  const steps = Math.round((time[end - 1] - start) / resolutionMs) + 1;
  const perBucket = Math.max(1, Math.ceil(steps / points));
  const buckets = Math.ceil(steps / perBucket);
  const width = perBucket * resolutionMs;
  const t = new Array<number>(buckets);
  const min = new Array<number | null>(buckets).fill(null);
  const max = new Array<number | null>(buckets).fill(null);
  for (let bucket = 0; bucket < buckets; bucket++) t[bucket] = start + bucket * width;
  let row = first;
  while (row < end) {
    const bucket = Math.min(buckets - 1, Math.floor((time[row] - start) / width + 1e-9));
    const until = bucket === buckets - 1 ? Infinity : start + (bucket + 1) * width - 0.5;
    let low = Infinity;
    let high = -Infinity;
    for (; row < end && time[row] < until; row++) {
      const value = values[row];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low <= high) {
      min[bucket] = low;
      max[bucket] = high;
    }
  }
  return { t, min, max, perBucket, rows: end - first };
}

/** First index whose time is not before `value`. */
export function lowerBound(time: Float64Array, value: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First index whose time is after `value`. */
function upperBound(time: Float64Array, value: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
