/** @file Batches of synthetic tasks: lengths and horizons differ from batch to batch, rows of a task share a group. */
import type { Chronos2Config } from '../config.ts';
import { encodeBatch, locationScale } from '../encode.ts';
import type { TrainingBatch } from '../trainer.ts';
import { createDraw } from './noise.ts';
import { syntheticTask } from './series.ts';

export interface BatchPlan {
  /** tokens of all rows together, about */
  readonly tokens: number;
  readonly longestContext: number;
  readonly longestHorizon: number;
}

/** A target this many deviations away says more about the deviation than about the series. */
const farthest = 30;

/** Seasons of a load in steps: days and weeks of the usual resolutions. */
const seasons = [24, 48, 96, 144, 168, 288, 336, 672];

/**
 * A row counts the more, the better its last season foretells it: forecasts are judged by how far they are better than that, and
 * the noisy rows would otherwise drown the regular ones.
 */
function weightOf(values: Float64Array, scale: number): number {
  let least = Infinity;
  for (const lag of seasons) {
    let sum = 0;
    let count = 0;
    for (let i = lag; i < values.length; i++) {
      const difference = Math.abs(values[i] - values[i - lag]);
      if (Number.isNaN(difference)) continue;
      sum += difference;
      count++;
    }
    if (count >= 24) least = Math.min(least, sum / count / scale);
  }
  return Math.min(6, Math.max(0.5, 0.3 / least));
}

/** The batch of a step; the same for the same seed and step. */
export function syntheticBatch(
  config: Chronos2Config,
  plan: BatchPlan,
  seed: number,
  step: number,
): TrainingBatch {
  const { patch } = config;
  const draw = createDraw(seed, step, 3);
  const outputPatches = 1 + Math.floor(draw.logBetween(1, plan.longestHorizon / patch + 0.99) - 1e-9);
  const longest = plan.longestContext / patch;
  const n = Math.round(draw.chance(0.5) ? draw.between(longest / 2, longest) : draw.logBetween(3, longest));
  const wanted = Math.max(4, Math.min(96, Math.round(plan.tokens / (n + 1 + outputPatches))));
  const contexts: Float64Array[] = [];
  const futures: (Float64Array | null)[] = [];
  const groups: number[] = [];
  const targets: (Float64Array | null)[] = [];
  const weights: number[] = [];
  for (let task = 0; contexts.length < wanted; task++) {
    const context = Math.max(
      2 * patch,
      n * patch - draw.integer(patch) - (draw.chance(0.2) ? draw.integer(Math.max(1, (n - 2) * patch)) : 0),
    );
    const ahead = outputPatches * patch - (draw.chance(0.3) ? draw.integer(patch) : 0);
    const { rows, known } = syntheticTask([seed, step, task], context + ahead);
    const turned = draw.chance(0.05);
    const sided = turned ? rows.map((row) => row.map((value) => -value)) : rows;
    const past = sided[0].subarray(0, context);
    const next = sided[0].subarray(context);
    const { loc, scale } = locationScale(past);
    if (scale <= 1e-5 || next.some((value) => Math.abs(value - loc) > farthest * scale)) continue;
    sided.forEach((row, r) => {
      contexts.push(row.subarray(0, context));
      futures.push(known[r] ? row.subarray(context) : null);
      targets.push(r === 0 ? next : null);
      groups.push(task);
      weights.push(r === 0 ? weightOf(sided[0], scale) : 0);
    });
  }
  return { batch: encodeBatch(config, { contexts, groups, futures, outputPatches }), targets, weights };
}
