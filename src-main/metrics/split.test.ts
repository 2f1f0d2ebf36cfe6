import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, frameOf, recipeOf, taskOf } from '../../tests/support/frames.ts';
import { eachCell, planSplit, trainingTask } from './split.ts';

const days = (count: number): Float64Array => Float64Array.from({ length: count * 24 }, (_, i) => i);

describe('planSplit', () => {
  it('takes the last share of the rows and forecasts each test row once', () => {
    const plan = planSplit(frameOf(days(100)), 'load', recipeOf());
    expect(plan).toMatchObject({
      trainEnd: 1920,
      testStart: 1920,
      horizon: 24,
      gap: 0,
      season: { day: 24, week: 168 },
    });
    expect(plan.origins[0]).toBe(1919);
    expect(plan.origins).toHaveLength(20);
  });

  it('forecasts every test row exactly once, whatever horizon, gap and share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 30 }),
        fc.double({ min: 0.05, max: 0.6, noNaN: true }),
        (horizon, gap, test) => {
          const frame = frameOf(days(30));
          const plan = planSplit(frame, 'load', recipeOf({ forecast: { horizon }, split: { gap, test } }));
          const seen = new Uint8Array(frame.time.length);
          eachCell(plan, (_, row) => {
            if (row < seen.length) seen[row]++;
          });
          expect(plan.trainEnd - 1).toBe(plan.origins[0]); // nothing after the first origin trains
          expect(seen.subarray(0, plan.testStart).every((count) => count === 0)).toBe(true);
          expect(seen.subarray(plan.testStart).every((count) => count === 1)).toBe(true);
        },
      ),
    );
  });

  it('takes a date as the first local test day', () => {
    const frame = frameOf(days(60), { timezone: 'Asia/Seoul' });
    const plan = planSplit(frame, 'load', recipeOf({ split: { test: '2024-02-10' } }));
    expect(new Date(frame.time[plan.testStart]).toISOString()).toBe('2024-02-09T15:00:00.000Z');
  });

  it('begins day-ahead windows at local midnight', () => {
    const frame = frameOf(days(100), { timezone: 'Europe/Madrid' });
    const plan = planSplit(frame, 'load', recipeOf({ split: { test: 0.2 } }));
    expect(new Date(frame.time[plan.testStart]).toISOString()).toMatch(/T2[23]:00/);
  });

  it('spreads at most maxWindows origins evenly', () => {
    const plan = planSplit(frameOf(days(100)), 'load', recipeOf({ split: { maxWindows: 3 } }));
    expect([...plan.origins]).toEqual([1919, 1919 + 10 * 24, 1919 + 19 * 24]);
  });

  it('gives the same key for the same rows and another one for others', () => {
    const frame = frameOf(days(100));
    const key = (more: Record<string, unknown>, other = frame): string =>
      planSplit(other, 'load', recipeOf(more)).splitKey;
    expect(key({ model: { type: 'xgboost' } })).toBe(key({}));
    const changed = days(100);
    changed[2399] = -5;
    const early = days(100);
    early[5] = -5;
    expect(key({}, frameOf(changed))).not.toBe(key({}));
    expect(key({}, frameOf(early))).toBe(key({})); // training rows may be cleaned differently
    expect(key({ forecast: { horizon: 12 } })).not.toBe(key({}));
    expect(key({ split: { test: 0.3 } })).not.toBe(key({}));
  });

  it('says what is wrong', () => {
    const frame = frameOf(days(10));
    expect(() => planSplit(frame, 'lod', recipeOf())).toThrow(/no column "lod"/);
    expect(() => planSplit(frame, 'load', recipeOf({ split: { test: '2031-01-01' } }))).toThrow(
      /2024-01-01 to 2024-01-10/,
    );
    expect(() => planSplit(frame, 'load', recipeOf({ split: { test: 0.95 } }))).toThrow(
      /rows are left to train on/,
    );
    expect(() => planSplit(frame, 'load', recipeOf({ split: { gap: 400 } }))).toThrow(/Only 0 rows/);
  });
});

describe('trainingTask', () => {
  it('hides the target before a sliding window and keeps the row numbers', () => {
    const recipe = recipeOf({ split: { strategy: 'sliding', trainWindow: 48 } });
    const task = trainingTask(taskOf(frameOf(days(10), { resolutionMs: HOUR }), recipe, 24), 100);
    const column = task.frame.columns[0] as { values: Float64Array };
    expect(column.values[51]).toBeNaN();
    expect(column.values[52]).toBe(52);
    expect(task.frame.time).toHaveLength(240);
  });

  it('leaves an expanding task alone', () => {
    const task = taskOf(frameOf(days(10)), recipeOf(), 24);
    expect(trainingTask(task, 100)).toBe(task);
  });
});
