/** @file Rolling-origin backtest: one forecast per planned origin, with what was observed later beside it. */
import { AppError } from '../../src-preload/contract/index.ts';
import { partOf } from '../models/context.ts';
import { fitAgain } from '../models/estimator.ts';
import type {
  Estimator,
  FitContext,
  FittedModel,
  ForecastBatch,
  ForecastRequest,
  SeriesTask,
} from '../models/estimator.ts';
import { applyIntervals, residualsFromBacktest } from './intervals.ts';
import type { CalibrationResiduals } from './intervals.ts';
import { extendTime } from './local-clock.ts';
import { eachCell, numberColumn, trainingTask } from './split.ts';
import type { SplitPlan } from './split.ts';

export interface Backtest {
  readonly plan: SplitPlan;
  readonly target: string;
  readonly unit: string | null;
  readonly timezone: string;
  readonly resolutionMs: number;
  /** UTC ms of each forecast row (interval beginning), origins x horizon, row-major */
  readonly time: Float64Array;
  /** UTC ms of each origin row, shape (origins) */
  readonly originTime: Float64Array;
  readonly batch: ForecastBatch;
  /** observed values, origins x horizon, row-major; NaN where missing or beyond the data */
  readonly actual: Float64Array;
}

export interface BacktestInput {
  readonly estimator: Estimator;
  readonly task: SeriesTask;
  readonly plan: SplitPlan;
  /** fitted on `trainingTask(task, plan.trainEnd)` */
  readonly model: FittedModel;
  /** residuals from before the first origin; null: the first windows get their intervals from nothing, that is NaN */
  readonly calibration: CalibrationResiduals | null;
  readonly levels: readonly number[];
  readonly context: FitContext;
  /** target as measured, shape (rows), when `task.frame` holds a cleaned one: filled gaps must not be scored */
  readonly actual?: Float64Array;
}

/**
 * Forecasts every test row from its origin, refitting as `recipe.split` says, and puts conformal intervals around point
 * forecasts. Nothing after an origin is used: refits see rows up to it, intervals use residuals whose time has come.
 */
export async function runBacktest(input: BacktestInput): Promise<Backtest> {
  const { task, plan, context } = input;
  const points = await forecastOrigins(input);
  const measured = input.actual ?? numberColumn(task.frame, task.target).values;
  const base = backtestOf(task, plan, points, measured);
  warnOfMissing(base, context);
  const nonNegative = isNonNegative(task, plan.trainEnd);
  if (points.quantiles !== null && points.levels !== null) return base;
  const residuals = residualsFromBacktest(input.calibration, base, Infinity);
  const batch = applyIntervals(points, residuals, input.levels, {
    time: task.frame.time,
    gap: plan.gap,
    nonNegative,
  });
  context.progress(1);
  return { ...base, batch };
}

/** `forecast.nonNegative`, where `auto` asks whether the training target ever was negative. */
export function isNonNegative(task: SeriesTask, trainEnd: number): boolean {
  const setting = task.recipe.forecast.nonNegative;
  if (setting !== 'auto') return setting;
  const values = numberColumn(task.frame, task.target).values;
  for (let i = 0; i < trainEnd; i++) if (values[i] < 0) return false;
  return true;
}

async function forecastOrigins(input: BacktestInput): Promise<ForecastBatch> {
  const { estimator, task, plan, context } = input;
  const { refit } = task.recipe.split;
  if (task.recipe.task === 'regression') return await forecastWindows(input.model, task, plan);
  const chunk = refit > 0 ? refit : plan.origins.length;
  const parts: ForecastBatch[] = [];
  let model = input.model;
  for (let from = 0; from < plan.origins.length; from += chunk) {
    if (from > 0) {
      const trainEnd = plan.origins[from] + 1;
      context.log('debug', `refit on ${trainEnd} rows before origin ${from + 1} of ${plan.origins.length}`);
      const earlier = model;
      model = await fitAgain(
        estimator,
        () => earlier,
        trainingTask(task, trainEnd),
        trainEnd,
        quiet(context),
      );
    }
    const origins = plan.origins.slice(from, from + chunk);
    const [start, share] = [from / plan.origins.length, origins.length / plan.origins.length];
    parts.push(
      await forecastWindows(model, task, { ...plan, origins }, partOf(context, 0.95 * start, 0.95 * share)),
    );
    context.progress(0.95 * (start + share));
  }
  return joinBatches(parts, plan.origins, plan.horizon);
}

/** Forecasts of one model from every origin; for `regression` same-instant predictions, cut into windows of one day. */
export async function forecastWindows(
  model: FittedModel,
  task: SeriesTask,
  plan: SplitPlan,
  request?: ForecastRequest,
): Promise<ForecastBatch> {
  if (task.recipe.task !== 'regression')
    return await model.forecast(task.frame, plan.origins, plan.horizon, plan.gap, request);
  if (!model.predictRows)
    throw new AppError({
      code: 'task-not-supported',
      message: `Model type "${model.type}" forecasts only; it cannot do task "regression".`,
      place: { key: 'model.type' },
    });
  const rows = model.predictRows(task.frame);
  const point = new Float64Array(plan.origins.length * plan.horizon).fill(Number.NaN);
  eachCell(plan, (cell, row) => {
    if (row < rows.length) point[cell] = rows[row];
  });
  return { origins: plan.origins, horizon: plan.horizon, point, levels: null, quantiles: null };
}

/** A batch with times and actuals beside it. */
export function backtestOf(
  task: SeriesTask,
  plan: SplitPlan,
  batch: ForecastBatch,
  measured: Float64Array,
): Backtest {
  const { frame } = task;
  const lastOrigin = plan.origins[plan.origins.length - 1] ?? -1;
  const axis = extendTime(frame.time, lastOrigin + plan.gap + plan.horizon + 1, frame.resolutionMs);
  const cells = plan.origins.length * plan.horizon;
  const time = new Float64Array(cells);
  const actual = new Float64Array(cells).fill(Number.NaN);
  eachCell(plan, (cell, row) => {
    time[cell] = axis[row];
    if (row < measured.length) actual[cell] = measured[row];
  });
  return {
    plan,
    target: task.target,
    unit: numberColumn(frame, task.target).unit,
    timezone: frame.timezone,
    resolutionMs: frame.resolutionMs,
    time,
    originTime: Float64Array.from(plan.origins, (row) => frame.time[row]),
    batch,
    actual,
  };
}

function joinBatches(parts: readonly ForecastBatch[], origins: Int32Array, horizon: number): ForecastBatch {
  const first = parts[0];
  if (parts.length === 1) return { ...first, origins };
  const quantiles = parts.every((part) => part.quantiles !== null)
    ? concat(parts.map((part) => part.quantiles!))
    : null;
  return {
    origins,
    horizon,
    point: concat(parts.map((part) => part.point)),
    levels: quantiles === null ? null : first.levels,
    quantiles,
  };
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function warnOfMissing(backtest: Backtest, context: FitContext): void {
  let missing = 0;
  for (let i = 0; i < backtest.actual.length; i++)
    if (Number.isFinite(backtest.actual[i]) && !Number.isFinite(backtest.batch.point[i])) missing++;
  if (missing > 0)
    context.log('warn', `The model gave no number for ${missing} test rows; they are not scored.`);
}

/** Refits neither move the progress bar back nor draw over the curves of the first fit. */
const quiet = (context: FitContext): FitContext => ({
  seed: context.seed,
  threads: context.threads,
  device: context.device ?? null,
  foundation: context.foundation ?? null,
  continued: context.continued ?? null,
  progress: () => {},
  curve: () => {},
  log: (level, message) => context.log(level, message),
});
