/**
 * @file Judges a Chronos-2 checkpoint, as it is, on real load: rolling day-ahead forecasts of the UCI steel plant (by quarter of an
 * hour, by hour, and by hour from a short history) beside the better of the daily and the weekly seasonal naive.
 *
 *   node models/pretraining/evaluate.ts --model FOLDER [--file steel_industry.csv] [--json]
 *
 * A point forecast's weighted quantile loss over levels that lie evenly around the median is its WAPE.
 */
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readSteel } from '../../bench/lib/steel-frame.ts';
import { recipeSchema } from '../../src-preload/contract/index.ts';
import type { Frame } from '../../src-main/data/frame.ts';
import { runBacktest } from '../../src-main/metrics/backtest.ts';
import { scoreBacktest } from '../../src-main/metrics/baseline.ts';
import { planSplit } from '../../src-main/metrics/split.ts';
import type { FitContext } from '../../src-main/models/estimator.ts';
import { createEstimator } from '../../src-main/models/registry.ts';
import { createFoundationHost } from '../../src-main/services/foundation/host.ts';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    file: {
      type: 'string',
      default: fileURLToPath(new URL('../../../shared/data/steel_industry.csv', import.meta.url)),
    },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
if (options.model === undefined) throw new Error('--model FOLDER is needed: config.json and model.safetensors');
const checkpoint = path.resolve(options.model);

/** The first column of every `steps` rows as one, summed; a missing reading makes the sum missing. */
function summed(frame: Frame, steps: number): Frame {
  const [column] = frame.columns;
  if (column.type !== 'number') throw new Error('numbers are needed');
  const rows = Math.floor(frame.time.length / steps);
  const values = Float64Array.from({ length: rows }, (_, i) =>
    column.values.subarray(i * steps, (i + 1) * steps).reduce((sum, value) => sum + value, 0),
  );
  return {
    ...frame,
    resolutionMs: frame.resolutionMs * steps,
    time: Float64Array.from({ length: rows }, (_, i) => frame.time[i * steps]),
    columns: [{ ...column, values }],
  };
}

const quarters = readSteel(options.file);
const hours = summed(quarters, 4);
const context: FitContext = {
  seed: 1,
  threads: Number(options.threads),
  foundation: createFoundationHost({ threads: Number(options.threads) }),
  progress: () => undefined,
  curve: () => undefined,
  log: () => undefined,
};
const cases = [
  { name: 'steel, 15 min', frame: quarters, horizon: 96, context_length: 'auto' },
  { name: 'steel, hourly', frame: hours, horizon: 24, context_length: 'auto' },
  { name: 'steel, hourly, three weeks of past', frame: hours, horizon: 24, context_length: 504 },
  { name: 'steel, hourly, a week ahead', frame: hours, horizon: 168, context_length: 'auto' },
] as const;
const rows = [];
for (const { name, frame, horizon, context_length } of cases) {
  const recipe = recipeSchema.parse({
    forecast: { horizon },
    split: { test: '2018-07-01' },
    model: { type: 'chronos2_zeroshot', params: { checkpoint, context_length } },
  });
  const target = frame.columns[0].name;
  const plan = planSplit(frame, target, recipe);
  const task = { frame, target, horizon, pastCovariates: [], knownCovariates: [], recipe };
  const estimator = createEstimator(recipe);
  const model = await estimator.fit(task, plan.trainEnd, context);
  const { quantiles: levels } = recipe.forecast;
  const backtest = await runBacktest({ estimator, task, plan, model, calibration: null, levels, context });
  const { metrics, baseline, skill } = scoreBacktest(backtest, frame);
  const naiveWql = ((metrics.wape ?? Number.NaN) * baseline.mae!) / metrics.mae!;
  rows.push({
    case: name,
    windows: plan.origins.length,
    naive: baseline.name,
    mase: metrics.mase,
    naiveMase: (metrics.mase! * baseline.mae!) / metrics.mae!,
    maseGain: skill,
    wql: metrics.wql,
    naiveWql,
    wqlGain: 1 - metrics.wql! / naiveWql,
    coverage80: metrics.coverage80,
  });
}
if (options.json) console.log(JSON.stringify({ rows }, null, 2));
else {
  const figures = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [key, typeof value === 'number' ? Number(value.toFixed(3)) : value]),
    ),
  );
  console.table(figures);
}
