/**
 * @file Quantiles of residuals as each library takes them. All work on scratch arrays and may reorder them.
 */

/**
 * Puts the k-th smallest of `values[0 .. n - 1]` at index k, smaller ones before it, larger ones after it.
 * Expected time linear in n. @see Hoare, "Algorithm 65: find", CACM 4 (1961)
 */
export function selectSmallest(values: Float64Array, n: number, k: number): number {
  let low = 0;
  let high = n - 1;
  while (low < high) {
    // median of three, so that sorted input is no worst case
    const pivot = middleOf(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const kept = values[i];
        values[i++] = values[j];
        values[j--] = kept;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k];
}

const middleOf = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/** The k-th and (k+1)-th smallest; `k + 1 < n`. */
function neighbours(values: Float64Array, n: number, k: number): readonly [number, number] {
  const low = selectSmallest(values, n, k);
  let high = Number.POSITIVE_INFINITY;
  for (let i = k + 1; i < n; i++) if (values[i] < high) high = values[i];
  return [low, high];
}

/** Row numbers `0 .. n - 1` by ascending value, equal ones in their order. */
const ranked = (values: Float64Array, n: number): Uint32Array =>
  Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);

export type QuantileRule = (
  values: Float64Array,
  weight: Float64Array | null,
  n: number,
  level: number,
) => number;

/**
 * XGBoost: without weights linear between order statistics at level x (n + 1) - 1, clamped; with weights the first value at
 * which the running weight reaches level x total. @see xgboost src/common/stats.h, Quantile and WeightedQuantile
 */
export const xgboostQuantile: QuantileRule = (values, weight, n, level) => {
  if (n === 0) return 0;
  if (weight === null) {
    if (level <= 1 / (n + 1)) return selectSmallest(values, n, 0);
    if (level >= n / (n + 1)) return selectSmallest(values, n, n - 1);
    const x = level * (n + 1);
    const k = Math.floor(x) - 1;
    const [low, high] = neighbours(values, n, k);
    return low + (x - 1 - k) * (high - low);
  }
  return firstReaching(values, weight, n, level);
};

function firstReaching(values: Float64Array, weight: Float64Array, n: number, level: number): number {
  const order = ranked(values, n);
  let total = 0;
  for (let i = 0; i < n; i++) total += weight[i];
  let running = 0;
  for (const i of order) {
    running += weight[i];
    if (running >= level * total && weight[i] > 0) return values[i];
  }
  return values[order[n - 1]];
}

/**
 * LightGBM: counted from the largest value down, linear between neighbours; with weights by the running weight.
 * @see LightGBM src/objective/regression_objective.hpp, PercentileFun and WeightedPercentileFun
 */
export const lightgbmQuantile: QuantileRule = (values, weight, n, level) => {
  if (n === 0) return 0;
  if (n === 1) return values[0];
  if (weight === null) {
    const x = (1 - level) * (n - 1);
    const position = Math.floor(x);
    const [low, high] = neighbours(values, n, n - 2 - position);
    return high - (high - low) * (x - position);
  }
  const order = ranked(values, n);
  const running = new Float64Array(n);
  let total = 0;
  order.forEach((row, i) => {
    total += weight[row];
    running[i] = total;
  });
  const wanted = total * level;
  let position = 0;
  while (position < n - 1 && running[position] <= wanted) position++;
  if (position === 0 || position === n - 1) return values[order[position]];
  const before = values[order[position - 1]];
  const share = (wanted - running[position - 1]) / (running[position] - running[position - 1]);
  return before + share * (values[order[position]] - before);
};

/** CatBoost moves an exact quantile by this much towards the side that is not counted. */
export const catboostTolerance = 1e-6;

/**
 * CatBoost: the value at which the running weight reaches level x total, moved by 1e-6 up or down so that equal residuals
 * fall on the side their level asks for. @see catboost catboost/private/libs/algo_helpers/quantile.cpp
 */
export const catboostQuantile: QuantileRule = (values, weight, n, level) => {
  if (n === 0) return 0;
  let total = 0;
  for (let i = 0; i < n; i++) total += weight === null ? 1 : weight[i];
  const wanted = level * total;
  let value: number;
  if (weight === null)
    value = selectSmallest(values, n, Math.min(n - 1, Math.max(0, Math.ceil(wanted - 1e-9) - 1)));
  else value = firstReaching(values, weight, n, level);
  let below = 0;
  let equal = 0;
  for (let i = 0; i < n; i++) {
    const w = weight === null ? 1 : weight[i];
    if (values[i] < value) below += w;
    else if (values[i] === value) equal += w;
  }
  return below + level * equal >= wanted - 1e-15 ? value - catboostTolerance : value + catboostTolerance;
};
