/**
 * @file Judges a Chronos-2 checkpoint, as it is, on real load: rolling forecasts from each midnight of the UCI steel plant (by quarter
 * of an hour, by hour, and by hour from a short history) beside the better of the daily and the weekly seasonal naive; and, with
 * `--loads`, of every load in a table that `other-loads.py` wrote, a day ahead, as it is and by the hour (geometric means over the loads).
 *
 *   node models/pretraining/evaluate.ts --model FOLDER [--file steel_industry.csv] [--loads simbench.csv] [--json]
 *
 * A point forecast's weighted quantile loss over levels that lie evenly around the median is its WAPE.
 */
import { readFileSync } from 'node:fs';
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
    loads: { type: 'string' },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
if (options.model === undefined) throw new Error('--model FOLDER is needed: config.json and model.safetensors');
const hourMs = 3_600_000;
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

/** Each load of a table whose first column is the time, in UTC. */
function readLoads(file: string): Frame[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/).map((line) => line.split(','));
  const time = Float64Array.from(lines, ([at]) => Date.parse(`${at}Z`));
  return head.slice(1).map((name, c) => {
    const values = Float64Array.from(lines, (line) => Number(line[c + 1]));
    return { timezone: 'UTC', resolutionMs: time[1] - time[0], time, columns: [{ name, type: 'number', unit: null, values }] };
  });
}

const context: FitContext = {
  seed: 1,
  threads: Number(options.threads),
  foundation: createFoundationHost({ threads: Number(options.threads) }),
  progress: () => undefined,
  curve: () => undefined,
  log: () => undefined,
};
/** What is judged: figures of several frames are taken together. */
interface Case {
  readonly name: string;
  readonly frames: readonly Frame[];
  readonly horizon: number;
  readonly context_length?: number;
}
function steelCases(): Case[] {
  const quarters = [readSteel(options.file)];
  const hours = quarters.map((frame) => summed(frame, 4));
  return [
    { name: 'steel, 15 min', frames: quarters, horizon: 96 },
    { name: 'steel, hourly', frames: hours, horizon: 24 },
    { name: 'steel, hourly, three weeks of past', frames: hours, horizon: 24, context_length: 504 },
    { name: 'steel, hourly, a week ahead', frames: hours, horizon: 168 },
  ];
}

function otherCases(name: string, frames: readonly Frame[]): Case[] {
  const perHour = hourMs / frames[0].resolutionMs;
  return [
    { name: `${name}, as it is`, frames, horizon: 24 * perHour },
    { name: `${name}, hourly`, frames: frames.map((frame) => summed(frame, perHour)), horizon: 24 },
  ];
}

/** Steel from July on; of another load what comes after the most the model reads, or after half of it. */
function testOf(frame: Frame): string | number {
  if (options.loads === undefined) return '2018-07-01';
  const past = Math.min(112 * 24 * hourMs, (frame.time.at(-1)! - frame.time[0]) / 2);
  return new Date(frame.time[0] + Math.ceil(past / (24 * hourMs)) * 24 * hourMs).toISOString().slice(0, 10);
}

async function judge(frame: Frame, { horizon, context_length }: Case) {
  const recipe = recipeSchema.parse({
    forecast: { horizon },
    split: { test: testOf(frame) },
    model: { type: 'chronos2_zeroshot', params: { checkpoint, context_length: context_length ?? 'auto' } },
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
  return {
    windows: plan.origins.length,
    mase: metrics.mase!,
    naiveMase: (metrics.mase! * baseline.mae!) / metrics.mae!,
    maseGain: skill!,
    wql: metrics.wql!,
    naiveWql,
    wqlGain: 1 - metrics.wql! / naiveWql,
    coverage80: metrics.coverage80!,
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
/** of gains: one less the geometric mean of what is left of the error */
const gain = (values: readonly number[]): number => 1 - Math.exp(mean(values.map((value) => Math.log(1 - value))));

const cases =
  options.loads === undefined ? steelCases() : otherCases(path.basename(options.loads), readLoads(options.loads));
const rows = [];
for (const one of cases) {
  const figures: Awaited<ReturnType<typeof judge>>[] = [];
  for (const frame of one.frames) figures.push(await judge(frame, one));
  const of = (key: keyof (typeof figures)[number]): number[] => figures.map((figure) => figure[key]);
  rows.push({
    case: one.name,
    loads: figures.length,
    windows: of('windows').reduce((a, b) => a + b),
    mase: mean(of('mase')),
    naiveMase: mean(of('naiveMase')),
    maseGain: gain(of('maseGain')),
    wql: mean(of('wql')),
    naiveWql: mean(of('naiveWql')),
    wqlGain: gain(of('wqlGain')),
    coverage80: mean(of('coverage80')),
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
