/**
 * @file Pinball loss at one or several levels, and absolute error. The second derivative says nothing, so the tree's shape
 * comes from first derivatives and a leaf's value is a quantile of its residuals.
 * @see Koenker and Bassett, "Regression Quantiles", Econometrica 46 (1978)
 */
import type { QuantileRule } from './order-statistics.ts';
import type { LeafRule, Objective } from './types.ts';

interface QuantileOptions {
  readonly name: string;
  /** ascending; one output each */
  readonly levels: readonly number[];
  readonly rule: QuantileRule;
  readonly leafRows: LeafRule['rows'];
  /** absolute error: derivatives of twice the loss at level 0.5, and no levels to speak of */
  readonly absolute?: boolean;
  /** CatBoost: a score this near to the target has no derivative, and the start is a number of 32 bits; 0 in the others */
  readonly tolerance?: number;
}

/** g = w (1 - level) where score >= target, else -w level; absolute error: w sign(score - target). h = w. */
export function quantileError({
  name,
  levels,
  rule,
  leafRows,
  absolute = false,
  tolerance = 0,
}: QuantileOptions): Objective {
  return {
    name,
    outputs: levels.length,
    link: 'identity',
    levels: absolute ? null : levels,
    constantHessian: true,
    refuse: () => null,
    start(target, weight, k) {
      const score = rule(target.slice(), weight, target.length, levels[k]);
      return tolerance > 0 ? Math.fround(score) : score;
    },
    gradients({ target, weight, predicted }, k, gradient, hessian, from, to) {
      const score = predicted[k];
      const level = levels[k];
      for (let i = from; i < to; i++) {
        const d = score[i] - target[i];
        const w = weight === null ? 1 : weight[i];
        if (Math.abs(d) < tolerance) gradient[i] = 0;
        else gradient[i] = w * (absolute ? Math.sign(d) : d >= 0 ? 1 - level : -level);
        if (hessian !== null) hessian[i] = w;
      }
    },
    leaf: { rows: leafRows, value: (k, residual, weight, n) => rule(residual, weight, n, levels[k]) },
  };
}
