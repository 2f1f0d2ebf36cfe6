/** @file Squared error, Huber and pseudo-Huber. d = raw score - target, w = weight. */
import type { Objective } from './types.ts';
import { meanOver } from './types.ts';
import { selectSmallest } from './order-statistics.ts';

/** Derivatives of squared error. Where no row has a weight, the loop knows them by this function and lets the engine subtract. */
export const differences: Objective['gradients'] = (scores, _k, gradient, hessian, from, to) => {
  const { target, weight, predicted } = scores;
  const [score] = predicted;
  if (weight === null) for (let i = from; i < to; i++) gradient[i] = score[i] - target[i];
  else for (let i = from; i < to; i++) gradient[i] = (score[i] - target[i]) * weight[i];
  if (hessian !== null) for (let i = from; i < to; i++) hessian[i] = weight === null ? 1 : weight[i];
};

/** g = w d, h = w. Start: the mean. */
export function squaredError(name: string): Objective {
  return {
    name,
    outputs: 1,
    link: 'identity',
    levels: null,
    constantHessian: true,
    refuse: () => null,
    start: (target, weight) => meanOver(target.length, weight, (i) => target[i]),
    gradients: differences,
    leaf: null,
  };
}

const median = (target: Float64Array): number =>
  target.length === 0 ? 0 : selectSmallest(target.slice(), target.length, (target.length - 1) >> 1);

/**
 * Huber: g = w clamp(d, -delta, delta). LightGBM takes h = w everywhere, CatBoost h = w inside and 0 outside.
 * Start: `mean` as LightGBM, or the median (CatBoost itself starts from 0, which a small delta never makes up for).
 * @see Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964)
 */
export function huber(
  name: string,
  delta: number,
  { flat, from: first }: { readonly flat: boolean; readonly from: 'mean' | 'median' },
): Objective {
  return {
    name,
    outputs: 1,
    link: 'identity',
    levels: null,
    constantHessian: flat,
    refuse: () => null,
    start: (target, weight) =>
      first === 'mean' ? meanOver(target.length, weight, (i) => target[i]) : median(target),
    gradients({ target, weight, predicted: [score] }, _k, gradient, hessian, from, to) {
      for (let i = from; i < to; i++) {
        const d = score[i] - target[i];
        const w = weight === null ? 1 : weight[i];
        gradient[i] = w * Math.max(-delta, Math.min(delta, d));
        if (hessian !== null) hessian[i] = flat || Math.abs(d) <= delta ? w : 0;
      }
    },
    leaf: null,
  };
}

/**
 * slope^2 (sqrt(1 + (d / slope)^2) - 1): squared near zero, absolute far away.
 * Start: one Newton step from the median, where XGBoost takes one from 0 and lands far off.
 * @see xgboost src/objective/regression_obj.cu, PseudoHuberRegression
 */
export function pseudoHuber(name: string, slope: number): Objective {
  const square = slope * slope;
  return {
    name,
    outputs: 1,
    link: 'identity',
    levels: null,
    constantHessian: false,
    refuse: () => null,
    start(target, weight) {
      const middle = median(target);
      let g = 0;
      let h = 0;
      for (let i = 0; i < target.length; i++) {
        const d = middle - target[i];
        const root = Math.sqrt(1 + (d * d) / square);
        const w = weight === null ? 1 : weight[i];
        g += (w * d) / root;
        h += (w * square) / ((square + d * d) * root);
      }
      return h > 0 ? middle - g / h : middle;
    },
    gradients({ target, weight, predicted: [score] }, _k, gradient, hessian, from, to) {
      for (let i = from; i < to; i++) {
        const d = score[i] - target[i];
        const root = Math.sqrt(1 + (d * d) / square);
        const w = weight === null ? 1 : weight[i];
        gradient[i] = (w * d) / root;
        if (hessian !== null) hessian[i] = (w * square) / ((square + d * d) * root);
      }
    },
    leaf: null,
  };
}
