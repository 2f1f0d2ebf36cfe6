/**
 * @file The best split of a column of categories: which categories go one way. Two definitions:
 *
 * - LightGBM (`FindBestThresholdCategorical`): one category against the rest while bins are few; else categories are sorted by
 *   `sum_gradient / (sum_hessian + cat_smooth)` and the shorter side is grown from either end. Missing, rare and unknown
 *   categories always go outside of the set.
 * - XGBoost (`EnumerateOneHot`, `EnumeratePart` of hist/evaluate_splits.h): one category against the rest below
 *   `max_cat_to_onehot`; else sorted by leaf weight and cut anywhere, missing values tried on both sides.
 *
 * Sorting by a leaf's own weight and cutting once finds the best of all 2^(k-1) - 1 partitions
 * (Fisher, "On Grouping for Maximum Homogeneity", JASA 53 (1958)).
 */
import type { CategorySplitOptions, GrowerOptions } from '../engine/types.ts';
import { givenLeafGain, leafGain } from './leaf-gain.ts';
import type { LeafRules } from './leaf-gain.ts';

/** Sums by bin of one column in one node. Bins are categories; what is in no bin (missing, rare) is in the node's sums alone. */
export interface CategoryHistogram {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** rows by bin; null: estimated from hessians as LightGBM does */
  readonly count: Float64Array | Int32Array | Uint32Array | null;
  /** where the column's first category lies in the arrays */
  readonly begin: number;
  /** number of categories */
  readonly bins: number;
}

/** Sums over all rows of the node, missing ones included. */
export interface NodeSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
  /** what the node would add as a leaf; read with path smoothing only */
  readonly output: number;
}

export type CategorySplitRules = CategorySplitOptions &
  LeafRules &
  Pick<GrowerOptions, 'minHessian' | 'minRows'>;

export interface SideSums {
  gradient: number;
  hessian: number;
  count: number;
}

export interface CategorySplit {
  /** gain of the two leaves less the gain of the node; minGain (gamma, min_gain_to_split) is not yet taken off */
  readonly gain: number;
  /** categories inside the set, counted from `begin`, ascending. Inside is what {@link NodeTrees} calls left. */
  readonly set: Int32Array;
  /** rows in no bin go inside (XGBoost may); LightGBM: never */
  readonly missingInside: boolean;
  readonly inside: SideSums;
  readonly outside: SideSums;
  /** L2 penalty of the two leaves: lambda, and cat_l2 where LightGBM sorted the categories */
  readonly lambda: number;
}

/** Draws a whole number in [0, bound); given for extra_trees: one random candidate instead of all. */
export type Draw = (bound: number) => number;

/**
 * @param histogram sums by category of one column in one node
 * @param node sums of the whole node
 * @param rules penalties and limits; `dialect` says whose definition holds
 * @param draw extra_trees of LightGBM: one random candidate is tried
 * @returns the best split with a positive gain that leaves enough in both children, or null
 */
export function findCategorySplit(
  histogram: CategoryHistogram,
  node: NodeSums,
  rules: CategorySplitRules,
  draw: Draw | null = null,
): CategorySplit | null {
  return rules.dialect === 'xgboost'
    ? xgboostSplit(histogram, node, rules)
    : lightgbmSplit(histogram, node, rules, draw);
}

/** The best candidate so far; what it stands for is kept as order, length and direction, and made a set at the end. */
interface Best {
  gain: number;
  from: number;
  to: number;
  missingInside: boolean;
  inside: SideSums;
}

function finish(best: Best, order: Int32Array, node: NodeSums, lambda: number): CategorySplit | null {
  if (!(best.gain > 0)) return null;
  const inside = best.inside;
  const outside = {
    gradient: node.gradient - inside.gradient,
    hessian: node.hessian - inside.hessian,
    count: node.count - inside.count,
  };
  const set = order.slice(best.from, best.to).sort();
  return { gain: best.gain, set, missingInside: best.missingInside, inside, outside, lambda };
}

