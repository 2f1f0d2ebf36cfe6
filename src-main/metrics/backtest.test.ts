import { describe, expect, it } from 'vitest';
import { runBacktest } from './backtest.ts';
import { decodeBacktest, encodeBacktest } from './codec.ts';
import { diagnose } from './diagnostics.ts';
import { frameOf, quietContext, recipeOf, slotMean, taskOf } from '../../tests/support/frames.ts';
import { planSplit } from './split.ts';
import type { Backtest } from './backtest.ts';

const values = Float64Array.from({ length: 24 * 40 + 7 }, (_, i) => 10 + (i % 24) + (Math.floor(i / 24) % 7));

async function run(
  more: Record<string, unknown> = {},
  actual?: Float64Array,
): Promise<{ backtest: Backtest; fits: number[] }> {
  const frame = frameOf(values);
  const recipe = recipeOf(more);
  const plan = planSplit(frame, 'load', recipe);
  const task = taskOf(frame, recipe, plan.horizon);
  const estimator = slotMean(24);
  const model = await estimator.fit(task, plan.trainEnd, quietContext);
  estimator.fits.length = 0;
  const context = quietContext;
  const backtest = await runBacktest({
    estimator,
    task,
    plan,
    model,
    calibration: null,
    levels: [0.1, 0.5, 0.9],
    context,
    actual,
  });
  return { backtest, fits: estimator.fits };
}

describe('runBacktest', () => {
  it('puts what was observed beside each forecast row, NaN beyond the data', async () => {
    const { backtest } = await run();
    const { plan, actual, time } = backtest;
    expect(actual[0]).toBe(values[plan.testStart]);
    expect(new Date(time[0]).toISOString()).toBe('2024-02-03T00:00:00.000Z');
    const last = (plan.origins.length - 1) * 24;
    expect(actual[last + 6]).toBe(values.at(-1));
    expect(actual[last + 7]).toBeNaN();
    expect(time[last + 7] - time[last + 6]).toBe(3_600_000);
  });

  it('refits after so many origins, on rows up to the origin', async () => {
    const { backtest, fits } = await run({ split: { refit: 3 } });
    expect(fits).toEqual([3, 6].map((window) => backtest.plan.origins[window] + 1));
  });

  it('scores against the target as measured', async () => {
    const measured = values.slice();
    measured[measured.length - 1] = Number.NaN;
    const { backtest } = await run({}, measured);
    expect(backtest.actual.filter(Number.isFinite)).toHaveLength(24 * 7 + 6);
  });

  it('refuses a regression from a model that only forecasts', async () => {
    await expect(run({ task: 'regression' })).rejects.toMatchObject({ code: 'task-not-supported' });
  });

  it('survives being stored, bit for bit', async () => {
    const { backtest } = await run();
    const bytes = encodeBacktest(backtest);
    expect(decodeBacktest(bytes)).toEqual(backtest);
    expect(encodeBacktest(decodeBacktest(bytes))).toEqual(bytes);
    expect(() => decodeBacktest(bytes.subarray(0, bytes.length - 8))).toThrow(/cannot be read/);
    expect(() => decodeBacktest(new Uint8Array(40))).toThrow(/mark of this format/);
  });
});

describe('diagnose', () => {
  it('finds the lead, the hour and the day where it fails', async () => {
    const { backtest } = await run();
    const point = backtest.actual.map((value) => (Number.isFinite(value) ? value : 0));
    const cell = 2 * 24 + 5; // third test day, 2024-02-05, a Monday, 05:00
    point[cell] += 12;
    const result = diagnose(
      { ...backtest, batch: { ...backtest.batch, point } },
      { runId: 'r', points: 1000 },
    );
    expect(result.byLead.mae[5]).toBeCloseTo(12 / 8, 12);
    expect(result.byLead.bias[4]).toBe(0);
    expect(result.byHourOfWeek.mae[0 * 24 + 5]).toBe(12);
    expect(result.worstDays[0]).toMatchObject({ day: '2024-02-05', mae: 0.5 });
    expect(result.residualHistogram.counts.reduce((sum, count) => sum + count, 0)).toBe(24 * 7 + 7);
    expect(result.series.t).toHaveLength(24 * 7 + 7);
    expect(result.calibration.level).toEqual([0.1, 0.5, 0.9]);
  });

  it('thins the series without losing its peak', async () => {
    const { backtest } = await run();
    const actual = backtest.actual.slice();
    actual[77] = 500;
    const { series } = diagnose({ ...backtest, actual }, { runId: 'r', points: 20 });
    expect(series.t.length).toBeLessThanOrEqual(20);
    expect(Math.max(...(series.actual as number[]))).toBe(500);
    expect([...series.t].sort((a, b) => a - b)).toEqual(series.t);
  });
});
