import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForecastBatch } from '../models/estimator.ts';
import { runBacktest } from './backtest.ts';
import type { Backtest } from './backtest.ts';
import { calibrateOnTail } from './calibrate.ts';
import {
  HOUR,
  frameOf,
  hasSteel,
  normal,
  quietContext,
  random,
  recipeOf,
  slotMean,
  steelFrame,
  taskOf,
} from '../../tests/support/frames.ts';
import { applyIntervals, residualsFromBacktest, residualsOf } from './intervals.ts';
import { metricsOf } from './baseline.ts';
import { planSplit } from './split.ts';
import type { Frame } from '../data/frame.ts';

const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

async function backtestOf(frame: Frame, more: Record<string, unknown> = {}, season = 168): Promise<Backtest> {
  const recipe = recipeOf(more);
  const plan = planSplit(frame, 'load', recipe);
  const task = taskOf(frame, recipe, plan.horizon);
  const estimator = slotMean(season);
  const model = await estimator.fit(task, plan.trainEnd, quietContext);
  const calibration = await calibrateOnTail({ estimator, model, task, plan, context: quietContext });
  return runBacktest({ estimator, task, plan, model, calibration, levels: LEVELS, context: quietContext });
}

/** Works by day on weekdays, idles at night and on weekends; the spread goes with the level. */
function plant(days: number, seed: number, noise = normal): Float64Array {
  const uniform = random(seed);
  return Float64Array.from({ length: days * 24 }, (_, i) => {
    const working = Math.floor(i / 24) % 7 < 5 && i % 24 >= 7 && i % 24 < 19;
    return working ? 60 + 12 * noise(uniform) : 5 + 0.4 * noise(uniform);
  });
}

function bandWidth(backtest: Backtest, hour: number): number {
  const width = LEVELS.length;
  const cells = [...backtest.time.keys()].filter(
    (cell) => new Date(backtest.time[cell]).getUTCHours() === hour,
  );
  const q = backtest.batch.quantiles!;
  return cells.reduce((sum, cell) => sum + q[cell * width + width - 1] - q[cell * width], 0) / cells.length;
}

