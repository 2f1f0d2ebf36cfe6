import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { binColumns } from './binning.ts';
import { buildHistogramPlain } from './histogram.ts';
import { findSplit, leafWeight, score } from './splitting.ts';
import type { Regularisation } from './splitting.ts';

const none: Regularisation = { lambda: 0, alpha: 0, minChildWeight: 0, maxDeltaStep: 0 };

/** Tries each value of each column as threshold and both sides for missing rows. */
function exhaustive(columns: Float64Array[], gradient: Float32Array, r: Regularisation): number {
  let best = 0;
  const total = gradient.reduce((sum, g) => sum + g, 0);
  for (const column of columns)
    for (const threshold of [...column, Number.POSITIVE_INFINITY])
      for (const missingLeft of [true, false]) {
        let g = 0;
        let h = 0;
        column.forEach((value, i) => {
          if (Number.isNaN(value) ? missingLeft : value < threshold) {
            g += gradient[i];
            h += 1;
          }
        });
        const rest = gradient.length - h;
        if (h === 0 || rest === 0 || h < r.minChildWeight || rest < r.minChildWeight) continue;
        best = Math.max(best, score(g, h, r) + score(total - g, rest, r) - score(total, gradient.length, r));
      }
  return best;
}

test('finds the best of all splits, and its gain is never negative', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.record({
        lambda: fc.constantFrom(0, 1, 5),
        alpha: fc.constantFrom(0, 3),
        minChildWeight: fc.constantFrom(0, 4),
        maxDeltaStep: fc.constantFrom(0, 0.5),
      }),
      (seed, r) => {
        const random = createRandom(seed);
        const columns = [4, 9, 2].map((range) =>
          Float64Array.from({ length: 40 }, () => (random.next() < 0.15 ? Number.NaN : random.integer(range))),
        );
        const gradient = Float32Array.from({ length: 40 }, () => random.integer(41) - 20);
        const bins = binColumns(columns, 40, null, 256);
        const rows = Uint32Array.from({ length: 40 }, (_, i) => i);
        const sums = buildHistogramPlain(bins, rows, 0, 40, gradient, null);
        const total = gradient.reduce((sum, g) => sum + g, 0);
        const split = findSplit(bins, Int32Array.of(0, 1, 2), sums, total, 40, r);
        const best = exhaustive(columns, gradient, r);
        if (split === null) expect(best).toBeLessThan(1e-5);
        else {
          expect(split.gain).toBeGreaterThan(0);
          expect(split.gain).toBeCloseTo(best, 9);
        }
      },
    ),
  );
});

test('leaf weight and score, by hand', () => {
  expect(leafWeight(-6, 2, { ...none, lambda: 1 })).toBe(2);
  expect(leafWeight(-6, 2, { ...none, lambda: 1, alpha: 3 })).toBe(1);
  expect(leafWeight(-6, 2, { ...none, lambda: 1, alpha: 9 })).toBe(-0);
  expect(leafWeight(-6, 2, { ...none, lambda: 1, maxDeltaStep: 0.5 })).toBe(0.5);
  expect(score(-6, 2, { ...none, lambda: 1 })).toBe(12);
});

test('a column that never changes offers no split', () => {
  const bins = binColumns([new Float64Array(10).fill(3)], 10, null, 256);
  const rows = Uint32Array.from({ length: 10 }, (_, i) => i);
  const gradient = Float32Array.from({ length: 10 }, (_, i) => i - 4);
  const sums = buildHistogramPlain(bins, rows, 0, 10, gradient, null);
  expect(findSplit(bins, Int32Array.of(0), sums, 5, 10, none)).toBeNull();
});
