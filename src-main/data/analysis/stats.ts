/** @file One column in figures: two passes over typed arrays, quantiles by sample beyond 200,000 rows. */
import type { CalendarPlaces } from './calendar.ts';
import { EXACT_ROWS, SAMPLE_ROWS, quantileSorted, sampleRows } from './numbers.ts';

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
  const slots = 7 * places.slotsPerDay;
  const sums = new Float64Array(slots);
  const counts = new Float64Array(slots);
  const totals = addUp(values, places.weekSlot, sums, counts);
  const { count, min, max } = totals;
  const mean = count > 0 ? totals.sum / count : NaN;
  const sample = sortedSample(values, count);
  const quantiles = QUANTILE_LEVELS.map((level) => quantileSorted(sample, level));
  const reach = OUTLIER_SIGMA * robustDeviation(sample, quantiles);
  const width = (max - min) / BINS;
  const bins = new Float64Array(BINS);
  const around = spreadAround(values, mean, quantiles[2], reach > 0 ? reach : Infinity, min, width, bins);
  return {
    count,
    missing: values.length - count,
    zeros: totals.zeros,
    negatives: totals.negatives,
    distinct: countDistinct(values),
    min: count > 0 ? min : NaN,
    max: count > 0 ? max : NaN,
    mean,
    std: count > 1 ? Math.sqrt(around.squares / (count - 1)) : NaN,
    quantiles,
    outliers: around.outliers,
    integers: totals.integers && count > 0,
    histogram:
      width > 0 && Number.isFinite(width)
        ? {
            edges: Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? max : min + i * width)),
            counts: Array.from(bins),
          }
        : null,
    dailyShape: shape(sums, counts, places.slotsPerDay, (slot) => slot % places.slotsPerDay),
    weeklyShape: shape(sums, counts, 168, (slot) => Math.floor((slot * 24) / places.slotsPerDay)),
  };
}

/** First pass. The two passes are functions of their own and free of calls: a million rows are a few milliseconds. */
function addUp(values: Float64Array, places: Int32Array, sums: Float64Array, counts: Float64Array) {
  let [count, zeros, negatives, sum] = [0, 0, 0, 0];
  let [min, max] = [Infinity, -Infinity];
  let integers = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue; // NaN
    count++;
    sum += value;
    if (value === 0) zeros++;
    else if (value < 0) negatives++;
    if (value < min) min = value;
    if (value > max) max = value;
    if (integers && value % 1 !== 0) integers = false;
    const place = places[i];
    sums[place] += value;
    counts[place]++;
  }
  return { count, zeros, negatives, sum, min, max, integers };
}

/** Second pass, once mean and quantiles are known. */
function spreadAround(
  values: Float64Array,
  mean: number,
  middle: number,
  reach: number,
  min: number,
  width: number,
  bins: Float64Array,
) {
  let squares = 0;
  let outliers = 0;
  const perWidth = width > 0 && width < Infinity ? 1 / width : 0;
  const last = bins.length - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    const off = value - mean;
    squares += off * off;
    const far = value - middle;
    if (far > reach || far < -reach) outliers++;
    const bin = ((value - min) * perWidth) | 0;
    bins[bin > last ? last : bin]++;
  }
  return { squares, outliers };
}

function shape(
  sums: Float64Array,
  counts: Float64Array,
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
