import { describe, expect, test } from 'vitest';
import { recipeSchema } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import type { FitContext } from '../estimator.ts';
import { createSeasonalNaive } from './seasonal-naive.ts';

const context: FitContext = { seed: 1, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };

function frameOf(start: string, rows: number, value: (i: number) => number, timezone = 'UTC'): Frame {
  return {
    time: Float64Array.from({ length: rows }, (_, i) => Date.parse(start) + i * 3_600_000),
    resolutionMs: 3_600_000,
    timezone,
    columns: [
      {
        name: 'load',
        type: 'number',
        unit: null,
        values: Float64Array.from({ length: rows }, (_, i) => value(i)),
      },
    ],
  };
}

async function fit(frame: Frame, season: unknown, horizon = 24, trainEnd = frame.time.length) {
  const recipe = recipeSchema.parse({ model: { type: 'seasonal_naive', params: { season } } });
  const task = { frame, target: 'load', horizon, pastCovariates: [], knownCovariates: [], recipe };
  return createSeasonalNaive(recipe).fit(task, trainEnd, context);
}

const forecast = async (
  frame: Frame,
  season: unknown,
  origin: number,
  horizon: number,
  gap = 0,
): Promise<number[]> => [
  ...(await (await fit(frame, season)).forecast(frame, Int32Array.of(origin), horizon, gap)).point,
];

describe('reads the same time of an earlier season', () => {
  const frame = frameOf('2024-01-01T00:00Z', 24 * 30, (i) => i);

  test.each([
    ['day', 24, 0, 1, 400 + 1 - 24],
    ['day', 30, 0, 30, 400 + 30 - 48],
    ['day', 24, 24, 1, 400 + 25 - 48],
    ['week', 24, 0, 1, 400 + 1 - 168],
    ['week', 169, 0, 169, 400 + 169 - 336],
    [5, 6, 0, 6, 400 + 6 - 10],
  ])('%s, horizon %i, gap %i', async (season, horizon, gap, k, expected) => {
    expect((await forecast(frame, season, 400, horizon, gap))[k - 1]).toBe(expected);
  });

  test('a missing reading takes the season before it', async () => {
    const holed = frameOf('2024-01-01T00:00Z', 24 * 30, (i) => (i === 377 ? Number.NaN : i));
    expect((await forecast(holed, 'day', 400, 1))[0]).toBe(401 - 48);
  });
});

test('across summer time it is the local clock that counts', async () => {
  // local midnight of 30 March 2024 in Madrid; values are the local hour
  const hour = (i: number): number => (i < 24 + 2 ? i % 24 : (i - 24 + 1) % 24);
  const frame = frameOf('2024-03-29T23:00Z', 24 + 23, hour, 'Europe/Madrid');
  const day = await forecast(frame, 'day', 24 + 22, 24);
  expect(day.slice(8, 20)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test('auto takes the season with the smaller error', async () => {
  const daily = frameOf('2024-01-01T00:00Z', 24 * 60, (i) => (i % 24) + Math.floor(i / 24));
  const weekly = frameOf(
    '2024-01-01T00:00Z',
    24 * 60,
    (i) => (Math.floor(i / 24) % 7 < 5 ? 50 : 5) + (i % 24),
  );
  expect((await fit(daily, 'auto')).toJSON()).toMatchObject({ season: 'day' });
  expect((await fit(weekly, 'auto')).toJSON()).toMatchObject({ season: 'week' });
  // the first of three weeks has none before it, which says nothing against repeating a week
  const short = frameOf(
    '2024-01-01T00:00Z',
    24 * 21,
    (i) => (Math.floor(i / 24) % 7 < 5 ? 6 : 0) + 4 * (i % 24),
  );
  expect((await fit(short, 'auto', 8)).toJSON()).toMatchObject({ season: 'week' });
});

test('daily data', async () => {
  const frame = { ...frameOf('2024-01-01T00:00Z', 100, (i) => i % 7), resolutionMs: 86_400_000 };
  const days: Frame = { ...frame, time: frame.time.map((_, i) => Date.UTC(2024, 0, 1 + i)) };
  expect(await forecast(days, 'week', 99, 7)).toEqual([2, 3, 4, 5, 6, 0, 1]);
  expect((await fit(days, 'auto', 7)).toJSON()).toMatchObject({ season: 'week' });
});

test('nothing to go by is zero, not NaN; a target that was never negative stays so', async () => {
  const one = frameOf('2024-01-01T00:00Z', 3, () => 8);
  expect(await forecast(one, 'week', 2, 2)).toEqual([8, 8]);
  const falling = frameOf('2024-01-01T00:00Z', 48, (i) => (i < 24 ? 5 : -5));
  expect(
    (await (await fit(falling, 'day', 24, 24)).forecast(falling, Int32Array.of(47), 1, 0)).point[0],
  ).toBe(0);
  expect(
    (await (await fit(falling, 'day', 24, 48)).forecast(falling, Int32Array.of(47), 1, 0)).point[0],
  ).toBe(-5);
});
