import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOfLeaves, makeIsotonic } from './isotonic.ts';

test('lines run along the constrained questions, one for each answer to the others', () => {
  expect(linesOfLeaves([0, 0])).toEqual([]);
  expect(linesOfLeaves([1]).map((line) => [...line])).toEqual([[0, 1]]);
  expect(linesOfLeaves([-1]).map((line) => [...line])).toEqual([[1, 0]]);
  // question 0 is free, 1 rises, 2 falls: yes to 2 is less than no, whatever 1 says less than the other way round
  expect(linesOfLeaves([0, 1, -1]).map((line) => [...line])).toEqual([
    [4, 0, 6, 2],
    [5, 1, 7, 3],
  ]);
});

test('lines hold every leaf once, and never set a leaf before one that must not be greater', () => {
  const directions = fc
    .array(fc.constantFrom(-1, 0, 1), { minLength: 1, maxLength: 5 })
    .filter((d) => d.some(Boolean));
  fc.assert(
    fc.property(directions, (given) => {
      const lines = linesOfLeaves(given);
      const all = lines.flatMap((line) => [...line]);
      expect(all.toSorted((a, b) => a - b)).toEqual([...Array(2 ** given.length).keys()]);
      for (const line of lines)
        given.forEach((direction, q) => {
          if (direction === 0) return;
          for (const leaf of line) {
            const other = line.indexOf(leaf ^ (1 << q));
            const isYes = ((leaf >> q) & 1) === 1;
            expect(Math.sign(line.indexOf(leaf) - other)).toBe(isYes ? direction : -direction);
          }
        });
    }),
  );
});

test('values come out in line, with their weighted mean, and what is in line stays', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const values = Float64Array.from(list, ([value]) => value);
      const weights = Float64Array.from(list, ([, weight]) => weight);
      const line = Uint32Array.from(list.keys());
      const mean = (of: Float64Array): number => of.reduce((sum, value, i) => sum + value * weights[i], 0);
      const given = values.slice();
      makeIsotonic(values, weights, line);
      for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1] - 1e-12);
      expect(mean(values)).toBeCloseTo(mean(given), 8);
      const again = values.slice();
      makeIsotonic(again, weights, line);
      again.forEach((value, i) => expect(value).toBeCloseTo(values[i], 9));
      if (given.every((value, i) => i === 0 || value > given[i - 1])) expect(values).toEqual(given);
    }),
  );
});

test('a leaf without rows takes what its neighbours allow', () => {
  const values = Float64Array.of(5, 0, 3);
  makeIsotonic(values, Float64Array.of(2, 0, 2), Uint32Array.of(0, 1, 2));
  expect(values[0]).toBeCloseTo(4, 9);
  expect(values[1]).toBeCloseTo(4, 9);
  expect(values[2]).toBeCloseTo(4, 9);
});
