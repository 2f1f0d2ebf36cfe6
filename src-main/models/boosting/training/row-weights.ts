/** @file What weights and draws of rows do to derivatives. */
import type { Draw } from './sampling.ts';

/** Second derivatives that are the weights themselves. */
export function fillWeights(hessian: Float32Array, weight: Float64Array | null): void {
  if (weight === null) hessian.fill(1);
  else hessian.set(weight);
}

/** Derivatives of the rows drawn, times the factors they are drawn with. */
export function scale(gradient: Float32Array, hessian: Float32Array, { rows, factor }: Draw): void {
  if (factor === null) return;
  const n = rows?.length ?? factor.length;
  for (let at = 0; at < n; at++) {
    const i = rows === null ? at : rows[at];
    gradient[i] *= factor[i];
    hessian[i] *= factor[i];
  }
}
