import { describe, expect, test } from 'vitest';
import { locationScale, normalised, saysNothing } from './encode.ts';

const { fround } = Math;
/** The next number of 32 bits. */
function next(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0]! += 1;
  return new Float32Array(bits.buffer)[0]!;
}

describe('locationScale', () => {
  test.each([0.1, 12.3, 7, -1e-7, 1e9])('100 times %d is that number, with no spread', (value) => {
    for (const values of [new Float64Array(100).fill(value), new Float32Array(100).fill(value)])
      expect(locationScale(values)).toEqual({ loc: fround(value), scale: fround(1e-5), constant: true });
  });

  test.each([0.1, 12.3])('what differs from %d in the last bit is no spread either', (value) => {
    const values = Float32Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? value : next(value)));
    expect(new Set(values).size).toBe(2);
    const { loc, scale, constant } = locationScale(values);
    expect(loc).toBeCloseTo(value, 5);
    expect({ scale, constant }).toEqual({ scale: fround(1e-5), constant: true });
  });

  test('is right far from zero: as the original (chronos-forecasting 2.3.2), and exact where the mean is', () => {
    const wave = Float64Array.from({ length: 2048 }, (_, i) => 1000 + 2 * Math.SQRT2 * Math.sin(i));
    const { loc, scale, constant } = locationScale(wave);
    expect(constant).toBe(false);
    expect(Math.abs(loc - 1000.000244140625)).toBeLessThanOrEqual(2 ** -14);
    expect(scale).toBeCloseTo(2.00004506111145, 5);
    [-0.00012206756, 1.00948095, 1.06976259, 0.19815899].forEach((z, i) =>
      expect(Math.abs(normalised(wave[i]!, loc, scale, true) - z)).toBeLessThan(5e-5),
    );
    // sums of 32 bits would be off by more than one in the last place of the mean
    const steps = Float64Array.from({ length: 8192 }, (_, i) => 1000.125 + (i % 2 === 0 ? 2 : -2));
    expect(locationScale(steps)).toEqual({ loc: 1000.125, scale: 2, constant: false });
  });

  test('leaves out what is missing; of nothing it is 0 and 1', () => {
    expect(locationScale(Float64Array.of(Number.NaN, 1, 3, Number.NaN))).toEqual({
      loc: 2,
      scale: 1,
      constant: false,
    });
    expect(locationScale(new Float64Array(3).fill(Number.NaN))).toEqual({ loc: 0, scale: 1, constant: true });
  });
});

test('whether a row says something does not depend on its unit', () => {
  const row = Float64Array.from({ length: 200 }, (_, i) => 20 + Math.sin(i / 5));
  for (const factor of [1, 1e-6, 1e-12, 1e9]) {
    expect(saysNothing(row.map((value) => factor * value))).toBe(false);
    expect(saysNothing(row.map(() => factor * 20))).toBe(true);
  }
  expect(saysNothing(Float64Array.of(Number.NaN, Number.NaN))).toBe(true);
});
