/**
 * @file What an objective brings to the boosting loop: starting score, derivatives, and where the second derivative is no
 * curvature the rule for a leaf. Objectives are pure functions over typed arrays; the loop knows none of the formulas. An
 * objective of your own is an object of type {@link Objective}.
 */
import type { Link } from '../ensemble.ts';

/** The rows of a training or validation set with their raw scores so far. */
export interface Scores {
  /** shape (rows) */
  readonly target: Float64Array;
  /** shape (rows); null for 1 */
  readonly weight: Float64Array | null;
  /** raw scores by output, each of shape (rows) */
  readonly predicted: readonly Float64Array[];
}

/** Value of a leaf from the residuals (target - raw score) of its rows; the arrays are scratch, the first `n` count. */
export interface LeafRule {
  /** `drawn`: of the rows that grew the tree; `all`: of every training row */
  readonly rows: 'drawn' | 'all';
  value(k: number, residual: Float64Array, weight: Float64Array | null, n: number): number;
}

export interface Objective {
  /** by the name of the library it follows, e.g. `reg:squarederror`, `regression`, `RMSE` */
  readonly name: string;
  /** raw scores per row */
  readonly outputs: number;
  readonly link: Link;
  /** quantile levels, one per output; null for other objectives */
  readonly levels: readonly number[] | null;
  /** the second derivative is 1 for each row of weight 1 */
  readonly constantHessian: boolean;
  /** Says why a target cannot be learned, e.g. `Poisson needs targets of 0 or more`; null when it can. */
  refuse(target: Float64Array): string | null;
  /** First raw score of output k. */
  start(target: Float64Array, weight: Float64Array | null, k: number): number;
  /** Runs once per round before {@link gradients} where the outputs of a row depend on each other. */
  prepare?(scores: Scores): void;
  /**
   * First and second derivative of output k for rows `from .. to - 1`, weights included; `hessian` null: it is constant and
   * not wanted.
   */
  gradients(
    scores: Scores,
    k: number,
    gradient: Float32Array,
    hessian: Float32Array | null,
    from: number,
    to: number,
  ): void;
  /**
   * Where the outputs of a row bend each other: adds the row's second derivatives by all pairs of outputs, weight included, to
   * `out[at ...]`, shape (outputs x outputs). After {@link prepare}.
   */
  crossed?(scores: Scores, row: number, out: Float64Array, at: number): void;
  /** null: the Newton step */
  readonly leaf: LeafRule | null;
}

/** One number for a set of rows, for curves and early stopping. */
export interface Metric {
  readonly name: string;
  readonly better: 'lower' | 'higher';
  evaluate(scores: Scores): number;
}

/** Weighted mean of `of(i)` over rows; 0 without rows. */
export function meanOver(n: number, weight: Float64Array | null, of: (i: number) => number): number {
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
