/**
 * @file The regularised leaf of second-order boosting: what a leaf adds and what it gains, with L1 and L2 penalties, a cap on
 * its value and LightGBM's path smoothing. Same formulas as `GetLeafGain` and `CalculateSplittedLeafOutput` of LightGBM's
 * feature_histogram.hpp and `CalcGain`/`CalcWeight` of XGBoost's tree/param.h.
 */

export interface LeafRules {
  readonly lambda: number;
  readonly alpha: number;
  /** largest leaf value; 0: no limit */
  readonly maxDeltaStep: number;
  /** LightGBM's path_smooth; 0 without */
  readonly pathSmooth: number;
  /** XGBoost leaves alpha out of the gain where a value is not free */
  readonly dialect?: 'lightgbm' | 'xgboost';
  /** bounds that monotone constraints above have set; absent: none */
  readonly bounds?: { readonly lower: number; readonly upper: number } | undefined;
}

const shrink = (gradient: number, alpha: number): number =>
  alpha === 0 ? gradient : gradient > alpha ? gradient - alpha : gradient < -alpha ? gradient + alpha : 0;

/** What a leaf of these sums adds, before the learning rate; 0 where there is nothing to divide by. */
export function leafOutput(
  gradient: number,
  hessian: number,
  count: number,
  lambda: number,
  rules: LeafRules,
  parentOutput: number,
): number {
  const divisor = hessian + lambda;
  if (!(divisor > 0)) return 0;
  let output = -shrink(gradient, rules.alpha) / divisor;
  const limit = rules.maxDeltaStep;
  if (limit > 0) output = Math.max(-limit, Math.min(limit, output));
  if (rules.pathSmooth > 0) {
    const ratio = count / rules.pathSmooth;
    output = (output * ratio + parentOutput) / (ratio + 1);
  }
  const { bounds } = rules;
  return bounds === undefined ? output : Math.max(bounds.lower, Math.min(bounds.upper, output));
}

/** Twice the loss that a leaf of these sums saves, `G^2 / (H + lambda)` in the plain case. */
export function leafGain(
  gradient: number,
  hessian: number,
  count: number,
  lambda: number,
  rules: LeafRules,
  parentOutput: number,
): number {
  const divisor = hessian + lambda;
  if (!(divisor > 0)) return 0;
  const shrunk = shrink(gradient, rules.alpha);
  if (rules.maxDeltaStep === 0 && rules.pathSmooth === 0 && rules.bounds === undefined)
    return (shrunk * shrunk) / divisor;
  return gainOfOutput(
    rules.dialect === 'xgboost' ? gradient : shrunk,
    divisor,
    leafOutput(gradient, hessian, count, lambda, rules, parentOutput),
  );
}

/** The same for a leaf whose value is given instead of optimal. */
export function givenLeafGain(
  gradient: number,
  hessian: number,
  lambda: number,
  alpha: number,
  output: number,
): number {
  return gainOfOutput(shrink(gradient, alpha), hessian + lambda, output);
}

const gainOfOutput = (shrunk: number, divisor: number, output: number): number =>
  -(2 * shrunk * output + divisor * output * output);
