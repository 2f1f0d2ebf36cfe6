/**
 * @file Where a column's values are divided into bins, by the rule of each original library. All take the values ascending.
 *  - XGBoost: bin b holds edges[b - 1] <= value < edges[b]; edges are values of the data
 *  - LightGBM, CatBoost: bin b holds edges[b - 1] < value <= edges[b]; edges lie between values of the data
 */

export interface Distinct {
  /** ascending */
  readonly values: Float64Array;
  /** rows (or their weight) of each value */
  readonly counts: Float64Array;
  readonly total: number;
}

/** Borders between bins: one fewer than bins. `beyond`: what divides all values from missing ones. */
export interface Borders {
  readonly edges: Float64Array;
  readonly beyond: number;
  /** XGBoost's: the largest value below each edge */
  readonly below?: Float64Array;
}

/**
 * XGBoost's `hist`: with no more distinct values than bins each has its own bin. Otherwise equal shares of weight; a value
 * heavier than a share takes a bin of its own and the rest is shared anew.
 */
export function xgboostBorders({ values, counts, total }: Distinct, maxBin: number): Borders {
  const n = values.length;
  if (n === 0) return { edges: new Float64Array(0), beyond: 0 };
  const last = values[n - 1];
  const beyond = Math.fround(last + Math.abs(last) + 1e-5);
  if (n <= maxBin) return { edges: values.slice(1), beyond, below: values.slice(0, n - 1) };
  const edges: number[] = [];
  const below: number[] = [];
  let upTo = 0;
  let closedAt = 0;
  for (let k = 0; k < n - 1; k++) {
    upTo += counts[k];
    const binsLeft = maxBin - edges.length;
    if (binsLeft <= 1) break;
    const share = (total - closedAt) / binsLeft;
    if (upTo - closedAt >= share || counts[k + 1] > 2 * share) {
      edges.push(values[k + 1]);
      below.push(values[k]);
      closedAt = upTo;
    }
  }
  return { edges: Float64Array.from(edges), beyond, below: Float64Array.from(below) };
}

const nextUp = (() => {
  const float = new Float64Array(1);
  const bits = new BigInt64Array(float.buffer);
  return (value: number): number => {
    if (!Number.isFinite(value)) return value;
    if (value === 0) return Number.MIN_VALUE;
    float[0] = value;
    bits[0] += value > 0 ? 1n : -1n;
    return float[0];
  };
})();

/** Whether `high`, which is not less than `low`, is the same to LightGBM: at most the next double. */
const isSame = (low: number, high: number): boolean =>
  high - low <= 5e-16 * Math.abs(low) + Number.MIN_VALUE && high <= nextUp(low);

/** LightGBM's kZeroThreshold, a float */
const zero = Math.fround(1e-35);
/** what LightGBM writes where a border is infinite (AvoidInf) */
const lightgbmInfinity = 1e300;

/** Bounds of `GreedyFindBin` over the distinct values [from, to), the last one infinite. */
function greedyBounds(
  { values, counts }: Distinct,
  from: number,
  to: number,
  most: number,
  total: number,
  minDataInBin: number,
): number[] {
  const bounds: number[] = [];
  const push = (low: number, high: number): boolean => {
    const bound = nextUp((low + high) / 2);
    if (bounds.length > 0 && isSame(bounds[bounds.length - 1], bound)) return false;
    bounds.push(bound);
    return true;
  };
  const n = to - from;
  if (n <= most) {
    let inBin = 0;
    for (let i = from; i < to - 1; i++) {
      inBin += counts[i];
      if (inBin >= minDataInBin && push(values[i], values[i + 1])) inBin = 0;
    }
    bounds.push(Number.POSITIVE_INFINITY);
    return bounds;
  }
  const bins = minDataInBin > 0 ? Math.max(1, Math.min(most, Math.floor(total / minDataInBin))) : most;
  let mean = total / bins;
  let restBins = bins;
  let rest = total;
  const big = new Uint8Array(n);
  for (let i = 0; i < n; i++)
    if (counts[from + i] >= mean) {
      big[i] = 1;
      restBins--;
      rest -= counts[from + i];
    }
  mean = rest / restBins;
  const lower: number[] = [values[from]];
  const upper: number[] = [];
  let inBin = 0;
  for (let i = 0; i < n - 1; i++) {
    const count = counts[from + i];
    if (big[i] === 0) rest -= count;
    inBin += count;
    if (big[i] === 1 || inBin >= mean || (big[i + 1] === 1 && inBin >= Math.max(1, mean * 0.5))) {
      upper.push(values[from + i]);
      lower.push(values[from + i + 1]);
      if (upper.length >= bins - 1) break;
      inBin = 0;
      if (big[i] === 0) {
        restBins--;
        mean = rest / restBins;
      }
    }
  }
  upper.forEach((value, i) => push(value, lower[i + 1]));
  bounds.push(Number.POSITIVE_INFINITY);
  return bounds;
}

