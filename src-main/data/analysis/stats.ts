/** @file One column in figures, exact but for the quantiles, which are those of a sample beyond 200,000 rows. */
import { findDistinct } from '../distinct.ts';
import { sortNumbers } from '../sort-numbers.ts';
import type { CalendarPlaces } from './calendar.ts';
import { figuresOf, spreadOf } from '../column-figures.ts';
import { EXACT_ROWS, quantileSorted, sampleOf } from './numbers.ts';

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
  const totals = figuresOf(values);
  const { count, min, max } = totals;
  const sample = sortedSample(values, count);
  const quantiles = QUANTILE_LEVELS.map((level) => quantileSorted(sample, level));
  const reach = OUTLIER_SIGMA * robustDeviation(sample, quantiles);
  const width = (max - min) / BINS;
  const hasSpread = width > 0 && Number.isFinite(width);
  const { sums, counts, perBin } = spreadOf(
    values,
    places.weekSlot,
    7 * places.slotsPerDay,
    hasSpread ? { min, perWidth: 1 / width, count: BINS } : null,
  );
  return {
    ...totals,
    missing: values.length - count,
    distinct: countDistinct(values),
    quantiles,
    outliers: reach > 0 ? countBeyond(values, quantiles[2] - reach, quantiles[2] + reach, min, max) : 0,
    histogram: hasSpread
      ? {
          edges: Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? max : min + i * width)),
          counts: perBin,
        }
      : null,
    dailyShape: shape(sums, counts, places.slotsPerDay, (slot) => slot % places.slotsPerDay),
    weeklyShape: shape(sums, counts, 168, (slot) => Math.floor((slot * 24) / places.slotsPerDay)),
  };
}

function countBeyond(values: Float64Array, low: number, high: number, min: number, max: number): number {
  if (min >= low && max <= high) return 0; // as a rule; saves the pass
  let beyond = 0;
  for (let i = 0; i < values.length; i++) if (values[i] < low || values[i] > high) beyond++;
  return beyond;
}

function shape(
  sums: Float64Array,
  counts: Int32Array,
  length: number,
  placeOf: (weekSlot: number) => number,
): Float64Array {
  const total = new Float64Array(length);
  const rows = new Float64Array(length);
  for (let slot = 0; slot < sums.length; slot++) {
    total[placeOf(slot)] += sums[slot];
    rows[placeOf(slot)] += counts[slot];
  }
  return total.map((sum, place) => (rows[place] > 0 ? sum / rows[place] : NaN));
}

function sortedSample(values: Float64Array, count: number): Float64Array {
  const from = values.length > EXACT_ROWS ? sampleOf(values) : values;
  const picked = new Float64Array(Math.min(count, from.length));
  let kept = 0;
  for (let i = 0; i < from.length; i++) if (from[i] === from[i]) picked[kept++] = from[i];
  return sortNumbers(picked.subarray(0, kept));
}

/**
 * The widest of three estimates of a standard deviation that single values cannot move: by the median absolute
 * deviation, by the quartiles, by the 5 and 95 % quantiles. The narrow ones alone call every working day of a plant
 * that idles most of the time an outlier.
 */
export function robustDeviation(sorted: Float64Array, quantiles: readonly number[]): number {
  const [q5, q25, q50, q75, q95] = quantiles;
  return Math.max(1.4826 * medianDistance(sorted, q50), (q75 - q25) / 1.349, (q95 - q5) / 3.29);
}

/** Median of |value - middle| without sorting again: distances grow outwards from the middle on both sides. */
function medianDistance(sorted: Float64Array, middle: number): number {
  let right = 0;
  while (right < sorted.length && sorted[right] < middle) right++;
  let left = right - 1;
  let distance = NaN;
  for (let taken = 0; taken <= sorted.length >> 1 && taken < sorted.length; taken++) {
    const below = left >= 0 ? middle - sorted[left] : Infinity;
    const above = right < sorted.length ? sorted[right] - middle : Infinity;
    distance = Math.min(below, above);
    if (below <= above) left--;
    else right++;
  }
  return distance;
}

const COUNTED_DISTINCT = 100_000;

/** A sample with more distinct readings than this stands for a column of quantities, which nobody needs counted. */
const MANY_IN_SAMPLE = 2000;

/** Distinct readings; null beyond 100,000, and in long files of quantities. */
export function countDistinct(values: Float64Array): number | null {
  if (values.length > EXACT_ROWS) {
    if (findDistinct(sampleOf(values), MANY_IN_SAMPLE, null) === null) return null;
  }
  return findDistinct(values, COUNTED_DISTINCT, null)?.keys.length ?? null;
}