describe('conformal intervals', () => {
  it.each([
    ['plant with normal noise', 1, normal],
    ['plant with skewed noise', 2, (uniform: () => number) => -Math.log(uniform()) - 1],
    ['plant with heavy tails', 3, (uniform: () => number) => normal(uniform) / Math.sqrt(uniform() + 0.05)],
  ] as const)('covers its nominal share, within five points, of the %s', async (_, seed, noise) => {
    const backtest = await backtestOf(frameOf(plant(240, seed, noise)));
    const { coverage80 } = metricsOf(backtest, 1);
    expect(coverage80).toBeGreaterThan(0.75);
    expect(coverage80).toBeLessThan(0.85);
    expect(bandWidth(backtest, 12)).toBeGreaterThan(5 * bandWidth(backtest, 3));
  });

  it.skipIf(!hasSteel).each([96, 24])(
    'covers its nominal share, within five points, of the real steel plant, %i steps ahead',
    async (horizon) => {
      const backtest = await backtestOf(steelFrame(), { forecast: { horizon } }, 672);
      const metrics = metricsOf(backtest, 1);
      expect(metrics.coverage80).toBeGreaterThan(0.75);
      expect(metrics.coverage80).toBeLessThan(0.85);
      expect(bandWidth(backtest, 10)).toBeGreaterThan(3 * bandWidth(backtest, 3));
    },
  );

  it('never crosses and never goes below zero for a load', async () => {
    const backtest = await backtestOf(frameOf(plant(120, 5)));
    const q = backtest.batch.quantiles!;
    expect(q.every((value) => value >= 0)).toBe(true);
    for (let i = 0; i < q.length; i++)
      if (i % LEVELS.length > 0) expect(q[i]).toBeGreaterThanOrEqual(q[i - 1]);
  });

  it('moves the median only where that lowers the MAE', async () => {
    const skewed = await backtestOf(frameOf(plant(240, 8, (uniform) => (-Math.log(uniform())) ** 2 - 2)));
    const q = skewed.batch.quantiles!;
    let point = 0;
    let median = 0;
    skewed.actual.forEach((actual, cell) => {
      point += Math.abs(actual - skewed.batch.point[cell]);
      median += Math.abs(actual - q[cell * LEVELS.length + 4]);
    });
    expect(median).toBeLessThan(0.95 * point);
  });

  it('hold the point forecast in the 80 % interval, where errors lean to one side too', async () => {
    // idle nights are steady, and the model, which means over all days, forecasts them too high
    const skewed = await backtestOf(
      frameOf(plant(240, 8, (uniform) => (-Math.log(uniform())) ** 2 - 2)),
      {},
      24,
    );
    const q = skewed.batch.quantiles!;
    let medianApart = 0;
    skewed.batch.point.forEach((point, cell) => {
      expect(q[cell * LEVELS.length]).toBeLessThanOrEqual(point);
      expect(q[cell * LEVELS.length + 8]).toBeGreaterThanOrEqual(point);
      if (Math.abs(q[cell * LEVELS.length + 4] - point) > 1) medianApart++;
    });
    // the rule had something to do: the middle follows the errors
    expect(medianApart).toBeGreaterThan(0.2 * skewed.batch.point.length);
    // wider, never narrower: of such a model the interval covers more than its share
    expect(metricsOf(skewed, 1).coverage80).toBeGreaterThan(0.75);
    // and with narrower levels only, the widest of them does
    const context = { time: frameOf(plant(240, 8)).time, gap: 0, nonNegative: true };
    const residuals = residualsFromBacktest(null, skewed);
    const last = skewed.plan.origins.slice(-1);
    const batch = {
      origins: last,
      horizon: 24,
      point: skewed.batch.point.slice(-24),
      levels: null,
      quantiles: null,
    };
    const narrow = applyIntervals(batch, residuals, [0.3, 0.5, 0.7], context).quantiles!;
    batch.point.forEach((point, i) => {
      expect(narrow[3 * i]).toBeLessThanOrEqual(point);
      expect(narrow[3 * i + 2]).toBeGreaterThanOrEqual(point);
    });
  });

  it('uses nothing after an origin: a changed future leaves every earlier band as it was', async () => {
    const values = plant(90, 11);
    const base = await backtestOf(frameOf(values));
    const { origins } = base.plan;
    const perWindow = base.plan.horizon * LEVELS.length;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: origins.length - 1 }),
        fc.integer(),
        async (window, seed) => {
          const uniform = random(seed);
          const changed = values.map((value, row) => (row > origins[window] ? value * 3 * uniform() : value));
          const other = await backtestOf(frameOf(changed));
          const upTo = (window + 1) * perWindow;
          expect(other.batch.quantiles!.subarray(0, upTo)).toEqual(base.batch.quantiles!.subarray(0, upTo));
          expect(other.batch.point.subarray(0, upTo / LEVELS.length)).toEqual(
            base.batch.point.subarray(0, upTo / LEVELS.length),
          );
        },
      ),
      { numRuns: 12 },
    );
  });

  it('says NaN, not certainty, where no residual is known yet', () => {
    const frame = frameOf(new Float64Array(48));
    const none = residualsOf([], 'UTC', HOUR, 10);
    const batch = onePoint(10, 24);
    const context = { time: frame.time, gap: 0, nonNegative: false };
    expect([...applyIntervals(batch, none, [0.1, 0.9], context).quantiles!]).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe('production intervals', () => {
  it('come from the stored residuals of calibration and backtest, beyond the end of the data', async () => {
    const frame = frameOf(plant(120, 21));
    const backtest = await backtestOf(frame);
    const stored = JSON.parse(JSON.stringify(residualsFromBacktest(null, backtest))) as ReturnType<
      typeof residualsFromBacktest
    >;
    expect(stored.time.length).toBe(backtest.actual.length);
    const origin = frame.time.length - 1;
    const batch: ForecastBatch = {
      ...onePoint(60, origin),
      horizon: 24,
      point: new Float64Array(24).fill(60),
    };
    const { levels, quantiles } = applyIntervals(batch, stored, [0.95, 0.05, 0.5], {
      time: frame.time,
      gap: 0,
      nonNegative: true,
    });
    expect(levels).toEqual([0.05, 0.5, 0.95]);
    const noon = quantiles!.subarray(12 * 3, 13 * 3);
    expect(noon[0]).toBeGreaterThan(25);
    expect(noon[2]).toBeLessThan(95);
    expect(noon[2] - noon[0]).toBeGreaterThan(20);
  });

  it('keep the newest residuals when there are too many', async () => {
    const backtest = await backtestOf(frameOf(plant(60, 3)));
    const few = residualsFromBacktest(null, backtest, 10);
    expect(few.time).toHaveLength(10);
    expect(few.time.at(-1)).toBe(backtest.time.at(-1));
  });

  it('interpolate the levels of a model that has its own quantiles', () => {
    const own: ForecastBatch = {
      ...onePoint(10, 3),
      levels: [0.1, 0.5, 0.9],
      quantiles: Float64Array.of(5, 10, 20),
    };
    const context = { time: frameOf(new Float64Array(9)).time, gap: 0, nonNegative: true };
    const wider = applyIntervals(own, residualsOf([], 'UTC', HOUR, 1), [0.05, 0.3, 0.5, 0.9], context);
    expect([...wider.quantiles!]).toEqual([5, 7.5, 10, 20]);
  });
});

function onePoint(value: number, origin: number): ForecastBatch {
  return {
    origins: Int32Array.of(origin),
    horizon: 1,
    point: Float64Array.of(value),
    levels: null,
    quantiles: null,
  };
}
