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

/** What LightGBM writes where a border is infinite (AvoidInf). Its borders are found in the kernel (bounds.ts). */
export const lightgbmInfinity = 1e300;

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
