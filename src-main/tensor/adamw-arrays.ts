/**
 * @file The steps of adamw.ts on arrays, in place: one pass over the memory, where a graph of single operations takes fifteen. Arithmetic is
 * in 64 bits and rounded to 32 when it is stored.
 */
import type { AdamWOptions } from './adamw.ts';

export interface AdamWArrays {
  readonly weight: Float32Array;
  /** running means of the gradient and of its square */
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** Of one tensor; the sum over all gives the square of their common norm. */
export function squaredNorm(gradient: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
  return sum;
}

/** By what gradients are multiplied so that their common norm does not exceed `limit`. */
export const clipFactor = (norm: number, limit: number): number => Math.min(limit / (norm + 1e-6), 1);

/** `into` becomes into + share x gradient. */
export function accumulate(into: Float32Array, gradient: Float32Array, share: number): void {
  for (let i = 0; i < into.length; i++) into[i] += share * gradient[i];
}

/**
 * One step of one tensor.
 * @param factor of {@link clipFactor}
 * @param rate learning rate of the step
 * @param step counted from 1
 */
export function adamwInPlace(
  { weight, mean, square }: AdamWArrays,
  gradient: Float32Array,
  { factor, rate, step }: { readonly factor: number; readonly rate: number; readonly step: number },
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
): void {
  const size = rate / (1 - beta1 ** step);
  const correction = 1 / Math.sqrt(1 - beta2 ** step);
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  const kept = 1 - rate * weightDecay;
  for (let i = 0; i < weight.length; i++) {
    const g = factor * gradient[i];
    const m = beta1 * mean[i] + rest1 * g;
    const v = beta2 * square[i] + rest2 * g * g;
    mean[i] = m;
    square[i] = v;
    weight[i] = kept * weight[i] - (size * m) / (Math.sqrt(v) * correction + epsilon);
  }
}
