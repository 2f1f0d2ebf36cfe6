/**
 * @file Forecasts of series by a Chronos-Bolt checkpoint: batches, and horizons beyond the model's own by going on from each of its
 * quantiles, as the original's pipeline does (chronos-forecasting 2.3, `ChronosBoltPipeline.predict`).
 */
import { goneOn, inBatches, rowsAtOnce } from '../chronos/batches.ts';
import type { Row } from '../chronos/batches.ts';
import { sampleQuantiles } from '../chronos/sample-quantiles.ts';
import type { BoltRunner } from './runner.ts';

export interface BoltOptions {
  /** steps ahead */
  readonly horizon: number;
  /** last steps that are read; at most, and by default, the model's */
  readonly context?: number;
  /** most rows at once; default: what about half a gigabyte of intermediate values allows, or a quarter of what is free */
  readonly rows?: number;
  /** series done so far */
  progress?(done: number, of: number): void;
}

/** Bytes of intermediate values. */
const memory = 2 ** 29;

/** @returns for each series (levels of the model x horizon), level by level */
export async function predictBolt(
  runner: BoltRunner,
  series: readonly Row[],
  options: BoltOptions,
): Promise<Float32Array[]> {
  const { config } = runner;
  const { horizon } = options;
  const { predictionLength: block, contextLength } = config;
  const steps = Math.min(options.context ?? contextLength, contextLength);
  const longest = Math.min(steps, Math.max(...series.map((one) => one.length)) + horizon);
  const rows =
    options.rows ??
    rowsAtOnce(config.t5, Math.ceil(longest / config.patch) + 1, Math.min(memory, runner.freeMemory / 4));
  const levels = config.quantiles.length;
  // a series goes on in as many paths as there are levels
  const atOnce = horizon > block ? Math.max(1, Math.floor(rows / levels)) : rows;
  const plan = { atOnce, steps, progress: (done: number, of: number) => options.progress?.(done, of) };
  return await inBatches(series, plan, (contexts) => forecast(runner, contexts, horizon, steps));
}

async function forecast(
  runner: BoltRunner,
  contexts: readonly Row[],
  horizon: number,
  steps: number,
): Promise<Float32Array[]> {
  const { quantiles, predictionLength: block } = runner.config;
  const levels = quantiles.length;
  const out = contexts.map(() => new Float32Array(levels * horizon));
  let made = split(await runner.run(contexts), contexts.length);
  let paths = contexts.map((context) => quantiles.map((): Row => context));
  for (let at = 0; ; at += block) {
    made.forEach((row, s) => {
      for (let q = 0; q < levels; q++)
        out[s].set(row.subarray(q * block, q * block + Math.min(block, horizon - at)), q * horizon + at);
    });
    if (at + block >= horizon) return out;
    const before = made;
    paths = paths.map((own, s) =>
      own.map((path, q) => goneOn(path, before[s].subarray(q * block, (q + 1) * block), steps)),
    );
    const ahead = split(await runner.run(paths.flat()), contexts.length);
    made = ahead.map((row) => mixed(row, quantiles, block));
  }
}

const split = (all: Float32Array, parts: number): Float32Array[] =>
  Array.from({ length: parts }, (_, i) =>
    all.subarray((i * all.length) / parts, ((i + 1) * all.length) / parts),
  );

/** Quantiles over all paths and their levels, which count the same. @param ahead levels (of the path) x levels x steps */
function mixed(ahead: Float32Array, levels: readonly number[], steps: number): Float32Array {
  const count = levels.length ** 2;
  const out = new Float32Array(levels.length * steps);
  const samples = new Float32Array(count);
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < count; i++) samples[i] = ahead[i * steps + t];
    sampleQuantiles(samples, levels).forEach((value, q) => (out[q * steps + t] = value));
  }
  return out;
}
