import { describe, expect, test } from 'vitest';
import { defaultHorizon, horizonPresets, testValue, testView } from './horizon.ts';

const quarter = 15 * 60_000;
const day = 86_400_000;

describe('horizons', () => {
  test('in steps of the data, finer ones left out', () => {
    expect(horizonPresets(quarter).map((p) => [p.id, p.steps])).toEqual([
      ['quarter', 1],
      ['hour', 4],
      ['day', 96],
      ['week', 672],
    ]);
    expect(horizonPresets(60 * 60_000).map((p) => p.id)).toEqual(['hour', 'day', 'week']);
    expect(horizonPresets(11 * 60_000).map((p) => p.id)).toEqual([]);
  });
  test('a day unless the data is coarser', () => {
    expect(defaultHorizon(quarter)).toBe(96);
    expect(defaultHorizon(day)).toBe(1);
    expect(defaultHorizon(11 * 60_000)).toBe(1);
  });
});

describe('test span', () => {
  const start = Date.UTC(2018, 0, 1);
  const data = { start, end: start + 100 * day - quarter, stepMs: quarter };
  test('a share of the rows at the end', () => {
    const view = testView({ kind: 'share', share: 0.2 }, data, 96)!;
    expect(view).toEqual({ from: start + 80 * day, trainDays: 80, testDays: 20, tooShort: false });
  });
  test('from a day on; days outside the data are refused', () => {
    expect(testView({ kind: 'date', day: '2018-03-02' }, data, 96)).toMatchObject({
      trainDays: 60,
      testDays: 40,
    });
    expect(testView({ kind: 'date', day: '2017-03-02' }, data, 96)).toBeNull();
    expect(testView({ kind: 'date', day: '2019-03-02' }, data, 96)).toBeNull();
    expect(testView({ kind: 'date', day: 'soon' }, data, 96)).toBeNull();
  });
  test('a test shorter than one forecast is too short', () => {
    expect(testView({ kind: 'share', share: 0.02 }, data, 672)!.tooShort).toBe(true);
  });
  test('as the service takes it', () => {
    expect(testValue({ kind: 'share', share: 0.1 })).toBe(0.1);
    expect(testValue({ kind: 'date', day: '2018-10-20' })).toBe('2018-10-20');
  });
});
