/**
 * @file The best split of a node, by XGBoost's second-order gain.
 *
 *   weight(G, H) = -T(G) / (H + lambda)         T(G) = sign(G) max(|G| - alpha, 0)
 *   score(G, H)  =  T(G)^2 / (H + lambda)
 *   gain         =  score(left) + score(right) - score(node)
 *
 * Missing values try both sides: the scan upwards sends them right, the scan downwards left.
 * @see Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016, equations 6-7 and algorithm 3
 */
import type { Bins } from './binning.ts';
import type { BinSums } from './types.ts';

export interface Regularisation {
  readonly lambda: number;
  readonly alpha: number;
  readonly minChildWeight: number;
  /** 0: no limit */
  readonly maxDeltaStep: number;
}

export interface Split {
  readonly feature: number;
  /** rows in bins below this one go left */
  readonly bin: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  readonly gain: number;
  readonly leftGradient: number;
  readonly leftHessian: number;
}

/** A smaller gain is rounding noise (XGBoost's kRtEps). */
const leastGain = 1e-6;

const shrink = (g: number, alpha: number): number => (g > alpha ? g - alpha : g < -alpha ? g + alpha : 0);

export function leafWeight(g: number, h: number, r: Regularisation): number {
  if (h < r.minChildWeight || h <= 0) return 0;
  const weight = -shrink(g, r.alpha) / (h + r.lambda);
  if (r.maxDeltaStep === 0) return weight;
  return Math.max(-r.maxDeltaStep, Math.min(r.maxDeltaStep, weight));
}

export function score(g: number, h: number, r: Regularisation): number {
  if (h < r.minChildWeight || h <= 0) return 0;
  if (r.maxDeltaStep === 0) {
    const t = shrink(g, r.alpha);
    return (t * t) / (h + r.lambda);
  }
  const w = leafWeight(g, h, r);
  return -(2 * g * w + (h + r.lambda) * w * w + 2 * r.alpha * Math.abs(w));
}

/**
 * Best split over `columns`, or null. Of equal gains the lowest column and bin win, so the result does not hang on the
 * order of work.
 * @param columns ascending
 */
export function findSplit(
  bins: Bins,
  columns: Int32Array,
  sums: BinSums,
  nodeGradient: number,
  nodeHessian: number,
  r: Regularisation,
): Split | null {
  const nodeScore = score(nodeGradient, nodeHessian, r);
  const { lambda } = r;
  const plain = r.maxDeltaStep === 0 && r.alpha === 0;
  const leastHessian = Math.max(r.minChildWeight, Number.MIN_VALUE);
  let best = leastGain;
  let bestFeature = -1;
  let bestBin = 0;
  let bestLeft = false;
  let bestGradient = 0;
  let bestHessian = 0;
  for (let c = 0; c < columns.length; c++) {
    const f = columns[c];
    const first = bins.offset[f];
    const cuts = bins.cuts[f].length;
    // upwards: missing goes right; without missing values the last bin would leave nothing on the right
    const end = 2 * (first + (bins.hasMissing[f] === 1 ? cuts : cuts - 1));
    let g = 0;
    let h = 0;
    for (let at = 2 * first; at < end; at += 2) {
      const binHessian = sums[at + 1];
      if (binHessian === 0) continue; // no rows; what gradient is left there is rounding of a subtraction
      g += sums[at];
      h += binHessian;
      if (h < leastHessian) continue;
      const rest = nodeHessian - h;
      if (rest < leastHessian) break;
      const restG = nodeGradient - g;
      const gain = plain
        ? (g * g) / (h + lambda) + (restG * restG) / (rest + lambda) - nodeScore
        : score(g, h, r) + score(restG, rest, r) - nodeScore;
      if (gain > best) {
        best = gain;
        bestFeature = f;
        bestBin = (at >> 1) - first + 1;
        bestLeft = false;
        bestGradient = g;
        bestHessian = h;
      }
    }
    if (bins.hasMissing[f] === 0) continue;
    const missingAt = 2 * (first + cuts);
    if (sums[missingAt + 1] === 0) continue;
    // downwards: missing goes left
    let rightG = 0;
    let rightH = 0;
    for (let b = cuts - 1; b >= 0; b--) {
      const at = 2 * (first + b);
      if (sums[at + 1] === 0) continue; // no rows; what gradient is left there is rounding of a subtraction
      rightG += sums[at];
      rightH += sums[at + 1];
      const leftH = nodeHessian - rightH;
      if (rightH < leastHessian) continue;
      if (leftH < leastHessian) break;
      const leftG = nodeGradient - rightG;
      const gain = score(leftG, leftH, r) + score(rightG, rightH, r) - nodeScore;
      if (gain > best) {
        best = gain;
        bestFeature = f;
        bestBin = b;
        bestLeft = true;
        bestGradient = leftG;
        bestHessian = leftH;
      }
    }
  }
  if (bestFeature < 0) return null;
  const points = bins.cuts[bestFeature];
  return {
    feature: bestFeature,
    bin: bestBin,
    // bin 0 downwards: every value goes right, only missing ones left
    threshold: bestBin === 0 ? Number.NEGATIVE_INFINITY : points[bestBin - 1],
    defaultLeft: bestLeft,
    gain: best,
    leftGradient: bestGradient,
    leftHessian: bestHessian,
  };
}
