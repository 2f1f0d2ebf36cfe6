import { describe, expect, test } from 'vitest';
import { timeLabels } from './axis-time.ts';
import { colorTable, dayTicks, heatDomain, heatPixels, slotClock } from './heat-map-data.ts';
import { clampView, extent, indexAt, panView, pointsFor, zoomView } from './load-curve-data.ts';
import { hourClock, shapeRows } from './shape-data.ts';
import { barHeights } from './spark-data.ts';

const chart = (t: number[], min: (number | null)[], max: (number | null)[]) => ({
  column: 'load',
  unit: 'kW',
  t,
  min,
  max,
  perBucket: 2,
  rows: t.length * 2,
});

describe('view of a curve', () => {
  const whole = { from: 0, to: 1000 };
  test('stays inside the data', () => {
    expect(clampView({ from: -50, to: 50 }, whole, 10)).toEqual({ from: 0, to: 100 });
    expect(clampView({ from: 950, to: 1100 }, whole, 10)).toEqual({ from: 850, to: 1000 });
    expect(clampView({ from: -500, to: 5000 }, whole, 10)).toEqual(whole);
  });
  test('is never narrower than the smallest view', () => {
    expect(clampView({ from: 500, to: 501 }, whole, 10)).toEqual({ from: 500, to: 510 });
  });
  test('zooms around an instant and pans by shares', () => {
    expect(zoomView({ from: 0, to: 100 }, 0.5, 20)).toEqual({ from: 10, to: 60 });
    expect(panView({ from: 0, to: 100 }, 0.2)).toEqual({ from: 20, to: 120 });
  });
  test('asks for two points per pixel within the limits of the call', () => {
    expect([pointsFor(1000), pointsFor(10), pointsFor(50_000)]).toEqual([2000, 200, 20_000]);
  });
  test('reads the value at or before an instant', () => {
    expect([-1, 0, 15, 20, 99].map((at) => indexAt([0, 10, 20], at))).toEqual([0, 0, 1, 2, 2]);
    expect(indexAt([], 5)).toBe(-1);
  });
  test('knows its extent, holes left out', () => {
    expect(extent(chart([0, 1, 2], [1, null, -2], [4, null, 3]))).toEqual({ min: -2, max: 4 });
    expect(extent(chart([0], [null], [null]))).toBeNull();
  });
});

test('time labels say the year or the day only where it turns', () => {
  const s = (...at: [number, number, number, number?]): number => Date.UTC(...at) / 1000;
  expect(timeLabels([s(2018, 10, 1), s(2018, 11, 1), s(2019, 0, 1)], 30 * 86_400, 'en-GB', 'UTC')).toEqual([
    'Nov\n2018',
    'Dec',
    'Jan\n2019',
  ]);
  expect(timeLabels([s(2018, 0, 1, 21), s(2018, 0, 1, 24)], 10_800, 'en-GB', 'UTC')).toEqual([
    '21:00\n1 Jan',
    '00:00\n2 Jan',
  ]);
  // the clock of the data, not of the reader
  expect(timeLabels([s(2018, 0, 1, 21)], 10_800, 'en-GB', 'Asia/Seoul')).toEqual(['06:00\n2 Jan']);
});

describe('heat map', () => {
  test('one spike does not wash out the colours', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i % 100);
    values[500] = 1e6;
    expect(heatDomain(values)![1]).toBeLessThanOrEqual(99);
    expect(heatDomain([null, null])).toBeNull();
  });
  test('the table runs from the first to the last stop', () => {
    const table = colorTable(['#000000', '#ff8000']);
    expect([...table.slice(0, 3)]).toEqual([0, 0, 0]);
    expect([...table.slice(-3)]).toEqual([255, 128, 0]);
  });
  test('days run to the right, hours downwards, holes have a colour of their own', () => {
    const map = { days: ['2018-01-01', '2018-01-02'], slots: 2, values: [0, 1, null, 0.5], unit: null };
    const pixels = heatPixels(map, [0, 1], ['#000000', '#ffffff'], '#102030');
    const at = (day: number, slot: number): number[] => [
      ...pixels.slice((slot * 2 + day) * 4, (slot * 2 + day) * 4 + 3),
    ];
    expect(at(0, 0)).toEqual([0, 0, 0]);
    expect(at(0, 1)).toEqual([255, 255, 255]);
    expect(at(1, 0)).toEqual([16, 32, 48]);
    expect(at(1, 1)[0]).toBe(128);
  });
  test('ticks are the beginnings of months, thinned to what fits', () => {
    const days = Array.from({ length: 365 }, (_, i) =>
      new Date(Date.UTC(2018, 0, 1 + i)).toISOString().slice(0, 10),
    );
    expect(dayTicks(days, 12).map((tick) => tick.day.slice(5))).toContain('12-01');
    expect(dayTicks(days, 12)).toHaveLength(12);
    expect(dayTicks(days, 4).length).toBeLessThanOrEqual(4);
    expect(dayTicks(days.slice(0, 10), 5).map((tick) => tick.index)).toEqual([0, 2, 4, 6, 8]);
  });
  test('slots have clock times', () => {
    expect([slotClock(0, 96), slotClock(37, 96), slotClock(23, 24)]).toEqual(['00:00', '09:15', '23:00']);
  });
});

test('a shape has its hours', () => {
  expect(shapeRows([1, null, 3, 4], 24)).toEqual([
    { hour: 0, value: 1 },
    { hour: 6, value: null },
    { hour: 12, value: 3 },
    { hour: 18, value: 4 },
  ]);
  expect(hourClock(9.25)).toBe('09:15');
});

test('a tall bin leaves the small ones visible, and an empty one is empty', () => {
  expect(barHeights([100, 0, 1], 24)).toEqual([1, 0, 0.1]);
  expect(barHeights([1e9, 1], 24)[1]).toBe(0.06);
  expect(barHeights([1, 1, 1, 1], 2)).toEqual([1, 1]);
  expect(barHeights([0, 0], 24)).toEqual([0, 0]);
});
