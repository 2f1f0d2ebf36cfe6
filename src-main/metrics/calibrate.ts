/**
 * @file Residuals from before the test: a model fitted on the head of the training rows forecasts their tail.
 * Residuals of rows a model was fitted on are too small to say anything about its spread, hence the extra fit.
 */
import { fitAgain } from '../models/estimator.ts';
import type { Estimator, FitContext, FittedModel, ForecastBatch, SeriesTask } from '../models/estimator.ts';
import { backtestOf, forecastWindows } from './backtest.ts';
import { residualsFromBacktest } from './intervals.ts';
import type { CalibrationResiduals } from './intervals.ts';
import { numberColumn, trainingTask } from './split.ts';
import type { SplitPlan } from './split.ts';

/** Share of the training rows, and at most so many days: older residuals would leave the pool soon anyway. */
const TAIL_SHARE = 0.2;
const MAX_TAIL_DAYS = 112;

export interface CalibrateInput {
  /** fitted on rows up to the first origin */
  readonly model: FittedModel;
  readonly task: SeriesTask;
  readonly plan: SplitPlan;
  /** origins in the training rows; forecast rows at or after `plan.trainEnd` are left out */
  readonly origins: Int32Array;
  /** target as measured, when `task.frame` holds a cleaned one */
  readonly actual?: Float64Array;
}

/** Residuals of a model's forecasts from the given origins, with targets before `plan.trainEnd` only. */
export async function calibrate(input: CalibrateInput): Promise<CalibrationResiduals> {
  const { model, task, plan } = input;
  const measured = (input.actual ?? numberColumn(task.frame, task.target).values).slice(0, plan.trainEnd);
  const part: SplitPlan = { ...plan, origins: input.origins };
  return residualsFromBacktest(
    null,
    backtestOf(task, part, await forecastWindows(model, task, part), measured),
  );
}

/**
 * Residuals of forecasts that the fit made of training rows it kept from its members, those of the tail.
 * @returns null where they do not reach into the tail
 */
export function calibrateOnHeldOut(
  heldOut: ForecastBatch,
  task: SeriesTask,
  plan: SplitPlan,
  actual: Float64Array,
): CalibrationResiduals | null {
  const start = tailOrigins(plan, task.recipe.split.stride ?? plan.horizon)[0] ?? 0;
  const first = heldOut.origins.findIndex((origin) => origin >= start);
  if (first < 0) return null;
  const batch: ForecastBatch = {
    ...heldOut,
    origins: heldOut.origins.subarray(first),
    point: heldOut.point.subarray(first * heldOut.horizon),
  };
  return residualsFromBacktest(
    null,
    backtestOf(task, { ...plan, origins: batch.origins }, batch, actual.slice(0, plan.trainEnd)),
  );
}

/**
 * Fits on the head of the training rows and collects the residuals of the tail, from origins in step with those of the
 * test (same time of day, same lead times).
 * @returns null when the training rows are too few to be shared
 */
export async function calibrateOnTail(input: {
  readonly estimator: Estimator;
  /** fitted on all training rows */
  readonly model: FittedModel;
  readonly task: SeriesTask;
  readonly plan: SplitPlan;
  readonly context: FitContext;
  readonly actual?: Float64Array;
}): Promise<CalibrationResiduals | null> {
  const { estimator, task, plan, context } = input;
  const origins = tailOrigins(plan, task.recipe.split.stride ?? plan.horizon);
  if (origins.length === 0) return null;
  const headEnd = origins[0] + 1;
  const model = await fitAgain(estimator, () => input.model, trainingTask(task, headEnd), headEnd, context);
  return calibrate({ model, task, plan, origins, actual: input.actual });
}

/** Origins that reach back from the first test origin in whole strides. */
export function tailOrigins(plan: SplitPlan, stride: number): Int32Array {
  const tail = Math.min(TAIL_SHARE * plan.trainEnd, MAX_TAIL_DAYS * plan.season.day);
  const windows = Math.max(1, Math.floor((tail - plan.gap) / stride));
  const needed = Math.max(plan.horizon, plan.season.day) + 1;
  const first = plan.trainEnd - 1 - plan.gap - windows * stride;
  if (first < needed) return new Int32Array();
  return Int32Array.from({ length: windows }, (_, i) => first + i * stride);
}
