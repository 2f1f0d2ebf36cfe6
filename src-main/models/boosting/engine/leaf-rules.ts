/** @file Value and score of a leaf, as the kernel computes them (kernels/assembly/split.ts). */
import type { GrowerOptions } from './types.ts';

export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

const shrink = (g: number, alpha: number): number => (g > alpha ? g - alpha : g < -alpha ? g + alpha : 0);

/** XGBoost gives a node that is too light no weight at all; LightGBM and forests have no such rule. */
const isLight = (h: number, options: GrowerOptions): boolean =>
  (options.policy === 'depthwise' || options.policy === 'lossguide') && h < options.minHessian;

/**
 * Value of a leaf before shrinkage.
 * @param rows rows in it; path smoothing weighs them against the parent's value
 */
export function leafOutput(
  g: number,
  h: number,
  rows: number,
  parent: number,
  { lower, upper }: Bounds,
  options: GrowerOptions,
): number {
  if (h <= 0 || isLight(h, options)) return 0;
  let w = -shrink(g, options.alpha) / (h + options.lambda);
  if (options.maxDeltaStep > 0) w = Math.max(-options.maxDeltaStep, Math.min(options.maxDeltaStep, w));
  if (options.pathSmooth > 0) {
    const share = rows / options.pathSmooth;
    w = (w * share) / (share + 1) + parent / (share + 1);
  }
  return Math.max(lower, Math.min(upper, w));
}

/** What a node scores as a leaf of value `w`: twice the loss it takes away. */
export function leafScore(g: number, h: number, w: number, options: GrowerOptions): number {
  const { lambda, alpha } = options;
  if (h <= 0 || isLight(h, options)) return 0;
  const isFree =
    alpha === 0 && options.maxDeltaStep === 0 && options.pathSmooth === 0 && options.monotone === null;
  // in forests constraints refuse splits and move values, and what a split is worth does not change
  if (isFree || options.forest) return (g * g) / (h + lambda);
  // LightGBM compares with what the node scores without constraints
  if (options.policy === 'leafwise' && options.maxDeltaStep === 0 && options.pathSmooth === 0)
    return shrink(g, alpha) ** 2 / (h + lambda);
  // XGBoost leaves alpha out where a value is not free
  const isXgboost = options.policy === 'depthwise' || options.policy === 'lossguide';
  const price = isXgboost && (options.monotone !== null || options.maxDeltaStep > 0) ? 0 : 2 * alpha;
  return -(2 * g * w + (h + lambda) * w * w + price * Math.abs(w));
}
