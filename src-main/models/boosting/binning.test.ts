import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binColumns, binOf, findCuts } from './binning.ts';

describe('cut points', () => {
  test('every distinct value gets a bin when there is room', () => {
    const cuts = findCuts(Float64Array.of(3, 1, 2, 2, Number.NaN, 1), null, 256);
    expect([...cuts.slice(0, 2)]).toEqual([2, 3]);
    expect(cuts[2]).toBeGreaterThan(3);
    expect([1, 2, 3, 99, -5].map((value) => binOf(value, cuts))).toEqual([0, 1, 2, 2, 0]);
  });

  test('many values are cut into equal shares', () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => Math.sqrt(i));
    const cuts = findCuts(values, null, 64);
    expect(cuts.length).toBe(64);
    const counts = new Int32Array(64);
    for (const value of values) counts[binOf(value, cuts)]++;
    expect(Math.max(...counts)).toBeLessThan(160);
    expect(Math.min(...counts)).toBeGreaterThan(150);
  });

  test('a value that half of the rows share does not eat the bins of the others', () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? 5 : i / 1000));
    const counts = new Int32Array(32);
    const cuts = findCuts(values, null, 32);
    expect(cuts.length).toBeGreaterThan(28);
    for (const value of values) if (value !== 5) counts[binOf(value, cuts)]++;
    expect(Math.max(...counts)).toBeLessThan(400);
  });

  test('rows of weight 0 have no say, and a column without values has one bin', () => {
    expect(findCuts(Float64Array.of(1, 2, 50), Float64Array.of(1, 1, 0), 8)).toHaveLength(2);
    expect(findCuts(Float64Array.of(Number.NaN, Number.NaN), null, 8)).toHaveLength(1);
  });
});

test('codes keep the order of values and never exceed the bins', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.constant(Number.NaN)), { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 2, max: 300 }),
      (list, maxBins) => {
        const column = Float64Array.from(list);
        const bins = binColumns([column, column], column.length, null, maxBins);
        const missing = bins.cuts[0].length;
        expect(missing).toBeLessThanOrEqual(maxBins);
        expect(bins.offset[2]).toBe(2 * (missing + bins.hasMissing[0]));
        list.forEach((a, i) => {
          expect(bins.codes[i]).toBe(bins.codes[column.length + i]);
          if (Number.isNaN(a)) expect(bins.codes[i]).toBe(missing);
          else expect(bins.codes[i]).toBeLessThan(missing);
          const b = list[0];
          if (a < b) expect(bins.codes[i]).toBeLessThanOrEqual(bins.codes[0]);
        });
      },
    ),
  );
});

test('256 bins fit bytes, missing values included; more take two', () => {
  const many = Float64Array.from({ length: 5000 }, (_, i) => (i === 3 ? Number.NaN : i));
  expect(binColumns([many], 5000, null, 256).codes).toBeInstanceOf(Uint8Array);
  const wide = binColumns([many], 5000, null, 1000);
  expect(wide.codes).toBeInstanceOf(Uint16Array);
  expect(wide.cuts[0].length).toBeGreaterThan(900);
});
