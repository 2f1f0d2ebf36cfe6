/** LightGBM's borders between bins, from the distinct values of a column: `FindBinWithZeroAsOneBin` and `GreedyFindBin`. */

/** kZeroThreshold, a float */
const zero: f64 = <f64>(<f32>1e-35);

/** the distinct values, ascending, and how many rows hold each */
let values: usize = 0;
let counts: usize = 0;
/** where bounds go, and how many there are */
let bounds: usize = 0;
let found: i32 = 0;

// @ts-ignore: decorator
@inline
function at(list: usize, i: i32): f64 {
  return load<f64>(list + ((<usize>i) << 3));
}

function nextUp(value: f64): f64 {
  if (!isFinite(value)) return value;
  if (value === 0) return f64.MIN_VALUE;
  return reinterpret<f64>(reinterpret<i64>(value) + (value > 0 ? 1 : -1));
}

/** Whether `high`, which is not less than `low`, is the same to LightGBM: at most the next double. */
// @ts-ignore: decorator
@inline
function isSame(low: f64, high: f64): bool {
  return high - low <= 5e-16 * abs(low) + f64.MIN_VALUE && high <= nextUp(low);
}

/** Values that LightGBM holds for equal (neighbouring doubles, and all within 1e-35 of zero) become one. @returns how many are left */
function merge(n: i32): i32 {
  let kept = 0;
  let last: f64 = 0;
  for (let i = 0; i < n; i++) {
    let value = at(values, i);
    if (abs(value) <= zero) value = 0;
    const rows = at(counts, i);
    if (kept > 0 && isSame(last, value)) {
      const sum = counts + ((<usize>(kept - 1)) << 3);
      store<f64>(sum, load<f64>(sum) + rows);
    } else {
      store<f64>(counts + ((<usize>kept) << 3), rows);
      kept++;
    }
    store<f64>(values + ((<usize>(kept - 1)) << 3), value);
    last = value;
  }
  return kept;
}

function push(bound: f64): void {
  store<f64>(bounds + ((<usize>found) << 3), bound);
  found++;
}

/** A bound between two values, unless it is the same as the one before. @param first of the bounds of this range */
function pushBetween(low: f64, high: f64, first: i32): bool {
  const bound = nextUp((low + high) / 2);
  if (found > first && isSame(at(bounds, found - 1), bound)) return false;
  push(bound);
  return true;
}

/** Bounds of `GreedyFindBin` over the distinct values [from, to), without the infinite one. */
function greedy(from: i32, to: i32, most: i32, total: f64, minDataInBin: f64): void {
  const first = found;
  const n = to - from;
  if (n <= most) {
    let inBin: f64 = 0;
    for (let i = from; i < to - 1; i++) {
      inBin += at(counts, i);
      if (inBin >= minDataInBin && pushBetween(at(values, i), at(values, i + 1), first)) inBin = 0;
    }
    return;
  }
  let bins: f64 = <f64>most;
  if (minDataInBin > 0) bins = max(1, min(bins, floor(total / minDataInBin)));
  // values of as many rows as a bin holds on average have a bin of their own
  const large = total / bins;
  let restBins = bins;
  let rest = total;
  for (let i = from; i < to; i++) {
    const count = at(counts, i);
    if (count >= large) {
      restBins--;
      rest -= count;
    }
  }
  let mean = rest / restBins;
  let closed: f64 = 0;
  let inBin: f64 = 0;
  for (let i = from; i < to - 1; i++) {
    const count = at(counts, i);
    const isLarge = count >= large;
    if (!isLarge) rest -= count;
    inBin += count;
    if (isLarge || inBin >= mean || (at(counts, i + 1) >= large && inBin >= max(1, mean * 0.5))) {
      pushBetween(at(values, i), at(values, i + 1), first);
      if (++closed >= bins - 1) break;
      inBin = 0;
      if (!isLarge) {
        restBins--;
        mean = rest / restBins;
      }
    }
  }
}

/**
 * Zero has a bin of its own, negative and positive values share the rest.
 * @param valuesAt the distinct values, ascending; overwritten
 * @param countsAt rows of each; overwritten
 * @param maxBin bins for values; the bin of missing values is not among them
 * @param out room for as many bounds as there are values, at most `maxBin`, and two more
 * @returns how many bounds there are
 */
export function lightgbmBounds(
  valuesAt: usize,
  countsAt: usize,
  distinct: i32,
  total: f64,
  maxBin: i32,
  minDataInBin: f64,
  out: usize,
): i32 {
  values = valuesAt;
  counts = countsAt;
  bounds = out;
  found = 0;
  const n = merge(distinct);
  let negative: f64 = 0;
  let positive: f64 = 0;
  let zeros: f64 = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < n; i++) {
    const value = at(values, i);
    const count = at(counts, i);
    if (value <= -zero) {
      negative += count;
      left++;
    } else if (value > zero) positive += count;
    else zeros += count;
    if (value <= zero) right++;
  }
  if (left > 0 && maxBin > 1) {
    const most = max<i32>(1, <i32>floor((negative / (total - zeros)) * <f64>(maxBin - 1)));
    greedy(0, left, most, negative, minDataInBin);
    push(-zero);
  }
  const most = maxBin - 1 - found;
  if (right < n && most > 0) {
    push(zero);
    greedy(right, n, most, positive, minDataInBin);
  }
  return found;
}
