import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../tests/golden/metrics.json' with { type: 'json' };
import { wape } from './point.ts';
import { calibrationShares, coverage, pinball, wql } from './probabilistic.ts';

describe('quantile metrics', () => {
  it.each(golden.cases)('agrees with scikit-learn: $name', (expected) => {
    const { actual, levels, quantiles } = expected;
    levels.forEach((level, j) => {
      const loss = actual.reduce((sum, a, i) => sum + pinball(a, quantiles[i * levels.length + j], level), 0);
      expect(loss / actual.length).toBeCloseTo(expected.pinball[j], 10);
    });
    expect(wql(actual, levels, quantiles)).toBeCloseTo(expected.wql, 10);
    expect(coverage(actual, levels, quantiles, 0.1, 0.9)).toBeCloseTo(expected.coverage80, 12);
  });

  it('equals WAPE for the median alone', () => {
    const value = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), (pairs) => {
        const actual = pairs.map((pair) => pair[0]);
        const predicted = pairs.map((pair) => pair[1]);
        expect(wql(actual, [0.5], predicted)).toBeCloseTo(wape(actual, predicted)!, 9);
      }),
    );
  });

  it('is 0 when every quantile is the actual, and counts the ends of a band as inside', () => {
    expect(wql([3, 7], [0.1, 0.9], [3, 3, 7, 7])).toBe(0);
    expect(coverage([3, 7], [0.1, 0.9], [3, 3, 7, 8], 0.1, 0.9)).toBe(1);
  });

  it('leaves out rows without an actual or without quantiles', () => {
    const nan = Number.NaN;
    expect(coverage([nan, 5, 5], [0.1, 0.9], [0, 1, nan, nan, 6, 7], 0.1, 0.9)).toBe(0);
    expect(calibrationShares([nan, 5, 5], [0.1, 0.9], [0, 1, nan, nan, 4, 7])).toEqual([0, 1]);
    expect(wql([nan, 10], [0.5], [1, 8])).toBeCloseTo(0.2, 12);
  });

  it('says null when the levels are not there', () => {
    expect(coverage([1], [0.2, 0.8], [0, 2], 0.1, 0.9)).toBeNull();
    expect(wql([], [0.5], [])).toBeNull();
  });

  it('refuses quantiles of another shape', () => {
    expect(() => wql([1, 2], [0.5], [1])).toThrow(/1 values, expected 2 rows x 1 levels/);
  });
});
