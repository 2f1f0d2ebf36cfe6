/**
 * @file Windows of a series that Chronos-2 is trained on, cut as the original cuts them (chronos-forecasting 2.3, `Chronos2Dataset`): at
 * a random step, with the past up to it as context and the steps after it as target. The target's covariates stand beside it as
 * rows of the same group; of those known ahead the window's own future is shown, and none of them is scored.
 */
import { createRandom } from '../random.ts';
import type { Chronos2Config } from './config.ts';
import { encodeBatch, saysNothing } from './encode.ts';
import type { TrainingBatch } from './trainer.ts';

type Row = Float32Array | Float64Array;

/** A series and what is known beside it; all rows of one length, NaN is missing. */
export interface TrainingSeries {
  readonly target: Row;
  /** measured, known up to the cut */
  readonly past: readonly Row[];
  /** known beyond it */
  readonly known: readonly Row[];
}

export interface WindowPlan {
  /** steps before a cut that are read, at most */
  readonly context: number;
  /** steps after it that are forecast */
  readonly horizon: number;
  /** rows of a batch, covariates among them, at least (original: batch_size) */
  readonly rows: number;
  /** least steps before a cut (original: min_past, the horizon) */
  readonly leastPast: number;
}

/** Cuts `leastPast .. length - horizon` are possible; their number, 0 where the series is too short. */
export const cutCount = (length: number, { leastPast, horizon }: WindowPlan): number =>
  Math.max(0, length - horizon - leastPast + 1);

/** Windows of one series that fill a batch. */
export const windowsPerBatch = ({ past, known }: TrainingSeries, { rows }: WindowPlan): number =>
  Math.max(1, Math.ceil(rows / (1 + past.length + known.length)));

/** Random cuts of a step, uniform and with replacement; the same for the same seed and step. */
export function drawCuts(series: TrainingSeries, plan: WindowPlan, seed: number, step: number): number[] {
  const random = createRandom(seed, step, 41);
  const count = cutCount(series.target.length, plan);
  return Array.from({ length: windowsPerBatch(series, plan) }, () => plan.leastPast + random.integer(count));
}

/** Cuts a horizon apart, the last window ending with the series; ascending. */
export function lastCuts(length: number, plan: WindowPlan, windows: number): number[] {
  const cuts: number[] = [];
  for (let cut = length - plan.horizon; cuts.length < windows && cut >= plan.leastPast; cut -= plan.horizon)
    cuts.unshift(cut);
  return cuts;
}

/**
 * The windows at these cuts as a batch; each is a group of its own. A covariate that stays at one value in a window's context is
 * left out of that window, as in forecasts: on that scale a change of it would be enormous.
 */
export function windowBatch(
  config: Chronos2Config,
  { target, past, known }: TrainingSeries,
  { context, horizon }: Pick<WindowPlan, 'context' | 'horizon'>,
  cuts: readonly number[],
): TrainingBatch {
  const before = (row: Row, cut: number): Row => row.subarray(Math.max(0, cut - context), cut);
  const after = (row: Row, cut: number): Row => row.subarray(cut, cut + horizon);
  const windows = cuts.flatMap((cut, group) => [
    { group, context: before(target, cut), future: null, scored: after(target, cut) },
    ...[...past, ...known].flatMap((row, r) => {
      const seen = before(row, cut);
      return saysNothing(seen)
        ? []
        : [{ group, context: seen, future: r < past.length ? null : after(row, cut), scored: null }];
    }),
  ]);
  const batch = encodeBatch(config, {
    contexts: windows.map((row) => row.context),
    futures: windows.map((row) => row.future),
    groups: windows.map((row) => row.group),
    outputPatches: Math.ceil(horizon / config.patch),
  });
  return { batch, targets: windows.map((row) => row.scored) };
}
