import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortNumbers } from './sort-numbers.ts';

const bits = (values: Float64Array): BigUint64Array => new BigUint64Array(Float64Array.from(values).buffer);

test('orders as the engine does, to the bit', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.constantFrom(0, -0, Infinity, -Infinity, 5e-324, -5e-324, 1.5, -1.5),
    fc.integer({ min: -1000, max: 1000 }),
  );
  fc.assert(
    fc.property(fc.array(number, { minLength: 0, maxLength: 2000, size: 'max' }), (list) => {
      const values = Float64Array.from(list);
      expect(bits(sortNumbers(values.slice()))).toEqual(bits(values.slice().sort()));
    }),
    { numRuns: 60 },
  );
});

test('one value throughout, and more than the kernel holds', () => {
  expect(new Set(sortNumbers(new Float64Array(1000).fill(-2.5)))).toEqual(new Set([-2.5]));
  const many = Float64Array.from({ length: (1 << 18) + 1 }, (_, i) => -i);
  expect(sortNumbers(many)[0]).toBe(-(1 << 18));
});
