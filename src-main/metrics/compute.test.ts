import { describe, expect, it } from 'vitest';
import { computeMetrics, peakError } from './compute.ts';

const HOUR = 3_600_000;
const hours = (from: string, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Date.parse(from) + i * HOUR);
const base = { timezone: 'UTC', naiveScale: 2, levels: null, quantiles: null };

describe('computeMetrics', () => {
  it('leaves out rows without an actual, wherever they are', () => {
    const time = hours('2024-01-01T00:00:00Z', 5);
    const full = computeMetrics({
      ...base,
      actual: Float64Array.of(1, 2, 3, 4, 5),
      predicted: Float64Array.of(1, 3, 3, 4, 6),
      time,
    });
    const holed = computeMetrics({
      ...base,
      actual: Float64Array.of(1, 2, Number.NaN, 4, 5),
      predicted: Float64Array.of(1, 3, 99, 4, 6),
      time,
    });
    expect(full.mae).toBeCloseTo(2 / 5, 12);
    expect(holed.mae).toBeCloseTo(2 / 4, 12);
    expect(holed.mase).toBeCloseTo(0.25, 12);
    expect(holed.wql).toBeNull();
    expect(holed.coverage80).toBeNull();
  });

  it('refuses to score a model that leaves out more than 1 % of the rows', () => {
    const actual = new Float64Array(50).fill(1);
    const predicted = actual.slice();
    predicted[3] = Number.NaN;
    expect(() =>
      computeMetrics({ ...base, actual, predicted, time: hours('2024-01-01T00:00:00Z', 50) }),
    ).toThrow(/no number for 1 of 50 rows/);
  });

  it('gives null for everything when nothing can be scored', () => {
    const nothing = computeMetrics({
      ...base,
      actual: Float64Array.of(Number.NaN),
      predicted: Float64Array.of(1),
      time: hours('2024-01-01T00:00:00Z', 1),
    });
    expect(Object.values(nothing).every((value) => value === null)).toBe(true);
  });
});

describe('peakError', () => {
  const shape = (count: number, peak: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => (i % 24 === 12 ? peak : 1));

  it('compares the peaks of complete days only', () => {
    // 6 h of a day that is cut off, two full days, 3 h of a third
    const time = hours('2024-01-01T18:00:00Z', 6 + 48 + 3);
    const actual = new Float64Array(57).fill(1);
    const predicted = new Float64Array(57).fill(1);
    actual[6 + 12] = 10;
    predicted[6 + 15] = 7; // the hour may differ, the height counts
    actual[30 + 12] = 20;
    predicted[30 + 12] = 25;
    predicted[0] = 999;
    expect(peakError(actual, predicted, time, 'UTC')).toBeCloseTo((3 + 5) / 2, 12);
  });

  it('takes 23 and 25 hours for a day where the clock changes', () => {
    // Madrid: 2024-03-31 has 23 hours, from 23:00 UTC the evening before
    const spring = hours('2024-03-30T23:00:00Z', 23);
    expect(peakError(shape(23, 8), shape(23, 9), spring, 'Europe/Madrid')).toBe(1);
    const autumn = hours('2024-10-26T22:00:00Z', 25);
    expect(peakError(shape(25, 8), shape(25, 9), autumn, 'Europe/Madrid')).toBe(1);
    expect(peakError(shape(24, 8), shape(24, 9), autumn.subarray(0, 24), 'Europe/Madrid')).toBeNull();
  });

  it('leaves a day with a hole out', () => {
    const time = hours('2024-01-01T00:00:00Z', 24).filter((_, i) => i !== 5);
    expect(peakError(shape(23, 8), shape(23, 9), time, 'UTC')).toBeNull();
  });
});
