/**
 * @file What a combiner may add to the weighted base forecasts: a regressor of their error, seen from the forecasts
 * themselves and, with `passthrough`, from the original features.
 *
 * It learns the error and not the level, because trees cannot extrapolate: where a load is higher than any before, members
 * that can follow it still carry the sum. How much of it is added is decided by later folds, down to nothing.
 */
import type { FeatureSpec } from '../../data/features/spec.ts';
import { buildFeatures, createFeatureSource } from '../../data/features/builder.ts';
import { resolveFeatureSpec, resolveRowSpec } from '../../data/features/spec.ts';
import type { Frame } from '../../data/frame.ts';
import { noCurve, partOf } from '../context.ts';
import type { FeatureMatrix, FitContext, FittedRegressor, Regressor, SeriesTask } from '../estimator.ts';
import type { Cells } from './cells.ts';

export interface Correction {
  /** 0..1 */
  readonly factor: number;
  readonly regressor: FittedRegressor;
  /** original features beside the base forecasts; null without */
  readonly spec: FeatureSpec | null;
}

export type Passthrough = boolean | 'calendar';

/** The features that `passthrough` adds; null for none. */
export async function passthroughSpec(
  passthrough: Passthrough,
  basis: FeatureSpec['basis'],
  task: SeriesTask,
  trainEnd: number,
): Promise<FeatureSpec | null> {
  if (passthrough === false) return null;
  const { frame, recipe, horizon } = task;
  const calendarOnly = passthrough === 'calendar';
  const request = {
    frame,
    recipe,
    trainEnd,
    horizon,
    gap: recipe.split.gap,
    knownCovariates: calendarOnly ? [] : inputs(task),
    pastCovariates: calendarOnly ? [] : task.pastCovariates,
    basis,
  };
  if (recipe.task === 'regression') return resolveRowSpec(request);
  const spec = await resolveFeatureSpec(request);
  if (!calendarOnly) return spec;
  return {
    ...spec,
    // the linear basis multiplies the lead with the last reading: that is more than the calendar
    minLead: basis === 'linear' ? spec.maxLead : spec.minLead,
    recent: [],
    lags: [],
    days: 0,
    weeks: 0,
    weekMeans: [],
    typeMeans: [],
    rolling: [],
    levels: false,
    covariateMeans: false,
  };
}

function inputs(task: SeriesTask): readonly string[] {
  if (task.recipe.task !== 'regression') return task.knownCovariates;
  const { features } = task.recipe.data;
  return features === 'auto' ? task.knownCovariates : features;
}

/**
 * The columns a correction sees: the combined forecast, each member's distance from it, the original features.
 * @param base members x (n)
 * @param combined (n)
 * @param values readings that may be looked back at, shape (frame rows)
 */
export function correctionFeatures(
  base: readonly Float64Array[],
  combined: Float64Array,
  labels: readonly string[],
  original: FeatureMatrix | null,
): FeatureMatrix {
  const apart = base.map((part) => part.map((value, i) => value - combined[i]));
  return {
    rows: combined.length,
    names: ['combined', ...labels.map((name) => `${name} apart`), ...(original?.names ?? [])],
    columns: [combined, ...apart, ...(original?.columns ?? [])],
    categorical: [false, ...labels.map(() => false), ...(original?.categorical ?? [])],
  };
}

/** Original features of forecasts from `origin` for `target`, rows of the frame or up to `extra` beyond it. */
export function originalFeatures(
  spec: FeatureSpec,
  frame: Frame,
  values: Float64Array,
  knownRows: number,
  extra: number,
  origin: Int32Array,
  target: Int32Array,
): FeatureMatrix {
  return buildFeatures(createFeatureSource(frame, values, knownRows, extra, spec), origin, target);
}

export interface Corrected {
  /** null where nothing is to be added */
  readonly correction: Correction | null;
  /** What corrections learnt on earlier folds alone add to each cell, shape (cells), target unit; 0 in the first fold. */
  readonly added: Float64Array;
}

/**
 * Fits a correction of `combined` on all cells.
 * @param shrinkage factor, or `auto`: the share that would have served best on each fold after the first, learnt on the
 *   folds before it
 */
export async function fitCorrection(input: {
  readonly cells: Cells;
  readonly combined: Float64Array;
  readonly features: FeatureMatrix;
  readonly spec: FeatureSpec | null;
  readonly regressor: () => Regressor;
  readonly shrinkage: 'auto' | number;
  readonly context: FitContext;
}): Promise<Corrected> {
  const { cells, combined, features, spec, regressor, shrinkage, context } = input;
  const error = cells.actual.map((value, i) => value - combined[i]);
  const rounds = cells.starts.length - 1;
  const part = (k: number): FitContext =>
    partOf(context, k / rounds, 1 / rounds, { curve: noCurve, log: quiet(context) });
  const fit = (to: number, k: number): Promise<FittedRegressor> =>
    regressor().fit(rowsOf(features, 0, to), error.slice(0, to), null, part(k));
  const ahead = await correctAhead(cells, features, fit);
  const factor = shrinkage === 'auto' ? helpfulShare(ahead, error) : shrinkage;
  const added = ahead.map((value) => factor * value);
  if (factor === 0) {
    context.log('info', 'a correction of the members did not help on later folds: none is added');
    return { correction: null, added };
  }
  if (shrinkage === 'auto')
    context.log('info', `${(100 * factor).toFixed(0)} % of the correction helped on later folds`);
  return { correction: { factor, regressor: await fit(error.length, rounds - 1), spec }, added };
}

/** What corrections add to each cell that are learnt on the folds before it; 0 where these are too few. */
async function correctAhead(
  cells: Cells,
  features: FeatureMatrix,
  fit: (to: number, k: number) => Promise<FittedRegressor>,
): Promise<Float64Array> {
  const ahead = new Float64Array(cells.actual.length);
  for (let f = 1; f + 1 < cells.starts.length; f++) {
    const [from, to] = [cells.starts[f], cells.starts[f + 1]];
    if (from < minRows || to === from) continue;
    const fitted = await fit(from, f - 1);
    ahead.set(fitted.predict(rowsOf(features, from, to)), from);
  }
  return ahead;
}

/** The factor on `ahead` that leaves the least squared error, 0..1. */
function helpfulShare(ahead: Float64Array, error: Float64Array): number {
  let along = 0;
  let size = 0;
  ahead.forEach((added, i) => {
    along += added * error[i];
    size += added * added;
  });
  return size > 0 ? Math.max(0, Math.min(1, along / size)) : 0;
}

/** A correction is not learnt from less. */
const minRows = 200;

const quiet =
  (context: FitContext): FitContext['log'] =>
  (level, message) =>
    context.log(level === 'warn' ? 'warn' : 'debug', message);

const rowsOf = (features: FeatureMatrix, from: number, to: number): FeatureMatrix => ({
  ...features,
  rows: to - from,
  columns: features.columns.map((column) => column.subarray(from, to)),
});
