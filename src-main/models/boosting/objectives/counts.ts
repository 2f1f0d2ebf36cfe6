/** @file Poisson and Tweedie deviance over a log link: the prediction is exp(raw score), so targets are 0 or more. */
import type { Objective } from './types.ts';
import { meanOver } from './types.ts';

const refuse =
  (name: string) =>
  (target: Float64Array): string | null => {
    let sum = 0;
    for (const value of target) {
      if (value < 0) return `${name} needs targets of 0 or more, found ${value}`;
      sum += value;
    }
    return sum > 0 ? null : `${name} needs at least one target above 0`;
  };

const logMean = (target: Float64Array, weight: Float64Array | null): number =>
  Math.log(meanOver(target.length, weight, (i) => target[i]));

/**
 * g = w (e^f - y), h = w e^(f + step). XGBoost and LightGBM enlarge the curvature by `step` (0.7) to keep leaves small,
 * CatBoost does not (0). @see LightGBM src/objective/regression_objective.hpp, RegressionPoissonLoss
 */
export function poisson(name: string, step: number): Objective {
  return {
    name,
    outputs: 1,
    link: 'exp',
    levels: null,
    constantHessian: false,
    refuse: refuse('Poisson'),
    start: logMean,
    gradients({ target, weight, predicted: [score] }, _k, gradient, hessian, from, to) {
      const factor = Math.exp(step);
      for (let i = from; i < to; i++) {
        const rate = Math.exp(score[i]);
        const w = weight === null ? 1 : weight[i];
        gradient[i] = w * (rate - target[i]);
        if (hessian !== null) hessian[i] = w * rate * factor;
      }
    },
    leaf: null,
  };
}

/**
 * g = w (e^((2-p) f) - y e^((1-p) f)), h = w ((2-p) e^((2-p) f) - y (1-p) e^((1-p) f)), p the variance power in (1, 2).
 * @see Yang, Qian and Zou, "Insurance premium prediction via gradient tree-boosted Tweedie compound Poisson models" (2018)
 */
export function tweedie(name: string, power: number): Objective {
  return {
    name,
    outputs: 1,
    link: 'exp',
    levels: null,
    constantHessian: false,
    refuse: refuse('Tweedie'),
    start: logMean,
    gradients({ target, weight, predicted: [score] }, _k, gradient, hessian, from, to) {
      const a = 1 - power;
      const b = 2 - power;
      for (let i = from; i < to; i++) {
        const ea = target[i] * Math.exp(a * score[i]);
        const eb = Math.exp(b * score[i]);
        const w = weight === null ? 1 : weight[i];
        gradient[i] = w * (eb - ea);
        if (hessian !== null) hessian[i] = w * (b * eb - a * ea);
      }
    },
    leaf: null,
  };
}
