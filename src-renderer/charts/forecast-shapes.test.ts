import { describe, expect, test } from 'vitest';
import type { Forecast } from '../../src-preload/contract/index.ts';
import { fanRows, figuresOf, intervalsOf, localStamp, middleLevel, quantileAt } from './forecast-shapes.ts';

const forecast: Forecast = {
  id: 'f',
  runId: 'r',
  recipe: 'x',
  dataset: 'steel',
  datasetVersion: 1,
  target: 'load',
  unit: 'kW',
  timezone: 'UTC',
  frequency: 'PT15M',
  issuedAt: 0,
  origin: 0,
  levels: [0.1, 0.5, 0.9, 0.95],
  stamps: 'beginning',
  rows: [
    {
      timestamp: '1970-01-01T00:15:00Z',
      t: 900_000,
      quantiles: { '0.10': 8, '0.5': 10, '0.9': 14, '0.95': 15 },
    },
    {
      timestamp: '1970-01-01T00:30:00Z',
      t: 1_800_000,
      quantiles: { '0.10': 16, '0.5': 20, '0.9': null, '0.95': 25 },
    },
  ],
  history: { t: [-1_800_000, -900_000, 0], actual: [1, null, 3] },
  device: null,
  warnings: [],
};

describe('intervals', () => {
  test('pairs, widest first; a level without a partner makes none', () => {
    expect(intervalsOf([0.1, 0.2, 0.5, 0.8, 0.9, 0.95])).toEqual([
      { low: 0.1, high: 0.9, coverage: 0.8 },
      { low: 0.2, high: 0.8, coverage: 0.6 },
    ]);
  });
  test('0.3 finds 0.7 although 1 − 0.3 is not 0.7 to the last bit', () => {
    expect(intervalsOf([0.3, 0.7])).toHaveLength(1);
  });
  test('levels are found by value, however they are written', () => {
    expect(quantileAt({ '0.10': 4 }, 0.1)).toBe(4);
    expect(quantileAt({}, 0.1)).toBeNull();
    expect(middleLevel([0.1, 0.4, 0.9])).toBe(0.4);
  });
});

describe('the fan', () => {
  test('past and future meet on one axis', () => {
    expect(fanRows(forecast, 2)).toEqual([
      { t: -900_000, actual: null, median: null, bands: [null] },
      { t: 0, actual: 3, median: null, bands: [null] },
      { t: 900_000, actual: null, median: 10, bands: [[8, 14]] },
      { t: 1_800_000, actual: null, median: 20, bands: [null] },
    ]);
  });
});

describe('figures', () => {
  test('power becomes energy over its step', () => {
    expect(figuresOf(forecast, 900_000)).toEqual({
      energy: { value: 7.5, unit: 'kWh' },
      peak: { value: 20, t: 1_800_000 },
      low: { value: 10, t: 900_000 },
      mean: 15,
    });
  });
  test('energy adds up; another unit has no energy', () => {
    expect(figuresOf({ ...forecast, unit: 'kWh' }, 900_000).energy).toEqual({ value: 30, unit: 'kWh' });
    expect(figuresOf({ ...forecast, unit: '°C' }, 900_000).energy).toBeNull();
  });
});

test.each([
  ['2018-10-28T02:30:00+02:00', { day: '2018-10-28', clock: '02:30', offset: '+02:00' }],
  ['2018-10-28T00:30:00Z', { day: '2018-10-28', clock: '00:30', offset: 'UTC' }],
  ['odd', { day: 'odd', clock: '', offset: '' }],
])('local stamp of %s', (text, parts) => expect(localStamp(text)).toEqual(parts));
