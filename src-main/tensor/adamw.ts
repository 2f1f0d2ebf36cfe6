/** @file Optimisation steps as part of a graph: gradient clipping and AdamW (Loshchilov and Hutter, 2019), as PyTorch has them. */
import type { Value } from './graph.ts';
import { add, div, min, mul, sqrt, sub } from './ops/elementwise.ts';
import { sum } from './ops/reduce.ts';

/** L2 norm of all gradients together. */
export const gradientNorm = (gradients: readonly Value[]): Value =>
  sqrt(gradients.map((g) => sum(mul(g, g))).reduce((total, one) => add(total, one)));

/** Gradients scaled so that their common norm does not exceed `limit`: by min(1, limit / (norm + 1e-6)). */
export function clipped(gradients: readonly Value[], norm: Value, limit: number): Value[] {
  const factor = min(div(limit, add(norm, 1e-6)), 1);
  return gradients.map((g) => mul(g, factor));
}

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** decoupled: weights shrink by rate x decay, whatever the gradient */
  readonly weightDecay: number;
}

export interface AdamWState {
  readonly weight: Value;
  /** running means of the gradient and of its square */
  readonly mean: Value;
  readonly square: Value;
}

/**
 * One step of one tensor.
 * @param rate learning rate of the step, scalar
 * @param correction1 1 - beta1^t, scalar, t counted from 1; `correction2` likewise
 */
export function adamw(
  state: AdamWState,
  gradient: Value,
  rate: Value,
  correction1: Value,
  correction2: Value,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
): AdamWState {
  const mean = add(mul(beta1, state.mean), mul(1 - beta1, gradient));
  const square = add(mul(beta2, state.square), mul(1 - beta2, mul(gradient, gradient)));
  const step = div(div(mean, correction1), add(sqrt(div(square, correction2)), epsilon));
  const decayed = weightDecay === 0 ? state.weight : mul(state.weight, sub(1, mul(rate, weightDecay)));
  return { weight: sub(decayed, mul(rate, step)), mean, square };
}
