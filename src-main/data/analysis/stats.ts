/** @file One column in figures: two passes over typed arrays, quantiles by sample beyond 200,000 rows. */
import type { CalendarPlaces } from './calendar.ts';
import { SAMPLE_ROWS, quantileSorted, sampleRows } from './numbers.ts';

export interface NumberStats {
  /** readings that are there */
  readonly count: number;
  readonly missing: number;
  readonly zeros: number;
  readonly negatives: number;
  /** null: more than can be counted in passing */
  readonly distinct: number | null;
  /** NaN without readings, as the four below */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** 5, 25, 50, 75, 95 % */
  readonly quantiles: readonly number[];
  /** further than 8 robust deviations from the median */
  readonly outliers: number;
  readonly integers: boolean;
  readonly histogram: { edges: number[]; counts: number[] } | null;
  /** mean per slot of the day, NaN where none */
  readonly dailyShape: Float64Array;
  /** mean per hour of the week, NaN where none */
  readonly weeklyShape: Float64Array;
}

export const QUANTILE_LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
/** In robust deviations; two-level loads have wide middles, so this is about values nobody would believe. */
export const OUTLIER_SIGMA = 8;
const BINS = 40;

/** @param values NaN is missing, shape (rows of `places`) */
export function numberStats(values: Float64Array, places: CalendarPlaces): NumberStats {
  const n = values.length;
  const daySums = new Float64Array(places.slotsPerDay);
  const dayCounts = new Float64Array(places.slotsPerDay);
  const weekSums = new Float64Array(168);
  const weekCounts = new Float64Array(168);
  let count = 0;
  let zeros = 0;
  let negatives = 0;
  let integers = true;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const value = values[i];
    if (value !== value) continue; // NaN: a call to isNaN costs a fifth of this loop
    count++;
    sum += value;
    if (value === 0) zeros++;
    else if (value < 0) negatives++;
    if (value < min) min = value;
    if (value > max) max = value;
    if (integers && !Number.isInteger(value)) integers = false;
    const slot = places.slot[i];
    daySums[slot] += value;
    dayCounts[slot]++;
    const hour = places.hourOfWeek[i];
    weekSums[hour] += value;
    weekCounts[hour]++;
  }
  const mean = count > 0 ? sum / count : NaN;
  const sample = sortedSample(values, count);
  const quantiles = QUANTILE_LEVELS.map((level) => quantileSorted(sample, level));
  const reach = OUTLIER_SIGMA * robustDeviation(sample, quantiles);
  const width = (max - min) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  let squares = 0;
  let outliers = 0;
  for (let i = 0; i < n; i++) {
    const value = values[i];
    if (value !== value) continue;
    const off = value - mean;
    squares += off * off;
    if (reach > 0 && Math.abs(value - quantiles[2]) > reach) outliers++;
    if (width > 0) counts[Math.min(BINS - 1, Math.floor((value - min) / width))]++;
  }
  return {
    count,
    missing: n - count,
    zeros,
    negatives,
    distinct: countDistinct(values),
    min: count > 0 ? min : NaN,
    max: count > 0 ? max : NaN,
    mean,
    std: count > 1 ? Math.sqrt(squares / (count - 1)) : NaN,
    quantiles,
    outliers,
    integers: integers && count > 0,
    histogram:
      width > 0 && Number.isFinite(width)
        ? { edges: Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? max : min + i * width)), counts }
        : null,
    dailyShape: daySums.map((total, slot) => (dayCounts[slot] > 0 ? total / dayCounts[slot] : NaN)),
    weeklyShape: weekSums.map((total, hour) => (weekCounts[hour] > 0 ? total / weekCounts[hour] : NaN)),
  };
}

function sortedSample(values: Float64Array, count: number): Float64Array {
  const rows = values.length > SAMPLE_ROWS ? sampleRows(values.length, SAMPLE_ROWS) : null;
  const picked = new Float64Array(rows === null ? count : rows.length);
  let kept = 0;
  if (rows === null) {
    for (let i = 0; i < values.length; i++) if (values[i] === values[i]) picked[kept++] = values[i];
  } else
    for (let i = 0; i < rows.length; i++)
      if (values[rows[i]] === values[rows[i]]) picked[kept++] = values[rows[i]];
  return picked.subarray(0, kept).sort();
}

/**
 * The widest of three estimates of a standard deviation that single values cannot move: by the median absolute
 * deviation, by the quartiles, by the 5 and 95 % quantiles. The narrow ones alone call every working day of a plant
 * that idles most of the time an outlier.
 */
export function robustDeviation(sorted: Float64Array, quantiles: readonly number[]): number {
  const [q5, q25, q50, q75, q95] = quantiles;
  const deviations = sorted.map((value) => Math.abs(value - q50)).sort();
  return Math.max(1.4826 * quantileSorted(deviations, 0.5), (q75 - q25) / 1.349, (q95 - q5) / 3.29);
}

const TABLE = 1 << 18;
const MOST_DISTINCT = 100_000;

/** Distinct readings, by open addressing over the bits of the number; null beyond 100,000. */
export function countDistinct(values: Float64Array): number | null {
  const keys = new Float64Array(TABLE).fill(NaN);
  const word = new Float64Array(1);
  const bits = new Int32Array(word.buffer);
  let distinct = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    word[0] = value + 0; // -0 and 0 are one reading
    let place = (Math.imul(bits[0] ^ Math.imul(bits[1], 0x9e3779b1), 0x85ebca6b) >>> 14) & (TABLE - 1);
    while (keys[place] === keys[place] && keys[place] !== value) place = (place + 1) & (TABLE - 1);
    if (keys[place] === value) continue;
    keys[place] = value;
    if (++distinct > MOST_DISTINCT) return null;
  }
  return distinct;
}