const noSplit = (): Best => ({
  gain: 0,
  from: 0,
  to: 0,
  missingInside: false,
  inside: { gradient: 0, hessian: 0, count: 0 },
});

function lightgbmSplit(
  histogram: CategoryHistogram,
  node: NodeSums,
  rules: CategorySplitRules,
  draw: Draw | null,
): CategorySplit | null {
  const { gradient, hessian, begin, bins } = histogram;
  const perHessian = node.hessian > 0 ? node.count / node.hessian : 0;
  const rowsIn = (bin: number): number =>
    histogram.count === null ? Math.floor(hessian[bin] * perHessian + 0.5) : histogram.count[bin];
  // the node's own gain is taken without cat_l2 and without bounds, as in the original
  const free: CategorySplitRules = { ...rules, bounds: undefined };
  const nodeGain =
    rules.pathSmooth > 0
      ? givenLeafGain(node.gradient, node.hessian, rules.lambda, rules.alpha, node.output)
      : leafGain(node.gradient, node.hessian, node.count, rules.lambda, free, node.output);
  const best = noSplit();
  // LightGBM counts the bin of missing and rare categories too
  const oneHot = bins + 1 <= rules.oneHotUpTo;
  const lambda = oneHot ? rules.lambda : rules.lambda + rules.l2;
  const consider = (g: number, h: number, count: number, from: number, to: number): void => {
    const gain =
      leafGain(g, h, count, lambda, rules, node.output) +
      leafGain(node.gradient - g, node.hessian - h, node.count - count, lambda, rules, node.output) -
      nodeGain;
    if (!(gain > best.gain)) return;
    best.gain = gain;
    best.from = from;
    best.to = to;
    best.inside = { gradient: g, hessian: h, count };
  };

  if (oneHot) {
    const drawn = draw !== null && bins > 0 ? draw(bins) : -1;
    for (let category = 0; category < bins; category++) {
      const bin = begin + category;
      const count = rowsIn(bin);
      if (count < rules.minRows || hessian[bin] < rules.minHessian) continue;
      if (node.count - count < rules.minRows || node.hessian - hessian[bin] < rules.minHessian) continue;
      if (drawn >= 0 && category !== drawn) continue;
      consider(gradient[bin], hessian[bin], count, category, category + 1);
    }
    return finish(
      best,
      Int32Array.from({ length: bins }, (_, i) => i),
      node,
      lambda,
    );
  }

  const order = sortedBy(histogram, rules.smooth, rowsIn);
  const used = order.length;
  const most = Math.min(rules.maxThreshold, (used + 1) >> 1);
  const drawn = draw !== null && most > 1 ? draw(most - 1) : draw === null ? -1 : 0;
  for (const forward of [true, false]) {
    let g = 0;
    let h = 0;
    let count = 0;
    let group = 0;
    for (let i = 0; i < most; i++) {
      const bin = begin + order[forward ? i : used - 1 - i];
      const rows = rowsIn(bin);
      g += gradient[bin];
      h += hessian[bin];
      count += rows;
      group += rows;
      if (count < rules.minRows || h < rules.minHessian) continue;
      const rest = node.count - count;
      if (rest < rules.minRows || rest < rules.minDataPerGroup || node.hessian - h < rules.minHessian) break;
      if (group < rules.minDataPerGroup) continue;
      group = 0;
      if (drawn >= 0 && i !== drawn) continue;
      consider(g, h, count, forward ? 0 : used - 1 - i, forward ? i + 1 : used);
    }
  }
  return finish(best, order, node, lambda);
}

/** Categories with at least `smooth` rows, ascending by smoothed mean gradient; ties keep the order of bins. */
function sortedBy(histogram: CategoryHistogram, smooth: number, rowsIn: (bin: number) => number): Int32Array {
  const { gradient, hessian, begin, bins } = histogram;
  const order = new Int32Array(bins);
  const key = new Float64Array(bins);
  let used = 0;
  for (let category = 0; category < bins; category++) {
    if (rowsIn(begin + category) < smooth) continue;
    key[category] = gradient[begin + category] / (hessian[begin + category] + smooth);
    order[used++] = category;
  }
  return order.subarray(0, used).sort((a, b) => key[a] - key[b] || a - b);
}