/** Values that LightGBM holds for equal (neighbouring doubles, and all within 1e-35 of zero) become one. */
function lightgbmDistinct({ values, counts, total }: Distinct): Distinct {
  const merged = new Float64Array(values.length);
  const rows = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i]) <= zero ? 0 : values[i];
    if (n > 0 && isSame(merged[n - 1], value)) merged[n - 1] = value;
    else merged[n++] = value;
    rows[n - 1] += counts[i];
  }
  return { values: merged.subarray(0, n), counts: rows.subarray(0, n), total };
}

/**
 * LightGBM's `FindBinWithZeroAsOneBin`: zero has a bin of its own, negative and positive values share the rest.
 * @param maxBin bins for values; the bin of missing values is not among them
 */
export function lightgbmBorders(given: Distinct, maxBin: number, minDataInBin: number): Borders {
  const distinct = lightgbmDistinct(given);
  const { values, counts, total } = distinct;
  const n = values.length;
  let negative = 0;
  let zeros = 0;
  let positive = 0;
  for (let i = 0; i < n; i++) {
    if (values[i] <= -zero) negative += counts[i];
    else if (values[i] > zero) positive += counts[i];
    else zeros += counts[i];
  }
  let left = 0;
  while (left < n && values[left] <= -zero) left++;
  let bounds: number[] = [];
  if (left > 0 && maxBin > 1) {
    const most = Math.max(1, Math.floor((negative / (total - zeros)) * (maxBin - 1)));
    bounds = greedyBounds(distinct, 0, left, most, negative, minDataInBin);
    bounds[bounds.length - 1] = -zero;
  }
  let right = left;
  while (right < n && values[right] <= zero) right++;
  const most = maxBin - 1 - bounds.length;
  if (right < n && most > 0)
    bounds.push(zero, ...greedyBounds(distinct, right, n, most, positive, minDataInBin));
  else bounds.push(Number.POSITIVE_INFINITY);
  return { edges: Float64Array.from(bounds.slice(0, -1)), beyond: lightgbmInfinity };
}

/**
 * CatBoost's GreedyLogSum: the range whose halves gain most in log(rows) is cut at its median, again and again.
 * @param most most borders (border_count)
 */
export function catboostBorders({ values, counts }: Distinct, most: number): Borders {
  const n = values.length;
  const beyond = Math.fround(3.4028234663852886e38);
  // rows before each distinct value
  const before = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) before[i + 1] = before[i] + counts[i];
  const penalty = (rows: number): number => -Math.log(rows + 1e-8);
  interface Range {
    readonly from: number;
    readonly to: number;
    readonly at: number;
    readonly gain: number;
  }
  const range = (from: number, to: number): Range => {
    const rows = before[to] - before[from];
    // the distinct value in the middle row; the cut lies before or after it
    const middle = before[from] + Math.floor(rows / 2);
    let low = from;
    let high = to - 1;
    while (low < high) {
      const half = (low + high) >> 1;
      if (before[half + 1] > middle) high = half;
      else low = half + 1;
    }
    const gainAt = (cut: number): number =>
      cut <= from || cut >= to
        ? Number.NEGATIVE_INFINITY
        : penalty(rows) - penalty(before[cut] - before[from]) - penalty(before[to] - before[cut]);
    const [down, up] = [gainAt(low), gainAt(low + 1)];
    return down >= up ? { from, to, at: low, gain: down } : { from, to, at: low + 1, gain: up };
  };
  const heap: Range[] = n > 0 ? [range(0, n)] : [];
  const done: Range[] = [];
  while (heap.length > 0 && heap.length + done.length <= most) {
    let top = 0;
    for (let i = 1; i < heap.length; i++) if (heap[i].gain > heap[top].gain) top = i;
    const chosen = heap[top];
    heap[top] = heap[heap.length - 1];
    heap.pop();
    if (chosen.gain === Number.NEGATIVE_INFINITY) done.push(chosen);
    else heap.push(range(chosen.from, chosen.at), range(chosen.at, chosen.to));
  }
  const edges = [...heap, ...done]
    .map(({ from }) => from)
    .filter((from) => from > 0)
    .sort((a, b) => a - b)
    .map((from) => Math.fround(Math.fround(0.5 * values[from - 1]) + Math.fround(0.5 * values[from])));
  return { edges: Float64Array.from(edges), beyond };
}
