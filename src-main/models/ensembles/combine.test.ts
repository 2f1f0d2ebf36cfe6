import fc from 'fast-check';
import { expect, test } from 'vitest';
import { solveSymmetric } from '../linear/cholesky.ts';
import { createRandom } from '../random.ts';
import { addMoments, combine, emptyMoments, meanSquaredError } from './combine.ts';
import type { CombineOptions, Moments } from './combine.ts';

const plain: CombineOptions = { penalty: 0, positive: false, sumToOne: false, intercept: false, aim: 0 };

function problem(seed: number, members: number, rows = 60): { base: Float64Array[]; actual: Float64Array } {
  const random = createRandom(seed);
  const actual = Float64Array.from({ length: rows }, () => 10 * random.next());
  const base = Array.from({ length: members }, (_, m) =>
    actual.map((value) => 0.5 * m + value + (m + 1) * (random.next() - 0.4)),
  );
  return { base, actual };
}
function momentsOf({ base, actual }: { base: Float64Array[]; actual: Float64Array }): Moments {
  const moments = emptyMoments(base.length);
  addMoments(moments, base, actual, 0, 7); // in two parts, as folds are
  addMoments(moments, base, actual, 7, actual.length);
  return moments;
}
const plainError = (
  { base, actual }: { base: Float64Array[]; actual: Float64Array },
  weights: readonly number[],
  intercept = 0,
): number =>
  actual.reduce(
    (sum, y, i) => sum + (intercept + base.reduce((p, part, m) => p + weights[m] * part[i], 0) - y) ** 2,
    0,
  ) / actual.length;

test('the error from moments is the error from rows', () => {
  const data = problem(3, 3);
  const weights = [0.2, 0.9, -0.3];
  expect(meanSquaredError(momentsOf(data), { weights, intercept: 1.5 })).toBeCloseTo(
    plainError(data, weights, 1.5),
    8,
  );
});

test('without constraints it solves the normal equations of ridge regression', () => {
  const data = problem(5, 4);
  const moments = momentsOf(data);
  const penalty = 0.3;
  const gram = new Float64Array(16);
  const right = new Float64Array(4);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++)
      gram[i * 4 + j] = moments.products[i * 5 + j] + (i === j ? penalty * moments.rows : 0);
    right[i] = moments.products[i * 5 + 4];
  }
  const expected = solveSymmetric(gram, right);
  combine(moments, { ...plain, penalty }).weights.forEach((weight, m) =>
    expect(weight).toBeCloseTo(expected[m], 6),
  );
});

test('an intercept takes a common bias away', () => {
  const { base, actual } = problem(7, 2);
  const shifted = { base: base.map((part) => part.map((value) => value + 25)), actual };
  const { weights, intercept } = combine(momentsOf(shifted), {
    ...plain,
    sumToOne: true,
    positive: true,
    intercept: true,
  });
  const without = combine(momentsOf({ base, actual }), {
    ...plain,
    sumToOne: true,
    positive: true,
    intercept: true,
  });
  weights.forEach((weight, m) => expect(weight).toBeCloseTo(without.weights[m], 6));
  expect(intercept).toBeCloseTo(without.intercept - 25, 6);
});

test('no point of a grid over the simplex is better, and a strong pull gives equal weights', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0, 0.1, 5), (seed, penalty) => {
      const data = problem(seed, 3, 30);
      const moments = momentsOf(data);
      const options = { ...plain, penalty, positive: true, sumToOne: true, aim: 1 / 3 };
      const loss = (weights: readonly number[]): number =>
        plainError(data, weights) + penalty * weights.reduce((sum, weight) => sum + (weight - 1 / 3) ** 2, 0);
      const { weights } = combine(moments, options);
      expect(weights.every((weight) => weight >= 0)).toBe(true);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      const best = loss(weights);
      for (let a = 0; a <= 20; a++)
        for (let b = 0; a + b <= 20; b++)
          expect(loss([a / 20, b / 20, (20 - a - b) / 20])).toBeGreaterThanOrEqual(best - 1e-9);
      for (const weight of combine(moments, { ...options, penalty: 1e9 }).weights)
        expect(weight).toBeCloseTo(1 / 3, 4);
    }),
    { numRuns: 40 },
  );
});

test('nothing to learn from: equal weights', () => {
  expect(combine(emptyMoments(4), plain).weights).toEqual([0.25, 0.25, 0.25, 0.25]);
});