function xgboostSplit(
  histogram: CategoryHistogram,
  node: NodeSums,
  rules: CategorySplitRules,
): CategorySplit | null {
  const { gradient, hessian, begin, bins } = histogram;
  const countOf = (bin: number): number => (histogram.count === null ? 0 : histogram.count[bin]);
  const missing = { gradient: node.gradient, hessian: node.hessian, count: node.count };
  for (let bin = begin; bin < begin + bins; bin++) {
    missing.gradient -= gradient[bin];
    missing.hessian -= hessian[bin];
    missing.count -= countOf(bin);
  }
  const nodeGain = leafGain(node.gradient, node.hessian, node.count, rules.lambda, rules, 0);
  const best = noSplit();
  const consider = (
    g: number,
    h: number,
    count: number,
    from: number,
    to: number,
    missingInside: boolean,
  ): void => {
    if (h < rules.minHessian || node.hessian - h < rules.minHessian) return;
    if (histogram.count !== null && (count < rules.minRows || node.count - count < rules.minRows)) return;
    const gain =
      leafGain(g, h, count, rules.lambda, rules, 0) +
      leafGain(node.gradient - g, node.hessian - h, node.count - count, rules.lambda, rules, 0) -
      nodeGain;
    if (!(gain > best.gain)) return;
    best.gain = gain;
    best.from = from;
    best.to = to;
    best.missingInside = missingInside;
    best.inside = { gradient: g, hessian: h, count };
  };

  if (bins < rules.oneHotUpTo) {
    for (let category = 0; category < bins; category++) {
      const bin = begin + category;
      const count = countOf(bin);
      consider(gradient[bin], hessian[bin], count, category, category + 1, false);
      consider(
        gradient[bin] + missing.gradient,
        hessian[bin] + missing.hessian,
        count + missing.count,
        category,
        category + 1,
        true,
      );
    }
    return finish(
      best,
      Int32Array.from({ length: bins }, (_, i) => i),
      node,
      rules.lambda,
    );
  }

  const weight = new Float32Array(bins);
  for (let category = 0; category < bins; category++) {
    const h = hessian[begin + category];
    // XGBoost's CalcWeight: too light a category weighs nothing; the weight is compared in 32 bits
    weight[category] =
      h < rules.minHessian || h <= 0 ? 0 : xgboostWeight(gradient[begin + category], h, rules);
  }
  const order = Int32Array.from({ length: bins }, (_, i) => i).sort((a, b) => weight[a] - weight[b] || a - b);
  const steps = Math.min(rules.maxThreshold, bins) - 1;
  // the original's right side holds the set: from the low end without the missing ones, or, from the high end, all that is
  // not taken, the missing ones included
  let g = 0;
  let h = 0;
  let count = 0;
  for (let i = 0; i < steps; i++) {
    const bin = begin + order[i];
    g += gradient[bin];
    h += hessian[bin];
    count += countOf(bin);
    consider(g, h, count, 0, i + 1, false);
  }
  g = node.gradient;
  h = node.hessian;
  count = node.count;
  for (let i = bins - 1; i > bins - 1 - steps; i--) {
    const bin = begin + order[i];
    g -= gradient[bin];
    h -= hessian[bin];
    count -= countOf(bin);
    consider(g, h, count, 0, i, true);
  }
  return finish(best, order, node, rules.lambda);
}

function xgboostWeight(gradient: number, hessian: number, rules: CategorySplitRules): number {
  const shrunk = Math.sign(gradient) * Math.max(0, Math.abs(gradient) - rules.alpha);
  const weight = -shrunk / (hessian + rules.lambda);
  return rules.maxDeltaStep > 0
    ? Math.max(-rules.maxDeltaStep, Math.min(rules.maxDeltaStep, weight))
    : weight;
}
