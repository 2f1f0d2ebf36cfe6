/** @file Logistic (targets in 0 .. 1) and softmax (targets are class numbers 0 .. K - 1). */
import type { Objective } from './types.ts';
import { meanOver } from './types.ts';

/** Least second derivative: a sure row must not divide by nothing (XGBoost's kRtEps). */
const leastHessian = 1e-16;
const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

/**
 * p = 1 / (1 + e^-f); g = w (p - y), h = w p (1 - p). Start: log(p / (1 - p)) of the mean.
 * @param positive factor on the weight of rows with target 1 (scale_pos_weight)
 * @param weighedStart XGBoost: with a factor other than 1 the start is one Newton step from 0 over rows so weighed
 */
export function logistic(name: string, positive = 1, weighedStart = false): Objective {
  const weigh = (target: number, weight: number): number => (target === 1 ? weight * positive : weight);
  return {
    name,
    outputs: 1,
    link: 'logistic',
    levels: null,
    constantHessian: false,
    refuse(target) {
      for (const value of target)
        if (!(value >= 0 && value <= 1))
          return `a logistic objective needs targets from 0 to 1, found ${value}`;
      return null;
    },
    start(target, weight) {
      if (weighedStart && positive !== 1) {
        const weighed = target.map((y, i) => weigh(y, weight === null ? 1 : weight[i]));
        return 4 * (meanOver(target.length, weighed, (i) => target[i]) - 0.5);
      }
      const mean = meanOver(target.length, weight, (i) => target[i]);
      const p = Math.max(1e-15, Math.min(1 - 1e-15, mean));
      return Math.log(p / (1 - p));
    },
    gradients({ target, weight, predicted: [score] }, _k, gradient, hessian, from, to) {
      for (let i = from; i < to; i++) {
        const p = sigmoid(score[i]);
        const w = weigh(target[i], weight === null ? 1 : weight[i]);
        gradient[i] = w * (p - target[i]);
        if (hessian !== null) hessian[i] = w * Math.max(p * (1 - p), leastHessian);
      }
    },
    leaf: null,
  };
}

interface SoftmaxOptions {
  /** on p (1 - p): 2 in XGBoost, K / (K - 1) in LightGBM */
  readonly factor: number;
  /** XGBoost centres the logarithms of the class shares, LightGBM takes them as they are */
  readonly centred: boolean;
}

/** p_k = e^(f_k) / sum e^(f_j); g_k = w (p_k - [y = k]), h_k = factor w p_k (1 - p_k). */
export function softmax(name: string, classes: number, { factor, centred }: SoftmaxOptions): Objective {
  /** log of the sum of exponentials of each row's scores, of the round at hand */
  let norm = new Float64Array(0);
  const logShare = (target: Float64Array, weight: Float64Array | null, k: number): number =>
    Math.log(
      Math.max(
        1e-15,
        meanOver(target.length, weight, (i) => (target[i] === k ? 1 : 0)),
      ),
    );
  return {
    name,
    outputs: classes,
    link: 'softmax',
    levels: null,
    constantHessian: false,
    refuse(target) {
      for (const value of target)
        if (!Number.isInteger(value) || value < 0 || value >= classes)
          return `a softmax objective of ${classes} classes needs targets 0 to ${classes - 1}, found ${value}`;
      return null;
    },
    start(target, weight, k) {
      const own = logShare(target, weight, k);
      if (!centred) return own;
      let mean = 0;
      for (let j = 0; j < classes; j++) mean += logShare(target, weight, j) / classes;
      return own - mean;
    },
    prepare({ target, predicted }) {
      const n = target.length;
      if (norm.length !== n) norm = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        let most = Number.NEGATIVE_INFINITY;
        for (const score of predicted) most = Math.max(most, score[i]);
        let sum = 0;
        for (const score of predicted) sum += Math.exp(score[i] - most);
        norm[i] = most + Math.log(sum);
      }
    },
    crossed({ weight, predicted }, row, out, at) {
      const w = weight === null ? 1 : weight[row];
      const share = predicted.map((score) => Math.exp(score[row] - norm[row]));
      for (let a = 0; a < classes; a++)
        for (let b = 0; b < classes; b++)
          out[at + a * classes + b] += w * share[a] * ((a === b ? 1 : 0) - share[b]);
    },
    gradients({ target, weight, predicted }, k, gradient, hessian, from, to) {
      const score = predicted[k];
      for (let i = from; i < to; i++) {
        const p = Math.exp(score[i] - norm[i]);
        const w = weight === null ? 1 : weight[i];
        gradient[i] = w * (p - (target[i] === k ? 1 : 0));
        if (hessian !== null) hessian[i] = w * Math.max(factor * p * (1 - p), leastHessian);
      }
    },
    leaf: null,
  };
}
