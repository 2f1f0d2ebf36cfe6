/**
 * @file The classes that target statistics count: the target is cut where the parts are as equal as they can be (CatBoost's
 * TargetBorderType MinEntropy; with one border: the median).
 */

/** More distinct values than this are thinned to quantiles before several borders are searched. */
const mostValues = 1024;

/**
 * @param target shape (rows), finite
 * @param count borders wanted; fewer come back where the target has fewer distinct values
 * @returns ascending borders between distinct values that minimise the sum of `n log n` over the parts
 */
export function targetBorders(target: Float64Array, count: number): Float64Array {
  const { values, counts } = distinct(target);
  const wanted = Math.min(count, values.length - 1);
  if (wanted <= 0) return new Float64Array(0);
  const cuts = wanted === 1 ? [balancedCut(counts)] : bestCuts(thin(counts), wanted);
  return Float64Array.from(cuts, (cut) => between(values[cut], values[cut + 1]));
}

/** How many borders each target is above, shape (rows). */
export function targetClasses(target: Float64Array, borders: Float64Array): Uint8Array {
  const out = new Uint8Array(target.length);
  for (let i = 0; i < target.length; i++) {
    let k = 0;
    while (k < borders.length && target[i] > borders[k]) k++;
    out[i] = k;
  }
  return out;
}

function distinct(target: Float64Array): { values: number[]; counts: number[] } {
  const sorted = target.slice().sort();
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (values.length > 0 && values[values.length - 1] === value) counts[counts.length - 1]++;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return { values, counts };
}

/** Halfway, but below the upper value even where the two are neighbours among 64-bit numbers. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle < high ? middle : low;
}

const cost = (n: number): number => n * Math.log(n + 1e-8);

/** Index of the last value of the left part. */
function balancedCut(counts: readonly number[]): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  let best = 0;
  let least = Infinity;
  let left = 0;
  for (let i = 0; i < counts.length - 1; i++) {
    left += counts[i];
    const sum = cost(left) + cost(total - left);
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return best;
}

/** Groups of neighbouring values: index of the last value and rows of each. */
function thin(counts: readonly number[]): { last: number; rows: number }[] {
  if (counts.length <= mostValues) return counts.map((rows, last) => ({ last, rows }));
  const total = counts.reduce((sum, n) => sum + n, 0);
  const groups: { last: number; rows: number }[] = [];
  let rows = 0;
  let done = 0;
  counts.forEach((n, last) => {
    rows += n;
    if (rows >= (total - done) / Math.max(1, mostValues - groups.length) || last === counts.length - 1) {
      groups.push({ last, rows });
      done += rows;
      rows = 0;
    }
  });
  return groups;
}

/** Exact by dynamic programming over groups: the cheapest way to cut the first i of them into k + 1 parts. */
function bestCuts(groups: readonly { last: number; rows: number }[], wanted: number): number[] {
  const n = groups.length;
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i] + groups[i].rows;
  let costs = Float64Array.from({ length: n + 1 }, (_, i) => (i === 0 ? 0 : cost(sums[i])));
  const from: Int32Array[] = [];
  for (let k = 1; k <= wanted; k++) {
    const next = new Float64Array(n + 1).fill(Infinity);
    const back = new Int32Array(n + 1);
    for (let i = k + 1; i <= n; i++) {
      for (let j = k; j < i; j++) {
        const sum = costs[j] + cost(sums[i] - sums[j]);
        if (sum < next[i]) {
          next[i] = sum;
          back[i] = j;
        }
      }
    }
    costs = next;
    from.push(back);
  }
  const cuts: number[] = [];
  for (let k = wanted - 1, i = n; k >= 0; k--) {
    i = from[k][i];
    cuts.push(groups[i - 1].last);
  }
  return cuts.reverse();
}
