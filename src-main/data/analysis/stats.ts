/** @file One column in figures: two passes over typed arrays, quantiles by sample beyond 200,000 rows. */
import type { CalendarPlaces } from './calendar.ts';
import { EXACT_ROWS, SAMPLE_ROWS, pick, quantileSorted, sampleRows } from './numbers.ts';

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
  const totals = addUp(values);
  const { count, min, max } = totals;
  const slots = 7 * places.slotsPerDay;
  const sums = new Float64Array(slots);
  const counts = new Int32Array(slots);
  addPerPlace(values, places.weekSlot, sums, counts);
  const sample = sortedSample(values, count);
  const quantiles = QUANTILE_LEVELS.map((level) => quantileSorted(sample, level));
  const reach = OUTLIER_SIGMA * robustDeviation(sample, quantiles);
  const width = (max - min) / BINS;
  const hasSpread = width > 0 && Number.isFinite(width);
  return {
    ...totals,
    missing: values.length - count,
    distinct: countDistinct(values),
    quantiles,
    outliers: reach > 0 ? countBeyond(values, quantiles[2] - reach, quantiles[2] + reach, min, max) : 0,
    histogram: hasSpread
      ? {
          edges: Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? max : min + i * width)),
          counts: Array.from(countBins(values, min, 1 / width)),
        }
      : null,
    dailyShape: shape(sums, counts, places.slotsPerDay, (slot) => slot % places.slotsPerDay),
    weeklyShape: shape(sums, counts, 168, (slot) => Math.floor((slot * 24) / places.slotsPerDay)),
  };
}

/**
 * Count, extremes and moments in one pass. Each pass below is a function of its own without calls inside: together they
 * take a million rows in some 40 ms. Squares are taken around the first reading, so that meter totals keep their digits.
 */
function addUp(values: Float64Array) {
  let [count, zeros, negatives] = [0, 0, 0];
  let [min, max] = [Infinity, -Infinity];
  let [sum, squares] = [0, 0];
  let start = 0;
  while (start < values.length && values[start] !== values[start]) start++;
  const about = start < values.length ? values[start] : 0;
  for (let i = start; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue; // NaN
    count++;
    const off = value - about;
    sum += off;
    squares += off * off;
    if (value === 0) zeros++;
    else if (value < 0) negatives++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const some = count > 0;
  return {
    count,
    zeros,
    negatives,
    min: some ? min : NaN,
    max: some ? max : NaN,
    mean: some ? about + sum / count : NaN,
    std: count > 1 ? Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1)) : NaN,
    integers: some && areIntegers(values),
  };
}

function areIntegers(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === value && Math.floor(value) !== value) return false;
  }
  return true;
}

function addPerPlace(values: Float64Array, places: Int32Array, sums: Float64Array, counts: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    const place = places[i];
    sums[place] += value;
    counts[place]++;
  }
}

function countBeyond(values: Float64Array, low: number, high: number, min: number, max: number): number {
  if (min >= low && max <= high) return 0; // as a rule; saves the pass
  let beyond = 0;
  for (let i = 0; i < values.length; i++) if (values[i] < low || values[i] > high) beyond++;
  return beyond;
}

function countBins(values: Float64Array, min: number, perWidth: number): Int32Array {
  const bins = new Int32Array(BINS);
  const last = BINS - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    const bin = ((value - min) * perWidth) | 0;
    bins[bin > last ? last : bin]++;
  }
  return bins;
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
  const rows = values.length > EXACT_ROWS ? sampleRows(values.length, SAMPLE_ROWS) : null;
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

const TABLE = 1 << 18;
const MOST_DISTINCT = 100_000;

/** A sample with more distinct readings than this stands for a column of quantities, which nobody needs counted. */
const MANY_IN_SAMPLE = 2000;

/** Distinct readings, by open addressing over the bits of the number; null beyond 100,000, and in long files of quantities. */
export function countDistinct(values: Float64Array): number | null {
  if (values.length > EXACT_ROWS) {
    const inSample = countDistinct(pick(values, sampleRows(values.length, SAMPLE_ROWS)));
    if (inSample === null || inSample > MANY_IN_SAMPLE) return null;
  }
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
