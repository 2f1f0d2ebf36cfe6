import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logistic, softmax } from './classes.ts';
import { poisson, tweedie } from './counts.ts';
import { metricByName } from './metrics.ts';
import { catboostQuantile, lightgbmQuantile, selectSmallest, xgboostQuantile } from './order-statistics.ts';
import { quantileError } from './quantile.ts';
import { huber, pseudoHuber, squaredError } from './regression.ts';
import type { Objective, Scores } from './types.ts';

const scoresOf = (predicted: number[][], target: number[], weight: number[] | null = null): Scores => ({
  target: Float64Array.from(target),
  weight: weight === null ? null : Float64Array.from(weight),
  predicted: predicted.map((values) => Float64Array.from(values)),
});

function derivatives(objective: Objective, scores: Scores, k = 0): { g: number[]; h: number[] } {
  const n = scores.target.length;
  const gradient = new Float32Array(n);
  const hessian = new Float32Array(n);
  objective.prepare?.(scores);
  objective.gradients(scores, k, gradient, hessian, 0, n);
  return { g: [...gradient], h: [...hessian] };
}

/** Loss of one row by its textbook formula; the derivative of it must be the gradient. */
const smooth: readonly [string, Objective, (f: number, y: number) => number, number][] = [
  ['squared', squaredError('s'), (f, y) => (f - y) ** 2 / 2, 1],
  [
    'huber',
    huber('h', 2, { flat: true, from: 'mean' }),
    (f, y) => (Math.abs(f - y) < 2 ? (f - y) ** 2 / 2 : 2 * (Math.abs(f - y) - 1)),
    1,
  ],
  ['pseudohuber', pseudoHuber('p', 3), (f, y) => 9 * (Math.sqrt(1 + ((f - y) / 3) ** 2) - 1), 1],
  ['poisson', poisson('p', 0), (f, y) => Math.exp(f) - y * f, 1],
  ['tweedie', tweedie('t', 1.3), (f, y) => Math.exp(0.7 * f) / 0.7 + (y * Math.exp(-0.3 * f)) / 0.3, 1],
  ['logistic', logistic('l'), (f, y) => Math.log(1 + Math.exp(f)) - (y > 1 ? 1 : 0) * f, 1],
];

describe.each(smooth)('%s', (name, objective, loss) => {
  test('the gradient is the derivative of the loss, the hessian that of the gradient', () => {
    for (const [f, y] of [
      [0.3, 1.2],
      [-0.7, 0.4],
      [1.9, 3],
      [0.2, 5],
    ]) {
      const step = 1e-5;
      const target = name === 'logistic' ? (y > 1 ? 1 : 0) : y;
      const { g, h } = derivatives(objective, scoresOf([[f]], [target]));
      expect(g[0]).toBeCloseTo((loss(f + step, y) - loss(f - step, y)) / (2 * step), 5);
      if (name === 'huber') continue; // flat by definition
      const second = (loss(f + step, y) - 2 * loss(f, y) + loss(f - step, y)) / step ** 2;
      expect(h[0]).toBeCloseTo(second, 4);
    }
  });
});

test('softmax: gradients of a row add up to 0, and weights multiply', () => {
  const objective = softmax('m', 3, { factor: 2, centred: true });
  const scores = scoresOf([[0.1], [1.4], [-0.3]], [1], [2.5]);
  const g = [0, 1, 2].map((k) => derivatives(objective, scores, k).g[0]);
  expect(g[0] + g[1] + g[2]).toBeCloseTo(0, 6);
  const norm = Math.exp(0.1) + Math.exp(1.4) + Math.exp(-0.3);
  expect(g[1]).toBeCloseTo(2.5 * (Math.exp(1.4) / norm - 1), 6);
  const p = Math.exp(0.1) / norm;
  expect(derivatives(objective, scores, 0).h[0]).toBeCloseTo(2.5 * 2 * p * (1 - p), 5);
});

test('starting scores: mean, median, log of the mean, log odds, centred logs of class shares', () => {
  const target = Float64Array.of(1, 2, 3, 10);
  expect(squaredError('s').start(target, null, 0)).toBe(4);
  expect(squaredError('s').start(target, Float64Array.of(1, 0, 1, 0), 0)).toBe(2);
  expect(poisson('p', 0).start(target, null, 0)).toBeCloseTo(Math.log(4), 12);
  expect(logistic('l').start(Float64Array.of(1, 1, 1, 0), null, 0)).toBeCloseTo(Math.log(3), 12);
  const classes = softmax('m', 2, { factor: 2, centred: true });
  expect(classes.start(Float64Array.of(1, 1, 1, 0), null, 1)).toBeCloseTo(Math.log(3) / 2, 12);
  const quantiles = quantileError({
    name: 'q',
    levels: [0.25, 0.5],
    rule: xgboostQuantile,
    leafRows: 'drawn',
  });
  expect(quantiles.start(target, null, 1)).toBe(2.5);
  expect([...target]).toEqual([1, 2, 3, 10]);
});

