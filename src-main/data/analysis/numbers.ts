/** @file Small numeric helpers of the analysis: robust, free of NaN surprises, deterministic. */

/** Rows beyond which quantiles and fits work on a sample, and how large that is: quantiles are then good to a percentile's tenth. */
export const EXACT_ROWS = 200_000;
export const SAMPLE_ROWS = 50_000;

/**
 * Row indices of a deterministic sample without the aliasing a fixed stride has with daily patterns: every stratum of
 * `n / size` rows gives one row at a pseudo-random place. All rows when `n <= size`.
 */
export function sampleRows(n: number, size: number): Int32Array {
  let sample = samples.find((known) => known.n === n && known.size === size);
  if (sample === undefined) {
    sample = { n, size, rows: drawSample(n, size) };
    samples = [sample, ...samples.slice(0, KEPT_SAMPLES - 1)];
  }
  return sample.rows;
}

/** Columns of one table ask for the same rows, for quantiles, modes and fits. */
const KEPT_SAMPLES = 3;
let samples: readonly { readonly n: number; readonly size: number; readonly rows: Int32Array }[] = [];

function drawSample(n: number, size: number): Int32Array {
  const rows = new Int32Array(Math.min(n, size));
  if (n <= size) {
    for (let i = 0; i < n; i++) rows[i] = i;
    return rows;
  }
  const stride = n / size;
  let state = 0x2545f491;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    rows[i] = Math.min(n - 1, Math.floor((i + state / 4294967296) * stride));
  }
  return rows;
}

/** Values at `rows`. */
export function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]];
  return out;
}

const picked = new WeakMap<Float64Array, Float64Array>();

/** The rows of {@link sampleRows} of a column that is never written to: picked once, for the rows lie far apart in memory. */
export function sampleOf(values: Float64Array): Float64Array {
  let sample = picked.get(values);
  if (sample === undefined)
    picked.set(values, (sample = pick(values, sampleRows(values.length, SAMPLE_ROWS))));
  return sample;
}

/** Linear-interpolated quantile of ascending values; NaN when there are none. */
export function quantileSorted(sorted: Float64Array, level: number): number {
  if (sorted.length === 0) return NaN;
  const place = level * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

export function median(values: Float64Array): number {
  return quantileSorted(Float64Array.from(values).sort(), 0.5);
}

/** The most frequent value among `values`, and its share. Exact for up to 65,536 values, by sample beyond. */
export function mode(values: Float64Array): { value: number; share: number } {
  const counts = new Map<number, number>();
  const rows = sampleRows(values.length, 65_536);
  for (const row of rows) counts.set(values[row], (counts.get(values[row]) ?? 0) + 1);
  let value = NaN;
  let best = 0;
  for (const [candidate, count] of counts) {
    if (count > best || (count === best && candidate < value)) {
      best = count;
      value = candidate;
    }
  }
  return { value, share: rows.length === 0 ? 0 : best / rows.length };
}

/** Squared correlation of the rows where both are numbers; null under 3 rows or without spread. */
export function linearR2(
  x: Float64Array,
  y: Float64Array,
): { r2: number; slope: number; intercept: number; rows: number } | null {
  let rows = 0;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) continue;
    rows++;
    meanX += x[i];
    meanY += y[i];
  }
  if (rows < 3) return null;
  meanX /= rows;
  meanY /= rows;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) continue;
    const dx = x[i] - meanX;
    const dy = y[i] - meanY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > 0) || !(yy > 0)) return null;
  const slope = xy / xx;
  return { r2: (xy * xy) / (xx * yy), slope, intercept: meanY - slope * meanX, rows };
}

/**
 * Share of the variance of `y` that group means explain (eta squared), adjusted for the number of groups.
 * `group[i] < 0` and missing `y` are left out.
 */
export function groupR2(group: ArrayLike<number>, groups: number, y: Float64Array): number | null {
  const counts = new Float64Array(groups);
  const sums = new Float64Array(groups);
  let n = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const g = group[i];
    if (g < 0 || Number.isNaN(y[i])) continue;
    counts[g]++;
    sums[g] += y[i];
    n++;
    total += y[i];
  }
  const used = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  if (n <= used + 1 || used < 2) return null;
  const mean = total / n;
  let inside = 0;
  let around = 0;
  for (let i = 0; i < y.length; i++) {
    const g = group[i];
    if (g < 0 || Number.isNaN(y[i])) continue;
    inside += (y[i] - sums[g] / counts[g]) ** 2;
    around += (y[i] - mean) ** 2;
  }
  if (!(around > 0)) return null;
  return Math.max(0, 1 - inside / (n - used) / (around / (n - 1)));
}

/** 1.25, 36.5, 12,345: enough digits to recognise a figure in the file. */
export function show(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return thousands(value);
  if (size >= 100) return value.toFixed(1);
  if (size >= 1 || size === 0) return String(Number(value.toFixed(2)));
  return String(Number(value.toPrecision(3)));
}

/** 12,345. By hand: a first `toLocaleString` loads 100 ms worth of locale data. */
export const thousands = (value: number): string =>
  String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${thousands(n)} ${n === 1 ? one : many}`;

export const percent = (share: number): string =>
  `${share >= 0.1 || share === 0 ? (share * 100).toFixed(1) : Number((share * 100).toPrecision(2))} %`;

/** A wall-clock stamp (ms written as UTC) as people write it. */
export const stamp = (wallMs: number): string =>
  new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ');
