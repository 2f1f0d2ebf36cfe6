import { expect, test } from 'vitest';
import { buildCalendar } from './calendar.ts';
import { History } from './history.ts';

const rows = 24 * 21;
const calendar = buildCalendar(
  {
    time: Float64Array.from({ length: rows }, (_, i) => Date.UTC(2024, 0, 1) + i * 3_600_000),
    resolutionMs: 3_600_000,
    timezone: 'UTC',
    columns: [],
  },
  0,
  new Int32Array(0),
);
const target = Float64Array.from({ length: rows }, (_, i) =>
  i % 50 === 7 ? Number.NaN : (i % 24) + i / 100,
);
const state = (history: History): unknown[] => [
  history.value,
  history.sum,
  history.count,
  history.filled,
  history.weekLevel,
  history.weekSlowLevel,
  history.weekMean,
  history.typeLevel,
  history.surpriseSum,
];

test('means over trailing windows leave missing readings out', () => {
  const history = new History(calendar, target, rows);
  const mean = (row: number, window: number): number => {
    const part = [...target.slice(Math.max(0, row + 1 - window), row + 1)].filter(
      (value) => !Number.isNaN(value),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  };
  for (const [row, window] of [
    [10, 4],
    [100, 24],
    [500, 168],
  ])
    expect(history.mean(row, window)).toBeCloseTo(mean(row, window), 9);
  expect(history.mean(7, 1)).toBeNaN();
  expect(history.filled[7]).toBe(target[6]);
});

test('the week level is an exponential mean, a surprise the distance from what was known before', () => {
  const plain = Float64Array.from({ length: rows }, (_, i) => (i < 168 ? 10 : i < 336 ? 20 : 30));
  const history = new History(calendar, plain, rows);
  expect(history.weekLevel[5]).toBe(10);
  expect(history.weekLevel[173]).toBeCloseTo(13, 12);
  expect(history.weekMean[341]).toBeCloseTo(20, 12);
  expect(history.surprise(173, 1)).toBe(10);
  expect(history.surprise(341, 1)).toBeCloseTo(17, 12);
  expect(history.surprise(100, 24)).toBeNaN();
});

test('predictions written over it are gone once the readings are put back', () => {
  const history = new History(calendar, target, rows);
  const before = structuredClone(state(history));
  for (let row = 300; row < 330; row++) history.set(row, 1000 + row);
  expect(state(history)).not.toEqual(before);
  for (let row = 300; row < rows; row++) history.set(row, target[row]);
  expect(state(history)).toEqual(before);
});

test('a row holds nothing from after it', () => {
  const whole = new History(calendar, target, rows);
  const head = new History(calendar, target, 300);
  state(whole).forEach((values, k) => {
    expect((values as Float64Array).slice(0, 300)).toEqual((state(head)[k] as Float64Array).slice(0, 300));
  });
});
