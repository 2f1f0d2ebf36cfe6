/**
 * @file Losses: gradient and hessian of each row, the first prediction, and for losses whose hessian is no curvature the
 * value of a leaf from its rows. One file and one test per promise; the boosting loop knows none of the formulas.
 */
import type { RowGradient } from './types.ts';
import type { ObjectiveName } from './params.ts';

export interface Loss {
  /** trees per round: one, or one per quantile level */
  readonly outputs: number;
  /** hessian is 1 for each row of weight 1, so histograms may count instead of add */
  readonly constantHessian: boolean;
  /** First prediction of output k. */
  start(target: Float64Array, weight: Float64Array | null, k: number): number;
  /** Fills gradient (and hessian, unless it is constant) for output k; `predicted` shape (rows). */
  gradients(
    target: Float64Array,
    predicted: Float64Array,
    weight: Float64Array | null,
    k: number,
    gradient: RowGradient,
    hessian: RowGradient | null,
  ): void;
  /** Quantile level of the residuals that makes a leaf's value; null: the Newton step. */
  leafLevel(k: number): number | null;
  /** Mean loss for early stopping and curves; `predicted[k]` shape (rows). */
  evaluate(target: Float64Array, predicted: readonly Float64Array[], weight: Float64Array | null): number;
  /** of {@link evaluate} */
  readonly metric: string;
}

export interface LossParams {
  readonly objective: ObjectiveName;
  readonly quantile_alpha?: number | readonly number[] | undefined;
  readonly huber_slope: number;
}

/**
 * Weighted quantile as XGBoost takes it for leaves: without weights linear between order statistics at
 * level x (n + 1) - 1, clamped; with weights the first value at which the running weight reaches level x total.
 */
export function residualQuantile(values: Float64Array, weight: Float64Array | null, level: number): number {
  const n = values.length;
  if (n === 0) return 0;
  if (weight === null) {
    const sorted = values.slice().sort();
    if (level <= 1 / (n + 1)) return sorted[0];
    if (level >= n / (n + 1)) return sorted[n - 1];
    const x = level * (n + 1);
    const k = Math.floor(x) - 1;
    return sorted[k] + (x - 1 - k) * (sorted[k + 1] - sorted[k]);
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  let total = 0;
  for (const w of weight) total += w;
  let running = 0;
  for (const i of order) {
    running += weight[i];
    if (running >= level * total && weight[i] > 0) return values[i];
  }
  return values[order[n - 1]];
}

function meanOver(n: number, weight: Float64Array | null, of: (i: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const w = weight === null ? 1 : weight[i];
    if (w === 0) continue;
    sum += w * of(i);
    total += w;
  }
  return total > 0 ? sum / total : 0;
}

const squaredError: Loss = {
  outputs: 1,
  constantHessian: true,
  start: (target, weight) => meanOver(target.length, weight, (i) => target[i]),
  gradients(target, predicted, weight, _k, gradient, hessian) {
    const n = target.length;
    if (weight === null) for (let i = 0; i < n; i++) gradient[i] = predicted[i] - target[i];
    else for (let i = 0; i < n; i++) gradient[i] = (predicted[i] - target[i]) * weight[i];
    if (hessian !== null) for (let i = 0; i < n; i++) hessian[i] = weight === null ? 1 : weight[i];
  },
  leafLevel: () => null,
  evaluate: (target, [predicted], weight) =>
    Math.sqrt(meanOver(target.length, weight, (i) => (predicted[i] - target[i]) ** 2)),
  metric: 'rmse',
};

/** Pinball loss at each level; absolute error is twice the pinball loss at 0.5 and shares everything but its scale. */
function quantileError(levels: readonly number[], absolute: boolean): Loss {
  return {
    outputs: levels.length,
    constantHessian: true,
    start: (target, weight, k) => residualQuantile(target, weight, levels[k]),
    gradients(target, predicted, weight, k, gradient, hessian) {
      const level = levels[k];
      for (let i = 0; i < target.length; i++) {
        const d = predicted[i] - target[i];
        const g = absolute ? Math.sign(d) : d >= 0 ? 1 - level : -level;
        gradient[i] = weight === null ? g : g * weight[i];
        if (hessian !== null) hessian[i] = weight === null ? 1 : weight[i];
      }
    },
    leafLevel: (k) => levels[k],
    evaluate: (target, predicted, weight) =>
      meanOver(target.length, weight, (i) => {
        let sum = 0;
        levels.forEach((level, k) => {
          const d = target[i] - predicted[k][i];
          sum += absolute ? Math.abs(d) : Math.max(level * d, (level - 1) * d);
        });
        return sum / levels.length;
      }),
    metric: absolute ? 'mae' : 'pinball loss',
  };
}

/** slope^2 (sqrt(1 + (d / slope)^2) - 1): squared near zero, absolute far away. */
function pseudoHuber(slope: number): Loss {
  const square = slope * slope;
  return {
    outputs: 1,
    constantHessian: false,
    start: (target, weight) => {
      // one Newton step from the median: XGBoost fits a stump on its default guess instead
      const middle = residualQuantile(target, weight, 0.5);
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
    gradients(target, predicted, weight, _k, gradient, hessian) {
      for (let i = 0; i < target.length; i++) {
        const d = predicted[i] - target[i];
        const root = Math.sqrt(1 + (d * d) / square);
        const w = weight === null ? 1 : weight[i];
        gradient[i] = (w * d) / root;
        if (hessian !== null) hessian[i] = (w * square) / ((square + d * d) * root);
      }
    },
    leafLevel: () => null,
    evaluate: (target, [predicted], weight) =>
      meanOver(target.length, weight, (i) => square * (Math.sqrt(1 + ((predicted[i] - target[i]) / slope) ** 2) - 1)),
    metric: 'mphe',
  };
}

/** Levels of a quantile objective, ascending and without repeats; null for losses that give one point. */
export function quantileLevels(params: LossParams): readonly number[] | null {
  if (params.objective !== 'reg:quantileerror') return null;
  const given = params.quantile_alpha ?? 0.5;
  return [...new Set(typeof given === 'number' ? [given] : given)].sort((a, b) => a - b);
}

export function createLoss(params: LossParams): Loss {
  switch (params.objective) {
    case 'reg:squarederror':
      return squaredError;
    case 'reg:absoluteerror':
      return quantileError([0.5], true);
    case 'reg:quantileerror':
      return quantileError(quantileLevels(params) ?? [0.5], false);
    case 'reg:pseudohubererror':
      return pseudoHuber(params.huber_slope);
  }
}