test('targets that an objective cannot learn are refused with the value', () => {
  expect(poisson('p', 0).refuse(Float64Array.of(1, -2))).toMatch(/-2/);
  expect(logistic('l').refuse(Float64Array.of(0, 1.5))).toMatch(/1.5/);
  expect(softmax('m', 2, { factor: 2, centred: true }).refuse(Float64Array.of(0, 2))).toMatch(/found 2/);
  expect(tweedie('t', 1.5).refuse(Float64Array.of(0, 3))).toBeNull();
});

test('only the rows asked for are written', () => {
  const gradient = new Float32Array(4).fill(9);
  squaredError('s').gradients(scoresOf([[1, 2, 3, 4]], [0, 0, 0, 0]), 0, gradient, null, 1, 3);
  expect([...gradient]).toEqual([9, 2, 3, 9]);
});

describe('quantiles', () => {
  test('the k-th smallest lies at k, whatever the order and the ties', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 60 }),
        fc.nat(),
        (list, pick) => {
          const k = pick % list.length;
          const values = Float64Array.from(list);
          const sorted = list.toSorted((a, b) => a - b);
          expect(selectSmallest(values, list.length, k)).toBe(sorted[k]);
          expect(Math.max(...values.slice(0, k), -9)).toBeLessThanOrEqual(sorted[k]);
        },
      ),
    );
  });

  // xgboost 3.2: level x (n + 1); lightgbm 4.7: (1 - level) x (n - 1) from above; catboost 1.2.10: first to reach level x n
  test.each([
    ['xgboost', xgboostQuantile, 0.3, 2.5],
    ['lightgbm', lightgbmQuantile, 0.3, 2.5],
    ['catboost', catboostQuantile, 0.3, 2],
  ] as const)('%s', (name, rule, level, expected) => {
    const values = Float64Array.of(4, 1, 3, 2);
    const found = rule(values, null, 4, level);
    // from above: 0.7 x 3 steps down from 4
    if (name === 'lightgbm') expect(found).toBeCloseTo(2 - (2 - 1) * (0.7 * 3 - 2), 12);
    else expect(found).toBeCloseTo(name === 'xgboost' ? 1 + 0.5 * 1 : expected, 5);
  });

  test('weights of 1 place the weighted quantile between the same neighbours', () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const ones = new Float64Array(101).fill(1);
    for (const rule of [xgboostQuantile, lightgbmQuantile, catboostQuantile])
      expect(
        Math.abs(rule(values.slice(), ones, 101, 0.8) - rule(values.slice(), null, 101, 0.8)),
      ).toBeLessThan(2.01);
  });
});

describe('metrics', () => {
  const options = { link: 'identity', levels: [], delta: 1, power: 1.5 } as const;
  const value = (name: string, objective: Objective, scores: Scores): number =>
    metricByName(name, objective, { ...options, link: objective.link }, 'k').evaluate(scores);

  test('by the names of all three libraries', () => {
    const scores = scoresOf([[1, 2]], [2, 4]);
    for (const name of ['rmse', 'RMSE', 'root_mean_squared_error'])
      expect(value(name, squaredError('s'), scores)).toBeCloseTo(Math.sqrt(2.5), 12);
    expect(value('l1', squaredError('s'), scores)).toBe(1.5);
    expect(value('auc', logistic('l'), scoresOf([[0.1, 0.4, 0.35, 0.8]], [0, 0, 1, 1]))).toBe(0.75);
    expect(value('binary_logloss', logistic('l'), scoresOf([[0]], [1]))).toBeCloseTo(Math.log(2), 12);
    expect(
      value(
        'merror',
        softmax('m', 2, { factor: 2, centred: true }),
        scoresOf(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 0],
        ),
      ),
    ).toBe(0.5);
  });

  test('what does not fit is refused by name', () => {
    expect(() => value('rsme', squaredError('s'), scoresOf([[1]], [1]))).toThrow(/rsme/);
    expect(() => value('mlogloss', squaredError('s'), scoresOf([[1]], [1]))).toThrow(/does not fit/);
  });
});
