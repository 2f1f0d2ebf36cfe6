import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  atMostDouble,
  ceilFloat,
  floatText,
  floorFloat,
  lessThanFloat,
  maxFloat,
  nextDouble,
  nextFloat,
  previousFloat,
} from './floats.ts';

const doubles = fc.double({ noNaN: true, min: -1e30, max: 1e30 });
const singles = fc.float({ noNaN: true, noDefaultInfinity: true });

test('neighbours: nothing lies between, and they are inverse', () => {
  expect(nextFloat(1)).toBe(1 + 2 ** -23);
  expect(nextDouble(1)).toBe(1 + Number.EPSILON);
  expect(nextFloat(0)).toBe(2 ** -149);
  fc.assert(
    fc.property(singles, (x) => {
      const next = nextFloat(x);
      if (!Number.isFinite(next)) return;
      expect(next).toBeGreaterThan(x);
      expect(previousFloat(next)).toBe(x === 0 ? 0 : x);
      const middle = (x + next) / 2;
      expect([x === 0 ? 0 : x, next]).toContain(Math.fround(middle) === 0 ? 0 : Math.fround(middle));
    }),
  );
});

test('floor and ceiling of 32 bits enclose a number', () => {
  fc.assert(
    fc.property(doubles, (x) => {
      expect(floorFloat(x)).toBeLessThanOrEqual(x);
      expect(ceilFloat(x)).toBeGreaterThanOrEqual(x);
      expect(Math.fround(floorFloat(x))).toBe(floorFloat(x));
      expect([floorFloat(x), nextFloat(floorFloat(x))]).toContain(ceilFloat(x));
    }),
  );
});

test('a threshold that is moved sends every number of 32 bits the same way', () => {
  fc.assert(
    fc.property(
      singles,
      doubles,
      fc.constantFrom('lt' as const, 'le' as const),
      fc.boolean(),
      (x, t, compare, near) => {
        const threshold = near ? x : t;
        const left = compare === 'lt' ? x < threshold : x <= threshold;
        expect(x < lessThanFloat(threshold, compare)).toBe(left);
      },
    ),
  );
});

test('a threshold over rounded values becomes one over exact values', () => {
  fc.assert(
    fc.property(
      singles,
      fc.constantFrom('lt' as const, 'le' as const),
      fc.integer({ min: -3, max: 3 }),
      (t, compare, away) => {
        const step = nextFloat(Math.min(t, previousFloat(maxFloat))) - Math.min(t, previousFloat(maxFloat));
        if (!Number.isFinite(t)) return;
        // half-way cases and their neighbours are where rounding decides
        for (const x of [
          t + (away * step) / 2,
          nextDouble(t + (away * step) / 2),
          -nextDouble(-(t + (away * step) / 2)),
        ]) {
          const left = compare === 'lt' ? Math.fround(x) < t : Math.fround(x) <= t;
          expect(x <= atMostDouble(t, compare, true)).toBe(left);
          expect(x <= atMostDouble(t, compare, false)).toBe(compare === 'lt' ? x < t : x <= t);
        }
      },
    ),
    // where rounding goes to infinity
    {
      examples: [-maxFloat, maxFloat, previousFloat(maxFloat)].flatMap(
        (t) =>
          [
            [t, 'lt', -1],
            [t, 'le', 1],
            [t, 'lt', 1],
            [t, 'le', -1],
          ] as [number, 'lt' | 'le', number][],
      ),
    },
  );
});

test('texts of 32-bit numbers are short and come back', () => {
  expect(floatText(Math.fround(0.1))).toBe('0.1');
  fc.assert(fc.property(singles, (x) => Math.fround(Number(floatText(x))) === x));
});
