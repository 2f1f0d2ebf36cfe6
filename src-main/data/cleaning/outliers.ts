/** @file Limits for training readings: how far a reading may lie from what its slot of the week usually shows. */

const DAY = 86_400_000;
const MIN_PER_SLOT = 5;

/**
 * Limits `values[0 .. trainEnd - 1]` in place to the median of their slot of the week (of the day, of everything, where
 * there are too few) plus or minus `sigma` robust deviations of what remains. A plant with two levels, idle and
 * working, keeps both: its deviation is taken around the slot, by the widest of three robust estimates.
 * @param wall local clock of the rows, ms as if UTC
 * @returns readings limited
 */
export function limitOutliers(
  values: Float64Array,
  wall: Float64Array,
  resolutionMs: number,
  trainEnd: number,
  sigma: number,
): number {
  const rows = Math.min(trainEnd, values.length);
  const usual = slotMedians(values, wall, resolutionMs, rows);
  const rest: number[] = [];
  for (let row = 0; row < rows; row++) if (values[row] === values[row]) rest.push(values[row] - usual[row]);
  if (rest.length < 20) return 0;
  const sorted = Float64Array.from(rest).sort();
  const deviation = robustSpread(sorted);
  if (!(deviation > 0)) return 0;
  const middle = quantile(sorted, 0.5);
  let limited = 0;
  for (let row = 0; row < rows; row++) {
    const low = usual[row] + middle - sigma * deviation;
    const high = usual[row] + middle + sigma * deviation;
    if (values[row] > high) [values[row], limited] = [high, limited + 1];
    else if (values[row] < low) [values[row], limited] = [low, limited + 1];
  }
  return limited;
}

function slotMedians(
  values: Float64Array,
  wall: Float64Array,
  resolutionMs: number,
  rows: number,
): Float64Array {
  const perDay = Math.max(1, Math.round(DAY / resolutionMs));
  const place = (row: number, period: number): number =>
    Math.floor((((wall[row] % (period * DAY)) + period * DAY) % (period * DAY)) / resolutionMs);
  for (const period of [7, 1]) {
    if (rows < MIN_PER_SLOT * perDay * period) continue;
    const groups = new Map<number, number[]>();
    for (let row = 0; row < rows; row++) {
      if (values[row] !== values[row]) continue;
      const key = place(row, period);
      const group = groups.get(key);
      if (group) group.push(values[row]);
      else groups.set(key, [values[row]]);
    }
    const medians = new Map(
      [...groups].map(([key, group]) => [key, quantile(Float64Array.from(group).sort(), 0.5)]),
    );
    return Float64Array.from({ length: rows }, (_, row) => medians.get(place(row, period)) ?? NaN);
  }
  const all = values
    .slice(0, rows)
    .filter((value) => value === value)
    .sort();
  return new Float64Array(rows).fill(quantile(all, 0.5));
}

function robustSpread(sorted: Float64Array): number {
  const middle = quantile(sorted, 0.5);
  const deviations = sorted.map((value) => Math.abs(value - middle)).sort();
  return Math.max(
    1.4826 * quantile(deviations, 0.5),
    (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.349,
    (quantile(sorted, 0.95) - quantile(sorted, 0.05)) / 3.29,
  );
}

function quantile(sorted: Float64Array, level: number): number {
  if (sorted.length === 0) return NaN;
  const at = level * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
