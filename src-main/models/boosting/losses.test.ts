import { describe, expect, test } from 'vitest';
import { createLoss, quantileLevels, residualQuantile } from './losses.ts';
import type { LossParams } from './losses.ts';

const target = Float64Array.of(1, 4, -2, 10);
const predicted = Float64Array.of(2, 3, -2.5, 4);
const weight = Float64Array.of(1, 2, 0, 3);

const params: LossParams[] = [
  { objective: 'reg:squarederror', huber_slope: 1 },
  { objective: 'reg:absoluteerror', huber_slope: 1 },
  { objective: 'reg:quantileerror', quantile_alpha: [0.9, 0.1, 0.9], huber_slope: 1 },
  { objective: 'reg:pseudohubererror', huber_slope: 2 },
];

/** Total loss of one output whose derivative the gradient is. */
function total(p: LossParams, k: number, at: Float64Array): number {
  const single: LossParams =
    p.objective === 'reg:quantileerror' ? { ...p, quantile_alpha: (quantileLevels(p) ?? [])[k] } : p;
  const value = createLoss(single).evaluate(target, [at], null);
  // rmse is the root of the mean square; the loss is half of the square
  return p.objective === 'reg:squarederror' ? (value * value * at.length) / 2 : value * at.length;
}

describe.each(params)('$objective', (p) => {
  const loss = createLoss(p);

  test('gradients are the derivatives of the loss', () => {
    for (let k = 0; k < loss.outputs; k++) {
      const gradient = new Float32Array(4);
      loss.gradients(target, predicted, null, k, gradient, null);
      for (let i = 0; i < 4; i++) {
        const step = 1e-5;
        const up = predicted.slice();
        up[i] += step;
        const down = predicted.slice();
        down[i] -= step;
        expect(gradient[i]).toBeCloseTo((total(p, k, up) - total(p, k, down)) / (2 * step), 4);
      }
    }
  });

  test('weights multiply both, and weight 0 is absence in the first prediction', () => {
    const plain = { g: new Float32Array(4), h: new Float32Array(4) };
    const weighted = { g: new Float32Array(4), h: new Float32Array(4) };
    loss.gradients(target, predicted, null, 0, plain.g, plain.h);
    loss.gradients(target, predicted, weight, 0, weighted.g, weighted.h);
    for (let i = 0; i < 4; i++) {
      expect(weighted.g[i]).toBeCloseTo(plain.g[i] * weight[i], 6);
      expect(weighted.h[i]).toBeCloseTo(plain.h[i] * weight[i], 6);
    }
    const present = Float64Array.of(1, 4, 10);
    expect(loss.start(target, weight, 0)).toBeCloseTo(loss.start(present, Float64Array.of(1, 2, 3), 0), 9);
  });
});

test('quantile levels are sorted and distinct', () => {
  expect(quantileLevels(params[2])).toEqual([0.1, 0.9]);
  expect(quantileLevels(params[0])).toBeNull();
});

test('quantiles of residuals', () => {
  expect(residualQuantile(Float64Array.of(3, 1, 2), null, 0.5)).toBe(2);
  expect(residualQuantile(Float64Array.of(4, 1, 2, 3), null, 0.5)).toBe(2.5);
  expect(residualQuantile(Float64Array.of(4, 1, 2, 3), null, 0.01)).toBe(1);
  expect(residualQuantile(Float64Array.of(4, 1, 2, 3), null, 0.99)).toBe(4);
  expect(residualQuantile(Float64Array.of(5, 1, 9), Float64Array.of(1, 0, 1), 0.5)).toBe(5);
  expect(residualQuantile(Float64Array.of(5, 1, 9), Float64Array.of(1, 8, 1), 0.5)).toBe(1);
});
