import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimate } from './decimate.ts';
import { heatmap } from './heatmap.ts';

const HOUR = 3_600_000;
const times = (n: number, start = Date.UTC(2024, 0, 1), step = HOUR): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => start + i * step);

describe('decimate', () => {
  test('few rows come as they are', () => {
    const t = times(4);
    expect(decimate(t, Float64Array.of(1, NaN, 3, 4), HOUR, -Infinity, Infinity, 100)).toEqual({
      t: [...t],
      min: [1, null, 3, 4],
      max: [1, null, 3, 4],
      perBucket: 1,
      rows: 4,
    });
  });
  test('a gap is null, not a line across', () => {
    const t = Float64Array.of(0, 1, 5, 6).map((h) => h * HOUR);
    const found = decimate(t, Float64Array.of(1, 2, 3, 4), HOUR, 0, 6 * HOUR, 100);
    expect(found.min).toEqual([1, 2, null, null, null, 3, 4]);
  });
  test('a range is cut at both ends, its last instant included', () => {
    const t = times(100, 0);
    const found = decimate(t, t, HOUR, 10 * HOUR, 12 * HOUR, 50);
    expect(found).toMatchObject({ t: [10 * HOUR, 11 * HOUR, 12 * HOUR], rows: 3, perBucket: 1 });
  });
  test('an empty range is empty', () => {
    expect(decimate(times(10), times(10), HOUR, 0, 1, 10)).toEqual({
      t: [],
      min: [],
      max: [],
      perBucket: 1,
      rows: 0,
    });
  });
  test('no peak is lost and no bucket is invented', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(NaN)), {
          minLength: 1,
          maxLength: 400,
        }),
        fc.integer({ min: 10, max: 60 }),
        (list, points) => {
          const values = Float64Array.from(list, (value) => value + 0);
          const found = decimate(times(values.length), values, HOUR, -Infinity, Infinity, points);
          expect(found.t.length).toBeLessThanOrEqual(points);
          expect(found.min.length).toBe(found.t.length);
          const real = list.filter((value) => !Number.isNaN(value));
          const shown = (side: (number | null)[]): number[] => side.filter((value) => value !== null);
          expect(shown(found.max).length > 0).toBe(real.length > 0);
          if (real.length === 0) return;
          expect(Math.max(...shown(found.max))).toBe(Math.max(...real) + 0);
          expect(Math.min(...shown(found.min))).toBe(Math.min(...real) + 0);
        },
      ),
      { numRuns: 100 },
    );
  });
  test('a million rows take well under 100 ms', () => {
    const t = times(1_000_000, 0, 60_000);
    const values = t.map((ms) => Math.sin(ms / 1e7));
    decimate(t, values, 60_000, -Infinity, Infinity, 2000);
    const before = process.cpuUsage();
    const found = decimate(t, values, 60_000, -Infinity, Infinity, 2000);
    expect(found).toMatchObject({ perBucket: 500, rows: 1_000_000 });
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(100);
  });
});

describe('heatmap', () => {
  test('days by slots on the local clock; what is missing is null', () => {
    const t = times(48, Date.UTC(2024, 0, 1)); // 00:00 UTC is 09:00 in Seoul
    const values = t.map((_, i) => (i === 3 ? NaN : i));
    const found = heatmap(t, values, HOUR, 'Asia/Seoul');
    expect(found.days).toEqual(['2024-01-01', '2024-01-02', '2024-01-03']);
    expect(found.slots).toBe(24);
    expect(found.values[8]).toBeNull();
    expect(found.values[9]).toBe(0);
    expect(found.values[12]).toBeNull();
    expect(found.values[24]).toBe(15);
  });
  test('the skipped hour is null, the repeated hour a mean', () => {
    const spring = heatmap(times(30, Date.UTC(2024, 2, 30, 23)), times(30, 0, 1), HOUR, 'Europe/Madrid');
    expect(spring.days[0]).toBe('2024-03-31');
    expect(spring.values.slice(0, 5)).toEqual([0, 1, null, 2, 3]);
    const autumn = heatmap(times(30, Date.UTC(2024, 9, 26, 22)), times(30, 0, 1), HOUR, 'Europe/Madrid');
    expect(autumn.values.slice(0, 5)).toEqual([0, 1, 2.5, 4, 5]);
  });
  test('minutes are shown as quarters of an hour', () => {
    const found = heatmap(times(1440, 0, 60_000), times(1440, 0, 1), 60_000, 'UTC');
    expect(found.slots).toBe(96);
    expect(found.values[0]).toBe(7);
  });
  test('days without readings are shown empty', () => {
    const t = Float64Array.of(0, 3 * 24 * HOUR);
    expect(heatmap(t, Float64Array.of(1, 2), 24 * HOUR, 'UTC')).toEqual({
      days: ['1970-01-01', '1970-01-02', '1970-01-03', '1970-01-04'],
      slots: 1,
      values: [1, null, null, 2],
    });
  });
});
