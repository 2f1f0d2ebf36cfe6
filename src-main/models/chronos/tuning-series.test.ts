import { expect, test } from 'vitest';
import type { Frame } from '../../data/frame.ts';
import { tuningSeries } from './tuning-series.ts';

const hour = 3_600_000;
const plan = { context: 24, horizon: 6, rows: 8, leastPast: 6 };
const columns = { target: 'load', past: ['shift'], known: [] };

/** Shift `on` every other hour, with 10 more; 40 rows of training, and a load that is another from a row on. */
function frameOf(from: number, change: number): Frame {
  const time = Float64Array.from({ length: 60 }, (_, i) => i * hour);
  return {
    time,
    resolutionMs: hour,
    timezone: 'UTC',
    columns: [
      {
        name: 'load',
        type: 'number',
        unit: 'kW',
        values: Float64Array.from(time, (_, i) => (i % 2 === 0 ? 20 : 10) + (i >= from ? change : 0)),
      },
      {
        name: 'shift',
        type: 'category',
        levels: ['on', 'off', 'holiday'],
        codes: Int32Array.from(time, (_, i) => (i === 39 ? 2 : i % 2)),
      },
    ],
  };
}

test('categories stand for means of the target over the rows that train: neither validation nor test tells', () => {
  const made = tuningSeries(frameOf(60, 0), columns, 40, plan, 0.3);
  expect(made.cuts).toEqual([28, 34]);
  expect(made.train.target).toHaveLength(28);
  expect(made.validation.target).toHaveLength(40);
  const [shift] = made.validation.past;
  // smoothed by one reading of the mean, 15; what was never seen in training is the mean
  const [on, off] = [(15 + 14 * 20) / 15, (15 + 14 * 10) / 15];
  shift!.forEach((value, i) => expect(value).toBeCloseTo(i === 39 ? 15 : i % 2 === 0 ? on : off, 4));
  expect(made.train.past[0]).toEqual(shift!.subarray(0, 28));
  // another load in the validation, and in the test
  for (const from of [28, 40])
    expect(tuningSeries(frameOf(from, 1000), columns, 40, plan, 0.3).validation.past).toEqual([shift]);
  expect(tuningSeries(frameOf(27, 1000), columns, 40, plan, 0.3).validation.past).not.toEqual([shift]);
});

test('without validation all rows train, and tell what a category is', () => {
  const made = tuningSeries(frameOf(40, 1000), columns, 40, plan, 0);
  expect(made.cuts).toEqual([]);
  expect(made.train).toEqual(made.validation);
  expect(made.train.past[0]![39]).toBeCloseTo((15 + 10) / 2, 4);
});
