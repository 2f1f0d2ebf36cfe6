import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { fitWeights } from './weights.ts';

const loss = (predicted: readonly Float64Array[], actual: Float64Array, weights: readonly number[]): number =>
  actual.reduce(
    (sum, value, i) => sum + (predicted.reduce((p, part, m) => p + weights[m] * part[i], 0) - value) ** 2,
    0,
  );

test('finds the weights that made the data', () => {
  const random = createRandom(1);
  const predicted = [0, 1, 2].map(() => Float64Array.from({ length: 200 }, () => random.next()));
  const actual = predicted[0].map((value, i) => 0.6 * value + 0.4 * predicted[2][i]);
  const weights = fitWeights(predicted, actual);
  expect(weights[0]).toBeCloseTo(0.6, 6);
  expect(weights[1]).toBeCloseTo(0, 6);
  expect(weights[2]).toBeCloseTo(0.4, 6);
});

test('no point of a fine grid over the simplex is better', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const actual = Float64Array.from({ length: 30 }, () => random.next());
      const predicted = [1, 2, 0.5].map((spread) =>
        actual.map((value) => value + spread * (random.next() - 0.4 - random.next() / 3)),
      );
      const weights = fitWeights(predicted, actual);
      expect(weights.every((weight) => weight >= 0)).toBe(true);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      const best = loss(predicted, actual, weights);
      for (let a = 0; a <= 20; a++)
        for (let b = 0; a + b <= 20; b++)
          expect(loss(predicted, actual, [a / 20, b / 20, (20 - a - b) / 20])).toBeGreaterThanOrEqual(
            best - 1e-9,
          );
    }),
  );
});

test('one member, equal members, perfect members', () => {
  const y = Float64Array.of(1, 2, 3);
  expect(fitWeights([y], y)).toEqual([1]);
  expect(fitWeights([y, y], y)).toEqual([0.5, 0.5]);
  const same = y.map((value) => value + 1);
  expect(fitWeights([same, same.slice()], y)).toEqual([0.5, 0.5]);
});
