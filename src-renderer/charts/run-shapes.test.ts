import { describe, expect, test } from 'vitest';
import {
  calibrationRows,
  heatIndex,
  histogramRows,
  importanceRows,
  leadRows,
  leadTicks,
  seriesColumns,
  verdictOf,
  weekGrid,
} from './run-shapes.ts';

test('lead times start one step ahead', () => {
  const rows = leadRows({ mae: [1, 2], bias: [0.5, null] }, 900_000);
  expect(rows).toEqual([
    { lead: 900_000, mae: 1, bias: 0.5 },
    { lead: 1_800_000, mae: 2, bias: null },
  ]);
  expect(leadRows({ mae: [1, 2], bias: [0, 0] }, null).map((row) => row.lead)).toEqual([1, 2]);
});

test('lead ticks fall on whole hours or days', () => {
  const hour = 3_600_000;
  expect(leadTicks(96, hour / 4)).toEqual([3, 6, 9, 12, 15, 18, 21, 24].map((h) => h * hour));
  expect(leadTicks(168, hour)).toEqual([1, 2, 3, 4, 5, 6, 7].map((d) => d * 24 * hour));
  expect(leadTicks(96, null)).toBeUndefined();
});

describe('hours of the week', () => {
  test('Monday 00 is the first cell, Sunday 23 the last, holes stay holes', () => {
    const values = Array.from({ length: 168 }, (_, i) => (i === 5 ? null : i));
    const grid = weekGrid(values)!;
    expect(grid.rows[0][0]).toBe(0);
    expect(grid.rows[6][23]).toBe(167);
    expect(grid.rows[0][5]).toBeNull();
    expect([grid.min, grid.max]).toEqual([0, 167]);
    expect(weekGrid(Array.from({ length: 168 }, () => null))).toBeNull();
  });
  test('colours reach both ends and no further', () => {
    expect([0, 5, 10].map((value) => heatIndex(value, 0, 10, 6))).toEqual([0, 3, 5]);
    expect(heatIndex(4, 4, 4, 6)).toBe(0);
  });
});

test('shares of a histogram add up to one', () => {
  const rows = histogramRows({ edges: [-1, 0, 2], counts: [1, 3] });
  expect(rows).toEqual([
    { from: -1, to: 0, middle: -0.5, count: 1, share: 0.25 },
    { from: 0, to: 2, middle: 1, count: 3, share: 0.75 },
  ]);
  expect(histogramRows({ edges: [0, 1], counts: [0] })[0].share).toBe(0);
});

test('features beyond the top become one row', () => {
  const list = [
    { name: 'a', share: 0.1 },
    { name: 'b', share: 0.6 },
    { name: 'c', share: 0.25 },
    { name: 'd', share: 0.05 },
  ];
  const rows = importanceRows(list, 2);
  expect(rows.map((row) => row.name)).toEqual(['b', 'c', null]);
  expect(rows[2]).toMatchObject({ count: 2 });
  expect(rows[2].share).toBeCloseTo(0.15);
  expect(importanceRows(list, 4)).toHaveLength(4);
});

test('the canvas takes seconds', () => {
  const columns = seriesColumns({ t: [2000], actual: [1], predicted: [null], low: [0], high: [2] });
  expect(columns).toEqual([[2], [1], [null], [0], [2]]);
});

test('calibration pairs level and share', () => {
  expect(calibrationRows({ level: [0.1, 0.9], share: [0.12, null] })[1]).toEqual({ level: 0.9, share: null });
});

describe('the verdict', () => {
  const run = (skill: number | null, name = 'seasonal naive, weekly', modelType = 'xgboost') =>
    verdictOf({ skill, modelType, baseline: { name, mae: 1, rmse: 1, daily: null, weekly: null } });
  test('says how much better, and than what', () => {
    expect(run(0.23)).toEqual({ kind: 'better', share: 0.23, baseline: 'weekly' });
    expect(run(-0.1, 'daily')).toEqual({ kind: 'worse', share: 0.1, baseline: 'daily' });
    expect(run(0.004)).toEqual({ kind: 'same', baseline: 'weekly' });
  });
  test('keeps quiet where nothing was measured, and calls a baseline a baseline', () => {
    expect(run(null)).toEqual({ kind: 'unknown' });
    expect(run(0, 'weekly', 'seasonal_naive')).toEqual({ kind: 'baseline' });
  });
});
