import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runBacktest } from './backtest.ts';
import { scoreBacktest, seasonalNaive, skillScore } from './baseline.ts';
import {
  frameOf,
  hasSteel,
  quietContext,
  recipeOf,
  slotMean,
  steelFrame,
  taskOf,
} from '../../tests/support/frames.ts';
import { planSplit } from './split.ts';

describe('seasonalNaive', () => {
  it('repeats the last known day, again and again over a long horizon', () => {
    const frame = frameOf(Float64Array.from({ length: 96 }, (_, i) => i));
    const plan = { origins: Int32Array.of(71), horizon: 48, gap: 0 };
    const forecast = seasonalNaive(
      frame,
      Float64Array.from({ length: 96 }, (_, i) => i),
      plan,
      24,
    );
    expect(forecast[0]).toBe(48);
    expect(forecast[23]).toBe(71);
    expect(forecast[24]).toBe(48);
  });

  it('never reads past the origin, in any zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 600 }),
        fc.integer({ min: 1, max: 72 }),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom('UTC', 'Europe/Madrid', 'Australia/Adelaide'),
        fc.constantFrom(24, 168),
        (origin, horizon, gap, timezone, season) => {
          const values = Float64Array.from({ length: 700 }, (_, i) => i + 1);
          const frame = frameOf(values, { timezone, start: '2024-03-20T00:00:00Z' });
          const plan = { origins: Int32Array.of(origin), horizon, gap };
          const before = seasonalNaive(frame, values, plan, season);
          const perturbed = values.map((value, i) => (i > origin ? -1e9 : value));
          expect(seasonalNaive(frame, perturbed, plan, season)).toEqual(before);
          expect(Math.max(...before)).toBeLessThanOrEqual(origin + 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('follows the local clock over a change of the clock', () => {
    // load = local hour; Madrid goes forward on 2024-03-31
    const frame = frameOf(new Float64Array(24 * 10), {
      timezone: 'Europe/Madrid',
      start: '2024-03-26T23:00:00Z',
    });
    const local = frame.time.map((t) =>
      new Date(t + (t >= Date.parse('2024-03-31T01:00:00Z') ? 2 : 1) * 3.6e6).getUTCHours(),
    );
    const origin = 24 * 4 - 1; // Saturday's last hour
    const forecast = seasonalNaive(frame, local, { origins: Int32Array.of(origin), horizon: 23, gap: 0 }, 24);
    expect([...forecast]).toEqual([...local.slice(origin + 1, origin + 24)]);
  });

  it('looks a season further back where a reading is missing', () => {
    const values = Float64Array.from({ length: 96 }, (_, i) => i);
    values[48] = Number.NaN;
    const forecast = seasonalNaive(
      frameOf(values),
      values,
      { origins: Int32Array.of(71), horizon: 2, gap: 0 },
      24,
    );
    expect([...forecast]).toEqual([24, 49]);
  });
});

describe('scoreBacktest', () => {
  it('measures skill against the better of day and week', async () => {
    const values = Float64Array.from(
      { length: 24 * 70 },
      (_, i) => (Math.floor(i / 24) % 7 < 5 ? 50 : 10) + (i % 24),
    );
    const frame = frameOf(values);
    const recipe = recipeOf();
    const plan = planSplit(frame, 'load', recipe);
    const estimator = slotMean(168);
    const task = taskOf(frame, recipe, plan.horizon);
    const model = await estimator.fit(task, plan.trainEnd, quietContext);
    const backtest = await runBacktest({
      estimator,
      task,
      plan,
      model,
      calibration: null,
      levels: [0.1, 0.9],
      context: quietContext,
    });
    const noisy = { ...backtest, actual: backtest.actual.map((value) => value + 1) };
    const { baseline, skill, metrics } = scoreBacktest(noisy, frame);
    expect(baseline.name).toBe('seasonal-naive-weekly');
    expect(baseline.mae).toBeCloseTo(1, 12);
    expect(baseline.daily!.mae).toBeGreaterThan(5);
    expect(metrics.mae).toBeCloseTo(1, 12);
    expect(skill).toBeCloseTo(0, 12);
  });

  it('gives a model that repeats the baseline a skill of exactly 0', () => {
    expect(skillScore(12.55, 12.55 * (1 + 3e-6))).toBe(0);
    expect(skillScore(12.55, 12.55 * (1 - 3e-6))).toBe(0);
    expect(skillScore(12.5, 12.55)).toBeCloseTo(0.00398, 4);
    expect(skillScore(13, 12.55)).toBeLessThan(-0.03);
  });

  it.skipIf(!hasSteel)('reproduces the known baselines of the steel plant', () => {
    // The data's README: last 14 days, "last known day repeated" 12.58, "last known week repeated" 14.29; day by day 10.31 and 11.77
    const frame = steelFrame();
    const values = (frame.columns[0] as { values: Float64Array }).values;
    const mae = (horizon: number, season: number): number => {
      const plan = planSplit(
        frame,
        'load',
        recipeOf({ forecast: { horizon }, split: { test: '2018-12-18' } }),
      );
      const forecast = seasonalNaive(frame, values, plan, season);
      return (
        forecast.reduce((sum, value, i) => sum + Math.abs(value - values[plan.testStart + i]), 0) /
        forecast.length
      );
    };
    expect(mae(1344, 96)).toBeCloseTo(12.58, 2);
    expect(mae(1344, 672)).toBeCloseTo(14.29, 2);
    expect(mae(96, 96)).toBeCloseTo(10.31, 2);
    expect(mae(96, 672)).toBeCloseTo(11.77, 2);
  });
});
